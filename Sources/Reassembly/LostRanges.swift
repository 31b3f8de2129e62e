/// The gaps of a stream that were reported last, for bytes that come late.
@usableFromInline struct LostRanges: Sendable {
    private struct Entry: Sendable {
        var range: Range<UInt64>
        /// The clock when the wait began that a longer grace would have prolonged; nil where none would.
        var since: Int64?
    }

    private var entries: [Entry] = []

    private static var capacity: Int { 256 }

    @usableFromInline init() {}

    @inlinable var footprint: Int { memory }
    @usableFromInline var memory: Int { entries.capacity * MemoryLayout<Entry>.stride }

    @usableFromInline var isEmpty: Bool { entries.isEmpty }

    /// Notes a gap, which lies after all before.
    @usableFromInline mutating func append(_ range: Range<UInt64>, since: Int64?) {
        if entries.count == Self.capacity { entries.removeFirst(Self.capacity / 2) }
        entries.append(Entry(range: range, since: since))
    }

    /// Takes out what `range` has of the gaps.
    ///
    /// - Returns: How many bytes came late, and how late the latest is.
    @usableFromInline mutating func take(_ range: Range<UInt64>, now: Int64) -> (bytes: UInt64, lateness: Int64) {
        var found: (bytes: UInt64, lateness: Int64) = (0, 0)
        guard let last = entries.last, range.lowerBound < last.range.upperBound else { return found }
        var kept: [Entry] = []
        kept.reserveCapacity(entries.count + 1)
        for entry in entries {
            let common = entry.range.clamped(to: range)
            guard !common.isEmpty else {
                kept.append(entry)
                continue
            }
            found.bytes &+= common.upperBound &- common.lowerBound
            if let since = entry.since { found.lateness = max(found.lateness, now - since) }
            if entry.range.lowerBound < common.lowerBound {
                kept.append(Entry(range: entry.range.lowerBound..<common.lowerBound, since: entry.since))
            }
            if common.upperBound < entry.range.upperBound {
                kept.append(Entry(range: common.upperBound..<entry.range.upperBound, since: entry.since))
            }
        }
        entries = kept
        return found
    }
}
