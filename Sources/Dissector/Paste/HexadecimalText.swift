/// Reads hexadecimal digits as people write them: in groups or not, with white space or signs between them, perhaps
/// after `0x` or `\x`, with remarks at the ends of lines, and headings. White space may also split a byte, as where a
/// line is broken; a digit alone between colons or commas, or after `0x`, is a byte.
struct HexadecimalText {
    private enum Prefix { case none, zero, backslash }

    private let text: [UInt8]
    private var parts = PastedParts()
    private var place = 0
    private var high: UInt8?
    // Of the digits since the last separator.
    private var prefix = Prefix.none
    private var digits = 0
    private var backslashes = 0
    private var isAnyEscapeLong = false
    private var hasHardSeparators = false
    private var hasBytesInLine = false

    private init(_ text: [UInt8]) { self.text = text }

    static func read(_ text: [UInt8]) throws(PasteProblem) -> PastedParts {
        var reader = HexadecimalText(text)
        try reader.read()
        return reader.parts
    }

    private mutating func read() throws(PasteProblem) {
        skipHeading()
        while place < text.count {
            let character = text[place]
            if let digit = Self.digit(character) {
                if high == nil, character == 0x30, isX(place + 1) {
                    try begin(.zero)
                } else {
                    receive(digit)
                    place += 1
                }
                continue
            }
            switch character {
            case 0x0a, 0x0d: try endLine()
            case 0x20, 0x09, 0x0b, 0x0c: try skipSpace()
            case 0x3a, 0x2c, 0x3b: try skipHardSeparator()
            case 0x2d, 0x5f, 0x2e, 0x7c: try skipSoftSeparator()
            case 0x23: try skipLine()
            case 0x2f where at(place + 1) == 0x2f: try skipLine()
            case 0x5c where isX(place + 1) && high == nil: try begin(.backslash)
            case _ where isSuffix():
                try skipHardSeparator()
            case 0xe2 where at(place + 1) == 0x80 && at(place + 2) == 0xa6: throw leftOut("…")
            default: throw unexpected()
            }
        }
        if high != nil, digits == 1, hasHardSeparators { try endToken(isHard: true) } else { try endToken() }
        guard high == nil else { throw oddNumber() }
        // In a literal an escape has two digits, and what follows them is a character.
        if backslashes > 1, isAnyEscapeLong { throw PasteProblem("an escape has more than two digits") }
    }

    private func at(_ index: Int) -> UInt8? { index < text.count ? text[index] : nil }

    private func isX(_ index: Int) -> Bool { at(index).map { $0 | 0x20 } == 0x78 }

    /// The letter of `F9h`, as assemblers write a byte, before white space, a comma or the end.
    private func isSuffix() -> Bool {
        let next = at(place + 1) ?? 0x20
        return text[place] | 0x20 == 0x68 && high == nil && digits == 2 && (next <= 0x20 || next == 0x2c)
    }

    private func unexpected() -> PasteProblem {
        PasteProblem(text, at: place, "\(PasteProblem.quoted(text, at: place)) is not a hexadecimal digit")
    }

    /// Of several lines it is said which one has an odd number, or which is the first where several have.
    private func oddNumber() -> PasteProblem {
        let what = "an odd number of hexadecimal digits"
        let lines = text.split(omittingEmptySubsequences: false) { $0 == 0x0a }
        // Remarks have digits, too.
        guard lines.count > 1, Self.isAll(text, hasCommas: true) else { return PasteProblem(what) }
        let odd = lines.indices.filter { lines[$0].count { Self.digit($0) != nil } % 2 != 0 }
        guard let first = odd.first else { return PasteProblem(what) }
        guard odd.count > 1 else { return PasteProblem("line \(first + 1): \(what)") }
        return PasteProblem("\(what) in \(odd.count) of \(lines.count) lines, line \(first + 1) is the first")
    }

    private mutating func begin(_ next: Prefix) throws(PasteProblem) {
        try endToken()
        guard at(place + 2).flatMap(Self.digit) != nil else {
            place += 1
            throw unexpected()
        }
        prefix = next
        if next == .backslash { backslashes += 1 }
        place += 2
    }

    private mutating func receive(_ digit: UInt8) {
        digits += 1
        hasBytesInLine = true
        if let first = high {
            parts.append(first << 4 | digit)
            high = nil
        } else {
            high = digit
        }
    }

    /// - Parameter isHard: A byte cannot go on after this.
    private mutating func endToken(isHard: Bool = false) throws(PasteProblem) {
        if let digit = high, isHard || prefix == .zero {
            guard digits == 1 else {
                throw PasteProblem(text, at: place, "an odd number of hexadecimal digits ends before this")
            }
            parts.append(digit)
            high = nil
        }
        if prefix == .backslash, digits != 2 { isAnyEscapeLong = true }
        // Digits after white space may be the second half of a byte.
        if high == nil {
            prefix = .none
            digits = 0
        }
    }

    private mutating func skipSpace() throws(PasteProblem) {
        try endToken()
        place += 1
    }

    private mutating func skipHardSeparator() throws(PasteProblem) {
        hasHardSeparators = true
        try endToken(isHard: true)
        place += 1
    }

    /// A hyphen between words, and three dots after white space, begin a remark: `f9beb4d9 - magic`,
    /// `f9beb4d9 ......... magic`. Other dots stand for bytes that are not there.
    private mutating func skipSoftSeparator() throws(PasteProblem) {
        let character = text[place]
        let isAfterSpace = place > 0 && text[place - 1] <= 0x20
        let isWord = isAfterSpace && (at(place + 1) ?? 0x20) <= 0x20
        let dots = dots()
        if dots >= 3 {
            guard hasBytesInLine || at(place + dots).flatMap(Self.digit) == nil else { throw leftOut("...") }
            if hasBytesInLine, !isAfterSpace || isEllipsis(dots) { throw leftOut("...") }
        }
        if character == 0x2d && isWord || dots >= 3, hasBytesInLine { return try skipLine() }
        try endToken()
        place += 1
    }

    /// How many dots begin here; more than three are as good as four.
    private func dots() -> Int {
        var count = 0
        while count < 4, at(place + count) == 0x2e { count += 1 }
        return count
    }

    /// Whether three dots after one space have no word after them that they could be a remark with, but digits at most.
    private func isEllipsis(_ dots: Int) -> Bool {
        guard dots == 3, place > 1, text[place - 2] > 0x20 else { return false }
        var end = place + dots
        while let next = at(end), next == 0x20 || next == 0x09 || Self.digit(next) != nil { end += 1 }
        return [nil, 0x0a, 0x0d, 0x2c].contains(at(end))
    }

    private func leftOut(_ sign: String) -> PasteProblem {
        PasteProblem(text, at: place, "bytes are left out where \(sign) stands")
    }

    private mutating func skipLine() throws(PasteProblem) {
        try endToken()
        while place < text.count, text[place] != 0x0a, text[place] != 0x0d { place += 1 }
    }

    private mutating func endLine() throws(PasteProblem) {
        try endToken()
        if high == nil { parts.endPart() } else { parts.join() }
        hasBytesInLine = false
        place += 1
        if high == nil { skipHeading() }
    }

    /// Skips a line that ends with a colon and has no byte: `Message Header:`. After the last one there are bytes.
    private mutating func skipHeading() {
        var end = place
        while let next = at(end), next != 0x0a, next != 0x0d { end += 1 }
        guard end < text.count, let last = text[place..<end].lastIndex(where: { $0 > 0x20 }), text[last] == 0x3a else {
            return
        }
        // A letter that no digit is, and no two digits together.
        let words = text[place..<last].split { !(0x30...0x39).contains($0) && !(0x61...0x7a).contains($0 | 0x20) }
        let isHeading = words.contains { word in word.contains { Self.digit($0) == nil && $0 | 0x20 != 0x78 } }
        let hasByte = words.contains { word in
            let digits = word.count > 2 && word[word.startIndex + 1] | 0x20 == 0x78 ? word.dropFirst(2) : word
            return digits.count % 2 == 0 && digits.allSatisfy { Self.digit($0) != nil }
        }
        if isHeading, !hasByte { place = end }
    }

    /// Whether a text has nothing but digits, at least eight, and what stands between bytes: it is meant as
    /// hexadecimal, also where it is none.
    ///
    /// - Parameter hasCommas: There may be commas, which also stand between decimal numbers.
    static func isAll(_ text: [UInt8], hasCommas: Bool) -> Bool {
        var digits = 0
        for (place, character) in text.enumerated() {
            switch character {
            case _ where digit(character) != nil: digits += 1
            case 0x09...0x0d, 0x20, 0x2d, 0x2e, 0x3a, 0x5f, 0x7c: continue
            case 0x2c, 0x3b: if !hasCommas { return false }
            case 0x58, 0x78: if place == 0 || text[place - 1] != 0x30 { return false }
            default: return false
            }
        }
        return digits >= 8
    }

    static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x41...0x46: character - 0x37
        case 0x61...0x66: character - 0x57
        default: nil
        }
    }
}
