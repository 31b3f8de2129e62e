/// Reads the numbers of an array, also without brackets: `{ 0xf9, 0xbe }` of C, `[249, 190]` of Python, `vec![0xf9u8]`
/// of Rust. Comments are skipped. Numbers are decimal but for those after `0x`; where another has a letter, all are
/// hexadecimal.
struct ArrayText {
    private static let cast = Array("(byte)".utf8)

    private let text: [UInt8]

    /// - Returns: Nil where it is something else.
    static func read(_ text: [UInt8]) -> PastedParts? {
        let reader = ArrayText(text: text)
        var parts = PastedParts()
        for range in reader.lists() {
            guard let bytes = reader.numbers(in: range) else { return nil }
            parts.append(bytes[...])
            parts.endPart()
        }
        return parts.bytes.isEmpty ? nil : parts
    }

    /// What stands between braces, else between the brackets that have the most, else all.
    private func lists() -> [Range<Int>] {
        let braces = enclosed(0x7b, 0x7d)
        if !braces.isEmpty { return braces }
        let brackets = enclosed(0x5b, 0x5d)
        guard let longest = brackets.max(by: { $0.count < $1.count }) else {
            return text.contains(0x2c) ? [0..<text.count] : []
        }
        return [longest]
    }

    /// The innermost pairs.
    private func enclosed(_ open: UInt8, _ close: UInt8) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var start: Int?
        for (index, character) in text.enumerated() {
            if character == open {
                start = index + 1
            } else if character == close, let begin = start {
                guard found.count < PastedParts.partLimit else { return [] }
                found.append(begin..<index)
                start = nil
            }
        }
        return found
    }

    private func numbers(in range: Range<Int>) -> [UInt8]? {
        bytes(in: range, isHexadecimal: false) ?? bytes(in: range, isHexadecimal: true)
    }

    private func bytes(in range: Range<Int>, isHexadecimal: Bool) -> [UInt8]? {
        var bytes: [UInt8] = []
        var place = range.lowerBound
        while place < range.upperBound {
            let character = text[place]
            if character <= 0x20 || character == 0x2c {
                place += 1
            } else if let end = endOfComment(from: place, range.upperBound) {
                place = end
            } else if character == 0x27, place + 2 < range.upperBound, text[place + 2] == 0x27 {
                bytes.append(text[place + 1])
                place += 3
            } else {
                var end = place
                while end < range.upperBound, text[end] > 0x20, text[end] != 0x2c, text[end] != 0x2f { end += 1 }
                // Java's cast may stand apart from the number.
                if text[place..<end].elementsEqual(Self.cast) {
                    place = end
                    continue
                }
                guard end > place, let byte = number(text[place..<end], isHexadecimal) else { return nil }
                bytes.append(byte)
                place = end
            }
        }
        return bytes
    }

    private func endOfComment(from start: Int, _ end: Int) -> Int? {
        let next = start + 1 < end ? text[start + 1] : 0
        var place = start + 1
        if text[start] == 0x23 || text[start] == 0x2f && next == 0x2f {
            while place < end, text[place] != 0x0a { place += 1 }
            return place
        }
        guard text[start] == 0x2f, next == 0x2a else { return nil }
        place += 1
        while place + 1 < end {
            if text[place] == 0x2a, text[place + 1] == 0x2f { return place + 2 }
            place += 1
        }
        return nil
    }

    /// A number of one byte; a negative one is that of a language without unsigned bytes.
    private func number(_ word: ArraySlice<UInt8>, _ isHexadecimal: Bool) -> UInt8? {
        var word = word
        if word.starts(with: Self.cast) { word = word.dropFirst(Self.cast.count) }
        let isNegative = word.first == 0x2d
        if isNegative { word = word.dropFirst() }
        let isPrefixed = word.count > 2 && word.first == 0x30 && word[word.startIndex + 1] | 0x20 == 0x78
        if isPrefixed { word = word.dropFirst(2) }
        for suffix in ["u8", "u", "U"].map({ Array($0.utf8) }) {
            guard word.count > suffix.count, word.suffix(suffix.count).elementsEqual(suffix) else { continue }
            word = word.dropLast(suffix.count)
            break
        }
        let radix = isPrefixed || isHexadecimal ? 16 : 10
        guard !word.isEmpty, word.count <= 3 else { return nil }
        var value = 0
        for character in word {
            guard let digit = HexadecimalText.digit(character), Int(digit) < radix else { return nil }
            value = value * radix + Int(digit)
        }
        if isNegative { return value <= 128 ? UInt8(truncatingIfNeeded: -value) : nil }
        return UInt8(exactly: value)
    }
}
