import Fields

/// The 12 bytes that name a message's type, as they stand in its header.
public struct CommandName: Hashable, Sendable, BitwiseCopyable {
    // The bytes in order, read big-endian.
    private var head: UInt64 = 0
    private var tail: UInt32 = 0

    /// Twelve NUL bytes: no name.
    public init() {}

    public init(_ bytes: InlineArray<12, UInt8>) {
        for index in 0..<8 { head = head << 8 | UInt64(bytes[index]) }
        for index in 8..<12 { tail = tail << 8 | UInt32(bytes[index]) }
    }

    /// A name of at most 12 ASCII characters, written in the program.
    public init(_ name: StaticString) {
        self.init(
            name.withUTF8Buffer { text in InlineArray<12, UInt8> { $0 < text.count ? text[$0] : 0 } })
    }

    private func byte(_ index: Int) -> UInt8 {
        index < 8
            ? UInt8(truncatingIfNeeded: head >> UInt64(56 &- index &* 8))
            : UInt8(truncatingIfNeeded: tail >> UInt32(24 &- (index &- 8) &* 8))
    }

    /// The name without the NUL bytes at its end, with what is not printable escaped.
    func append(to text: inout TextBuffer) {
        var length = 12
        while length > 0, byte(length - 1) == 0 { length -= 1 }
        let bytes = InlineArray<12, UInt8> { byte($0) }
        text.append(wire: bytes.span.bytes.extracting(first: length))
    }
}
