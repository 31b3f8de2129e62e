import Fields

/// UTF-8 that is safe to print, as a terminal shows it: one character or escape after the other.
struct ScreenSteps: Sequence, IteratorProtocol {
    struct Step {
        let range: Range<Int>
        /// That it takes: two of a wide character, none of an escape or a mark over the character before.
        let columns: Int
        /// It changes colours.
        let isEscape: Bool
    }

    private let bytes: ArraySlice<UInt8>
    private var at: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        at = bytes.startIndex
    }

    mutating func next() -> Step? {
        guard at < bytes.endIndex else { return nil }
        let start = at
        let first = bytes[start]
        at += 1
        if first == 0x1b { return escape(from: start) }
        guard first >= 0x80 else { return Step(range: start..<at, columns: 1, isEscape: false) }
        // Bytes that continue it.
        while at < bytes.endIndex, bytes[at] & 0xc0 == 0x80 { at += 1 }
        let character = String(decoding: bytes[start..<at], as: UTF8.self)
        let columns = character.unicodeScalars.reduce(0) { $0 + $1.screenColumns }
        return Step(range: start..<at, columns: columns, isEscape: false)
    }

    /// `ESC [` with parameters up to a letter.
    private mutating func escape(from start: Int) -> Step {
        if at < bytes.endIndex, bytes[at] == 0x5b {
            at += 1
            while at < bytes.endIndex, !(0x40...0x7e).contains(bytes[at]) { at += 1 }
            at = Swift.min(at + 1, bytes.endIndex)
        }
        return Step(range: start..<at, columns: 0, isEscape: true)
    }
}

extension Unicode.Scalar {
    /// Columns of a terminal that a character takes: marks none, those of East Asian scripts and pictures two.
    var screenColumns: Int {
        guard value >= 0x300 else { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch value {
        // Vowels and finals of Hangul that join the letter before, and the two letters of a flag.
        case 0x1160...0x11ff: return 0
        case 0x1f1e6...0x1f1ff: return 1
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97c, 0xac00...0xd7a3, 0xf900...0xfaff,
            0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f5ff, 0x1f900...0x1faff, 0x20000...0x3fffd:
            return 2
        default: return properties.isEmojiPresentation ? 2 : 1
        }
    }
}

extension TextBuffer {
    /// Columns of a terminal that what stands from `start` on takes.
    package func columns(from start: Int = 0) -> Int {
        guard start < bytes.count else { return 0 }
        return ScreenSteps(bytes[start...]).reduce(0) { $0 + $1.columns }
    }

    /// Appends a text of at most `width` columns, the last of them `…` where it had more. Colours end all the same.
    ///
    /// - Parameter keepsIdentifiers: A hash, key or address of which something has room is written in full.
    mutating func append(_ text: ArraySlice<UInt8>, cutTo width: Int, keepsIdentifiers: Bool = false) {
        var columns = 0
        var end = text.startIndex
        for step in ScreenSteps(text) {
            columns += step.columns
            if columns < width { end = step.range.upperBound }
            if columns > width { break }
        }
        guard columns > width else {
            bytes.append(contentsOf: text)
            return
        }
        if keepsIdentifiers { end = Self.identifierEnd(in: text, at: end) ?? end }
        bytes.append(contentsOf: text[..<end])
        let rest = ScreenSteps(text[end...])
        // No more than a bracket is written, too.
        guard rest.reduce(0, { $0 + $1.columns }) > 1 else {
            bytes.append(contentsOf: text[end...])
            return
        }
        append("…")
        for step in rest where step.isEscape { bytes.append(contentsOf: text[step.range]) }
    }

    /// Shortens hashes and nonces in what stands from `start` on, words of 16 or more digits: `1473…046b`.
    mutating func shortenNumbers(from start: Int) {
        func isPart(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        }
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
        let text = bytes[min(start, count)...]
        bytes.removeSubrange(text.indices)
        var begin = text.startIndex
        while begin < text.endIndex {
            let end = text[begin...].firstIndex { !isPart($0) } ?? text.endIndex
            let word = text[begin..<end]
            if word.count >= 16, word.allSatisfy(isDigit) {
                bytes.append(contentsOf: word.prefix(4))
                append("…")
                bytes.append(contentsOf: word.suffix(4))
            } else {
                bytes.append(contentsOf: word)
            }
            if end < text.endIndex { append(ascii: text[end]) }
            begin = min(end + 1, text.endIndex)
        }
    }

    /// The end of the hash, key or address in which `place` is: a word of 26 to 90 letters and digits.
    private static func identifierEnd(in text: ArraySlice<UInt8>, at place: Int) -> Int? {
        func isPart(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        }
        let start = text[..<place].reversed().firstIndex { !isPart($0) }?.base ?? text.startIndex
        let end = text[place...].firstIndex { !isPart($0) } ?? text.endIndex
        return start < place && (26...90).contains(end - start) ? end : nil
    }
}
