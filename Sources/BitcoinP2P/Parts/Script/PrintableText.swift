import Fields

/// Text that people hide among bytes.
enum PrintableText {
    /// Whether all of it can be read, and it is more than a letter or two.
    static func isWhole(_ range: Range<Int>, of bytes: RawSpan) -> Bool {
        guard range.count >= 3, range.lowerBound >= 0, range.upperBound <= bytes.byteCount else { return false }
        let span = bytes.extracting(range)
        var at = 0
        while at < span.byteCount {
            let length = TextBuffer.printableLength(span, at: at)
            if length == 0 { return false }
            at &+= length
        }
        return true
    }

    /// The next run of at least four characters at or after `at`, as `strings` finds them, UTF-8 included.
    static func nextRun(_ range: Range<Int>, from at: Int, of bytes: RawSpan) -> Range<Int>? {
        guard range.lowerBound >= 0, range.upperBound <= bytes.byteCount else { return nil }
        let span = bytes.extracting(first: range.upperBound)
        var at = max(at, range.lowerBound)
        var start = at
        var characters = 0
        while at < range.upperBound {
            let length = TextBuffer.printableLength(span, at: at)
            if length > 0 {
                characters &+= 1
                at &+= length
                continue
            }
            if characters >= 4 { return start..<at }
            at &+= 1
            start = at
            characters = 0
        }
        return characters >= 4 ? start..<at : nil
    }
}
