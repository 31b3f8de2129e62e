/// How the bytes of a field are read as a value, and how the value is shown.
///
/// A node keeps integers in its `value`; for `hash`, `bytes`, `text`, `paddedText`, `ipv4`, `ipv6`
/// and `ethernet` the value is the node's bytes; a `decimal` has both.
public enum Kind: Sendable, Equatable {
    /// A heading over other fields.
    case group
    /// A heading that begins a protocol: `frame`, `ip`, `tcp`, `bitcoin`.
    case layer
    /// An unsigned number of `bits` bits, shown in decimal.
    case unsigned(bits: Int)
    /// A two's-complement number of `bits` bits, shown in decimal; the node's value is sign-extended to 64 bits.
    case signed(bits: Int)
    /// An unsigned number of `bits` bits, shown as `0x…` with all its digits.
    case hexadecimal(bits: Int)
    /// The number of a frame, from 1, to which Wireshark's lines can be followed.
    case frameNumber
    /// A CompactSize: 1, 3, 5 or 9 bytes on the wire, 64 bits as a value.
    case count
    /// Any nonzero value is true.
    case boolean
    /// One bit of the integer above it, named: `mask` has exactly that bit.
    case flag(mask: UInt64, bits: Int)
    /// A number of `bits` bits with names for some values; `hexadecimal` where the number itself is shown so.
    case enumeration(ValueNames, bits: Int, hexadecimal: Bool = false)
    /// A 32-byte hash, shown in reversed byte order as Bitcoin's tools do.
    case hash
    /// Bytes shown as hexadecimal in wire order.
    case bytes
    /// Text; what is no printable UTF-8 is escaped wherever it is shown.
    case text
    /// Text filled up with NUL bytes at its end, which are not shown.
    case paddedText
    /// Seconds since the Unix epoch, signed.
    case seconds
    /// Nanoseconds since the Unix epoch, signed.
    case nanoseconds
    /// A span of time in nanoseconds, signed; one beyond 64 bits, 292 years, is in the node's bytes: see
    /// ``Node/nanoseconds(_:)``.
    case duration
    /// Satoshi, signed; 100,000,000 are one bitcoin.
    case amount
    /// A number with a fraction that was computed: the node's value is the bits of a `Double`, by which it is compared,
    /// its bytes are the text that shows it.
    case decimal
    /// Four address bytes.
    case ipv4
    /// Sixteen address bytes.
    case ipv6
    /// Six bytes of a hardware address, shown with colons between.
    case ethernet
}

/// Names of an enumeration's values, with a phrase each.
///
/// They are declared once and stay for as long as the program runs. So that a ``Kind`` has no reference that is counted
/// wherever a writer looks at one, the table of the names is owned by nobody, and never freed. As it is never freed,
/// looking a name up counts none either: threads that count references to one object wait for each other.
public struct ValueNames: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        public let value: UInt64
        public let name: String
        public let meaning: String
    }

    private let table: Unmanaged<NameTable>

    public init(_ entries: (UInt64, String, String)...) { self.init(entries) }

    public init(_ entries: [(UInt64, String, String)]) {
        table = .passRetained(NameTable(entries.map { Entry(value: $0.0, name: $0.1, meaning: $0.2) }))
    }

    public static func == (left: ValueNames, right: ValueNames) -> Bool { left.entries == right.entries }

    public var entries: [Entry] { table._withUnsafeGuaranteedRef { $0.entries } }

    /// The name of `value`, or nil where it has none.
    public func name(of value: UInt64) -> String? {
        table._withUnsafeGuaranteedRef { table in table.place(of: value).map { table.entries[$0].name } }
    }

    /// Whether `value` has a name.
    public func hasName(_ value: UInt64) -> Bool { table._withUnsafeGuaranteedRef { $0.place(of: value) != nil } }

    /// No name has a quote, a backslash or a control character.
    public var arePlain: Bool { table._withUnsafeGuaranteedRef { $0.isPlain } }

    /// Appends the name of `value`; answers whether it has one.
    public func append(nameOf value: UInt64, to text: inout TextBuffer) -> Bool {
        table._withUnsafeGuaranteedRef { $0.append(nameOf: value, to: &text) }
    }

    /// The value of that name, in any case.
    public func value(named name: String) -> UInt64? {
        entries.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
