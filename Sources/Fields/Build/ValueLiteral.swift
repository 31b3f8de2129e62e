/// Reads a value that somebody wrote, by the kind of its field: the inverse of ``ValueText``.
public enum ValueLiteral {
    public enum Value: Sendable, Equatable {
        /// Sign-extended where it is negative.
        case number(UInt64)
        case bytes([UInt8])
    }

    /// What is needed instead of the text that was given.
    public struct Fault: Error, Sendable {
        public let reason: String
    }

    /// Reads `text`: numbers in decimal, `0x` or `0b`, names of values, dates (ISO 8601 or seconds since the epoch), hashes
    /// as tools show them, bytes in hexadecimal, text with the escapes of ``TextBuffer/append(wire:)``, IP addresses.
    public static func read(_ text: [UInt8], _ kind: Kind) throws(Fault) -> Value {
        switch kind {
        case .unsigned, .hexadecimal, .frameNumber, .count: return try .number(integer(text, isSigned: false))
        case .signed, .amount: return try .number(integer(text, isSigned: true))
        case .boolean, .flag: return try .number(truth(text))
        case .enumeration(let names, _, _): return try .number(named(text, names))
        case .seconds: return try .number(seconds(text))
        case .hash: return try .bytes(hexadecimal(text, "a hash").reversed())
        case .bytes, .ethernet: return try .bytes(hexadecimal(text, "bytes"))
        case .text, .paddedText: return try .bytes(unescaped(text))
        case .ipv4: return try .bytes(address(text, isIPv6: false))
        case .ipv6: return try .bytes(address(text, isIPv6: true))
        case .group, .layer, .nanoseconds, .duration, .decimal:
            throw Fault(reason: "it has no value that could be given")
        }
    }

    /// As it was written: what shows it makes it harmless.
    private static func quoted(_ text: [UInt8]) -> String {
        "'\(String(decoding: text.prefix(80), as: UTF8.self))\(text.count > 80 ? "…" : "")'"
    }

    private static func integer(_ text: [UInt8], isSigned: Bool) throws(Fault) -> UInt64 {
        guard let value = number(text) else { throw Fault(reason: "\(quoted(text)) is not a number") }
        if let number = UInt64(exactly: value), !isSigned || number <= UInt64(Int64.max) { return number }
        if isSigned, let number = Int64(exactly: value) { return UInt64(bitPattern: number) }
        let range = isSigned ? "\(Int64.min) to \(Int64.max)" : "0 to \(UInt64.max)"
        throw Fault(reason: "\(quoted(text)) does not fit: \(range)")
    }

    /// Decimal, `0x` or `0b`; no number begins with another 0, which filters take for octal.
    private static func number(_ text: [UInt8]) -> Int128? {
        let digits = text.drop { $0 == 0x2b || $0 == 0x2d }
        let second = digits.dropFirst().first
        if digits.first == 0x30, let second, (0x30...0x39).contains(second) { return nil }
        return IntegerLiteral.value(text)
    }

    private static func truth(_ text: [UInt8]) throws(Fault) -> UInt64 {
        switch String(decoding: text, as: UTF8.self).lowercased() {
        case "true": return 1
        case "false": return 0
        default:
            guard let value = number(text), let number = UInt64(exactly: value) else {
                throw Fault(reason: "\(quoted(text)) is neither true nor false")
            }
            return number
        }
    }

    private static func named(_ text: [UInt8], _ names: ValueNames) throws(Fault) -> UInt64 {
        if let value = names.value(named: String(decoding: text, as: UTF8.self)) { return value }
        if number(text) != nil { return try integer(text, isSigned: false) }
        let all = names.entries.map(\.name)
        let hint = NearestNames.suggestion(for: String(decoding: text, as: UTF8.self), among: all)
        let known = all.count > 8 ? "" : ": \(all.joined(separator: ", "))"
        throw Fault(reason: "\(quoted(text)) is neither a number nor a name of a value\(known).\(hint)")
    }

    private static func seconds(_ text: [UInt8]) throws(Fault) -> UInt64 {
        // What no calendar has is written as a bare number, also beyond what a date can be.
        if let value = number(text), let number = Int64(exactly: value) {
            return UInt64(bitPattern: number)
        }
        guard let time = TimeLiteral.instant(text) else {
            throw Fault(
                reason: "\(quoted(text)) is no time, such as 2011-03-28T15:58:57Z or 1301327937")
        }
        let (seconds, rest) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
        guard rest == 0, let value = Int64(exactly: seconds) else {
            throw Fault(reason: "\(quoted(text)) is not a whole second")
        }
        return UInt64(bitPattern: value)
    }

    private static func hexadecimal(_ text: [UInt8], _ what: String) throws(Fault) -> [UInt8] {
        if text.isEmpty { return [] }
        // Pairs of digits, with colons between them or without.
        let digits = text.filter { $0 != 0x3a }
        let isPaired =
            digits.count == text.count
            || text.split(separator: 0x3a, omittingEmptySubsequences: false)
                .allSatisfy { $0.count == 2 }
        guard isPaired, digits.count % 2 == 0, digits.allSatisfy({ Digits.value($0) != nil }),
            let bytes = HexadecimalLiteral.bytes(text)
        else { throw Fault(reason: "\(quoted(text)) is not \(what) in pairs of hexadecimal digits") }
        return bytes
    }

    private static func unescaped(_ text: [UInt8]) throws(Fault) -> [UInt8] {
        var at = 0
        while at < text.count {
            guard text[at] == 0x5c else {
                at += 1
                continue
            }
            let letter = at + 1 < text.count ? text[at + 1] : 0
            let length = letter == 0x78 ? 4 : 2
            let isKnown = [0x5c, 0x6e, 0x72, 0x74, 0x78].contains(letter)
            let digits = text[min(at + 2, text.count)..<min(at + length, text.count)]
            guard isKnown, digits.count == length - 2, digits.allSatisfy({ Digits.value($0) != nil }) else {
                throw Fault(
                    reason: "\(quoted(text)) has a backslash before none of n, r, t, x and two digits, and a backslash")
            }
            at += length
        }
        var plain = TextBuffer()
        plain.append(unescaping: text.span.bytes)
        return plain.bytes
    }

    private static func address(_ text: [UInt8], isIPv6: Bool) throws(Fault) -> [UInt8] {
        let bits: UInt128?
        if let low = AddressLiteral.ipv4(text) {
            // An IPv4 address in a field for IPv6 is a mapped one.
            bits = isIPv6 ? low | 0xffff_0000_0000 : low
        } else {
            bits = isIPv6 ? AddressLiteral.ipv6(text) : nil
        }
        guard let bits else {
            throw Fault(reason: "\(quoted(text)) is no \(isIPv6 ? "IPv6" : "IPv4") address")
        }
        let count = isIPv6 ? 16 : 4
        return (0..<count).map { UInt8(truncatingIfNeeded: bits >> UInt128(8 * (count - 1 - $0))) }
    }
}
