/// Points of secp256k1 as 64 bytes that look random (BIP 324; protocol.md section 11.4).
///
/// The bytes are two numbers, u and t, each big-endian and modulo p, and any two of them are an encoding of some x.
/// Not constant-time: see ``FieldElement``.
enum ElligatorSwift {
    /// √−3: of the two roots the one that is a square itself.
    private static let rootOfMinus3 = FieldElement(
        UInt256(0x0a2d_2ba9_3507_f1df, 0x2337_70c2_a797_962c, 0xc61f_6d15_da14_ecd4, 0x7d8d_27ae_1cd5_f852))

    /// The x that `u` and `t` encode (BIP 324: XSwiftEC): every pair encodes one.
    static func decode(u: FieldElement, t: FieldElement) -> FieldElement {
        let u = u.isZero ? 1 : u
        var t = t.isZero ? 1 : t
        let cube = Secp256k1.ySquared(u)
        if (cube + t.squared).isZero { t = t + t }
        let x = (cube - t.squared) * (t + t).inverse
        // Not 0: u³ + 7 + t² is not.
        let y = (x + t) * (rootOfMinus3 * u).inverse
        let quotient = x * y.inverse
        let first = u + 4 * y.squared
        if Secp256k1.hasPoint(first) { return first }
        let second = (-quotient - u).halved
        // One of the three has a point, since the product of their y² is a square.
        return Secp256k1.hasPoint(second) ? second : (quotient - u).halved
    }

    /// The t with which `u` encodes `x` (BIP 324: XSwiftECInv); nil where this case has none.
    ///
    /// - Parameters:
    ///   - x: Of a point.
    ///   - u: Not 0.
    ///   - choice: Which of up to eight values of t is wanted, 0 to 7; other bits are ignored.
    static func inverse(x: FieldElement, u: FieldElement, choice: UInt8) -> FieldElement? {
        let s: FieldElement
        let v: FieldElement
        if choice & 2 == 0 {
            // Otherwise decoding would stop before it reaches x.
            guard !Secp256k1.hasPoint(-x - u) else { return nil }
            v = x
            s = -Secp256k1.ySquared(u) * (u.squared + u * v + v.squared).inverse
        } else {
            s = x - u
            guard !s.isZero else { return nil }
            let square = 4 * Secp256k1.ySquared(u) + 3 * s * u.squared
            guard let r = (-s * square).squareRoot else { return nil }
            // Both roots are the same: the case without this bit gives them.
            if choice & 1 != 0, r.isZero { return nil }
            v = (r * s.inverse - u).halved
        }
        guard let root = s.squareRoot else { return nil }
        let isNegative = (choice & 4 == 0) != (choice & 1 != 0)
        let factor = choice & 1 == 0 ? 1 - rootOfMinus3 : 1 + rootOfMinus3
        let t = root * ((u * factor).halved + v)
        return isNegative ? -t : t
    }

    /// A random one of the encodings of `x`, of which each is as likely as any other.
    ///
    /// - Parameter x: Of a point.
    static func encode(_ x: FieldElement, using generator: inout some RandomNumberGenerator) -> EllSwiftKey {
        while true {
            let number = UInt256.random(using: &generator)
            guard !number.isZero, number < FieldElement.modulus else { continue }
            let choice = UInt8.random(in: 0..<8, using: &generator)
            let u = FieldElement(number)
            // About every fourth choice has one.
            if let t = inverse(x: x, u: u, choice: choice) { return EllSwiftKey(u: u, t: t) }
        }
    }
}
