/// A number modulo p = 2²⁵⁶ − 2³² − 977: the coordinates of secp256k1's points are such numbers.
///
/// Nothing here takes constant time, so how long it takes tells something of the numbers. That is enough for keys of one
/// connection of a program that others cannot time closely; it is not for keys that are kept.
struct FieldElement: Sendable, BitwiseCopyable, Equatable {
    /// p.
    static let modulus = UInt256(.max, .max, .max, 0xffff_fffe_ffff_fc2f)
    /// 2²⁵⁶ − p: what a carry out of 256 bits stands for.
    private static let excess: UInt64 = 0x1_0000_03d1
    /// p ≡ 3 modulo 4: a square raised to this is a root of it.
    private static let rootExponent = UInt256(0x3fff_ffff_ffff_ffff, .max, .max, 0xffff_ffff_bfff_ff0c)
    /// Any number but 0 raised to this is its inverse (Fermat).
    private static let inverseExponent = UInt256(.max, .max, .max, 0xffff_fffe_ffff_fc2d)
    private static let half = FieldElement(2).inverse

    /// Less than p.
    let value: UInt256

    init(_ number: UInt64) { value = UInt256(number) }

    /// Any number of 256 bits, modulo p.
    init(_ number: UInt256) {
        // 2p has more than 256 bits: p is in it once at most.
        let (difference, isLess) = number.subtractingReportingOverflow(Self.modulus)
        value = isLess ? number : difference
    }

    var isZero: Bool { value.isZero }

    static func + (left: FieldElement, right: FieldElement) -> FieldElement {
        let (sum, overflow) = left.value.addingReportingOverflow(right.value)
        // The sum is below 2p, and so is less than p after 2²⁵⁶ is taken off.
        return overflow ? FieldElement(sum &+ excess) : FieldElement(sum)
    }

    static func - (left: FieldElement, right: FieldElement) -> FieldElement {
        let (difference, overflow) = left.value.subtractingReportingOverflow(right.value)
        return overflow
            ? FieldElement(difference.addingReportingOverflow(modulus).partialValue) : FieldElement(difference)
    }

    static prefix func - (number: FieldElement) -> FieldElement { 0 - number }

    static func * (left: FieldElement, right: FieldElement) -> FieldElement {
        var product = InlineArray<8, UInt64>(repeating: 0)
        for row in 0..<4 {
            var carry: UInt64 = 0
            for column in 0..<4 {
                (carry, product[row + column]) = multiply(
                    left.value.words[row], right.value.words[column], adding: product[row + column], carry)
            }
            product[row + 4] = carry
        }
        // The upper half counts 2²⁵⁶, which is the excess modulo p.
        var words = InlineArray<4, UInt64>(repeating: 0)
        var carry: UInt64 = 0
        for index in 0..<4 {
            (carry, words[index]) = multiply(product[index + 4], excess, adding: product[index], carry)
        }
        let (high, low) = carry.multipliedFullWidth(by: excess)
        // The carry is at most the excess, so this is below 2⁶⁷; if the sum has 257 bits, little is left after the first.
        let (sum, overflow) = UInt256(words).addingReportingOverflow(UInt256(0, 0, high, low))
        return overflow ? FieldElement(sum &+ excess) : FieldElement(sum)
    }

    /// `left` · `right` + `addend` + `carry`, which is at most 2¹²⁸ − 1.
    private static func multiply(
        _ left: UInt64, _ right: UInt64, adding addend: UInt64, _ carry: UInt64
    ) -> (high: UInt64, low: UInt64) {
        let (high, low) = left.multipliedFullWidth(by: right)
        let (once, first) = low.addingReportingOverflow(addend)
        let (twice, second) = once.addingReportingOverflow(carry)
        return (high &+ (first ? 1 : 0) &+ (second ? 1 : 0), twice)
    }

    var squared: FieldElement { self * self }
    var halved: FieldElement { self * Self.half }

    /// The number whose product with this one is 1; 0 has none, and gives 0.
    var inverse: FieldElement { power(Self.inverseExponent) }

    /// One of the two numbers of which this is the square; nil where there is none.
    var squareRoot: FieldElement? {
        let root = power(Self.rootExponent)
        return root.squared == self ? root : nil
    }

    private func power(_ exponent: UInt256) -> FieldElement {
        var result: FieldElement = 1
        for index in (0..<256).reversed() {
            result = result.squared
            if exponent.bit(index) { result = result * self }
        }
        return result
    }
}

extension FieldElement: ExpressibleByIntegerLiteral {
    init(integerLiteral number: UInt64) { self.init(number) }
}
