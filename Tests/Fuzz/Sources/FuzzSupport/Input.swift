/// An input taken apart from its beginning: numbers for choices, runs of bytes for content.
public struct Input {
    private var rest: UnsafeRawBufferPointer.SubSequence

    public init(_ start: UnsafePointer<UInt8>?, _ count: Int) {
        rest = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)[...]
    }

    public var isEmpty: Bool { rest.isEmpty }

    /// The next byte, or 0 at the end.
    public mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// The next two bytes, big-endian.
    public mutating func word() -> UInt16 { UInt16(byte()) << 8 | UInt16(byte()) }

    /// The next bytes, at most `count`.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// All that is left.
    public mutating func all() -> [UInt8] { bytes(rest.count) }
}
