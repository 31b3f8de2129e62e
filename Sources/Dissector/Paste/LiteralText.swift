/// Reads what languages and shells write as text with escapes: `b'\xf9\xbe…'` of Python, `"\xf9\xbe" "…"` of C,
/// `$'\xf9…'`, also without quotes. Strings of nothing but hexadecimal digits are those: `bytes.fromhex('f9be')`,
/// `["f9be", "00"]`. Where strings have names, as in JSON, the one of hexadecimal digits is taken.
struct LiteralText {
    private let text: [UInt8]
    private var place = 0
    /// Where the string ends that is read.
    private var end: Int

    private init(_ text: [UInt8]) {
        self.text = text
        end = text.count
    }

    struct Reading {
        let parts: PastedParts
        let isHexadecimal: Bool
        /// Which of several strings was taken; nil where all were.
        var note: String?
    }

    /// - Returns: Nil where the text has no string and no escape.
    static func read(_ text: [UInt8]) throws(PasteProblem) -> Reading? {
        var reader = LiteralText(text)
        if text.first == 0x5c { return Reading(parts: try reader.readUnquoted(), isHexadecimal: false) }
        let strings = try QuotedStrings(text).strings
        let values = strings.filter { !$0.isName }
        if values.isEmpty || values.count == strings.count { return try reader.read(strings) }
        if values.count == 1 { return try reader.read(values) }
        // Fewer digits may be a number that is none of bytes.
        let long = values.filter { $0.range.count >= 8 && reader.hexadecimal([$0]) != nil }
        guard long.count == 1, let parts = reader.hexadecimal(long) else {
            let which = long.isEmpty ? "none" : "\(long.count)"
            throw PasteProblem("of \(values.count) strings that may be bytes \(which) are hexadecimal; paste one alone")
        }
        return Reading(
            parts: parts, isHexadecimal: true, note: "of \(values.count) strings the one that is hexadecimal was read")
    }

    private mutating func read(_ strings: [QuotedStrings.Quoted]) throws(PasteProblem) -> Reading? {
        guard !strings.isEmpty else { return nil }
        if let parts = hexadecimal(strings) { return Reading(parts: parts, isHexadecimal: true) }
        var parts = PastedParts()
        for string in strings {
            place = string.range.lowerBound
            end = string.range.upperBound
            let start = parts.bytes.count
            while place < end { try readCharacter(into: &parts) }
            try parts.repeatBytes(from: start, times: string.times)
            parts.endPart()
        }
        return Reading(parts: parts, isHexadecimal: false)
    }

    /// The bytes of strings that all are hexadecimal digits; nil where one is not.
    private func hexadecimal(_ strings: [QuotedStrings.Quoted]) -> PastedParts? {
        var parts = PastedParts()
        for string in strings {
            guard !text[string.range].contains(0x5c),
                let bytes = try? HexadecimalText.read(Array(text[string.range])).bytes, !bytes.isEmpty
            else { return nil }
            let start = parts.bytes.count
            parts.append(bytes[...])
            guard (try? parts.repeatBytes(from: start, times: string.times)) != nil else { return nil }
            parts.endPart()
        }
        return parts
    }

    /// White space between two escapes, or at the end of a line, is no byte.
    private mutating func readUnquoted() throws(PasteProblem) -> PastedParts {
        var parts = PastedParts()
        var isAfterEscape = false
        while place < text.count {
            let end = endOfSpace(from: place)
            let isSeparator =
                end == text.count || text[place..<end].contains(0x0a) || isAfterEscape && text[end] == 0x5c
            if end > place, isSeparator {
                if text[place..<end].contains(0x0a) { parts.endPart() }
                place = end
                continue
            }
            isAfterEscape = text[place] == 0x5c
            try readCharacter(into: &parts)
        }
        return parts
    }

    private func endOfSpace(from start: Int) -> Int {
        var end = start
        while end < text.count, [0x20, 0x09, 0x0a, 0x0d].contains(text[end]) { end += 1 }
        return end
    }

    private mutating func readCharacter(into parts: inout PastedParts) throws(PasteProblem) {
        let character = text[place]
        guard character == 0x5c else {
            parts.append(character)
            place += 1
            return
        }
        let start = place
        guard place + 1 < end else {
            throw PasteProblem(text, at: start, "after a backslash something is missing")
        }
        let escape = text[place + 1]
        place += 2
        switch escape {
        case 0x78, 0x58:
            guard let value = number(radix: 16, atMost: 2) else { throw wrong(start) }
            parts.append(UInt8(truncatingIfNeeded: value))
        case 0x75:
            // Of JavaScript and JSON, where a character below 256 stands for a byte.
            guard let value = number(radix: 16, atMost: 4), value < 256 else { throw wrong(start) }
            parts.append(UInt8(value))
        case 0x30...0x37:
            place -= 1
            guard let value = number(radix: 8, atMost: 3), value < 256 else { throw wrong(start) }
            parts.append(UInt8(value))
        // A line goes on in the next one.
        case 0x0a: break
        default:
            guard let byte = Self.byte(ofEscape: escape) else { throw wrong(start) }
            parts.append(byte)
        }
    }

    private func wrong(_ start: Int) -> PasteProblem { PasteProblem(text, at: start, "no byte is written like this") }

    private mutating func number(radix: Int, atMost count: Int) -> Int? {
        var value: Int?
        let last = min(place + count, end)
        while place < last, let digit = HexadecimalText.digit(text[place]), digit < radix {
            value = (value ?? 0) * radix + Int(digit)
            place += 1
        }
        return value
    }

    private static func byte(ofEscape escape: UInt8) -> UInt8? {
        switch escape {
        case 0x61: 0x07
        case 0x62: 0x08
        case 0x65: 0x1b
        case 0x66: 0x0c
        case 0x6e: 0x0a
        case 0x72: 0x0d
        case 0x74: 0x09
        case 0x76: 0x0b
        case 0x22, 0x27, 0x3f, 0x5c, 0x60: escape
        default: nil
        }
    }
}
