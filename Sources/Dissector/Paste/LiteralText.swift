/// Reads what programming languages and shells write as text with escapes: `b'\xf9\xbe…'` of Python, `"\xf9\xbe" "…"` of C,
/// `$'\xf9…'`, also without quotes. Strings of nothing but hexadecimal digits are those: `bytes.fromhex('f9be')`,
/// `b'f9be'` of `hexlify`, `["f9be", "00"]`.
struct LiteralText {
    private let text: [UInt8]
    private var place = 0
    /// Where the string ends that is read.
    private var end: Int

    private init(_ text: [UInt8]) {
        self.text = text
        end = text.count
    }

    /// - Returns: Nil where the text has no string and no escape.
    static func read(_ text: [UInt8]) throws(PasteProblem) -> (parts: PastedParts, isHexadecimal: Bool)? {
        var reader = LiteralText(text)
        if text.first == 0x5c { return (try reader.readUnquoted(), false) }
        let strings = try reader.strings()
        guard !strings.isEmpty else { return nil }
        if let parts = hexadecimal(text, strings) { return (parts, true) }
        var parts = PastedParts()
        for string in strings {
            reader.place = string.lowerBound
            reader.end = string.upperBound
            while reader.place < string.upperBound { try reader.readCharacter(into: &parts) }
            parts.endPart()
        }
        return (parts, false)
    }

    /// The bytes of strings that all are hexadecimal digits.
    private static func hexadecimal(_ text: [UInt8], _ strings: [Range<Int>]) -> PastedParts? {
        var parts = PastedParts()
        for string in strings {
            guard !text[string].contains(0x5c), let bytes = try? HexadecimalText.read(Array(text[string])).bytes,
                !bytes.isEmpty
            else { return nil }
            parts.append(bytes)
            parts.endPart()
        }
        return parts
    }

    /// What stands between quotes, single or double, in which a backslash hides the next character.
    private mutating func strings() throws(PasteProblem) -> [Range<Int>] {
        var found: [Range<Int>] = []
        while place < text.count {
            let quote = text[place]
            place += 1
            guard quote == 0x27 || quote == 0x22 else { continue }
            let start = place
            while place < text.count, text[place] != quote { place += text[place] == 0x5c ? 2 : 1 }
            guard place < text.count else {
                throw PasteProblem(text, at: start - 1, "this string has no end")
            }
            guard found.count < PastedParts.partLimit else {
                throw PasteProblem("more than \(PastedParts.partLimit) strings")
            }
            found.append(start..<place)
            place += 1
        }
        return found
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
