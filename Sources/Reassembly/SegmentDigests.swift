/// Digests of the segments that were delivered last, by which a copy that comes later is compared.
///
/// At most ``bytesCovered`` of the stream and ``capacity`` segments are remembered.
@usableFromInline struct SegmentDigests: Sendable {
    private struct Entry: Sendable {
        /// The low bits of the segment's offset.
        var start: UInt32
        var length: UInt32
        var digest: UInt32
    }

    @usableFromInline enum Verdict: Sendable { case same, different, unknown }

    private var entries: ContiguousArray<Entry> = []

    /// 64 KiB a direction.
    private static var capacity: Int { 65_536 / MemoryLayout<Entry>.stride }
    private static var bytesCovered: UInt32 { 1 << 20 }

    @usableFromInline init() {}

    /// Bytes of memory.
    @inlinable var footprint: Int { memory }
    @usableFromInline var memory: Int { entries.capacity * MemoryLayout<Entry>.stride }

    /// Notes a segment that begins where the last one ended, or after.
    @usableFromInline mutating func append(_ start: UInt64, length: Int, _ digest: UInt32) {
        if entries.count == entries.capacity { makeRoom() }
        entries.append(
            Entry(start: UInt32(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: length), digest: digest))
    }

    private mutating func makeRoom() {
        guard let last = entries.last else { return }
        // Old ones go first; so few are kept where messages are short, and none where the stream has moved on.
        if let first = entries.first, last.start &- first.start > Self.bytesCovered {
            entries.removeSubrange(0..<place(behind: last.start, Self.bytesCovered / 2))
        } else if entries.count >= Self.capacity {
            entries.removeSubrange(0..<entries.count / 2)
        }
    }

    /// Compares a segment with the one of the same range.
    @usableFromInline func compare(_ start: UInt64, length: Int, _ digest: UInt32) -> Verdict {
        let wanted = UInt32(truncatingIfNeeded: start)
        guard let newest = entries.last else { return .unknown }
        let place = place(behind: newest.start, newest.start &- wanted)
        guard place < entries.count, entries[place].start == wanted, entries[place].length == UInt32(length) else {
            return .unknown
        }
        return entries[place].digest == digest ? .same : .different
    }

    /// The place of the first entry that begins no more than `distance` before the newest, which begins at `newest`.
    private func place(behind newest: UInt32, _ distance: UInt32) -> Int {
        // Starts ascend; distances count back from the newest.
        var low = 0
        var high = entries.count
        while low < high {
            let middle = low + (high - low) / 2
            if newest &- entries[middle].start <= distance { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
