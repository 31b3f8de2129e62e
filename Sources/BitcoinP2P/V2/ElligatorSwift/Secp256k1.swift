/// The curve y² = x³ + 7 of Bitcoin's keys (SEC 2), as far as BIP 324 needs it: of a point only x is known.
///
/// A point and its negative have the same x, so a product with a number is known by x, too. Every point but infinity has
/// the order ``order``, which is prime; no point has the x 0. Not constant-time: see ``FieldElement``.
enum Secp256k1 {
    /// n, the number of points.
    static let order = UInt256(.max, 0xffff_ffff_ffff_fffe, 0xbaae_dce6_af48_a03b, 0xbfd2_5e8c_d036_4141)
    /// x of the point G, of which public keys are multiples.
    static let generator = FieldElement(
        UInt256(0x79be_667e_f9dc_bbac, 0x55a0_6295_ce87_0b07, 0x029b_fcdb_2dce_28d9, 0x59f2_815b_16f8_1798))

    /// x³ + 7, which is y² if there is a point with this x.
    static func ySquared(_ x: FieldElement) -> FieldElement { x.squared * x + 7 }

    /// Whether a point has this x.
    static func hasPoint(_ x: FieldElement) -> Bool { ySquared(x).squareRoot != nil }

    /// x of `scalar` times a point, by Montgomery's ladder.
    ///
    /// - Parameters:
    ///   - x: Of a point of the curve.
    ///   - scalar: 1 to n − 1.
    static func multiply(_ x: FieldElement, by scalar: UInt256) -> FieldElement {
        // They are the same multiple of the point and the next one, so that their difference is always the point.
        var multiple = Ratio(numerator: 1, denominator: 0)
        var next = Ratio(numerator: x, denominator: 1)
        for index in (0..<256).reversed() {
            let sum = multiple.adding(next, difference: x)
            if scalar.bit(index) {
                multiple = sum
                next = next.doubled
            } else {
                next = sum
                multiple = multiple.doubled
            }
        }
        return multiple.numerator * multiple.denominator.inverse
    }

    /// x of a point as a fraction; the denominator of infinity is 0.
    private struct Ratio {
        var numerator: FieldElement
        var denominator: FieldElement

        /// x(2P) = x (x³ − 56) / 4 (x³ + 7).
        var doubled: Ratio {
            let x = numerator.squared * numerator
            let z = denominator.squared * denominator
            return Ratio(numerator: numerator * (x - 56 * z), denominator: 4 * denominator * (x + 7 * z))
        }

        /// x(P + Q), from x(P), x(Q) and x(P − Q): their product is ((x(P) x(Q))² − 28 (x(P) + x(Q))) / (x(P) − x(Q))².
        ///
        /// - Parameter difference: x(P − Q), not 0.
        func adding(_ other: Ratio, difference: FieldElement) -> Ratio {
            let left = numerator * other.denominator
            let right = other.numerator * denominator
            return Ratio(
                numerator: (numerator * other.numerator).squared - 28 * denominator * other.denominator
                    * (left + right),
                denominator: difference * (left - right).squared)
        }
    }
}
