/// A set of places in a datagram: sorted ranges that neither touch nor overlap.
struct Coverage {
    private(set) var ranges: [Range<Int>] = []

    /// Where the first place not in the set is, from 0 on.
    var leading: Int {
        guard let first = ranges.first, first.lowerBound == 0 else { return 0 }
        return first.upperBound
    }

    /// Past the last place in the set.
    var end: Int { ranges.last?.upperBound ?? 0 }

    /// Adds `range`, after telling `fresh` each part of it that was not in the set.
    mutating func insert(_ range: Range<Int>, _ fresh: (Range<Int>) -> Void = { _ in }) {
        guard !range.isEmpty else { return }
        // The ranges first..<last touch or overlap the new one.
        var first = ranges.count
        while first > 0, ranges[first - 1].upperBound >= range.lowerBound { first -= 1 }
        var last = first
        var start = range.lowerBound
        while last < ranges.count, ranges[last].lowerBound <= range.upperBound {
            if start < ranges[last].lowerBound { fresh(start..<ranges[last].lowerBound) }
            start = max(start, ranges[last].upperBound)
            last += 1
        }
        if start < range.upperBound { fresh(start..<range.upperBound) }
        let union: Range<Int>
        if first < last {
            union =
                min(range.lowerBound, ranges[first].lowerBound)..<max(range.upperBound, ranges[last - 1].upperBound)
        } else {
            union = range
        }
        ranges.replaceSubrange(first..<last, with: CollectionOfOne(union))
    }
}
