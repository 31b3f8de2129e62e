import Fields

/// A literal of the filter, read as a value of the type it is compared with.
struct Literal {
    let token: Token
    let type: ValueType
    /// The field or expression that it is compared with, for messages.
    let subject: String

    private func fault(_ message: String) -> Fault { Fault(token.range, message) }

    private var isQuoted: Bool { token.kind == .string }

    // MARK: Scalars

    /// The values that the literal stands for: one, or the addresses of a prefix.
    func scalars() throws(Fault) -> ClosedRange<Int128> {
        switch type {
        case .number(let range, let names): return try Self.single(number(range, names))
        case .truth: return try Self.single(truth())
        case .time:
            guard token.kind != .character, let time = TimeLiteral.instant(token.text) else {
                throw fault(
                    "\(subject) is a point in time, such as \"2011-03-28 15:58:57\", 2011-03-28T15:58:57.5Z or 1301327937."
                )
            }
            return Self.single(time)
        case .duration:
            guard token.kind != .character, let time = TimeLiteral.duration(token.text) else {
                throw fault("\(subject) is a duration in seconds, such as 0.25, with at most nine decimals.")
            }
            return Self.single(time)
        case .decimal:
            guard token.kind == .word, let number = Decimal.scalar(token.text) else {
                throw fault("\(subject) is a number, such as 2, 0.5 or 4.6e-10, without quotes.")
            }
            return Self.single(number)
        case .address(let isIPv6): return try addresses(isIPv6)
        case .hash, .bytes, .text, .heading: throw fault("\(subject) is \(type.phrase).")
        }
    }

    private static func single(_ value: Int128) -> ClosedRange<Int128> { value...value }

    private func number(_ range: ClosedRange<Int128>?, _ names: [ValueNames]) throws(Fault) -> Int128 {
        if token.kind != .character, let value = names.lazy.compactMap({ $0.value(named: token.string) }).first {
            return Int128(value)
        }
        guard let value = token.kind == .character ? token.text.first.map({ Int128($0) }) : isQuoted ? nil : integer()
        else {
            throw notANumber(names)
        }
        if let range, !range.contains(value) {
            let limits = "\(range.lowerBound) to \(range.upperBound)"
            throw fault("\(token.string) does not fit: \(subject) is a number from \(limits).")
        }
        return value
    }

    private func notANumber(_ names: [ValueNames]) -> Fault {
        if isQuoted, names.isEmpty || integer() != nil {
            return fault("\(subject) is a number: write it without quotes.")
        }
        guard !names.isEmpty else { return fault("\(subject) needs a number, not '\(token.string)'.") }
        let all = names.flatMap { $0.entries.map(\.name) }
        let hint = NearestNames.suggestion(for: token.string, among: all)
        return fault("'\(token.string)' is neither a number nor the name of a value of \(subject).\(hint)")
    }

    private func integer() -> Int128? { IntegerLiteral.value(token.text) }

    private func truth() throws(Fault) -> Int128 {
        switch token.string.lowercased() {
        case "true", "set": return 1
        case "false", "not set": return 0
        default:
            guard let value = integer() else { throw fault("\(subject) is true or false, or 1 or 0.") }
            return value == 0 ? 0 : 1
        }
    }

    /// A number for a mask: not negative, at most 64 bits.
    static func mask(_ token: Token) throws(Fault) -> UInt64 {
        let literal = Literal(token: token, type: .computedNumber, subject: "a mask")
        guard token.kind == .word, let value = literal.integer(), let mask = UInt64(exactly: value) else {
            throw Fault(token.range, "A mask is a number of at most 64 bits, such as 0x8.")
        }
        return mask
    }

    // MARK: Addresses

    private func addresses(_ isIPv6: Bool) throws(Fault) -> ClosedRange<Int128> {
        let parts = token.text.split(separator: 0x2f, maxSplits: 1, omittingEmptySubsequences: false)
        let text = Array(parts.first ?? [])
        guard token.kind != .character, let (bits, width) = Self.address(text) else {
            throw fault("\(subject) needs an IP address, not '\(token.string)'.")
        }
        if width == 128, !isIPv6 {
            throw fault("\(subject) needs an IPv4 address, not the IPv6 address '\(token.string)'.")
        }
        guard parts.count == 2 else { return Address.range(bits, prefix: 128) }
        let digits = String(decoding: parts[1], as: UTF8.self)
        guard let length = Int(digits), (0...width).contains(length) else {
            throw fault("The prefix of an address like this has 0 to \(width) bits.")
        }
        return Address.range(bits, prefix: 128 - width + length)
    }

    private static func address(_ text: [UInt8]) -> (bits: UInt128, width: Int)? {
        if let bits = AddressLiteral.ipv4(text) { return (bits | Address.mapping, 32) }
        return AddressLiteral.ipv6(text).map { ($0, 128) }
    }

    // MARK: Bytes

    /// The bytes that the literal stands for.
    ///
    /// - Parameter isPart: A part of a value is looked for, so a hash need not be whole.
    func bytes(isPart: Bool) throws(Fault) -> [UInt8] {
        if let escape = token.strangeEscape {
            throw Fault(escape, "No such escape: write '\\\\' for a backslash, or r\"…\".")
        }
        let bytes =
            switch type {
            case .hash: try hash(isPart: isPart)
            case .bytes: try plainBytes()
            case .text(isSlice: true) where token.kind == .word: HexadecimalLiteral.bytes(token.text) ?? token.text
            default: text()
            }
        if isPart, bytes.isEmpty { throw fault("Every value contains the empty one: name something to look for.") }
        return bytes
    }

    private func hash(isPart: Bool) throws(Fault) -> [UInt8] {
        guard token.kind != .character, let bytes = HexadecimalLiteral.bytes(token.text) else {
            throw fault("\(subject) is a hash: hexadecimal digits as Bitcoin shows them.")
        }
        guard isPart || bytes.count == 32 else {
            throw fault("A hash has 64 hexadecimal digits, this has \(bytes.count * 2): 'contains' looks for a part.")
        }
        return bytes
    }

    /// Whether the literal, of no quotes, is a number.
    var isPlainNumber: Bool { token.kind == .word && (integer() != nil || Decimal.scalar(token.text) != nil) }

    private func plainBytes() throws(Fault) -> [UInt8] {
        if token.kind != .word { return token.text }
        guard let bytes = HexadecimalLiteral.bytes(token.text) else {
            throw fault("\(subject) needs bytes, such as aa:bb, aabb or \"text\", not '\(token.string)'.")
        }
        return bytes
    }

    /// Pairs of digits with colons between them, without quotes, are bytes also for text.
    private func text() -> [UInt8] {
        let pairs = token.text.split(separator: 0x3a, omittingEmptySubsequences: false)
        guard token.kind == .word, pairs.count > 1, pairs.allSatisfy({ $0.count == 2 }) else { return token.text }
        return HexadecimalLiteral.bytes(token.text) ?? token.text
    }
}
