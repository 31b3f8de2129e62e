import Fields

/// An ECDSA signature as transactions carry it: DER with the sighash byte after it (protocol.md section 7.5).
struct DERSignature {
    /// The two numbers, without their tags and lengths.
    let r: Range<Int>
    let s: Range<Int>
    /// The last byte: what the signature covers.
    let sighash: UInt8
    /// It is what BIP 66 asks for since July 2015.
    let isStrict: Bool

    /// Nil where the bytes at `range` have not even the outline of a signature: a sequence of two integers, then at
    /// least one byte.
    init?(_ range: Range<Int>, of bytes: RawSpan) {
        let start = range.lowerBound
        let count = range.count
        guard count >= 8, count <= 160, start >= 0, range.upperBound <= bytes.byteCount else { return nil }
        func byte(_ at: Int) -> UInt8 { bytes.unsafeLoad(fromUncheckedByteOffset: start &+ at, as: UInt8.self) }
        // Each index below is checked against `count` before it is used.
        guard byte(0) == 0x30, byte(2) == 0x02 else { return nil }
        let lengthR = Int(byte(3))
        guard 6 &+ lengthR < count, byte(4 &+ lengthR) == 0x02 else { return nil }
        let lengthS = Int(byte(5 &+ lengthR))
        guard 6 &+ lengthR &+ lengthS < count else { return nil }
        r = start &+ 4..<start &+ 4 &+ lengthR
        s = start &+ 6 &+ lengthR..<start &+ 6 &+ lengthR &+ lengthS
        sighash = byte(count &- 1)
        isStrict =
            count >= 9 && count <= 73 && Int(byte(1)) == count &- 3 && lengthR &+ lengthS &+ 7 == count
            && Self.isMinimal(r, bytes) && Self.isMinimal(s, bytes)
    }

    /// Not empty, not negative, no zero byte in front that need not be there.
    private static func isMinimal(_ number: Range<Int>, _ bytes: RawSpan) -> Bool {
        guard !number.isEmpty, number.upperBound <= bytes.byteCount else { return false }
        let first = bytes.unsafeLoad(fromUncheckedByteOffset: number.lowerBound, as: UInt8.self)
        if first & 0x80 != 0 { return false }
        if first != 0 || number.count == 1 { return true }
        return bytes.unsafeLoad(fromUncheckedByteOffset: number.lowerBound &+ 1, as: UInt8.self) & 0x80 != 0
    }
}

/// What of a transaction a signature covers, so what may change without breaking it.
enum SighashType {
    static let names = ValueNames(
        (0x00, "DEFAULT", "all of the transaction; taproot only"),
        (0x01, "ALL", "all inputs and outputs"),
        (0x02, "NONE", "all inputs, no output"),
        (0x03, "SINGLE", "all inputs, and the output of the same index"),
        (0x81, "ALL|ANYONECANPAY", "this input, and all outputs"),
        (0x82, "NONE|ANYONECANPAY", "this input, no output"),
        (0x83, "SINGLE|ANYONECANPAY", "this input, and the output of the same index"),
        (0x41, "ALL|ANYPREVOUT", "all outputs, but not which output is spent (BIP 118 draft)"),
        (0x42, "NONE|ANYPREVOUT", "no output, and not which output is spent (BIP 118 draft)"),
        (0x43, "SINGLE|ANYPREVOUT", "one output, but not which output is spent (BIP 118 draft)"),
        (0xc1, "ALL|ANYPREVOUTANYSCRIPT", "all outputs, but not what is spent nor its script (BIP 118 draft)"),
        (0xc2, "NONE|ANYPREVOUTANYSCRIPT", "no output, and not what is spent nor its script (BIP 118 draft)"),
        (0xc3, "SINGLE|ANYPREVOUTANYSCRIPT", "one output, but not what is spent nor its script (BIP 118 draft)"))

    /// The types that legacy and version 0 signatures know, as Core's `asm` names them.
    static func coreName(_ type: UInt8) -> StaticString? {
        switch type {
        case 0x01: "ALL"
        case 0x02: "NONE"
        case 0x03: "SINGLE"
        case 0x81: "ALL|ANYONECANPAY"
        case 0x82: "NONE|ANYONECANPAY"
        case 0x83: "SINGLE|ANYONECANPAY"
        default: nil
        }
    }

    /// Whether a Schnorr signature of 65 bytes may have it.
    static func isTaproot(_ type: UInt8) -> Bool {
        coreName(type) != nil || names.name(of: UInt64(type)) != nil && type != 0
    }
}
