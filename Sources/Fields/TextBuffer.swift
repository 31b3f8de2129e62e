/// Text under construction: UTF-8 bytes in one array that is reused, so that nothing becomes a `String` on the way from
/// a value to the screen.
@frozen
public struct TextBuffer: Sendable {
    public var bytes: [UInt8]

    @inlinable public init() { bytes = [] }

    @inlinable public var count: Int { bytes.count }
    @inlinable public var isEmpty: Bool { bytes.isEmpty }
    @inlinable public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// For messages and tests; writers send ``bytes`` as they are.
    public var string: String { String(decoding: bytes, as: UTF8.self) }

    @inlinable
    public mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    @inlinable
    @_disfavoredOverload
    public mutating func append(_ text: some StringProtocol) {
        bytes.append(contentsOf: text.utf8)
    }

    @inlinable
    public mutating func append(_ other: borrowing TextBuffer) {
        bytes.append(contentsOf: other.bytes)
    }

    /// Bytes that are UTF-8 already.
    @inlinable
    public mutating func append(utf8 span: RawSpan) {
        span.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    /// One byte of ASCII.
    @inlinable
    public mutating func append(ascii byte: UInt8) { bytes.append(byte) }

    @inlinable
    public mutating func append(decimal value: UInt64) {
        if value < 10 {
            bytes.append(UInt8(truncatingIfNeeded: value) &+ 0x30)
            return
        }
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &digits) { digits in
            var left = value
            var at = 20
            while at > 0 {
                at &-= 1
                digits[at] = UInt8(truncatingIfNeeded: left % 10) &+ 0x30
                left /= 10
                if left == 0 { break }
            }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: digits[at..<20]))
        }
    }

    @inlinable
    public mutating func append(decimal value: Int) {
        if value < 0 { bytes.append(0x2d) }
        append(decimal: UInt64(value.magnitude))
    }

    /// `value` with at least `width` digits, zeros in front.
    @inlinable
    public mutating func append(decimal value: UInt64, width: Int) {
        var limit: UInt64 = 10
        for _ in 0..<max(0, min(width, 20) - 1) {
            if value < limit { bytes.append(0x30) }
            let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
            if overflow { break }
            limit = next
        }
        // The loop counts the digits that are missing from the left: each limit the value is under is one zero.
        append(decimal: value)
    }

    /// The low `digits` hexadecimal digits of `value`.
    @inlinable
    public mutating func append(hexadecimal value: UInt64, digits: Int) {
        var shift = (digits &- 1) &* 4
        while shift >= 0 {
            bytes.append(Self.hexDigit(UInt8(truncatingIfNeeded: value >> UInt64(shift)) & 15))
            shift &-= 4
        }
    }

    /// Each byte as two digits, in the order of memory.
    @inlinable
    public mutating func append(hexadecimal span: RawSpan) {
        let words = span.byteCount / 4
        var word = 0
        // Four bytes at a time, sixteen times: scripts are most of what is written.
        while word < words {
            var digits = InlineArray<16, UInt64>(repeating: 0)
            let count = min(16, words &- word)
            for index in 0..<count {
                let source = span.unsafeLoadUnaligned(fromUncheckedByteOffset: (word &+ index) &* 4, as: UInt32.self)
                digits[index] = Self.hexDigits(UInt32(littleEndian: source)).littleEndian
            }
            digits.span.bytes.extracting(first: count &* 8).withUnsafeBytes { bytes.append(contentsOf: $0) }
            word &+= count
        }
        for at in words &* 4..<span.byteCount {
            let byte = span.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
            bytes.append(Self.hexDigit(byte >> 4))
            bytes.append(Self.hexDigit(byte & 15))
        }
    }

    /// The eight digits of four bytes, each a byte of the result, the lowest byte's first and lowest.
    @inlinable
    static func hexDigits(_ source: UInt32) -> UInt64 {
        var spread = UInt64(source)
        spread = (spread | spread &<< 16) & 0x0000_ffff_0000_ffff
        spread = (spread | spread &<< 8) & 0x00ff_00ff_00ff_00ff
        let nibbles = (spread &>> 4 & 0x000f_000f_000f_000f) | (spread & 0x000f_000f_000f_000f) &<< 8
        // 1 in each byte that is more than 9.
        let letters = (nibbles &+ 0x0606_0606_0606_0606) &>> 4 & 0x0101_0101_0101_0101
        return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }

    /// Each byte as two digits, the last byte first: how Bitcoin shows hashes.
    @inlinable
    public mutating func append(reversedHexadecimal span: RawSpan) {
        var end = span.byteCount
        // Four bytes at a time, eight times: a hash.
        while end >= 4 {
            var digits = InlineArray<8, UInt64>(repeating: 0)
            let count = min(8, end / 4)
            for index in 0..<count {
                end &-= 4
                let source = span.unsafeLoadUnaligned(fromUncheckedByteOffset: end, as: UInt32.self)
                digits[index] = Self.hexDigits(UInt32(bigEndian: source)).littleEndian
            }
            append(utf8: digits.span.bytes.extracting(first: count &* 8))
        }
        while end > 0 {
            end &-= 1
            let byte = span.unsafeLoad(fromUncheckedByteOffset: end, as: UInt8.self)
            append(hexadecimal: UInt64(byte), digits: 2)
        }
    }

    @inlinable
    public mutating func append(spaces count: Int) {
        let spaces = InlineArray<64, UInt8>(repeating: 0x20)
        var left = count
        while left > 0 {
            append(utf8: spaces.span.bytes.extracting(first: left))
            left &-= 64
        }
    }

    @inlinable
    static func hexDigit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 &+ nibble : 0x57 &+ nibble }
}
