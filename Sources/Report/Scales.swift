/// Scales of pictures.
enum Scales {
    /// The next of 1, 2, 3, 4, 5, 6, 8 and 10 times a power of ten that is not less than a value.
    static func ceiling(_ value: UInt64) -> UInt64 {
        var decade: UInt64 = 1
        while true {
            for factor in [1, 2, 3, 4, 5, 6, 8] as [UInt64] {
                let (mark, overflow) = decade.multipliedReportingOverflow(by: factor)
                if overflow { return .max }
                if mark >= value { return mark }
            }
            let (next, overflow) = decade.multipliedReportingOverflow(by: 10)
            if overflow { return .max }
            decade = next
        }
    }

    /// Times of answers on one axis: 10 µs to 100 s, a decade of the same width.
    enum Logarithmic {
        static let decades = 7
        static let placesOfDecade = 100
        static let places = decades * placesOfDecade

        /// Where on the axis a time is, from 0 to ``places``; what is beyond it is at its end.
        static func place(of nanoseconds: Int64) -> Double {
            guard nanoseconds > 10_000 else { return 0 }
            let decades = logarithm(Double(nanoseconds) / 10_000)
            return min(decades * Double(placesOfDecade), Double(places))
        }
    }

    /// To the base of ten. It is the same on every machine, which the system's function need not be.
    static func logarithm(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return 0 }
        // 2^e times a number from 1 to 2, whose logarithm is a quickly falling series.
        let (exponent, mantissa) = (Double(value.exponent), value.significand)
        let ratio = (mantissa - 1) / (mantissa + 1)
        var (term, sum, divisor) = (ratio, 0.0, 1.0)
        while abs(term / divisor) > 1e-17, divisor < 99 {
            sum += term / divisor
            term *= ratio * ratio
            divisor += 2
        }
        return (exponent * 0.693147180559945309417 + 2 * sum) / 2.302585092994045684018
    }

    /// Where the two halves of a mirrored picture meet: both have one scale, each the room that it needs.
    struct Mirror: Equatable {
        /// Pixels.
        let up: Double
        let down: Double
        /// Pixels a byte.
        let scale: Double
        /// The end of the axis of the larger half, in bytes.
        let top: UInt64

        static let least = 22.0

        /// - Parameters:
        ///   - height: Of both halves.
        ///   - up: The most that the upper half shows.
        init(height: Double, up: UInt64, down: UInt64) {
            top = Scales.ceiling(max(up, down, 1))
            let large = Double(top)
            let small = Double(min(up, down))
            var scale = height / (large + small)
            var rest = small * scale
            if rest < Self.least {
                rest = Self.least
                scale = (height - rest) / large
            }
            self.scale = scale
            (self.up, self.down) = up >= down ? (height - rest, rest) : (rest, height - rest)
        }
    }
}
