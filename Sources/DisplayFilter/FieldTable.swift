import Fields

/// The fields that a name of the filter stands for, found by the id of a node.
struct FieldTable: Sendable {
    struct Entry: Sendable {
        let field: Field
        let kind: Kind
        var reader: Reader
    }

    private(set) var entries: [Entry] = []
    /// By field id: the index of its entry plus 1, or 0.
    private var places: [UInt16] = []

    init(_ fields: [Field]) {
        for field in fields where index(of: field.id) == nil {
            let kind = field.declaration.kind
            let id = Int(field.id)
            if places.count <= id { places += Array(repeating: 0, count: id + 1 - places.count) }
            entries.append(Entry(field: field, kind: kind, reader: Reader(kind)))
            places[id] = UInt16(truncatingIfNeeded: entries.count)
        }
    }

    /// Which of ``entries`` a node belongs to.
    @inline(__always)
    func index(of id: UInt16) -> Int? {
        guard Int(id) < places.count else { return nil }
        let place = places[Int(id)]
        return place == 0 ? nil : Int(place) &- 1
    }

    /// The same fields, each read in another way.
    func reading(_ change: (Reader) -> Reader) -> FieldTable {
        var table = self
        for index in entries.indices { table.entries[index].reader = change(entries[index].reader) }
        return table
    }
}

/// How a node becomes a value.
enum Reader: Sendable {
    case unsigned, signed, truth
    /// In nanoseconds.
    case duration
    /// As a number whose order is the numbers' own: see ``Decimal``.
    case decimal
    /// A time in seconds, as nanoseconds.
    case seconds
    /// As 16 bytes, IPv4 mapped into IPv6 (RFC 4291), in an order that is the addresses' own.
    case ipv4, ipv6
    /// How many bytes the node has.
    case extent
    case hash, bytes, text, paddedText
    /// What `-T fields` prints.
    case shown
    case nothing

    init(_ kind: Kind) {
        self =
            switch kind {
            case .group, .layer: .nothing
            case .unsigned, .hexadecimal, .count, .frameNumber, .enumeration: .unsigned
            case .signed, .amount, .nanoseconds: .signed
            case .duration: .duration
            case .decimal: .decimal
            case .boolean, .flag: .truth
            case .seconds: .seconds
            case .hash: .hash
            case .bytes, .ethernet: .bytes
            case .text: .text
            case .paddedText: .paddedText
            case .ipv4: .ipv4
            case .ipv6: .ipv6
            }
    }

    /// Whether the value is a number; otherwise it is bytes.
    var isScalar: Bool {
        switch self {
        case .unsigned, .signed, .truth, .duration, .decimal, .seconds, .ipv4, .ipv6, .extent: true
        case .hash, .bytes, .text, .paddedText, .shown, .nothing: false
        }
    }

    /// The value of a node with these bytes; nil where the bytes ended too early for it to have one.
    @inline(__always)
    func scalar(_ node: Node, _ bytes: RawSpan) -> Int128? {
        if self == .extent { return Int128(node.length) }
        guard !node.flags.contains(.truncated) else { return nil }
        switch self {
        case .unsigned: return Int128(node.value)
        case .signed: return Int128(Int64(bitPattern: node.value))
        case .truth: return node.value == 0 ? 0 : 1
        case .duration: return node.nanoseconds(bytes)
        case .decimal: return Decimal.scalar(Double(bitPattern: node.value))
        case .seconds: return Int128(Int64(bitPattern: node.value)) * 1_000_000_000
        case .ipv4, .ipv6: return Address(bytes)?.scalar
        case .extent, .hash, .bytes, .text, .paddedText, .shown, .nothing: return nil
        }
    }
}
