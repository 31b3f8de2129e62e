/// Which ranges of a stream are there: bookkeeping only, no bytes.
@usableFromInline struct HoleMap: Sendable {
    /// The ranges that are there; what lies between them are holes.
    @usableFromInline private(set) var runs: ContiguousArray<Range<UInt64>> = []

    @usableFromInline init() {}
}

// Invariant: runs are not empty, ascend, and neither overlap nor adjoin: runs[i].upperBound < runs[i + 1].lowerBound.
extension HoleMap {
    @inlinable var isEmpty: Bool { runs.isEmpty }
    @inlinable var count: Int { runs.count }
    @inlinable var first: Range<UInt64>? { runs.first }
    @inlinable var last: Range<UInt64>? { runs.last }

    /// The indices of the runs that overlap or adjoin `range`; empty, at the place to insert, when there is none.
    @usableFromInline func touching(_ range: Range<UInt64>) -> Range<Int> {
        // After everything, or at the end of the last run: the usual cases.
        guard let last = runs.last, range.lowerBound <= last.upperBound else { return runs.count..<runs.count }
        let start =
            range.lowerBound >= last.lowerBound
            ? runs.count - 1 : partition { $0.upperBound >= range.lowerBound }
        var end = start
        while end < runs.count, runs[end].lowerBound <= range.upperBound { end += 1 }
        return start..<end
    }

    /// Adds `range`. Returns the indices of the runs it was united with, which are now the one run at the lower bound
    /// of that range of indices.
    @discardableResult
    @usableFromInline mutating func insert(_ range: Range<UInt64>) -> Range<Int> {
        guard !range.isEmpty else { return 0..<0 }
        let touched = touching(range)
        if touched.isEmpty {
            runs.insert(range, at: touched.lowerBound)
        } else {
            let low = min(range.lowerBound, runs[touched.lowerBound].lowerBound)
            let high = max(range.upperBound, runs[touched.upperBound - 1].upperBound)
            runs[touched.lowerBound] = low..<high
            if touched.count > 1 { runs.removeSubrange(touched.lowerBound + 1..<touched.upperBound) }
        }
        return touched
    }

    @usableFromInline mutating func removeFirst() {
        if !runs.isEmpty { runs.removeFirst() }
    }

    /// Forgets everything before `offset`.
    @usableFromInline mutating func removeAll(before offset: UInt64) {
        guard let first = runs.first, first.lowerBound < offset else { return }
        let kept = partition { $0.upperBound > offset }
        runs.removeSubrange(0..<kept)
        if let first = runs.first, first.lowerBound < offset { runs[0] = offset..<first.upperBound }
    }

    @usableFromInline mutating func removeAll() {
        runs = []
    }

    /// The index of the first run for which `holds`, given that it holds for all runs after it.
    private func partition(_ holds: (Range<UInt64>) -> Bool) -> Int {
        var low = 0
        var high = runs.count
        while low < high {
            let middle = low + (high - low) / 2
            if holds(runs[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension HoleMap: CustomStringConvertible {
    /// The runs, for tests: `3..<7 9..<12`.
    @usableFromInline var description: String {
        runs.map { "\($0.lowerBound)..<\($0.upperBound)" }.joined(separator: " ")
    }
}
