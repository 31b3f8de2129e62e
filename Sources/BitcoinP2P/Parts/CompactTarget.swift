import Fields

/// The number that a block's hash must not exceed, from the four bytes that a header has for it (protocol.md section 9).
///
/// It is `mantissa × 2^shift`, with a mantissa of 1 to 23 bits that is not zero; the shift is a multiple of 8.
struct CompactTarget: Sendable {
    private let mantissa: UInt64
    private let shift: Int

    /// Nil where Core refuses the bits: a target that is negative, zero or over 256 bits.
    init?(_ bits: UInt32) {
        let size = Int(bits >> 24)
        var word = UInt64(bits & 0x7f_ffff)
        if size <= 3 { word >>= UInt64(8 * (3 - size)) }
        guard word != 0, bits & 0x80_0000 == 0 else { return nil }
        if size > 34 || word > 0xff && size > 33 || word > 0xffff && size > 32 { return nil }
        mantissa = word
        shift = max(0, 8 * (size - 3))
    }

    var value: UInt256 { UInt256(mantissa) << shift }

    /// How many times harder than the target 1d00ffff of the first block: exact, rounded to eight decimals.
    ///
    /// Where these would hold next to nothing, as on regtest, it is `4.65654237e-10`.
    func appendDifficulty(to text: inout TextBuffer) {
        let unit: UInt64 = 100_000_000
        // 0xffff × 2^208 / (mantissa × 2^shift); 43 + 208 and 23 + 40 bits are the most there can be.
        let divisor = mantissa << UInt64(max(0, shift - Self.firstShift))
        let dividend = UInt256(Self.firstMantissa * unit) << max(0, Self.firstShift - shift)
        guard let (scaled, _) = (dividend &+ divisor / 2).dividing(by: divisor),
            let (whole, decimals) = scaled.dividing(by: unit)
        else { return }
        if whole.isZero, decimals < 10_000 { return Self.append(small: divisor, to: &text) }
        text.append(decimal: whole)
        text.append(".")
        text.append(decimal: decimals, width: 8)
    }

    private static let firstMantissa: UInt64 = 0xffff
    private static let firstShift = 208

    /// 0xffff / `divisor`, below 0.0001, with nine digits.
    private static func append(small divisor: UInt64, to text: inout TextBuffer) {
        // 0xffff / 2^48, the least there can be, has ten digits before the nineteenth decimal.
        let dividend = UInt128(firstMantissa) * 10_000_000_000_000_000_000
        var digits = UInt64(clamping: dividend / UInt128(max(1, divisor)))
        var exponent = -11
        var dropped: UInt64 = 0
        while digits >= 1_000_000_000 {
            dropped = digits % 10
            digits /= 10
            exponent += 1
        }
        if dropped >= 5 { digits += 1 }
        if digits == 1_000_000_000 { (digits, exponent) = (100_000_000, exponent + 1) }
        text.append(decimal: digits / 100_000_000)
        text.append(".")
        text.append(decimal: digits % 100_000_000, width: 8)
        text.append("e")
        text.append(decimal: exponent)
    }
}

extension TextBuffer {
    mutating func append(decimal number: UInt256) {
        // 2^256 has 78 digits: at most five groups of nineteen.
        var groups = InlineArray<5, UInt64>(repeating: 0)
        var used = 0
        var left = number
        while used < 5, let (quotient, remainder) = left.dividing(by: 10_000_000_000_000_000_000) {
            groups[used] = remainder
            used += 1
            left = quotient
            if left.isZero { break }
        }
        append(decimal: groups[used - 1])
        for index in (0..<used - 1).reversed() { append(decimal: groups[index], width: 19) }
    }
}

extension Network {
    /// The easiest target that the network's blocks may have; nil for a network we don't know.
    ///
    /// Regtest shares its magic with the first testnets, whose targets were harder.
    var easiestTarget: CompactTarget? {
        switch name {
        case "mainnet", "testnet3", "testnet4": CompactTarget(0x1d00_ffff)
        case "signet": CompactTarget(0x1e03_77ae)
        case "regtest", "simnet": CompactTarget(0x207f_ffff)
        case "testnet5": CompactTarget(0x1a0f_ffff)
        default: nil
        }
    }
}
