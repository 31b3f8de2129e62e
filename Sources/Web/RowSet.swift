#if Web
/// Which rows of the index are in a list: a bit for each, by its number.
struct RowSet: Sendable {
    private var words: [UInt64] = []
    private(set) var count = 0
    /// The highest number; 0 where there is none.
    private(set) var last: UInt64 = 0

    /// - Parameter number: From 1.
    mutating func insert(_ number: UInt64) {
        guard number > 0 else { return }
        let place = Int(clamping: number &- 1)
        while words.count <= place / 64 { words.append(0) }
        let bit: UInt64 = 1 << UInt64(place % 64)
        if words[place / 64] & bit == 0 { count += 1 }
        words[place / 64] |= bit
        last = max(last, number)
    }

    func contains(_ number: UInt64) -> Bool {
        let place = Int(clamping: number &- 1)
        return number > 0 && place / 64 < words.count && words[place / 64] >> UInt64(place % 64) & 1 == 1
    }

    /// How many rows of lower numbers are in it: the position of `number`, if it is in it.
    func position(of number: UInt64) -> Int {
        let place = Int(clamping: max(number, 1) &- 1)
        var sum = 0
        for word in words.prefix(place / 64) { sum += word.nonzeroBitCount }
        if place / 64 < words.count, place % 64 > 0 {
            sum += (words[place / 64] & (1 << UInt64(place % 64) - 1)).nonzeroBitCount
        }
        return sum
    }

    /// The numbers of the rows at some positions.
    func numbers(at positions: Range<Int>) -> [UInt64] {
        var found: [UInt64] = []
        var position = 0
        for (index, word) in words.enumerated() {
            if position >= positions.upperBound { break }
            let next = position + word.nonzeroBitCount
            defer { position = next }
            guard next > positions.lowerBound else { continue }
            var left = word
            var at = position
            while left != 0 {
                if positions.contains(at) { found.append(UInt64(index * 64 + left.trailingZeroBitCount + 1)) }
                left &= left - 1
                at += 1
            }
        }
        return found
    }

    /// Those that `isIn` lets through.
    func filtered(_ isIn: (UInt64) -> Bool) -> RowSet {
        var set = RowSet()
        forEach { if isIn($0) { set.insert($0) } }
        return set
    }

    func forEach(_ body: (UInt64) -> Void) {
        for (index, word) in words.enumerated() {
            var left = word
            while left != 0 {
                body(UInt64(index * 64 + left.trailingZeroBitCount + 1))
                left &= left - 1
            }
        }
    }
}
#endif
