/// Which frame brought which bytes of a stream, for the bytes that are not consumed yet.
///
/// Past `maximumEntries` neighbouring entries are united: then some frames in the middle of a very long list are
/// missing from `origins(of:)`, and `completion(at:)` may name a slightly later frame.
public struct Provenance: Sendable {
    /// A range of the stream and the frame that brought it.
    @usableFromInline struct Entry: Sendable {
        @usableFromInline var start: UInt64
        @usableFromInline var end: UInt64
        @usableFromInline var origin: Origin
        /// The origin with the highest frame number up to and with this entry.
        @usableFromInline var reached: Origin

        @usableFromInline init(start: UInt64, end: UInt64, origin: Origin, reached: Origin) {
            self.start = start
            self.end = end
            self.origin = origin
            self.reached = reached
        }
    }

    /// The last entry; kept apart so that a stream that is consumed as it comes touches no array.
    @usableFromInline var newest: Entry
    @usableFromInline var isEmpty = true
    /// The entries before `newest`; those before `head` are forgotten.
    @usableFromInline var older: ContiguousArray<Entry> = []
    @usableFromInline var head = 0
    /// The highest origin among the forgotten entries.
    @usableFromInline var forgotten: Origin
    /// The sequence number of the stream's offset 0, or of an offset that is 0 modulo 2³²: the one after the SYN, or,
    /// where no SYN was captured, that of the first segment.
    public let firstSequence: UInt32
    private let maximumEntries: Int

    @usableFromInline init(maximumEntries: Int, firstSequence: UInt32 = 0) {
        let none = Origin(frame: 0, time: 0)
        newest = Entry(start: 0, end: 0, origin: none, reached: none)
        forgotten = none
        self.firstSequence = firstSequence
        self.maximumEntries = max(maximumEntries, 2)
    }
}

// Invariant: while not empty, the entries older[head...] + [newest] are not empty, ascend and do not overlap;
// `reached.frame` never falls from one to the next; newest.reached is the highest origin of the stream so far.
extension Provenance {
    @inlinable var count: Int { isEmpty ? 0 : older.count - head + 1 }

    /// Bytes of memory beside the struct itself.
    @inlinable var footprint: Int { older.capacity &* MemoryLayout<Entry>.stride }

    /// Appends a range that begins at or after the end of the last one.
    @inlinable mutating func append(_ range: Range<UInt64>, _ origin: Origin) {
        let reached = origin.frame >= newest.reached.frame ? origin : newest.reached
        if isEmpty {
            isEmpty = false
        } else {
            if newest.origin.frame == origin.frame && newest.end == range.lowerBound {
                newest.end = range.upperBound
                return
            }
            pushNewest()
        }
        newest = Entry(start: range.lowerBound, end: range.upperBound, origin: origin, reached: reached)
    }

    @usableFromInline mutating func pushNewest() {
        if older.count == older.capacity { makeRoom() }
        older.append(newest)
    }

    private mutating func makeRoom() {
        if head > 0, head >= older.count / 2 {
            older.removeSubrange(0..<head)
            head = 0
        } else if older.count - head + 1 >= maximumEntries {
            thin()
        }
    }

    /// Unites each two neighbours: halving at every `maximumEntries / 2` entries costs a constant for each.
    private mutating func thin() {
        var write = 0
        var read = head
        while read < older.count {
            var entry = older[read]
            if read + 1 < older.count {
                entry.end = older[read + 1].end
                entry.reached = older[read + 1].reached
            }
            older[write] = entry
            write += 1
            read += 2
        }
        older.removeSubrange(write...)
        head = 0
    }

    /// Forgets entries that end at or before `offset`.
    @inlinable mutating func prune(before offset: UInt64) {
        guard !isEmpty else { return }
        if newest.end <= offset {
            isEmpty = true
            forgotten = newest.reached
            if !older.isEmpty { forgetOlder() }
        } else if head < older.count, older[head].end <= offset {
            pruneOlder(before: offset)
        }
    }

    @usableFromInline mutating func forgetOlder() {
        head = 0
        // A short list keeps its memory: the next message has about as many frames.
        if older.capacity <= 64 { older.removeAll(keepingCapacity: true) } else { older = [] }
    }

    @usableFromInline mutating func pruneOlder(before offset: UInt64) {
        while head < older.count, older[head].end <= offset {
            forgotten = older[head].reached
            head += 1
        }
        if head == older.count { forgetOlder() }
    }

    private func entry(_ index: Int) -> Entry {
        head + index < older.count ? older[head + index] : newest
    }

    /// The index of the first entry that ends after `offset`, `count` if there is none.
    private func index(endingBehind offset: UInt64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if entry(middle).end > offset { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension Provenance {
    /// The frames that brought bytes of `range`, in order of number, each once.
    ///
    /// - Parameter range: Stream offsets. Of bytes that were consumed in an earlier call nothing is known any more.
    public func origins(of range: Range<UInt64>) -> [Origin] {
        var found: [Origin] = []
        var position = index(endingBehind: range.lowerBound)
        var ascending = true
        while position < count {
            let entry = entry(position)
            guard entry.start < range.upperBound else { break }
            if let last = found.last {
                if entry.origin.frame != last.frame {
                    if entry.origin.frame < last.frame { ascending = false }
                    found.append(entry.origin)
                }
            } else if !range.isEmpty {
                found.append(entry.origin)
            }
            position += 1
        }
        if ascending { return found }
        found.sort { $0.frame < $1.frame }
        var unique: [Origin] = []
        for origin in found where unique.last?.frame != origin.frame { unique.append(origin) }
        return unique
    }

    /// The frame that brought the byte at `offset`; where that is missing, the one that brought the first byte after it.
    /// Frame 0 when there is none. Of bytes that were consumed in an earlier call nothing is known any more.
    public func origin(at offset: UInt64) -> Origin {
        guard !isEmpty else { return Origin(frame: 0, time: 0) }
        // The only entry is asked for most of the time.
        if head == older.count { return newest.end > offset ? newest.origin : Origin(frame: 0, time: 0) }
        let position = index(endingBehind: offset)
        return position < count ? entry(position).origin : Origin(frame: 0, time: 0)
    }

    /// True where a byte of `range` came in an earlier frame than one before it in the stream.
    public func isReordered(_ range: Range<UInt64>) -> Bool {
        guard !isEmpty, !range.isEmpty else { return false }
        if head == older.count {
            return newest.origin.frame < newest.reached.frame && newest.start < range.upperBound
                && newest.end > range.lowerBound
        }
        var position = index(endingBehind: range.lowerBound)
        while position < count {
            let entry = entry(position)
            guard entry.start < range.upperBound else { break }
            if entry.origin.frame < entry.reached.frame { return true }
            position += 1
        }
        return false
    }

    /// Calls `body` with the parts of `range`, in ascending order, and the frame that brought each. Of bytes that were
    /// consumed in an earlier call nothing is known any more.
    public func pieces(in range: Range<UInt64>, _ body: (Range<UInt64>, _ frame: UInt64) -> Void) {
        guard !isEmpty, !range.isEmpty else { return }
        var position = head == older.count ? 0 : index(endingBehind: range.lowerBound)
        while position < count {
            let entry = entry(position)
            let (start, end) = (max(entry.start, range.lowerBound), min(entry.end, range.upperBound))
            guard entry.start < range.upperBound else { break }
            if start < end { body(start..<end, entry.origin.frame) }
            position += 1
        }
    }

    /// Where in `range` the bytes of a frame begin, in ascending order: the places at which segments began, as far as
    /// they were not captured twice. Of bytes that were consumed in an earlier call nothing is known any more.
    public func starts(in range: Range<UInt64>) -> [UInt64] {
        var found: [UInt64] = []
        var position = index(endingBehind: range.lowerBound)
        while position < count {
            let start = entry(position).start
            guard start < range.upperBound else { break }
            if start >= range.lowerBound { found.append(start) }
            position += 1
        }
        return found
    }

    /// The frame with which all bytes before the offset `end` had come: the highest number among the frames that
    /// brought bytes up to there in this direction, with that frame's time. Frame 0 when none has.
    public func completion(at end: UInt64) -> Origin {
        guard !isEmpty else { return forgotten }
        // The only entry is asked for most of the time.
        if head == older.count { return end > newest.start ? newest.reached : forgotten }
        // Entries begin at or after the end of the one before, so this is the last that begins before `end`, unless
        // `end` lies in a gap, where it is the one after.
        let position = min(end == 0 ? 0 : index(endingBehind: end - 1), count - 1)
        let entry = entry(position)
        if end > entry.start { return entry.reached }
        return position == 0 ? forgotten : self.entry(position - 1).reached
    }
}
