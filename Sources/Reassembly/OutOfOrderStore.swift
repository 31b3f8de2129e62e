/// Bytes of a stream that came ahead of their turn.
@usableFromInline struct OutOfOrderStore: Sendable {
    /// A piece of a run and the frame that brought it.
    @usableFromInline struct Piece: Sendable {
        @usableFromInline var start: UInt64
        @usableFromInline var end: UInt64
        @usableFromInline var origin: Origin
    }

    /// The bytes of one range of the map.
    @usableFromInline struct Run: Sendable {
        @usableFromInline var buffer = StreamBuffer()
        /// In order of arrival; sorted when the run's turn comes.
        @usableFromInline var pieces: ContiguousArray<Piece> = []
        /// The capture clock at which the first byte of the run came.
        @usableFromInline var since: Int64

        @usableFromInline var footprint: Int {
            buffer.capacity + pieces.capacity * MemoryLayout<Piece>.stride + 128
        }
    }

    @usableFromInline private(set) var map = HoleMap()
    @usableFromInline private(set) var runs: ContiguousArray<Run> = []
    /// The number of bytes held.
    @usableFromInline private(set) var count = 0
    /// The memory of all runs.
    @usableFromInline private(set) var footprint = 0

    @usableFromInline init() {}
}

// Invariant: runs[i] holds exactly the bytes of map.runs[i], and its pieces lie inside that range without overlapping.
extension OutOfOrderStore {
    /// Past this many pieces of one run neighbours are united.
    private static var maximumPieces: Int { 16_384 }

    @inlinable var isEmpty: Bool { map.isEmpty }
    @inlinable var first: Range<UInt64>? { map.first }

    /// The first range at or behind `cursor` in which `bytes`, which begin at `start`, overlap a run and differ from
    /// it. `cursor` moves behind the run, for the next call.
    @usableFromInline func conflict(_ bytes: RawSpan, at start: UInt64, cursor: inout UInt64) -> Range<UInt64>? {
        let end = start + UInt64(bytes.byteCount)
        guard cursor < end else { return nil }
        var index = map.touching(cursor..<end).lowerBound
        while index < runs.count, map.runs[index].lowerBound < end {
            let run = map.runs[index]
            let low = max(run.lowerBound, cursor)
            let high = min(run.upperBound, end)
            index += 1
            guard low < high else { continue }
            cursor = high
            let repeated = bytes.extracting(Int(low - start)..<Int(high - start))
            if let found = runs[index - 1].buffer.difference(from: repeated, at: Int(low - run.lowerBound)) {
                return low + UInt64(found.lowerBound)..<low + UInt64(found.upperBound)
            }
        }
        cursor = end
        return nil
    }

    /// Adds what is new of `bytes`, which begin at `start`; of bytes that are held already the first copy stays.
    /// Returns how many bytes were new.
    @usableFromInline mutating func insert(
        _ bytes: RawSpan, at start: UInt64, origin: Origin, now: Int64, spares: inout SpareBuffers
    ) -> Int {
        guard !bytes.isEmpty else { return 0 }
        let range = start..<start + UInt64(bytes.byteCount)
        let touched = map.touching(range)
        let before = count
        if touched.isEmpty {
            var run = Run(since: now)
            run.buffer.append(bytes, spares: &spares)
            run.pieces.append(Piece(start: range.lowerBound, end: range.upperBound, origin: origin))
            count += bytes.byteCount
            footprint += run.footprint
            runs.insert(run, at: touched.lowerBound)
        } else if touched.count == 1 {
            extend(touched.lowerBound, by: bytes, range, map.runs[touched.lowerBound], origin, &spares)
        } else {
            unite(touched, with: bytes, range, origin, &spares)
        }
        map.insert(range)
        return count - before
    }

    /// Adds what `bytes` (of `range`) have before and behind the run at `index`, which holds `held`.
    private mutating func extend(
        _ index: Int, by bytes: RawSpan, _ range: Range<UInt64>, _ held: Range<UInt64>, _ origin: Origin,
        _ spares: inout SpareBuffers
    ) {
        footprint -= runs[index].footprint
        if range.upperBound > held.upperBound {
            let skip = Int(held.upperBound - range.lowerBound)
            runs[index].buffer.append(bytes.extracting(droppingFirst: skip), spares: &spares)
            append(Piece(start: held.upperBound, end: range.upperBound, origin: origin), to: index)
            count += bytes.byteCount - skip
        }
        if range.lowerBound < held.lowerBound {
            let taken = Int(held.lowerBound - range.lowerBound)
            runs[index].buffer.prepend(bytes.extracting(first: taken))
            append(Piece(start: range.lowerBound, end: held.lowerBound, origin: origin), to: index)
            count += taken
        }
        footprint += runs[index].footprint
    }

    /// Unites several runs with the bytes between them. The others are copied to the biggest, so that a byte is
    /// copied at most once for each doubling of the run it is in.
    private mutating func unite(
        _ touched: Range<Int>, with bytes: RawSpan, _ range: Range<UInt64>, _ origin: Origin,
        _ spares: inout SpareBuffers
    ) {
        var target = touched.lowerBound
        var since = runs[target].since
        for index in touched {
            if runs[index].buffer.count > runs[target].buffer.count { target = index }
            since = min(since, runs[index].since)
        }
        var held = map.runs[target]
        for index in stride(from: target + 1, to: touched.upperBound, by: 1) {
            let other = map.runs[index]
            let between = held.upperBound..<other.lowerBound
            extend(target, by: slice(bytes, range, between), between, held, origin, &spares)
            absorb(index, into: target, atEnd: true, &spares)
            held = held.lowerBound..<other.upperBound
        }
        for index in stride(from: target - 1, through: touched.lowerBound, by: -1) {
            let other = map.runs[index]
            let between = other.upperBound..<held.lowerBound
            extend(target, by: slice(bytes, range, between), between, held, origin, &spares)
            absorb(index, into: target, atEnd: false, &spares)
            held = other.lowerBound..<held.upperBound
        }
        // What sticks out on either side of the union.
        extend(target, by: bytes, range, held, origin, &spares)
        runs[target].since = since
        if target != touched.lowerBound { runs.swapAt(target, touched.lowerBound) }
        runs.removeSubrange(touched.lowerBound + 1..<touched.upperBound)
    }

    @_lifetime(copy bytes)
    private func slice(_ bytes: RawSpan, _ range: Range<UInt64>, _ part: Range<UInt64>) -> RawSpan {
        bytes.extracting(Int(part.lowerBound - range.lowerBound)..<Int(part.upperBound - range.lowerBound))
    }

    private mutating func absorb(_ index: Int, into target: Int, atEnd: Bool, _ spares: inout SpareBuffers) {
        footprint -= runs[target].footprint + runs[index].footprint
        var other = Run(since: 0)
        swap(&other, &runs[index])
        if atEnd {
            runs[target].buffer.append(other.buffer.bytes, spares: &spares)
        } else {
            runs[target].buffer.prepend(other.buffer.bytes)
        }
        for piece in other.pieces { append(piece, to: target) }
        footprint += runs[target].footprint
    }

    private mutating func append(_ piece: Piece, to index: Int) {
        if runs[index].pieces.count >= Self.maximumPieces {
            runs[index].pieces.sort { $0.start < $1.start }
            Self.thin(&runs[index].pieces)
        }
        runs[index].pieces.append(piece)
    }

    /// Unites each two neighbours that adjoin, keeping the frame of the first.
    private static func thin(_ pieces: inout ContiguousArray<Piece>) {
        var write = 0
        var read = 0
        while read < pieces.count {
            var piece = pieces[read]
            if read + 1 < pieces.count, pieces[read + 1].start == piece.end {
                read += 1
                if pieces[read].origin.frame > piece.origin.frame { piece.origin = pieces[read].origin }
                piece.end = pieces[read].end
            }
            pieces[write] = piece
            write += 1
            read += 1
        }
        pieces.removeSubrange(write...)
    }

    /// Takes the first run out, its pieces sorted by offset.
    @usableFromInline mutating func takeFirst() -> Run? {
        guard !runs.isEmpty else { return nil }
        var run = runs.removeFirst()
        map.removeFirst()
        count -= run.buffer.count
        footprint -= run.footprint
        var sorted = true
        for index in 1..<max(run.pieces.count, 1) where run.pieces[index].start < run.pieces[index - 1].start {
            sorted = false
            break
        }
        if !sorted { run.pieces.sort { $0.start < $1.start } }
        if runs.isEmpty {
            // Give back what a long list of runs took.
            runs = []
            map.removeAll()
            footprint = 0
        }
        return run
    }
}
