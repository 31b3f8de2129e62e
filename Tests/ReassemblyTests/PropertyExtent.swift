import Reassembly

/// How far a stream was acknowledged, as far as an observer of the capture can tell.
struct PropertyExtent {
    private struct Word {
        var number: Int
        var stamp: UInt32?
        /// It has bytes, and acknowledges more than was captured or acknowledged before.
        var isAhead: Bool
        /// Its bytes were captured before, so that it is not kept.
        var isRepeated: Bool
    }

    private var words: [Word] = []
    /// All that was captured or acknowledged so far.
    private var known = 0

    /// So many segments are no chance.
    private static let agreement = 4

    /// A segment of the stream ends here.
    mutating func capture(_ end: Int) {
        known = max(known, end)
    }

    mutating func acknowledge(_ number: Int, bytes: Int, isRepeated: Bool, stamp: UInt32?) {
        words.append(
            Word(number: number, stamp: stamp, isAhead: bytes > 0 && number > known, isRepeated: isRepeated))
        if bytes == 0 { known = max(known, number) }
    }

    var highest: Int { words.lazy.map(\.number).max() ?? 0 }

    /// The highest number that cannot be denied.
    var certain: Int {
        let ahead = words.count { $0.isAhead && !$0.isRepeated }
        var found = 0
        for (index, word) in words.enumerated() where word.number > found {
            // A few segments that acknowledge what was not captured may be forged.
            if word.isAhead, word.isRepeated || ahead < Self.agreement { continue }
            if !isDenied(word, at: index) { found = word.number }
        }
        return found
    }

    /// It came once, and a lower one behind it: one of the two is forged or came late, and nothing tells which.
    private func isDenied(_ word: Word, at index: Int) -> Bool {
        if words.count(where: { $0.number == word.number }) > 1 { return false }
        return words[(index + 1)...].contains { other in
            guard other.number < word.number else { return false }
            guard let mine = word.stamp, let stamp = other.stamp else { return true }
            return Int32(bitPattern: stamp &- mine) >= 0
        }
    }
}
