/// One direction of a connection that the sink wants.
///
/// Offsets are those of the sequence numbers; the sink's are lower by the urgent bytes taken out before them.
@usableFromInline struct HalfStream: Sendable {
    @usableFromInline let stream: StreamID
    /// The sequence number of offset 0, or of an offset that is 0 modulo 2³².
    @usableFromInline var origin: SequenceNumber
    /// The first offset that was neither delivered nor declared missing.
    @usableFromInline var next: UInt64
    /// The offset of the first byte of a stream whose SYN was not captured: earlier ones were not waited for. Else 0.
    @usableFromInline var beginning: UInt64
    /// The sink is called when `next` reaches this offset of its own.
    @usableFromInline var wake: UInt64
    /// True while `next` is all that is known of the stream: nothing is held, set aside or expected ahead, no FIN seen.
    @usableFromInline var ordered = true
    /// The bytes delivered and not consumed; they end at `next`.
    @usableFromInline var pending = StreamBuffer()
    @usableFromInline var provenance: Provenance
    @usableFromInline var store = OutOfOrderStore()
    /// Bytes ahead of `next` that were sent and cut off by a snap length.
    @usableFromInline var absent = HoleMap()
    /// Segments beyond the window. Their offsets count on from `next` modulo 2³² at the time of their coming.
    @usableFromInline var far = FarSegments()
    @usableFromInline var suspects = Suspects()
    /// The clock until which a segment set aside may soon be found sound.
    @usableFromInline var mayBeSoundUntil: Int64?
    /// The other side has acknowledged a segment that acknowledges more than was captured of it: the capture lacks some.
    @usableFromInline var lacksOther = false
    /// What segments acknowledge that were set aside and are used now.
    @usableFromInline var usedNumber: UInt32?
    /// Bytes of this direction are missing.
    @usableFromInline var hasGap = false
    @usableFromInline var lost = LostRanges()
    @usableFromInline var digests = SegmentDigests()
    /// The offset of the FIN.
    @usableFromInline var fin: UInt64?
    @usableFromInline var finIsAcknowledged = false
    /// The clock when the FIN came.
    @usableFromInline var finSince: Int64 = 0
    /// The offset of an urgent byte that is not reached yet.
    @usableFromInline var urgent: UInt64?
    /// Urgent bytes taken out.
    @usableFromInline var excised: UInt64 = 0
    /// The clock at which a stream without a beginning begins: till then earlier segments may come.
    @usableFromInline var floatsUntil: Int64?
    /// The clock when `absent` or `fin` came to be known.
    @usableFromInline var beyondSince: Int64 = 0
    /// The clock when a segment last came that moved `next` while something was known beyond it, or the other side was heard
    /// before `next`.
    @usableFromInline var frontAt: Int64 = 0
    @usableFromInline var acknowledgements = Acknowledgements()
    /// The offset within a hole that the other side last asked for, and the clock when it did.
    @usableFromInline var asked: (offset: UInt64, at: Int64) = (.max, 0)
    /// An acknowledgement by the other side was captured.
    @usableFromInline var isHeard = false
    /// Where the stream was before it jumped.
    @usableFromInline var former: SequenceNumber?

    // Kept by the pool.
    @usableFromInline var accounted = 0
    @usableFromInline var idler: Int32 = -1
    @usableFromInline var busier: Int32 = -1
    @usableFromInline var inList = false

    @usableFromInline init(stream: StreamID, origin: SequenceNumber, next: UInt64, maximumEntries: Int) {
        self.stream = stream
        self.origin = origin
        self.next = next
        beginning = 0
        wake = next
        provenance = Provenance(maximumEntries: maximumEntries, firstSequence: origin.value)
    }
}

// Invariants between calls: pending ends at `next`; segments of `store` end after `next`, and, unless the stream floats,
// begin after it, or at a FIN that was reached; ranges of `absent` begin after `next`; `fin`, if known, is at or after
// `next`; next ≤ 2⁶²: see `jump`, and lengths are < 2³¹.
extension HalfStream {
    @usableFromInline static var highestOffset: UInt64 { 1 << 62 }

    /// Bytes of memory beside the struct itself.
    @inlinable var footprint: Int {
        pending.capacity &+ provenance.footprint &+ digests.footprint &+ (ordered ? 0 : footprintOfHeld)
    }

    /// What counts against the limit of a direction beside the pending bytes.
    @usableFromInline var footprintOfHeld: Int {
        store.footprint &+ absent.count &* 16 &+ far.footprint &+ suspects.footprint &+ lost.footprint
    }

    /// What changes with each step that is taken without a segment.
    @usableFromInline var progress: [UInt64] {
        [
            next, UInt64(store.count), UInt64(suspects.all.count), UInt64(far.store.count), fin ?? .max,
            UInt64(bitPattern: floatsUntil ?? -1), UInt64(bitPattern: mayBeSoundUntil ?? -1),
        ]
    }

    /// True when the FIN was reached and the other side has acknowledged it.
    @inlinable var isFinished: Bool { finIsAcknowledged && fin == next }

    /// The offset of a sequence number near `next`, negative where it lies before offset 0.
    @inlinable func offset(of number: SequenceNumber) -> Int64 {
        Int64(next) &+ Int64(origin.at(next).distance(to: number))
    }

    /// The offset at which the hole at `next` ends, nil if nothing is known beyond `next`.
    @usableFromInline var holeEnd: UInt64? {
        if ordered || floatsUntil != nil { return nil }
        var end = store.first?.lowerBound ?? .max
        if let first = absent.first { end = min(end, first.lowerBound) }
        if let fin { end = min(end, fin) }
        return end > next && end < .max ? end : nil
    }

    /// The end of everything held and believed.
    @usableFromInline var heldEnd: UInt64 {
        max(next, store.end ?? 0, absent.last?.upperBound ?? 0)
    }

    /// The clock at which something is to be done without a segment: a hole is given up, a segment set aside is used, or
    /// the stream begins or jumps. Nil if there is nothing.
    @usableFromInline func deadline(_ limits: Limits) -> Int64? {
        if ordered { return nil }
        if let floatsUntil { return floatsUntil }
        var deadline = holeDeadline(limits)
        if let mayBeSoundUntil { deadline = min(deadline ?? .max, mayBeSoundUntil) }
        if !suspects.isEmpty, suspects.acknowledgedEnd(behind: next, upTo: beforeEnd(acknowledgements.reached)) != nil {
            let isSettled = suspects.acknowledgedEnd(behind: next, upTo: beforeEnd(acknowledgements.settled)) != nil
            let due = isSettled ? .min : acknowledgements.markedAt + limits.grace
            deadline = min(deadline ?? .max, due)
        }
        if isDisputed { deadline = min(deadline ?? .max, max(finSince, store.firstSince ?? 0) + limits.holeTimeout) }
        if let due = far.deadline(limits) { deadline = min(deadline ?? .max, due) }
        return deadline
    }

    /// The bytes among the numbers acknowledged: the one after the last byte is the FIN's.
    @usableFromInline func beforeEnd(_ limit: UInt64) -> UInt64 {
        finIsAcknowledged ? min(limit, fin ?? limit) : limit
    }

    @usableFromInline func holeDeadline(_ limits: Limits) -> Int64? {
        guard let end = holeEnd else { return nil }
        if acknowledgements.settled >= end { return .min }
        let came = end == store.first?.lowerBound ? store.firstSince ?? beyondSince : beyondSince
        let isAsked = asked.offset >= next && asked.offset < end
        let timeout = max(max(came, frontAt) + limits.holeTimeout, isAsked ? asked.at + limits.askedTimeout : 0)
        return acknowledgements.reached >= end ? min(timeout, acknowledgements.markedAt + limits.grace) : timeout
    }

    /// The number of the first byte that was neither delivered nor declared missing.
    @inlinable var expected: SequenceNumber { origin.at(next) }

    /// An acknowledgement by the other side was captured.
    ///
    /// - Parameters:
    ///   - ahead: How far `number` lies ahead of ``expected``; what is ahead is noted already.
    ///   - isCurrent: The segment that says so is no older than others of its direction.
    ///   - isOld: See ``Connection/Verdict/isOld``.
    @inlinable mutating func hear(_ number: SequenceNumber, ahead: Int, isCurrent: Bool, isOld: Bool, now: Int64) {
        isHeard = true
        if ahead <= 0, isCurrent, acknowledgements.reached > next {
            acknowledgements.goBack(to: next, isOld: isOld, now: now)
        }
        if !ordered { heed(number, ahead: ahead, now: now) }
    }

    /// The other side has acknowledged everything before `number`, which lies ahead of ``expected``.
    ///
    /// - Parameter isOld: See ``Connection/Verdict/isOld``.
    @usableFromInline mutating func acknowledge(
        _ number: SequenceNumber, ahead: Int, window: Int, isOld: Bool, now: Int64
    ) {
        let offset = next &+ UInt64(ahead)
        if ahead > window, offset > acknowledgements.reached &+ UInt64(window) {
            far.acknowledge(number, now: now)
            return
        }
        if offset >= acknowledgements.reached {
            acknowledgements.advance(to: offset, next: next, now: now)
        } else {
            acknowledgements.goBack(to: offset, isOld: isOld, now: now)
        }
    }

    /// Learns what else an acknowledgement says of what is held.
    @usableFromInline mutating func heed(_ number: SequenceNumber, ahead: Int, now: Int64) {
        // It is given at the old place.
        if isOldPlace(ahead) { far.contradict(now: now) }
        if let fin {
            let behind = origin.at(fin).distance(to: number)
            if behind == 1 { finIsAcknowledged = true }
            // One beyond the window is not believed.
            if behind > 1, ahead > 0, acknowledgements.reached == next &+ UInt64(ahead) { forgetEnd() }
        }
        guard let end = holeEnd else { return }
        if ahead >= 0, UInt64(ahead) < end - next { asked = (next &+ UInt64(ahead), now) }
        // It has yet to come to the hole, and cannot ask for it.
        if ahead < 0, ahead > -(1 << 24) { frontAt = now }
    }

    /// The sender is at `number`, without bytes.
    @usableFromInline mutating func stand(at number: SequenceNumber, now: Int64) {
        if isOldPlace(expected.distance(to: number)) { far.goesOnElsewhere(now: now) }
    }

    /// A number so far ahead of ``expected`` is not one of the segments beyond the window.
    @usableFromInline func isOldPlace(_ ahead: Int) -> Bool { ahead >= -(1 << 16) && ahead <= 1 << 24 }

    /// The FIN was not this stream's.
    @usableFromInline mutating func forgetEnd() {
        fin = nil
        finIsAcknowledged = false
    }

    /// Bytes are held after a FIN that was reached, and the other side has not said which of them it takes.
    @usableFromInline var isDisputed: Bool { fin == next && !finIsAcknowledged && !store.isEmpty }

    /// Notes where the stream ends. Ignored if bytes after it are known, or were acknowledged.
    @usableFromInline mutating func noteEnd(at end: UInt64, _ context: borrowing AssemblyContext) {
        guard fin == nil, end >= heldEnd, acknowledgements.undisputed <= end &+ 1 else { return }
        fin = end
        finSince = context.now
        finIsAcknowledged = acknowledgements.reached == end &+ 1
        if absent.isEmpty { beyondSince = context.now }
        ordered = false
    }
}
