import Fields

extension TextBuffer {
    /// The value of a node as `-T fields` prints it.
    mutating func append(shown node: Node, _ kind: Kind, _ bytes: RawSpan) {
        let signed = Int64(bitPattern: node.value)
        switch kind {
        case .group, .layer: break
        case .unsigned, .count, .frameNumber: append(decimal: node.value)
        case .signed, .amount: append(decimal: Int(signed))
        case .hexadecimal(let bits): append(number: node.value, bits)
        case .enumeration(_, let bits, let isHexadecimal):
            if isHexadecimal { append(number: node.value, bits) } else { append(decimal: node.value) }
        case .boolean, .flag: append(ascii: node.value == 0 ? 0x30 : 0x31)
        case .hash: append(reversedHexadecimal: bytes)
        case .bytes: append(hexadecimal: bytes)
        case .text, .decimal: append(wire: bytes)
        case .paddedText: append(wire: bytes.withoutPadding)
        case .seconds:
            if append(date: Int(signed)) { append(ascii: 0x5a) } else { append(decimal: Int(signed)) }
        case .nanoseconds:
            let (seconds, fraction) = Self.split(signed)
            if append(date: seconds) {
                append(fraction: fraction)
                append(ascii: 0x5a)
            } else {
                append(duration: Int128(signed))
            }
        case .duration: append(duration: node.nanoseconds(bytes))
        case .ipv4: append(ipv4: bytes)
        case .ipv6: append(ipv6: bytes)
        }
    }

    private mutating func append(number value: UInt64, _ bits: Int) {
        append("0x")
        append(hexadecimal: value, digits: bits / 4)
    }

    /// `2011-03-28T15:58:57`; false, and nothing, where the year does not have four digits.
    private mutating func append(date seconds: Int) -> Bool {
        var days = seconds / 86_400
        var rest = seconds % 86_400
        if rest < 0 {
            days -= 1
            rest += 86_400
        }
        guard days.magnitude < 4_000_000 else { return false }
        let (year, month, day) = Calendar.date(days: days)
        guard (1...9999).contains(year) else { return false }
        append(decimal: UInt64(year), width: 4)
        for (sign, part) in [
            (0x2d, month), (0x2d, day), (0x54, rest / 3600), (0x3a, rest / 60 % 60), (0x3a, rest % 60),
        ] {
            append(ascii: UInt8(sign))
            append(decimal: UInt64(part), width: 2)
        }
        return true
    }

    private mutating func append(duration nanoseconds: Int128) {
        if nanoseconds < 0 { append(ascii: 0x2d) }
        append(decimal: UInt64(clamping: nanoseconds.magnitude / 1_000_000_000))
        append(fraction: UInt64(nanoseconds.magnitude % 1_000_000_000))
    }

    private mutating func append(fraction nanoseconds: UInt64) {
        append(ascii: 0x2e)
        append(decimal: nanoseconds, width: 9)
    }

    private static func split(_ time: Int64) -> (seconds: Int, nanoseconds: UInt64) {
        let rest = time % 1_000_000_000
        let seconds = Int(time / 1_000_000_000)
        return rest < 0 ? (seconds - 1, UInt64(rest + 1_000_000_000)) : (seconds, UInt64(rest))
    }
}
