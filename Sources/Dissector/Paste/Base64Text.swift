/// Reads base64 (RFC 4648), also that with `-` and `_`, padded or not, in one text or in lines.
enum Base64Text {
    /// - Returns: Nil where it is something else.
    static func read(_ text: [UInt8]) -> PastedParts? {
        var parts = PastedParts()
        var bits: UInt32 = 0
        var characters = 0
        var isPadded = false
        /// Takes the last bytes of a text whose length is no multiple of four; false where it is none.
        func finish() -> Bool {
            defer { (bits, characters, isPadded) = (0, 0, false) }
            switch characters {
            case 0: return true
            case 2:
                guard bits & 0xf == 0 else { return false }
                parts.append(UInt8(truncatingIfNeeded: bits >> 4))
            case 3:
                guard bits & 3 == 0 else { return false }
                parts.append(UInt8(truncatingIfNeeded: bits >> 10))
                parts.append(UInt8(truncatingIfNeeded: bits >> 2))
            default: return false
            }
            return true
        }
        for character in text {
            switch character {
            case 0x20, 0x09: continue
            case 0x0a, 0x0d:
                if isPadded, !finish() { return nil }
                if characters == 0 { parts.endPart() } else { parts.join() }
            case 0x3d:
                guard characters > 1 else { return nil }
                isPadded = true
            default:
                guard let value = value(character) else { return nil }
                if isPadded, !finish() { return nil }
                bits = bits << 6 | UInt32(value)
                characters += 1
                guard characters == 4 else { continue }
                for shift: UInt32 in [16, 8, 0] { parts.append(UInt8(truncatingIfNeeded: bits >> shift)) }
                (bits, characters) = (0, 0)
            }
        }
        return finish() && !parts.bytes.isEmpty ? parts : nil
    }

    private static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x41...0x5a: character - 0x41
        case 0x61...0x7a: character - 0x47
        case 0x30...0x39: character + 4
        case 0x2b, 0x2d: 62
        case 0x2f, 0x5f: 63
        default: nil
        }
    }
}
