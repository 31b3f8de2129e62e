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

    /// Appends what `write` puts at the address that it gets: at most `room` bytes; it answers how many count.
    ///
    /// A text of several pieces is made of one call: each makes sure once that the array is this text's own and has room.
    @inlinable
    @inline(__always)
    mutating func extend(_ room: Int, _ write: (UnsafeMutableRawPointer) -> Int) {
        bytes.append(addingCapacity: room) { span in
            span.withUnsafeMutableBufferPointer { buffer, count in
                if let start = buffer.baseAddress { count = write(UnsafeMutableRawPointer(start)) }
            }
        }
    }

    @inlinable
    @inline(__always)
    public mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(copying: UnsafeRawBufferPointer($0)) }
    }

    @inlinable
    @_disfavoredOverload
    public mutating func append(_ text: some StringProtocol) {
        bytes.append(contentsOf: text.utf8)
    }

    @inlinable
    public mutating func append(_ other: borrowing TextBuffer) {
        append(utf8: other.bytes.span.bytes)
    }

    /// Bytes that are UTF-8 already.
    @inlinable
    public mutating func append(utf8 span: RawSpan) {
        span.withUnsafeBytes { append(copying: $0) }
    }

    @inlinable
    @inline(__always)
    mutating func append(copying source: UnsafeRawBufferPointer) {
        guard let first = source.baseAddress else { return }
        extend(source.count) { target in
            target.copyMemory(from: first, byteCount: source.count)
            return source.count
        }
    }

    /// One byte of ASCII.
    @inlinable
    public mutating func append(ascii byte: UInt8) { bytes.append(byte) }

    @inlinable
    public mutating func append(spaces count: Int) {
        if count <= 0 { return }
        extend(count) { target in
            target.initializeMemory(as: UInt8.self, repeating: 0x20, count: count)
            return count
        }
    }
}

// MARK: Numbers

// Digits are computed eight at a time, each a byte of a word, the first digit in the lowest byte: no table to look up,
// no loop, one store.
extension TextBuffer {
    @inlinable
    public mutating func append(decimal value: UInt64) { append(decimal: value, width: 1) }

    @inlinable
    public mutating func append(decimal value: Int) {
        if value < 0 { bytes.append(0x2d) }
        append(decimal: UInt64(value.magnitude))
    }

    /// `value` with at least `width` digits, zeros in front; no more of these than make 20 digits.
    @inlinable
    public mutating func append(decimal value: UInt64, width: Int) {
        if value < 100_000_000, width <= 8 {
            extend(8) { Self.write(value, width: width, to: $0) }
        } else {
            appendLong(decimal: value, width: min(width, 20))
        }
    }

    /// - Parameter width: 20 at most.
    @usableFromInline
    mutating func appendLong(decimal value: UInt64, width: Int) {
        // Three times eight digits: 2⁶⁴ has 20.
        extend(24) { target in
            let low = value % 100_000_000
            let middle = value / 100_000_000 % 100_000_000
            let high = value / 10_000_000_000_000_000
            var count = 0
            if high > 0 || width > 16 { count = Self.write(high, width: width &- 16, to: target) }
            if count > 0 || middle > 0 || width > 8 {
                count &+= Self.write(middle, width: count > 0 ? 8 : width &- 8, to: target + count)
            }
            return count &+ Self.write(low, width: count > 0 ? 8 : width, to: target + count)
        }
    }

    /// Writes eight bytes, of which the digits come first; answers how many these are.
    ///
    /// - Parameters:
    ///   - value: Below 10⁸.
    ///   - width: The least number of digits, 8 at most; at least one is written.
    @inlinable
    @inline(__always)
    static func write(_ value: UInt64, width: Int, to target: UnsafeMutableRawPointer) -> Int {
        let digits = decimalDigits(value)
        // Zeros in front are in the lowest bytes. The highest bit keeps one digit of a zero.
        let zeros = (digits | 1 &<< 56).trailingZeroBitCount / 8
        let skipped = min(zeros, 8 &- max(1, width))
        let text = (digits | 0x3030_3030_3030_3030) &>> UInt64(truncatingIfNeeded: 8 &* skipped)
        target.storeBytes(of: text.littleEndian, as: UInt64.self)
        return 8 &- skipped
    }

    /// The eight digits of a number below 10⁸ as numbers.
    @inlinable
    @inline(__always)
    static func decimalDigits(_ value: UInt64) -> UInt64 {
        // Two numbers of four digits, then four of two, then eight of one, beside each other: the quotient of each stays,
        // the remainder goes into the upper half. The factors are 2²⁰ / 100 and 2¹⁰ / 10, rounded up.
        let fours = value / 10_000 | (value % 10_000) &<< 32
        let hundreds = (fours &* 10_486) &>> 20 & 0x0000_007f_0000_007f
        let twos = hundreds | (fours &- hundreds &* 100) &<< 16
        let tens = (twos &* 103) &>> 10 & 0x000f_000f_000f_000f
        return tens | (twos &- tens &* 10) &<< 8
    }

    /// The low `digits` hexadecimal digits of `value`.
    @inlinable
    public mutating func append(hexadecimal value: UInt64, digits: Int) {
        if digits <= 8 {
            if digits > 0 { extend(8) { Self.write(hexadecimal: value, digits, to: $0) } }
            return
        }
        // Beyond those that a number has there are zeros.
        for _ in 16..<max(16, digits) { append(ascii: 0x30) }
        let high = min(digits, 16) &- 8
        extend(16) { target in
            let count = Self.write(hexadecimal: value &>> 32, high, to: target)
            return count &+ Self.write(hexadecimal: value, 8, to: target + count)
        }
    }

    /// Writes eight bytes, of which the `digits` digits come first: 1 to 8.
    @inlinable
    @inline(__always)
    static func write(hexadecimal value: UInt64, _ digits: Int, to target: UnsafeMutableRawPointer) -> Int {
        let text = hexDigits(UInt32(truncatingIfNeeded: value).byteSwapped)
        let skipped = UInt64(truncatingIfNeeded: 8 &* (8 &- digits))
        target.storeBytes(of: (text &>> skipped).littleEndian, as: UInt64.self)
        return digits
    }

    /// Each byte as two digits, in the order of memory.
    @inlinable
    public mutating func append(hexadecimal span: RawSpan) {
        extend(span.byteCount &* 2) { target in
            let words = span.byteCount / 4
            for word in 0..<words {
                let source = span.unsafeLoadUnaligned(fromUncheckedByteOffset: word &* 4, as: UInt32.self)
                let digits = Self.hexDigits(UInt32(littleEndian: source)).littleEndian
                target.storeBytes(of: digits, toByteOffset: word &* 8, as: UInt64.self)
            }
            for at in words &* 4..<span.byteCount {
                let byte = span.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
                target.storeBytes(of: Self.hexDigits(byte).littleEndian, toByteOffset: at &* 2, as: UInt16.self)
            }
            return span.byteCount &* 2
        }
    }

    /// Each byte as two digits, the last byte first: how Bitcoin shows hashes.
    @inlinable
    public mutating func append(reversedHexadecimal span: RawSpan) {
        extend(span.byteCount &* 2) { target in
            let count = span.byteCount
            let words = count / 4
            for word in 0..<words {
                let source = span.unsafeLoadUnaligned(
                    fromUncheckedByteOffset: count &- (word &+ 1) &* 4, as: UInt32.self)
                let digits = Self.hexDigits(UInt32(bigEndian: source)).littleEndian
                target.storeBytes(of: digits, toByteOffset: word &* 8, as: UInt64.self)
            }
            for at in words &* 4..<count {
                let byte = span.unsafeLoad(fromUncheckedByteOffset: count &- 1 &- at, as: UInt8.self)
                target.storeBytes(of: Self.hexDigits(byte).littleEndian, toByteOffset: at &* 2, as: UInt16.self)
            }
            return count &* 2
        }
    }

    /// The eight digits of four bytes, each a byte of the result, the lowest byte's first and lowest.
    @inlinable
    @inline(__always)
    static func hexDigits(_ source: UInt32) -> UInt64 {
        var spread = UInt64(source)
        spread = (spread | spread &<< 16) & 0x0000_ffff_0000_ffff
        spread = (spread | spread &<< 8) & 0x00ff_00ff_00ff_00ff
        let nibbles = (spread &>> 4 & 0x000f_000f_000f_000f) | (spread & 0x000f_000f_000f_000f) &<< 8
        // 1 in each byte that is more than 9.
        let letters = (nibbles &+ 0x0606_0606_0606_0606) &>> 4 & 0x0101_0101_0101_0101
        return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }

    /// The two digits of a byte, the first in the lower half.
    @inlinable
    @inline(__always)
    static func hexDigits(_ byte: UInt8) -> UInt16 {
        UInt16(hexDigit(byte &>> 4)) | UInt16(hexDigit(byte & 15)) &<< 8
    }

    @inlinable
    static func hexDigit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 &+ nibble : 0x57 &+ nibble }
}
