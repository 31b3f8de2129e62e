import Fields

/// Base58 with a version byte in front and four bytes of a hash after it: how addresses were written first
/// (protocol.md section 8.3).
enum Base58Check {
    /// Appends `version` ‖ `payload` ‖ the first four bytes of their double SHA-256. Nothing where it is too long to
    /// be an address.
    static func append(_ version: UInt8, _ payload: RawSpan, to text: inout TextBuffer) {
        let count = payload.byteCount
        guard count <= 32 else { return }
        var bytes = InlineArray<37, UInt8>(repeating: 0)
        bytes[0] = version
        for index in 0..<count {
            bytes[index &+ 1] = payload.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
        }
        let hash = DoubleSHA256.hash(bytes.span.bytes.extracting(first: count &+ 1)).checksum
        for index in 0..<4 { bytes[count &+ 1 &+ index] = UInt8(truncatingIfNeeded: hash >> UInt32(24 &- 8 &* index)) }
        append(bytes.span.bytes.extracting(first: count &+ 5), to: &text)
    }

    /// Appends up to 40 bytes as one big number in base 58; each zero byte in front becomes a `1`.
    static func append(_ bytes: RawSpan, to text: inout TextBuffer) {
        let count = bytes.byteCount
        guard count <= 40 else { return }
        // The number, 32 bits a limb, the highest first.
        var limbs = InlineArray<10, UInt32>(repeating: 0)
        var zeros = 0
        for index in 0..<count {
            let byte = bytes.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
            if byte == 0, zeros == index { zeros = index &+ 1 }
            let place = count &- 1 &- index
            limbs[9 &- place / 4] |= UInt32(byte) &<< UInt32(place % 4 &* 8)
        }
        // Five digits at a time, the lowest first: 40 bytes have at most 55, or are 40 zeros.
        var digits = InlineArray<100, UInt8>(repeating: 0)
        var at = 100
        var first = 0
        while first < 10, at >= 45 {
            if limbs[first] == 0 {
                first &+= 1
                continue
            }
            var remainder: UInt64 = 0
            for index in first..<10 {
                let value = remainder << 32 | UInt64(limbs[index])
                limbs[index] = UInt32(truncatingIfNeeded: value / 656_356_768)
                remainder = value % 656_356_768
            }
            var five = UInt32(truncatingIfNeeded: remainder)
            for _ in 0..<5 {
                at &-= 1
                digits[at] = UInt8(truncatingIfNeeded: five % 58)
                five /= 58
            }
        }
        while at < 100, digits[at] == 0 { at &+= 1 }
        at &-= min(zeros, at)
        let letters: StaticString = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
        letters.withUTF8Buffer { letters in
            for place in at..<100 { digits[place] = letters[min(Int(digits[place]), letters.count &- 1)] }
        }
        text.append(ascii: digits.span.bytes.extracting(at..<100))
    }
}
