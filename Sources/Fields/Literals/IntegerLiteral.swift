/// Reads whole numbers.
public enum IntegerLiteral {
    /// Decimal, `0x`, `0b`, or octal after a `0`, with a sign; nil where it is none or has more than 64 bits.
    public static func value(_ text: [UInt8]) -> Int128? {
        var digits = text[...]
        let isNegative = digits.first == 0x2d
        if isNegative || digits.first == 0x2b { digits = digits.dropFirst() }
        var radix: Int128 = 10
        if digits.count > 1, digits.first == 0x30 {
            let letter = digits.dropFirst().first.map { $0 | 0x20 }
            radix = letter == 0x78 ? 16 : letter == 0x62 ? 2 : 8
            digits = digits.dropFirst(radix == 8 ? 1 : 2)
        }
        guard !digits.isEmpty else { return nil }
        var value: Int128 = 0
        for byte in digits {
            guard let digit = Digits.value(byte), Int128(digit) < radix else { return nil }
            value = value * radix + Int128(digit)
            // More digits change nothing: no field holds it.
            if value > Int128(UInt64.max) { value = Int128(UInt64.max) + 1 }
        }
        return isNegative ? -value : value
    }
}
