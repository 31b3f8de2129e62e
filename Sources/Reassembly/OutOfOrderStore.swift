/// Segments of a stream that came ahead of their turn, as the receiver keeps them: Linux's out-of-order queue.
///
/// Segments may overlap. Where they do, the one with the lower start is read (`tcp_ofo_queue`); see ``insert``. They lie
/// in chunks, so that inserting costs a search and the move of one chunk.
@usableFromInline struct OutOfOrderStore: Sendable {
    private typealias Chunk = ContiguousArray<HeldSegment>

    private var chunks: ContiguousArray<Chunk> = []
    /// How many of the first chunk's segments were taken out.
    private var head = 0
    /// The memory of all segments, bookkeeping included.
    @usableFromInline private(set) var footprint = 0
    @usableFromInline private(set) var count = 0
    /// The bytes of all segments.
    @usableFromInline private(set) var byteCount = 0

    private static var chunkLimit: Int { 128 }

    @usableFromInline init() {}
}

/// What became of bytes that two segments have.
@usableFromInline struct Overlap: Sendable {
    @usableFromInline var range: Range<UInt64>
    /// The copy that is not used, of the whole range, and where it came from.
    @usableFromInline var loser: ContiguousArray<UInt8>
    @usableFromInline var origin: Origin
}

/// What became of the bytes of a segment that was inserted, and of those it replaced.
@usableFromInline struct Insertion: Sendable {
    /// Bytes dropped, since another copy is kept.
    @usableFromInline var dropped = 0
    /// Those of them that differ from it.
    @usableFromInline var differing = 0
    /// The copies that differ.
    @usableFromInline var conflicts: [Overlap] = []
    /// A segment repeated bytes.
    @usableFromInline var repeats = false

    @usableFromInline init() {}
}

// Invariants: chunks are not empty; no chunk has more than `chunkLimit` segments; starts ascend strictly, and so do ends;
// `head` is less than the first chunk's count, 0 where there is none.
extension OutOfOrderStore {
    @inlinable var isEmpty: Bool { count == 0 }

    /// The range of the first segment.
    @usableFromInline var first: Range<UInt64>? { chunks.first.map { $0[head].range } }
    /// The clock when the first segment came.
    @usableFromInline var firstSince: Int64? { chunks.first.map { $0[head].since } }
    /// The end of the last segment.
    @usableFromInline var end: UInt64? { chunks.last?.last?.end }
    /// The lowest frame of any segment.
    @usableFromInline var lowestFrame: UInt64? {
        chunks.isEmpty ? nil : chunks.lazy.map { $0.lazy.map(\.origin.frame).min() ?? .max }.min()
    }

    /// Takes the first segment out.
    @usableFromInline mutating func takeFirst() -> HeldSegment? {
        guard !chunks.isEmpty else { return nil }
        let taken = chunks[0][head]
        note(removed: taken)
        // Its bytes go with it.
        chunks[0][head].bytes = []
        head += 1
        if head == chunks[0].count {
            head = 0
            chunks.removeFirst()
        }
        if count == 0 { self = OutOfOrderStore() }
        return taken
    }

    /// Puts a segment among the others, as Linux does (`tcp_data_queue_ofo`): one that lies within another is dropped, an
    /// equal one, too; those that it covers are dropped; else both stay.
    ///
    /// - Parameters:
    ///   - fixed: The other side has acknowledged what is before this offset: of that, what is held stays.
    ///   - insertion: Notes what became of the bytes.
    @usableFromInline mutating func insert(
        _ segment: consuming HeldSegment, fixed: UInt64, _ insertion: inout Insertion
    ) {
        var new = segment
        var place = firstPlace(endingBehind: new.start)
        while let held = self[place], held.start < new.end {
            insertion.repeats = true
            let isWithin = held.start <= new.start && held.end >= new.end
            let isFixed = held.start < fixed
            let isCovered = !isWithin && new.start <= held.start && new.end >= held.end && !isFixed
            compare(&new, held, at: place, newLoses: isWithin || isFixed || held.start < new.start, &insertion)
            if isWithin { return drop(new, &insertion) }
            if isCovered {
                drop(remove(at: place), &insertion)
                place = firstPlace(endingBehind: new.start)
                continue
            }
            if isFixed, held.end > new.start {
                // What comes before it is put in by itself.
                if new.start < held.start {
                    put(
                        HeldSegment(
                            start: new.start, new.bytes(of: new.start..<held.start), new.origin, since: new.since))
                }
                let dropped = min(held.end, new.end) &- max(held.start, new.start)
                insertion.dropped &+= Int(dropped)
                insertion.differing &+= min(new.differing, Int(dropped))
                guard held.end < new.end else { return }
                new = HeldSegment(start: held.end, new.bytes(of: held.end..<new.end), new.origin, since: new.since)
                place = firstPlace(endingBehind: new.start)
                continue
            }
            place = next(after: place)
        }
        put(new)
    }

    /// Segments that begin before `offset`, first to last, are taken out and given to `body`.
    @usableFromInline mutating func takeAll(before offset: UInt64, _ body: (HeldSegment) -> Void) {
        while let first, first.lowerBound < offset, let taken = takeFirst() { body(taken) }
    }

    /// What is held and differs from `bytes`, which begin at the lower bound of `range` and are used instead.
    @usableFromInline mutating func conflicts(with bytes: RawSpan, at range: Range<UInt64>) -> [Overlap] {
        var found: [Overlap] = []
        var place = firstPlace(endingBehind: range.lowerBound)
        while let held = self[place], held.start < range.upperBound {
            let common = held.range.clamped(to: range)
            let mine = bytes.extracting(
                Int(common.lowerBound - range.lowerBound)..<Int(common.upperBound - range.lowerBound))
            if let part = difference(mine, held.bytes(of: common)) {
                chunks[place.chunk][place.index].differing += part.count
                let range = common.lowerBound + UInt64(part.lowerBound)..<common.lowerBound + UInt64(part.upperBound)
                found.append(
                    Overlap(
                        range: range, loser: held.bytes(of: range).withUnsafeBytes { ContiguousArray($0) },
                        origin: held.origin))
            }
            place = next(after: place)
        }
        return found
    }

    private func drop(_ segment: HeldSegment, _ insertion: inout Insertion) {
        insertion.dropped &+= segment.bytes.count
        insertion.differing &+= min(segment.differing, segment.bytes.count)
    }

    /// Compares what two segments both have.
    private mutating func compare(
        _ new: inout HeldSegment, _ held: HeldSegment, at place: Place, newLoses: Bool, _ insertion: inout Insertion
    ) {
        let low = max(new.start, held.start)
        let high = min(new.end, held.end)
        guard low < high, let found = difference(new.bytes(of: low..<high), held.bytes(of: low..<high)) else { return }
        let range = low &+ UInt64(found.lowerBound)..<low &+ UInt64(found.upperBound)
        if newLoses {
            new.differing &+= found.count
        } else {
            chunks[place.chunk][place.index].differing &+= found.count
        }
        let loser = newLoses ? new : held
        insertion.conflicts.append(
            Overlap(
                range: range, loser: loser.bytes(of: range).withUnsafeBytes { ContiguousArray($0) },
                origin: loser.origin))
    }
}

// MARK: Places

extension OutOfOrderStore {
    private struct Place {
        var chunk: Int
        var index: Int
    }

    private subscript(place: Place) -> HeldSegment? {
        place.chunk < chunks.count ? chunks[place.chunk][place.index] : nil
    }

    private func next(after place: Place) -> Place {
        place.index + 1 < chunks[place.chunk].count
            ? Place(chunk: place.chunk, index: place.index + 1) : Place(chunk: place.chunk + 1, index: 0)
    }

    /// The place of the first segment that ends after `offset`; one after the last where there is none.
    private func firstPlace(endingBehind offset: UInt64) -> Place {
        guard let last = end, last > offset else { return Place(chunk: chunks.count, index: 0) }
        var low = 0
        var high = chunks.count - 1
        while low < high {
            let middle = low + (high - low) / 2
            if chunks[middle].last.map({ $0.end > offset }) == true { high = middle } else { low = middle + 1 }
        }
        let chunk = low
        low = chunk == 0 ? head : 0
        high = chunks[chunk].count - 1
        while low < high {
            let middle = low + (high - low) / 2
            if chunks[chunk][middle].end > offset { high = middle } else { low = middle + 1 }
        }
        return Place(chunk: chunk, index: low)
    }

    private mutating func put(_ segment: consuming HeldSegment) {
        let new = segment
        // A FIN that was set aside may come without bytes: an empty one would end before it begins to be found.
        if new.bytes.isEmpty { return }
        count += 1
        footprint += new.cost
        byteCount += new.bytes.count
        guard let last = chunks.last?.last, new.start <= last.start else { return append(new) }
        // Starts ascend as ends do: it stands before the first that begins after it.
        var place = firstPlace(endingBehind: new.start)
        while let held = self[place], held.start < new.start { place = next(after: place) }
        chunks[place.chunk].insert(new, at: place.index)
        if chunks[place.chunk].count > Self.chunkLimit { split(place.chunk) }
    }

    private mutating func append(_ segment: HeldSegment) {
        if let last = chunks.indices.last, chunks[last].count < Self.chunkLimit {
            chunks[last].append(segment)
        } else {
            chunks.append([segment])
        }
    }

    private mutating func split(_ chunk: Int) {
        if chunk == 0, head > 0 {
            chunks[0].removeSubrange(0..<head)
            head = 0
            if chunks[0].count <= Self.chunkLimit { return }
        }
        let half = chunks[chunk].count / 2
        let upper = Chunk(chunks[chunk][half...])
        chunks[chunk].removeSubrange(half...)
        chunks.insert(upper, at: chunk + 1)
    }

    private mutating func remove(at place: Place) -> HeldSegment {
        let removed = chunks[place.chunk].remove(at: place.index)
        note(removed: removed)
        let isGone = chunks[place.chunk].count == (place.chunk == 0 ? head : 0)
        if isGone {
            chunks.remove(at: place.chunk)
            if place.chunk == 0 { head = 0 }
        }
        return removed
    }

    private mutating func note(removed segment: HeldSegment) {
        count -= 1
        footprint -= segment.cost
        byteCount -= segment.bytes.count
    }
}
