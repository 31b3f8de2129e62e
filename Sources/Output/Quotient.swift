import Fields

/// One number over another, for shares and rates.
package struct Quotient {
    let numerator: Double
    let denominator: Double

    package init(_ numerator: UInt64, of denominator: UInt64) {
        self.numerator = Double(numerator)
        self.denominator = Double(denominator)
    }

    package static func percent(_ part: UInt64, of whole: UInt64) -> Quotient {
        Quotient(100 * Double(part), Double(whole))
    }

    /// The rate a second.
    package static func rate(_ count: UInt64, nanoseconds: UInt64) -> Quotient {
        Quotient(1e9 * Double(count), Double(nanoseconds))
    }

    /// To the nearest integer; nil where nothing can be divided by the denominator.
    package var rounded: UInt64? {
        guard denominator > 0 else { return nil }
        return UInt64(min(max((numerator / denominator).rounded(), 0), 1e18))
    }

    private init(_ numerator: Double, _ denominator: Double) {
        self.numerator = numerator
        self.denominator = denominator
    }
}

extension TextBuffer {
    /// Writes a quotient, rounded to that number of decimals (at most 9); false, and nothing written, where nothing can be
    /// divided by the denominator.
    package mutating func append(_ quotient: Quotient, decimals: Int) -> Bool {
        guard quotient.denominator > 0 else { return false }
        var scale: UInt64 = 1
        for _ in 0..<min(max(decimals, 0), 9) { scale *= 10 }
        let value = (quotient.numerator / quotient.denominator * Double(scale)).rounded()
        let units = UInt64(min(max(value, 0), 1e18))
        append(decimal: units / scale)
        if decimals > 0 {
            append(".")
            append(decimal: units % scale, width: decimals)
        }
        return true
    }
}
