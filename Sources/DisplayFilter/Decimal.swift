/// Numbers with a fraction among the scalars of a filter.
enum Decimal {
    /// A whole number that is less where `number` is less, and equal only where it is equal; nil for what is no number.
    static func scalar(_ number: Double) -> Int128? {
        guard !number.isNaN else { return nil }
        // Of the same sign, the bits are in the order of the numbers; both zeros are 0.
        let magnitude = Int128(number.magnitude.bitPattern)
        return number < 0 ? -magnitude : magnitude
    }

    /// `0.5`, `1e14`, `-4.6e-10`; nil where the text is no such number.
    static func scalar(_ text: [UInt8]) -> Int128? {
        // Nobody writes more digits, and words such as "nan" are none.
        guard text.count <= 400, text.allSatisfy(isPart) else { return nil }
        return Double(String(decoding: text, as: UTF8.self)).flatMap(scalar)
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x2b, 0x2d, 0x2e, 0x45, 0x65: true
        default: false
        }
    }
}
