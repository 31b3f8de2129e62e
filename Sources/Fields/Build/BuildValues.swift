/// The values of which a message is built: groups and lists as in a ``Tree``, in one array, parents before children.
///
/// Counts, lengths and whatever else follows from the others may be left out. The order of different fields in a group
/// does not matter; that of equal ones does.
public struct BuildValues: Sendable {
    /// Which field a value is for.
    public enum Name: Sendable, Hashable {
        case field(Field)
        /// As somebody wrote it: a field's name, or the end of one after a dot (`hash` for `bitcoin.inv.hash`).
        case written(String)
    }

    /// What was given.
    public enum Content: Sendable {
        /// The values up to ``Value/end`` are in it.
        case group
        /// An integer, sign-extended where it is negative.
        case number(UInt64)
        /// The bytes on the wire, for fields whose value is bytes. A range of ``bytes``.
        case bytes(Range<Int>)
        /// The value as ``ValueText`` writes it for programs, or as ``ValueLiteral`` reads it. A range of ``bytes``.
        case text(Range<Int>)
        /// Only ``Value/wire`` is given.
        case nothing
    }

    public struct Value: Sendable {
        public let name: Name
        /// Index past the last descendant.
        public fileprivate(set) var end: Int
        public fileprivate(set) var content: Content
        /// The field's bytes as they stand on the wire, also such as no value gives: a CompactSize that is too long, the
        /// part that is there of a field within which the message ends. They hold as long as ``content`` is what they
        /// say. A range of ``bytes``.
        public fileprivate(set) var wire: Range<Int>?
        /// It was given to a message that had another one: it stays as it is.
        public fileprivate(set) var isChanged = false

        var isGroup: Bool {
            if case .group = content { true } else { false }
        }
    }

    public private(set) var values: [Value] = []
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public var isEmpty: Bool { values.isEmpty }

    /// Adds a group, and what `body` adds as its members.
    public mutating func group<E: Error>(
        _ name: Name, _ body: (inout BuildValues) throws(E) -> Void
    ) throws(E) {
        let mark = open(name)
        try body(&self)
        close(mark)
    }

    /// Adds a group, to which all belongs that is added until ``close(_:)``.
    public mutating func open(_ name: Name) -> Int {
        append(name, .group, nil)
        return values.count - 1
    }

    public mutating func close(_ group: Int) {
        guard values.indices.contains(group) else { return }
        values[group].end = values.count
    }

    public mutating func add(_ name: Name, number: UInt64) { append(name, .number(number), nil) }

    /// Adds the bytes of a field whose value is bytes: a hash in the order of the wire, text, an address.
    public mutating func add(_ name: Name, bytes: some Sequence<UInt8>) { append(name, .bytes(keep(bytes)), nil) }

    /// Adds a value as text, and its bytes on the wire, where they are known.
    public mutating func add(_ name: Name, text: some Sequence<UInt8>, wire: [UInt8]? = nil) {
        let range = keep(text)
        append(name, .text(range), wire.map { keep($0) })
    }

    /// Adds the bytes of a field as they shall stand on the wire.
    public mutating func add(_ name: Name, wire: some Sequence<UInt8>) { append(name, .nothing, keep(wire)) }

    /// Adds a value that is not there, to count among those of its name.
    public mutating func skip(_ name: Name) { append(name, .nothing, nil) }

    /// Names that somebody wrote and that none of the `known` ones is or ends with, in their order; a part that JSON adds to
    /// a field's name is no part of it.
    package func unknownNames(among known: [String]) -> [String] {
        var seen: Set<String> = []
        var unknown: [String] = []
        for value in values {
            guard case .written(let text) = value.name, seen.insert(text).inserted, Companion(value.name) == nil,
                !known.contains(where: { Name.names(text, $0) })
            else { continue }
            unknown.append(text)
        }
        return unknown
    }

    /// Gives the value at `place` another text.
    mutating func replace(_ place: Int, text: [UInt8]) {
        values[place].content = .text(keep(text))
        values[place].wire = nil
        values[place].isChanged = true
    }

    /// Gives the value at `place` other bytes on the wire.
    mutating func replace(_ place: Int, wire: [UInt8]) {
        values[place].content = .nothing
        values[place].wire = keep(wire)
        values[place].isChanged = true
    }

    /// Adds what stands on the wire of a dissected message: the nodes of `range`.
    ///
    /// - Parameters:
    ///   - message: The bytes that the tree is of.
    ///   - keepsWire: Every field has the very bytes that it had; else integers have their value alone.
    ///   - leftOut: Fields that shall follow from the others.
    public mutating func add(
        _ tree: borrowing Tree, _ range: Range<Int>, of message: RawSpan, keepsWire: Bool = false,
        leavingOut leftOut: FieldSet = FieldSet()
    ) {
        var index = range.lowerBound
        while index < range.upperBound {
            let node = tree.nodes[index]
            if node.flags.isDisjoint(with: [.generated, .partOfParent]), !leftOut.contains(node.field) {
                add(tree, index, of: message, keepsWire: keepsWire, leavingOut: leftOut)
            }
            index = max(index + 1, Int(node.end))
        }
    }

    private mutating func add(
        _ tree: borrowing Tree, _ index: Int, of message: RawSpan, keepsWire: Bool, leavingOut leftOut: FieldSet
    ) {
        let node = tree.nodes[index]
        let kind = node.field.declaration.kind
        if kind == .group || kind == .layer {
            let mark = open(.field(node.field))
            add(tree, index + 1..<Int(node.end), of: message, keepsWire: keepsWire, leavingOut: leftOut)
            return close(mark)
        }
        let own = tree.bytes(of: node, in: message).withUnsafeBytes { Array($0) }
        if keepsWire || node.flags.contains(.truncated) { return add(.field(node.field), wire: own) }
        if kind.isOfBytes { add(.field(node.field), bytes: own) } else { add(.field(node.field), number: node.value) }
    }

    private mutating func append(_ name: Name, _ content: Content, _ wire: Range<Int>?) {
        values.append(Value(name: name, end: values.count + 1, content: content, wire: wire))
    }

    private mutating func keep(_ more: some Sequence<UInt8>) -> Range<Int> {
        let start = bytes.count
        bytes.append(contentsOf: more)
        return start..<bytes.count
    }
}

extension BuildValues.Name {
    /// Whether that is the field's name.
    func names(_ field: Field) -> Bool {
        switch self {
        case .field(let own): return own == field
        case .written(let text): return Self.names(text, field.declaration.name)
        }
    }

    /// Whether that is a field's name, or the end of one after a dot.
    static func names(_ text: String, _ name: String) -> Bool {
        guard name.utf8.count > text.utf8.count else { return name == text }
        return name.hasSuffix(text) && name.utf8.dropLast(text.utf8.count).last == 0x2e
    }

    /// For people.
    var text: String {
        switch self {
        case .field(let field): field.declaration.name
        case .written(let text): text
        }
    }
}

extension Kind {
    /// Whether a node's bytes are the value, and not an integer.
    var isOfBytes: Bool {
        switch self {
        case .hash, .bytes, .text, .paddedText, .ipv4, .ipv6, .ethernet: true
        default: false
        }
    }
}
