import Fields

/// The 12 bytes that name a message's type: ASCII, padded with NUL (protocol.md section 2.1).
@frozen
public struct Command: Hashable, Sendable, BitwiseCopyable {
    // The bytes in order, read big-endian.
    @usableFromInline let head: UInt64
    @usableFromInline let tail: UInt32

    public static let byteCount = 12

    /// One word to hash instead of twelve bytes: commands that differ only in their last four are rare.
    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(head ^ UInt64(tail)) }

    /// A command of at most 12 ASCII characters, written in the program.
    public init(_ name: StaticString) {
        var head: UInt64 = 0
        var tail: UInt32 = 0
        name.withUTF8Buffer { text in
            for index in 0..<12 {
                let byte = index < text.count ? text[index] : 0
                if index < 8 { head = head << 8 | UInt64(byte) } else { tail = tail << 8 | UInt32(byte) }
            }
        }
        self.head = head
        self.tail = tail
    }

    /// A command that somebody has typed: 1 to 12 printable ASCII characters.
    public init?(name: String) {
        let text = Array(name.utf8)
        guard (1...12).contains(text.count), text.allSatisfy({ $0 >= 0x20 && $0 <= 0x7e }) else { return nil }
        let padded = text + Array(repeating: 0, count: 12 - text.count)
        self.init(padded.span.bytes, at: 0)
    }

    /// The command at `offset`, or nil where there are fewer than 12 bytes.
    @inlinable
    public init?(_ bytes: RawSpan, at offset: Int) {
        guard offset >= 0, offset <= bytes.byteCount - 12 else { return nil }
        head = UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
        tail = UInt32(bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset &+ 8, as: UInt32.self))
    }

    /// Byte `index`, 0 to 11.
    @inlinable
    func byte(_ index: Int) -> UInt8 {
        index < 8
            ? UInt8(truncatingIfNeeded: head >> UInt64(56 &- index &* 8))
            : UInt8(truncatingIfNeeded: tail >> UInt32(24 &- (index &- 8) &* 8))
    }

    /// The 12 bytes as they stand in the header.
    public var bytes: InlineArray<12, UInt8> { InlineArray { byte($0) } }

    /// Core's rule: printable ASCII up to the first NUL, nothing but NUL after it. An empty command is valid there, and
    /// here; ``isPlausible`` is the stricter rule for finding messages.
    public var isValid: Bool { isValid(upTo: 0x7e) }

    /// Core's rule for the 12 bytes in a v2 packet, where it takes DEL for a character, too.
    public var isValidInV2: Bool { isValid(upTo: 0x7f) }

    private func isValid(upTo highest: UInt8) -> Bool {
        var ended = false
        for index in 0..<12 {
            let byte = byte(index)
            if byte == 0 {
                ended = true
            } else if ended || byte < 0x20 || byte > highest {
                return false
            }
        }
        return true
    }

    /// Valid, and not empty.
    public var isPlausible: Bool { head >> 56 != 0 && isValid }

    /// How many bytes come before the padding.
    public var nameLength: Int {
        var length = 12
        while length > 0, byte(length - 1) == 0 { length -= 1 }
        return length
    }

    /// The name, with what is not printable ASCII escaped.
    public func append(to text: inout TextBuffer) {
        let length = nameLength
        let bytes = bytes
        text.append(wire: bytes.span.bytes.extracting(0..<length))
    }

    public var name: String {
        var text = TextBuffer()
        append(to: &text)
        return text.string
    }
}
