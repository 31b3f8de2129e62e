/// Reads IP addresses.
public enum AddressLiteral {
    /// `10.0.0.1`.
    public static func ipv4(_ text: some Collection<UInt8>) -> UInt128? {
        let parts = text.split(separator: 0x2e, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt128 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            let number = part.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            guard number < 256 else { return nil }
            bits = bits << 8 | UInt128(number)
        }
        return bits
    }

    /// RFC 4291 section 2.2: groups, at most one `::`, the last 32 bits perhaps as an IPv4 address.
    public static func ipv6(_ text: [UInt8]) -> UInt128? {
        guard text.contains(0x3a) else { return nil }
        guard let gap = text.indices.dropLast().first(where: { text[$0] == 0x3a && text[$0 + 1] == 0x3a }) else {
            guard let groups = groups(text[...]), groups.count == 8 else { return nil }
            return join(groups)
        }
        guard let front = groups(text[..<gap]), let back = groups(text[(gap + 2)...]) else { return nil }
        guard front.count + back.count < 8 else { return nil }
        return join(front + Array(repeating: 0, count: 8 - front.count - back.count) + back)
    }

    private static func join(_ groups: [UInt16]) -> UInt128 { groups.reduce(0) { $0 << 16 | UInt128($1) } }

    private static func groups(_ text: ArraySlice<UInt8>) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: 0x3a, omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, let low = ipv4(part) {
                groups += [UInt16(truncatingIfNeeded: low >> 16), UInt16(truncatingIfNeeded: low)]
                continue
            }
            guard (1...4).contains(part.count) else { return nil }
            var group: UInt16 = 0
            for letter in part {
                guard let digit = Digits.value(letter) else { return nil }
                group = group << 4 | UInt16(digit)
            }
            groups.append(group)
        }
        return groups
    }
}
