/// An unsigned number of 256 bits, as far as proof of work and the keys of v2 transport need one.
struct UInt256: Sendable, BitwiseCopyable {
    /// The lowest 64 bits first.
    private(set) var words: InlineArray<4, UInt64>

    init(_ value: UInt64) {
        words = [value, 0, 0, 0]
    }

    /// - Parameter words: The lowest 64 bits first.
    init(_ words: InlineArray<4, UInt64>) { self.words = words }

    /// Four times 64 bits, the highest first.
    init(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
        words = [fourth, third, second, first]
    }

    /// The number that begins with these 32 bytes, highest first; nil where there are fewer.
    init?(bigEndian bytes: RawSpan) {
        guard bytes.byteCount >= 32 else { return nil }
        words = InlineArray { index in
            UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 24 &- index &* 8, as: UInt64.self))
        }
    }

    /// Any number is as likely as any other.
    static func random(using generator: inout some RandomNumberGenerator) -> UInt256 {
        UInt256(generator.next(), generator.next(), generator.next(), generator.next())
    }

    /// A hash is a number whose lowest byte comes first.
    init(_ hash: Hash256) {
        words = InlineArray(repeating: 0)
        let bytes = hash.bytes
        for index in 0..<4 {
            // A hash has 32 bytes.
            words[index] = UInt64(
                littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index &* 8, as: UInt64.self))
        }
    }

    /// The 32 bytes, lowest first.
    var littleEndian: InlineArray<4, UInt64> {
        [words[0].littleEndian, words[1].littleEndian, words[2].littleEndian, words[3].littleEndian]
    }

    /// The 32 bytes, highest first.
    var bigEndian: [UInt8] {
        let reversed: InlineArray<4, UInt64> = [
            words[3].bigEndian, words[2].bigEndian, words[1].bigEndian, words[0].bigEndian,
        ]
        return reversed.span.bytes.withUnsafeBytes { Array($0) }
    }

    /// Bit `index`, 0 to 255, of which 0 is the lowest.
    func bit(_ index: Int) -> Bool { words[index / 64] >> UInt64(index % 64) & 1 != 0 }

    var isZero: Bool { words[0] | words[1] | words[2] | words[3] == 0 }

    /// What does not fit 256 bits is lost.
    static func << (number: UInt256, shift: Int) -> UInt256 {
        var result = UInt256(0)
        let whole = max(0, shift) / 64
        let part = UInt64(max(0, shift) % 64)
        guard whole < 4 else { return result }
        for index in whole..<4 {
            let from = index - whole
            result.words[index] = number.words[from] << part
            if part > 0, from > 0 { result.words[index] |= number.words[from - 1] >> (64 - part) }
        }
        return result
    }

    /// The sum modulo 2²⁵⁶.
    static func &+ (number: UInt256, other: UInt64) -> UInt256 {
        var result = number
        var carry = other
        for index in 0..<4 {
            let (sum, overflow) = result.words[index].addingReportingOverflow(carry)
            result.words[index] = sum
            carry = overflow ? 1 : 0
        }
        return result
    }

    /// The sum modulo 2²⁵⁶, and whether it did not fit.
    func addingReportingOverflow(_ other: UInt256) -> (partialValue: UInt256, overflow: Bool) {
        var result = self
        var carry = false
        for index in 0..<4 {
            let (sum, first) = words[index].addingReportingOverflow(other.words[index])
            let (total, second) = sum.addingReportingOverflow(carry ? 1 : 0)
            result.words[index] = total
            carry = first || second
        }
        return (result, carry)
    }

    /// The difference modulo 2²⁵⁶, and whether `other` was more.
    func subtractingReportingOverflow(_ other: UInt256) -> (partialValue: UInt256, overflow: Bool) {
        var result = self
        var borrow = false
        for index in 0..<4 {
            let (difference, first) = words[index].subtractingReportingOverflow(other.words[index])
            let (total, second) = difference.subtractingReportingOverflow(borrow ? 1 : 0)
            result.words[index] = total
            borrow = first || second
        }
        return (result, borrow)
    }

    /// Nil where `divisor` is zero.
    func dividing(by divisor: UInt64) -> (quotient: UInt256, remainder: UInt64)? {
        guard divisor > 0 else { return nil }
        var quotient = UInt256(0)
        var remainder: UInt64 = 0
        for index in (0..<4).reversed() {
            // The remainder is below the divisor, so the quotient fits 64 bits.
            (quotient.words[index], remainder) = divisor.dividingFullWidth((remainder, words[index]))
        }
        return (quotient, remainder)
    }
}

extension UInt256: Comparable {
    static func == (left: UInt256, right: UInt256) -> Bool {
        for index in 0..<4 where left.words[index] != right.words[index] { return false }
        return true
    }

    static func < (left: UInt256, right: UInt256) -> Bool {
        var index = 4
        while index > 0 {
            index -= 1
            if left.words[index] != right.words[index] { return left.words[index] < right.words[index] }
        }
        return false
    }
}
