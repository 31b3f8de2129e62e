/// One direction of a connection that the sink wants.
@usableFromInline struct HalfStream: Sendable {
    @usableFromInline let stream: StreamID
    /// The sequence number of offset 0, or of an offset that is 0 modulo 2³².
    @usableFromInline let origin: SequenceNumber
    /// The first offset that was neither delivered nor declared missing.
    @usableFromInline var next: UInt64
    /// The sink is called when `next` reaches this.
    @usableFromInline var wake: UInt64
    /// True while `next` is all that is known of the stream: nothing is held ahead, no FIN seen.
    @usableFromInline var ordered = true
    /// The bytes delivered and not consumed; they end at `next`.
    @usableFromInline var pending = StreamBuffer()
    @usableFromInline var provenance: Provenance
    @usableFromInline var store = OutOfOrderStore()
    /// Bytes ahead of `next` that were sent and not captured.
    @usableFromInline var absent = HoleMap()
    /// The offset of the FIN.
    @usableFromInline var fin: UInt64?
    /// Where a RST says that the stream ended: what is missing before it, should nothing more come.
    @usableFromInline var resetEnd: UInt64?
    /// The clock when `absent` or `fin` came to be known.
    @usableFromInline var beyondSince: Int64 = 0
    @usableFromInline var acknowledgements = Acknowledgements()
    /// The offset within a hole that the other side last asked for, and the clock when it did.
    @usableFromInline var asked: (offset: UInt64, at: Int64) = (.max, 0)
    /// The end of the last stray segment, and how many have agreed.
    @usableFromInline var strayEnd = SequenceNumber(0)
    @usableFromInline var strays = 0

    // Kept by the pool.
    @usableFromInline var accounted = 0
    @usableFromInline var idler: Int32 = -1
    @usableFromInline var busier: Int32 = -1
    @usableFromInline var inList = false

    @usableFromInline init(stream: StreamID, origin: SequenceNumber, next: UInt64, maximumEntries: Int) {
        self.stream = stream
        self.origin = origin
        self.next = next
        wake = next
        provenance = Provenance(maximumEntries: maximumEntries, firstSequence: origin.value)
    }
}

// Invariants between calls: pending ends at `next`; runs of `store` begin behind `next`, and so do those of `absent`;
// `fin`, if known, is at or behind `next` and behind all that is held; next ≤ 2⁶²: see `jump`, and lengths are < 2³¹.
extension HalfStream {
    @usableFromInline static var highestOffset: UInt64 { 1 << 62 }

    /// Bytes of memory beside the struct itself.
    @inlinable var footprint: Int {
        pending.capacity + provenance.footprint + (ordered ? 0 : store.footprint + absent.count * 16)
    }

    /// True when the FIN was reached.
    @inlinable var isFinished: Bool { fin == next }

    /// The offset at which the hole at `next` ends, nil if nothing is known beyond `next`.
    @usableFromInline var holeEnd: UInt64? {
        if ordered { return nil }
        var end = store.first?.lowerBound ?? .max
        if let first = absent.first { end = min(end, first.lowerBound) }
        if let fin { end = min(end, fin) }
        return end > next && end < .max ? end : nil
    }

    /// The end of everything held.
    @usableFromInline var heldEnd: UInt64 {
        max(next, store.map.last?.upperBound ?? 0, absent.last?.upperBound ?? 0)
    }

    /// The clock at which the hole at `next` becomes a gap, nil if there is no hole.
    @usableFromInline func deadline(_ limits: Limits) -> Int64? {
        guard let end = holeEnd else { return nil }
        if acknowledgements.settled >= end { return .min }
        let since = end == store.first?.lowerBound ? store.runs.first?.since ?? beyondSince : beyondSince
        let isAsked = asked.offset >= next && asked.offset < end
        let timeout = max(since + limits.holeTimeout, isAsked ? asked.at + limits.askedTimeout : 0)
        return acknowledgements.reached >= end ? min(timeout, acknowledgements.markedAt + limits.grace) : timeout
    }

    /// The other side has acknowledged everything before `number`.
    @inlinable mutating func acknowledge(_ number: SequenceNumber, _ context: borrowing AssemblyContext) {
        let ahead = origin.at(next).distance(to: number)
        // Nearly always everything acknowledged was delivered already.
        if ahead > 0 { acknowledge(number, ahead: ahead, window: context.limits.window, now: context.now) }
        if !ordered, ahead >= 0, let end = holeEnd, UInt64(ahead) < end - next {
            asked = (next + UInt64(ahead), context.now)
        }
    }

    @usableFromInline mutating func acknowledge(_ number: SequenceNumber, ahead: Int, window: Int, now: Int64) {
        if ahead <= window {
            acknowledgements.advance(to: next + UInt64(ahead), next: next, now: now)
        } else if strays > 0, abs(strayEnd.distance(to: number)) <= 1 << 20 {
            strays = min(strays + 1, 1 << 20)
        }
    }

    /// Notes where the stream ends. Ignored if bytes behind it are known or it is far from everything known.
    @usableFromInline mutating func noteEnd(at end: UInt64, _ context: borrowing AssemblyContext) {
        guard fin == nil, end >= heldEnd else { return }
        let known = max(heldEnd, acknowledgements.reached)
        guard end <= known || end - known <= UInt64(context.limits.resetWindow) else { return }
        fin = end
        if absent.isEmpty { beyondSince = context.now }
        ordered = false
    }

    /// Notes the sequence number of a RST. Whoever forges one need not hit the number, so bytes that only it tells of are
    /// believed to have been sent only within a window without scaling.
    @usableFromInline mutating func noteReset(at number: SequenceNumber) {
        let ahead = origin.at(next).distance(to: number)
        guard ahead >= 0 else { return }
        let end = next + UInt64(ahead)
        if end <= max(heldEnd, acknowledgements.reached) + 65_535 { resetEnd = end }
    }

    /// Counts a segment outside the window. Returns true when enough have agreed that the stream is there now.
    @usableFromInline mutating func noteStray(
        _ sequence: SequenceNumber, length: Int, _ context: inout AssemblyContext
    ) -> Bool {
        context.statistics.strays &+= 1
        // It must go on about where the last ended: a repeated one proves nothing.
        let ahead = strayEnd.distance(to: sequence)
        strays = strays > 0 && ahead >= 0 && ahead <= 1 << 20 ? strays + 1 : 1
        strayEnd = sequence.advanced(by: length)
        return strays >= context.limits.strayAgreement
    }
}
