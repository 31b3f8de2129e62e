/// Reads the dumps of `xxd`, `hexdump`, `od`, `tcpdump -X`, `tshark -x` and of this program: on each line an offset,
/// bytes, and perhaps the same as text, which the offset of the next line tells from bytes. A line with `*` stands for
/// more lines like the one before it; a dump that begins at 0 again is another part. Of `xxd -e`, whose groups begin
/// with their last byte, the text says that it is.
struct HexDump {
    private struct Line {
        var number = 0
        var offset = 0
        /// How many groups of digits the line may have, as bytes.
        var bytes: [UInt8] = []
        /// For each number of bytes whether a group ends there.
        var isEnd: [Bool] = [true]
        /// How many come before the first wide gap, or the bar before the text.
        var certain = 0
        var hasColon = false
        var hasBar = false
        var isWideAfterOffset = false
        /// The last line of some dumps: it says where the bytes end.
        var isOffsetAlone = false
        /// Bytes are left out after those that are there, as `--annotate` does it.
        var isCut = false
        /// How many bytes have the words that are its groups, the last one first: what `hexdump` prints unless it is asked
        /// for more, and `od -x`. 1 where bytes are in their order.
        var wordSize = 1
        var shown = ShownText()

        mutating func reverseGroups() {
            var start = 0
            for end in isEnd.indices.dropFirst() where isEnd[end] {
                bytes[start..<end].reverse()
                start = end
            }
        }
    }

    /// Where a line has its bytes as text: the text may begin with spaces, or with what looks like a group.
    private struct ShownText {
        /// From the first character that is no space on.
        var trimmed = 0..<0
        /// From where it begins, where the line is a full one.
        var full = 0..<0
        /// How many bytes are certain, and where the text is, if one more group is: it has fewer digits, and ends where a
        /// longer one would end, as with `xxd -e`.
        var aligned: (certain: Int, range: Range<Int>)?

        /// The text of that number of bytes.
        func range(ofBytes count: Int) -> Range<Int> { trimmed.count == count ? trimmed : full }
    }

    /// More bytes are on no line.
    private static let lineLimit = 256

    private let text: [UInt8]
    private let radix: Int
    private var parts = PastedParts()
    private var pending: Line?
    private var width = 0
    private var isRepeating = false
    private var lines = 0
    private var pairs = 0
    /// A line has more bytes than the next offset says; they may be its text.
    private var isAnyByteLeft = false
    private var marked = 0
    private var isUnmarked = false
    /// What is wrong must be said, since it is a dump.
    private var isCertain: Bool { isMarked || hasEllipsis }
    private var hasEllipsis = false
    /// Its lines have a colon after the offset, or bars around the text.
    private var isMarked: Bool { marked > 0 && !isUnmarked }
    private var number = 0
    /// Groups are read from their end.
    private let isReversed: Bool
    /// The text of a line is not that of its bytes, but that of its groups read from their end.
    private var isReversedShown: Bool { isOtherShown && !isReversedWrong }
    private var isOtherShown = false
    private var isReversedWrong = false

    private init(_ text: [UInt8], radix: Int, isReversed: Bool = false) {
        self.text = text
        self.radix = radix
        self.isReversed = isReversed
    }

    /// - Returns: Nil where the text is something else.
    /// - Throws: Where it is a dump in which bytes are missing.
    static func read(_ text: [UInt8]) throws(PasteProblem) -> PastedParts? {
        var problem: PasteProblem?
        var shorter: PastedParts?
        // Offsets are hexadecimal, but for those of `od` and of `xxd -d`. 0000016 is 22, 14 or 16: right is what leaves
        // no byte of a line.
        for radix in [16, 8, 10] {
            var dump = HexDump(text, radix: radix)
            do throws(PasteProblem) {
                guard try dump.read() else { continue }
                if dump.isReversedShown {
                    var reversed = HexDump(text, radix: radix, isReversed: true)
                    if try reversed.read() { dump = reversed }
                }
                if !dump.isAnyByteLeft { return dump.parts }
                shorter = shorter ?? dump.parts
            } catch {
                problem = problem ?? (dump.isCertain ? error : nil)
            }
        }
        if let shorter { return shorter }
        if let problem { throw problem }
        return nil
    }

    /// - Returns: Whether it is a dump.
    private mutating func read() throws(PasteProblem) -> Bool {
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, text[end] != 0x0a, text[end] != 0x0d { end += 1 }
            number += 1
            guard try receive(trimmed(start..<end)) else { return false }
            start = end + 1
        }
        guard lines > 0, try finish(), !parts.bytes.isEmpty else { return false }
        let isAlone = lines == 1
        return isMarked || pairs > 0 || isAlone && isSingle
    }

    /// The only line is a dump's: it begins at 0, apart from its bytes.
    private var isSingle = false

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, text[start] <= 0x20 { start += 1 }
        while end > start, text[end - 1] <= 0x20 { end -= 1 }
        return start..<end
    }

    /// - Returns: Whether the text may still be a dump.
    private mutating func receive(_ range: Range<Int>) throws(PasteProblem) -> Bool {
        if range.isEmpty { return true }
        if range.count == 1, text[range.lowerBound] == 0x2a, pending != nil {
            isRepeating = true
            return true
        }
        guard let line = line(range) else {
            // A heading, after which a dump begins.
            return try finish()
        }
        lines += 1
        compare(line)
        if line.hasColon || line.hasBar { marked += 1 } else if !line.isOffsetAlone { isUnmarked = true }
        if lines == 1 { isSingle = line.offset == 0 && line.isWideAfterOffset && !line.bytes.isEmpty }
        guard let before = pending else {
            // The second of several dumps begins at 0; the first one may be a part of one.
            if !parts.bytes.isEmpty, line.offset != 0 { return false }
            pending = line
            return true
        }
        if line.offset == 0 {
            guard try finish() else { return false }
        } else {
            try complete(before, upTo: line.offset, isLast: line.isOffsetAlone)
        }
        pending = line
        return true
    }

    /// Compares the bytes of a line with its text.
    private mutating func compare(_ line: Line) {
        guard line.hasColon, !isReversed else { return }
        var reversed = line
        reversed.reverseGroups()
        if let (certain, range) = line.shown.aligned, range.count == certain, isShown(reversed, in: range) {
            isOtherShown = true
            return
        }
        let shown = line.shown.range(ofBytes: line.certain)
        guard !shown.isEmpty, shown.count <= line.certain else { return }
        if !isShown(line, in: shown) { isOtherShown = true }
        if !isShown(reversed, in: shown) { isReversedWrong = true }
    }

    /// Whether that text is the line's. Spaces at its end may be missing.
    private func isShown(_ line: Line, in shown: Range<Int>) -> Bool {
        let bytes = line.bytes.prefix(max(line.certain, shown.count))
        return bytes.dropFirst(shown.count).allSatisfy { $0 == 0x20 }
            && zip(bytes, text[shown]).allSatisfy { byte, character in
                character == ((0x20...0x7e).contains(byte) ? byte : 0x2e)
            }
    }

    /// Takes the bytes of a line by the offset of the next one.
    ///
    /// - Parameter isLast: The next one has no bytes.
    private mutating func complete(_ line: Line, upTo next: Int, isLast: Bool) throws(PasteProblem) {
        try checkEnd(line)
        let count = next - line.offset
        if isRepeating {
            isRepeating = false
            let own = width > 0 ? width : line.certain
            guard own > 0, own <= line.bytes.count, count >= own, count % own == 0 else {
                throw disagreement(line, next)
            }
            guard count <= PastedParts.byteLimit - parts.bytes.count else {
                throw PasteProblem("line \(number): the dump stands for more than \(PastedParts.byteLimit >> 20) MiB")
            }
            parts.append(line.bytes.prefix(own), times: count / own)
            width = own
        } else {
            let isThere = count > 0 && count <= line.bytes.count && (line.wordSize > 1 || line.isEnd[count])
            guard isThere else { throw disagreement(line, next) }
            parts.append(line.bytes.prefix(count))
            width = max(width, count)
            // The last word may be filled up with zeros.
            let mayBeFilled = isLast && line.certain - count < line.wordSize
            let left = line.bytes.prefix(line.certain).dropFirst(count)
            if !left.isEmpty, !mayBeFilled || left.contains(where: { $0 != 0 }) { isAnyByteLeft = true }
        }
        pairs += 1
    }

    private mutating func checkEnd(_ line: Line) throws(PasteProblem) {
        guard line.isCut else { return }
        hasEllipsis = true
        throw PasteProblem("line \(line.number): bytes are left out where … stands; --full shows all")
    }

    private func disagreement(_ line: Line, _ next: Int) -> PasteProblem {
        PasteProblem(
            "line \(number): its offset is \(next - line.offset) more than the one before, and there are "
                + "\(line.certain) bytes between them")
    }

    /// Takes the last line of a dump.
    private mutating func finish() throws(PasteProblem) -> Bool {
        guard let line = pending else { return true }
        // What was left out goes to an offset that is not there.
        guard !isRepeating else { return false }
        try checkEnd(line)
        pending = nil
        let count = width > 0 ? min(line.certain, width) : line.certain
        parts.append(line.bytes.prefix(count))
        parts.endPart()
        width = 0
        return true
    }

    private func line(_ range: Range<Int>) -> Line? {
        var line = Line()
        line.number = number
        var place = range.lowerBound
        if text[place] == 0x30, place + 1 < range.upperBound, text[place + 1] | 0x20 == 0x78 { place += 2 }
        let first = place
        while place < range.upperBound, let digit = HexadecimalText.digit(text[place]) {
            guard place - first < 12, digit < radix else { return nil }
            line.offset = line.offset * radix + Int(digit)
            place += 1
        }
        let digits = place - first
        guard digits >= 4 else { return nil }
        if place < range.upperBound, text[place] == 0x3a {
            line.hasColon = true
            place += 1
        }
        line.isOffsetAlone = place == range.upperBound
        if line.isOffsetAlone { return line }
        let space = skipSpace(&place, range.upperBound)
        guard space.count > 0 else { return nil }
        line.isWideAfterOffset = space.isWide
        line.hasBar = text[range.upperBound - 1] == 0x7c && text[place..<range.upperBound - 1].contains(0x7c)
        readGroups(&line, &place, range.upperBound, offsetDigits: digits, space: space.count)
        return line
    }

    /// - Parameter space: How much is between the offset and the first group.
    private func readGroups(_ line: inout Line, _ place: inout Int, _ end: Int, offsetDigits: Int, space: Int) {
        var isGap = false
        var isOfBytes = true
        // Offsets of `od -Ax` have six digits.
        let mayBeOfWords = !line.hasColon && (offsetDigits == 6 || offsetDigits == 7)
        // How many bytes the first group has, and whether each has that number.
        var size = 0
        var isEven = true
        var lastEnd = place
        while place < end, line.bytes.count < Self.lineLimit {
            // gdb's x/8xb has 0x before each byte, and tabs between. Its longer numbers are not in the order of bytes.
            let isPrefixed = line.hasColon && place + 1 < end && text[place] == 0x30 && text[place + 1] | 0x20 == 0x78
            let start = isPrefixed ? place + 2 : place
            place = start
            while place < end, HexadecimalText.digit(text[place]) != nil { place += 1 }
            let count = place - start
            if isPrefixed, count != 2 { break }
            let isEnded = place == end || text[place] <= 0x20 || text[place] == 0x7c
            guard count >= 2, count % 2 == 0, count <= 32, isEnded else {
                if line.shown.trimmed.isEmpty { line.shown.trimmed = start..<end }
                break
            }
            let isNext = line.bytes.count == line.certain
            append(text[start..<place], to: &line)
            if count != 2 { isOfBytes = false }
            if size == 0 { size = count / 2 }
            if !isGap, count != 2 * size { isEven = false }
            let isAligned = isGap && isNext && line.hasColon && count < 2 * size && place == lastEnd + 1 + 2 * size
            if isAligned { line.shown.aligned = (line.bytes.count, end..<end) }
            if !isGap {
                line.certain = line.bytes.count
                lastEnd = place
            }
            if place == end || text[place] == 0x7c { break }
            let between = skipSpace(&place, end)
            if isAligned { line.shown.aligned?.range = place..<end }
            guard between.isWide, !isGap, !isPrefixed else { continue }
            // In the middle of a line stands one, before the text another; those of `hexdump -x` are all wide.
            let isMiddle = isOfBytes && line.bytes.count == 8 && between.count == 2 && !line.hasColon
            let isUsual = mayBeOfWords && between.count == space && space > 2
            if !isMiddle, !isUsual, !line.hasBar {
                isGap = true
                line.shown.trimmed = place..<end
                if between.count > 1 { line.shown.full = lastEnd + 2..<end }
            }
        }
        line.isCut = line.certain > 0 && text[place..<end].starts(with: Array("…".utf8))
        let isOfWords = mayBeOfWords && isEven && [2, 4, 8].contains(size)
        if isOfWords { line.wordSize = size }
        if isOfWords || isReversed && line.hasColon { line.reverseGroups() }
        guard isReversed, let aligned = line.shown.aligned else { return }
        // Or it is text.
        let full = max(width, pending?.certain ?? 0)
        if full > 0 ? aligned.certain <= full : isShown(line, in: aligned.range) { line.certain = aligned.certain }
    }

    private func append(_ digits: ArraySlice<UInt8>, to line: inout Line) {
        var high: UInt8?
        for character in digits {
            let digit = HexadecimalText.digit(character) ?? 0
            if let first = high {
                line.bytes.append(first << 4 | digit)
                line.isEnd.append(false)
                high = nil
            } else {
                high = digit
            }
        }
        line.isEnd[line.isEnd.count - 1] = true
    }

    private func skipSpace(_ place: inout Int, _ end: Int) -> (count: Int, isWide: Bool) {
        let start = place
        while place < end, text[place] == 0x20 || text[place] == 0x09 { place += 1 }
        return (place - start, place - start > 1 || text[start..<place].contains(0x09))
    }
}
