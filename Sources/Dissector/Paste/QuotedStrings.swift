/// The strings of a text, and what stands between them: nothing that changes or adds bytes, or the text is refused.
struct QuotedStrings {
    struct Quoted {
        /// Between the quotes.
        let range: Range<Int>
        /// `b'\0' * 6` is six of them.
        var times = 1
        /// It is the name of a value, or of a format, and has no bytes: `"hex": "f9be"`, `["f9be"].pack("H*")`.
        let isName: Bool
    }

    private(set) var strings: [Quoted] = []
    /// What was given, with spaces in place of the comments after the first string.
    private(set) var text: [UInt8]

    init(_ text: [UInt8]) throws(PasteProblem) {
        self.text = text
        try find()
        guard let first = strings.first, !strings.contains(where: \.isName) else { return }
        try checkHead(first.range.lowerBound - 1)
        for index in strings.indices { try checkGap(after: index) }
    }

    // MARK: Strings

    /// What stands between quotes, single or double, in which a backslash hides the next character.
    private mutating func find() throws(PasteProblem) {
        var place = 0
        while place < text.count {
            if !strings.isEmpty, let end = endOfComment(from: place) {
                for index in place..<end where text[index] != 0x0a { text[index] = 0x20 }
                place = end
                continue
            }
            let quote = text[place]
            place += 1
            guard quote == 0x27 || quote == 0x22 else { continue }
            let start = place
            while place < text.count, text[place] != quote { place += text[place] == 0x5c ? 2 : 1 }
            guard place < text.count else {
                throw PasteProblem(text, at: start - 1, "this string has no end")
            }
            guard strings.count < PastedParts.partLimit else {
                throw PasteProblem("more than \(PastedParts.partLimit) strings")
            }
            strings.append(Quoted(range: start..<place, isName: isName(start..<place)))
            place += 1
        }
    }

    private func isName(_ range: Range<Int>) -> Bool {
        if Self.formats.contains(where: { text[range].elementsEqual($0) }) { return true }
        let next = skipSpace(from: range.upperBound + 1)
        return at(next) == 0x3a && at(next + 1) != 0x3a
    }

    /// Of `pack` in Ruby and PHP, and of `decode` in Python and `Buffer.from` in JavaScript.
    private static let formats = ["H*", "hex"].map { Array($0.utf8) }

    private func endOfComment(from start: Int) -> Int? {
        var place = start
        if at(start) == 0x2f, at(start + 1) == 0x2a {
            place += 2
            while place < text.count, text[place] != 0x2a || at(place + 1) != 0x2f { place += 1 }
            return min(place + 2, text.count)
        }
        let isHash = at(start) == 0x23 && start > 0 && text[start - 1] <= 0x20
        guard isHash || at(start) == 0x2f && at(start + 1) == 0x2f else { return nil }
        while place < text.count, text[place] != 0x0a { place += 1 }
        return place
    }

    // MARK: What stands between them

    /// What is added to the first string, or repeats it, is no string.
    private func checkHead(_ quote: Int) throws(PasteProblem) {
        var place = quote
        while place > 0, isOfCall(text[place - 1]) { place -= 1 }
        guard place > 1, isOperator(text[place - 1]) else { return }
        throw notUnderstood(at: place - 1)
    }

    private func isOfCall(_ character: UInt8) -> Bool {
        character <= 0x20 || isOfWord(character) || [0x28, 0x5b, 0x24, 0x26, 0x2e].contains(character)
    }

    /// Takes `* 6` and looks at the rest up to the next string, or at whether bytes are added to the last one.
    private mutating func checkGap(after index: Int) throws(PasteProblem) {
        let start = strings[index].range.upperBound + 1
        let isLast = index + 1 == strings.count
        let end = isLast ? text.count : strings[index + 1].range.lowerBound - 1
        var place = skipSpace(from: start)
        if place < end, text[place] == 0x2a {
            place = try takeTimes(index, at: place)
        } else {
            place = start
        }
        if !isLast { return try checkGap(place..<end) }
        while place < end, text[place] <= 0x20 || Self.closing.contains(text[place]) { place += 1 }
        if place < end, isOperator(text[place]) { throw notUnderstood(at: place) }
    }

    private mutating func takeTimes(_ index: Int, at star: Int) throws(PasteProblem) -> Int {
        // What stands together is repeated together in Python.
        let before = index > 0 ? strings[index - 1].range.upperBound + 1 : 0
        let isAdjoined =
            index > 0 && text[before..<strings[index].range.lowerBound - 1].allSatisfy { $0 <= 0x20 || isOfWord($0) }
        var place = skipSpace(from: star + 1)
        var times: Int?
        while let digit = at(place), (0x30...0x39).contains(digit) {
            times = (times ?? 0) * 10 + Int(digit - 0x30)
            place += 1
            guard times ?? 0 <= PastedParts.byteLimit else { break }
        }
        guard let times, !isAdjoined else { throw notUnderstood(at: star) }
        let length = strings[index].range.count
        guard times <= PastedParts.byteLimit / max(1, length) else {
            throw PasteProblem(text, at: star, "this stands for more than \(PastedParts.byteLimit >> 20) MiB")
        }
        strings[index].times = times
        return place
    }

    /// Between two strings may stand signs that join or list them, a prefix, a call or the beginning of a statement.
    private func checkGap(_ gap: Range<Int>) throws(PasteProblem) {
        var place = gap.lowerBound
        var isStatement = false
        var isAdded = false
        while place < gap.upperBound {
            let character = text[place]
            switch character {
            case 0x0a, 0x0d, 0x3b:
                if !isAdded { isStatement = true }
                place += 1
            case 0x20, 0x09, 0x24, 0x26: place += 1
            case 0x5c where place + 1 < gap.upperBound && text[place + 1] <= 0x20: place += 1
            case 0x2b:
                (isAdded, isStatement) = (true, false)
                place += 1
            case 0x2c, 0x28, 0x29, 0x5b, 0x5d, 0x7b, 0x7d: place += 1
            case 0x2e where text[place - 1] <= 0x20:
                // Of Perl, PHP and Lua.
                while place < gap.upperBound, text[place] == 0x2e { place += 1 }
                guard place < gap.upperBound, text[place] <= 0x20 else { throw notUnderstood(at: place - 1) }
            case _ where isLetter(character):
                place = try endOfWord(place, gap.upperBound, isStatement: isStatement)
            default: throw notUnderstood(at: place)
            }
        }
    }

    private func endOfWord(_ start: Int, _ end: Int, isStatement: Bool) throws(PasteProblem) -> Int {
        var place = start
        while place < end, isOfWord(text[place]) || [0x2e, 0x3a, 0x21].contains(text[place]) { place += 1 }
        if place == end || text[place] == 0x28 { return place }
        guard isStatement else { throw notUnderstood(at: start) }
        while place < end, ![0x0a, 0x0d, 0x3b].contains(text[place]) { place += 1 }
        let last = text[start..<place].last { $0 > 0x20 && !isOfWord($0) }
        if place == end, let last, isOperator(last) { throw notUnderstood(at: start) }
        return place
    }

    private func notUnderstood(at place: Int) -> PasteProblem {
        PasteProblem(
            text, at: place,
            "what stands beside a string changes the bytes perhaps; paste the bytes that it makes, as hexadecimal")
    }

    // MARK: Characters

    private static let closing: [UInt8] = [0x29, 0x5d]

    private func at(_ index: Int) -> UInt8? { index < text.count ? text[index] : nil }

    private func skipSpace(from start: Int) -> Int {
        var place = start
        while let character = at(place), character <= 0x20 { place += 1 }
        return place
    }

    private func isOperator(_ character: UInt8) -> Bool { character == 0x2b || character == 0x2a }

    private func isLetter(_ character: UInt8) -> Bool {
        (0x41...0x5a).contains(character) || (0x61...0x7a).contains(character) || character == 0x5f
    }

    private func isOfWord(_ character: UInt8) -> Bool {
        isLetter(character) || (0x30...0x39).contains(character)
    }
}
