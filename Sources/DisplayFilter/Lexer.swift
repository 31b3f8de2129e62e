import Fields

/// Takes a filter apart into words and signs.
struct Lexer {
    private let source: [UInt8]
    private var at = 0

    init(_ source: [UInt8]) { self.source = source }

    static func tokens(of source: [UInt8]) throws(Fault) -> [Token] {
        var lexer = Lexer(source)
        var tokens: [Token] = []
        repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
        return tokens
    }

    /// The words of the language, which no field and no value is called.
    private static let words: [String: Token.Kind] = [
        "and": .and, "or": .or, "xor": .xor, "not": .not, "in": .membership, "contains": .contains,
        "matches": .matches, "bitand": .mask,
        "eq": .comparison(.equal), "any_eq": .comparison(.equal), "all_eq": .comparison(.allEqual),
        "ne": .comparison(.notEqual), "all_ne": .comparison(.notEqual), "any_ne": .comparison(.anyNotEqual),
        "lt": .comparison(.less), "le": .comparison(.lessOrEqual),
        "gt": .comparison(.greater), "ge": .comparison(.greaterOrEqual),
    ]

    /// Longer signs before those that begin like them.
    private static let signs: [(sign: StaticString, kind: Token.Kind)] = [
        ("===", .comparison(.allEqual)), ("!==", .comparison(.anyNotEqual)), ("==", .comparison(.equal)),
        ("!=", .comparison(.notEqual)), ("~=", .comparison(.anyNotEqual)), ("<=", .comparison(.lessOrEqual)),
        (">=", .comparison(.greaterOrEqual)), ("<", .comparison(.less)), (">", .comparison(.greater)),
        ("&&", .and), ("||", .or), ("^^", .xor), ("!", .not), ("~", .matches), ("&", .mask), ("..", .dots),
        ("(", .open), (")", .close), ("{", .openSet), ("}", .closeSet), (",", .comma),
    ]

    private mutating func next() throws(Fault) -> Token {
        while at < source.count, [0x20, 0x09, 0x0a, 0x0d].contains(source[at]) { at += 1 }
        guard let first = byte() else { return Token(kind: .end, range: at..<at) }
        if first == 0x22 { return try string(isRaw: false) }
        if first == 0x72, byte(1) == 0x22 { return try string(isRaw: true) }
        if first == 0x27 { return try character() }
        if first == 0x5b { return try slice() }
        for (sign, kind) in Self.signs {
            let count = sign.utf8CodeUnitCount
            guard sign.withUTF8Buffer({ source[at...].starts(with: $0) }) else { continue }
            at += count
            return Token(kind: kind, range: at - count..<at)
        }
        return try word()
    }

    private func byte(_ ahead: Int = 0) -> UInt8? { at + ahead < source.count ? source[at + ahead] : nil }

    // MARK: Words

    private mutating func word() throws(Fault) -> Token {
        let start = at
        while let next = byte(), isPartOfWord(next) { at += 1 }
        guard at > start else { throw stray() }
        let text = Array(source[start..<at])
        let kind = Self.words[String(decoding: text, as: UTF8.self)] ?? .word
        return Token(kind: kind, range: start..<at, text: text, contentOffset: 0)
    }

    /// `+` and `/` only before a digit (a time zone, the length of a prefix), a dot only where it is not the sign `..`.
    private func isPartOfWord(_ next: UInt8) -> Bool {
        switch next {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f, 0x3a, 0x2d: true
        case 0x2e: byte(1) != 0x2e
        case 0x2b, 0x2f: byte(1).map { (0x30...0x39).contains($0) } ?? false
        default: false
        }
    }

    private func stray() -> Fault {
        var length = 1
        while let next = byte(length), next & 0xc0 == 0x80 { length += 1 }
        let range = at..<at + length
        switch source[at] {
        case 0x3d: return Fault(range, "'=' is not a comparison: write '==' for equal.")
        case 0x7c: return Fault(range, "'|' is not an operator: write '||' or 'or'.")
        case 0x5d: return Fault(range, "']' without a '[' before it.")
        case 0x80...: return Fault(range, "Characters that are not ASCII need double quotes.")
        default: return Fault(range, "This character means nothing in a filter.")
        }
    }

    private mutating func slice() throws(Fault) -> Token {
        let start = at
        while let next = byte(), next != 0x5d { at += 1 }
        guard byte() != nil else { throw Fault(start..<start + 1, "'[' without a ']' after it.") }
        at += 1
        return Token(kind: .slice, range: start..<at, text: Array(source[start + 1..<at - 1]))
    }

    // MARK: Quotes

    /// In a raw string a backslash stands for itself, also before a quote, which it keeps from ending the string.
    private mutating func string(isRaw: Bool) throws(Fault) -> Token {
        let start = at
        at += isRaw ? 2 : 1
        let content = at
        var token = Token(kind: .string, range: start..<start)
        while let next = byte(), next != 0x22 {
            guard next == 0x5c else {
                token.text.append(next)
                at += 1
                continue
            }
            if isRaw {
                token.text += source[at..<min(at + 2, source.count)]
                at = min(at + 2, source.count)
            } else {
                try escape(&token)
            }
        }
        guard byte() != nil else { throw Fault(start..<source.count, "The string does not end: a '\"' is missing.") }
        let isPlain = Array(source[content..<at]) == token.text
        at += 1
        return Token(
            kind: .string, range: start..<at, text: token.text, strangeEscape: token.strangeEscape,
            contentOffset: isPlain ? content - start : nil)
    }

    private mutating func character() throws(Fault) -> Token {
        let start = at
        at += 1
        var token = Token(kind: .character, range: start..<start)
        while let next = byte(), next != 0x27 {
            if next == 0x5c {
                try escape(&token)
            } else {
                token.text.append(next)
                at += 1
            }
        }
        guard byte() != nil else { throw Fault(start..<source.count, "The character does not end: a ' is missing.") }
        at += 1
        guard token.text.count == 1, token.strangeEscape == nil else {
            throw Fault(start..<at, "Single quotes hold one byte; text needs double quotes.")
        }
        return Token(kind: .character, range: start..<at, text: token.text)
    }

    /// C's escapes. What is none stays as it is and is remembered: only a pattern may have it.
    private mutating func escape(_ token: inout Token) throws(Fault) {
        let start = at
        at += 1
        guard let letter = byte() else { return }
        at += 1
        switch letter {
        case 0x61: token.text.append(0x07)
        case 0x62: token.text.append(0x08)
        case 0x66: token.text.append(0x0c)
        case 0x6e: token.text.append(0x0a)
        case 0x72: token.text.append(0x0d)
        case 0x74: token.text.append(0x09)
        case 0x76: token.text.append(0x0b)
        case 0x5c, 0x22, 0x27: token.text.append(letter)
        case 0x30...0x37:
            at -= 1
            token.text.append(UInt8(truncatingIfNeeded: number(radix: 8, upTo: 3)?.value ?? 0))
        case 0x78:
            guard let found = number(radix: 16, upTo: 2) else {
                throw Fault(start..<at, "'\\x' needs one or two digits.")
            }
            token.text.append(UInt8(truncatingIfNeeded: found.value))
        case 0x75, 0x55:
            let digits = letter == 0x75 ? 4 : 8
            guard let found = number(radix: 16, upTo: digits), found.digits == digits,
                let scalar = Unicode.Scalar(found.value)
            else { throw Fault(start..<at, "No character: '\\u' needs 4 hexadecimal digits, '\\U' 8.") }
            token.text += Array(String(Character(scalar)).utf8)
        default:
            token.text += [0x5c, letter]
            token.strangeEscape = token.strangeEscape ?? start..<at
        }
    }

    private mutating func number(radix: UInt32, upTo most: Int) -> (value: UInt32, digits: Int)? {
        var value: UInt32 = 0
        var digits = 0
        while digits < most, let digit = byte().flatMap(Digits.value), UInt32(digit) < radix {
            value = value &* radix &+ UInt32(digit)
            digits += 1
            at += 1
        }
        return digits > 0 ? (value, digits) : nil
    }
}
