// What a half-stream tells the sink. Generic over the sink and inlinable, so that it is specialised where the sink is.
extension HalfStream {
    /// Gives bytes to the sink as long as it consumes some and has as many as it wants. Returns how many it consumed
    /// and the offset at which it wants to be called again.
    @inlinable static func offer<Sink: StreamSink & ~Copyable>(
        _ bytes: RawSpan, at offset: UInt64, of stream: StreamID, from provenance: borrowing Provenance,
        to sink: inout Sink
    ) -> (consumed: Int, wake: UInt64) {
        var done = 0
        while true {
            let rest = bytes.extracting(droppingFirst: done)
            let here = offset + UInt64(done)
            let demand = sink.bytes(rest, at: here, of: stream, from: provenance)
            let consumed = min(max(demand.consumed, 0), rest.byteCount)
            // Clamped so that no claim can overflow an offset.
            let minimum = min(max(demand.minimum, 1), 1 << 48)
            done += consumed
            let left = rest.byteCount - consumed
            if consumed == 0 { return (done, here + UInt64(max(minimum, left + 1))) }
            if minimum > left { return (done, here + UInt64(consumed) + UInt64(minimum)) }
        }
    }

    /// Delivers bytes that begin at `next`; their provenance is noted already.
    @inlinable mutating func deliver<Sink: StreamSink & ~Copyable>(
        _ bytes: RawSpan, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        if urgent != nil { return deliverAroundUrgent(bytes, &context, into: &sink) }
        context.statistics.delivered &+= UInt64(bytes.byteCount)
        let start = next &- excised
        next += UInt64(bytes.byteCount)
        guard pending.isEmpty, next &- excised >= wake else {
            pending.append(bytes, spares: &context.spares)
            if next &- excised >= wake { deliverPending(&context, into: &sink) }
            return
        }
        let answer = Self.offer(bytes, at: start, of: stream, from: provenance, to: &sink)
        wake = answer.wake
        provenance.prune(before: start + UInt64(answer.consumed))
        if answer.consumed < bytes.byteCount {
            pending.append(bytes.extracting(droppingFirst: answer.consumed), spares: &context.spares)
        }
    }

    /// Delivers what is before and after the urgent byte.
    @inlinable mutating func deliverAroundUrgent<Sink: StreamSink & ~Copyable>(
        _ bytes: RawSpan, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        guard let place = urgent, place >= next, place < next &+ UInt64(bytes.byteCount) else {
            let kept = urgent
            urgent = nil
            deliver(bytes, &context, into: &sink)
            urgent = kept.flatMap { $0 >= next ? $0 : nil }
            return
        }
        urgent = nil
        let before = Int(place &- next)
        if before > 0 { deliver(bytes.extracting(first: before), &context, into: &sink) }
        next += 1
        excised += 1
        context.statistics.unused[.urgent] &+= 1
        if before + 1 < bytes.byteCount {
            deliver(bytes.extracting(droppingFirst: before + 1), &context, into: &sink)
        }
    }

    @inlinable mutating func deliverPending<Sink: StreamSink & ~Copyable>(
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        let start = next &- excised &- UInt64(pending.count)
        let answer = Self.offer(pending.bytes, at: start, of: stream, from: provenance, to: &sink)
        wake = answer.wake
        provenance.prune(before: start + UInt64(answer.consumed))
        if answer.consumed > 0 { pending.consume(answer.consumed, spares: &context.spares) }
    }

    /// Declares the bytes from `next` to `end` missing (none if `end` is `next`: the pending ones are given up).
    @inlinable mutating func skip<Sink: StreamSink & ~Copyable>(
        to end: UInt64, _ reason: GapReason, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        if end > next {
            context.statistics.gaps &+= 1
            context.statistics.missingBytes &+= end - next
            if provesLoss(of: end, reason) { hasGap = true }
            noteLost(to: end, reason, context)
        }
        sink.gap(next &- excised..<end &- excised, after: pending.bytes, of: stream, from: provenance, reason: reason)
        pending.clear(spares: &context.spares)
        next = end
        wake = end &- excised
        provenance.prune(before: wake)
        if let urgent, urgent < next { self.urgent = nil }
        if let fin, fin < next { forgetEnd() }
    }

    /// The capture lacks the bytes up to `end`: what nobody acknowledged may have been lost before it was captured.
    @usableFromInline func provesLoss(of end: UInt64, _ reason: GapReason) -> Bool {
        switch reason {
        // What the snap length cut, or a limit gave up, was captured: its numbers are known.
        case .limit, .cut: false
        case .acknowledged, .jump: true
        case .timeout, .close: !isHeard || acknowledgements.highest >= end
        }
    }

    /// A longer grace would have prolonged the wait only where the bytes were acknowledged.
    @usableFromInline mutating func noteLost(to end: UInt64, _ reason: GapReason, _ context: borrowing AssemblyContext)
    {
        let wasAcknowledged = reason == .acknowledged && acknowledgements.reached >= end
        lost.append(next..<end, since: wasAcknowledged ? acknowledgements.markedAt : nil)
    }

    /// Delivers what is held and in order now, and skips what is known to be missing.
    @inlinable mutating func drain<Sink: StreamSink & ~Copyable>(
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        if floatsUntil != nil { return }
        while true {
            let ahead = store.first?.lowerBound ?? .max
            if fin == next { break }
            if ahead <= next {
                guard let held = store.takeFirst() else { break }
                deliver(held, &context, into: &sink)
                continue
            }
            absent.removeAll(before: next)
            guard let missing = absent.first, missing.lowerBound <= next else { break }
            skip(to: min(missing.upperBound, ahead), .cut, &context, into: &sink)
        }
        absent.removeAll(before: next)
        dropPassed(&context)
        ordered =
            store.isEmpty && absent.isEmpty && fin == nil && far.isEmpty && suspects.isEmpty && urgent == nil
    }

    /// Delivers what a held segment has after `next`; the rest was read from another.
    @inlinable mutating func deliver<Sink: StreamSink & ~Copyable>(
        _ held: HeldSegment, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        let hidden = Int(min(next, held.end) &- held.start)
        if hidden > 0 {
            let differing = min(held.differing, hidden)
            context.statistics.differingBytes &+= UInt64(differing)
            context.statistics.retransmittedBytes &+= UInt64(hidden - differing)
        }
        guard held.end > next else { return }
        if hidden == 0, let digest = held.digest { digests.append(held.start, length: held.bytes.count, digest) }
        let end = min(held.end, max(fin ?? .max, next))
        provenance.append(next &- excised..<end &- excised, held.origin)
        deliver(held.bytes(of: next..<end), &context, into: &sink)
        guard end < held.end else { return }
        // What comes after a FIN waits for the other side's word.
        keep(HeldSegment(start: end, held.bytes(of: end..<held.end), held.origin, since: held.since), &context)
    }

    /// Holds a segment. No conflict is reported to the sink.
    @usableFromInline mutating func keep(_ held: HeldSegment, _ context: inout AssemblyContext) {
        var insertion = Insertion()
        store.insert(held, fixed: 0, &insertion)
        context.count(insertion)
    }

    /// Gives up what was set aside, or held beyond the window, and was passed.
    @usableFromInline mutating func dropPassed(_ context: inout AssemblyContext) {
        dropFar(before: next, &context)
        guard !suspects.isEmpty else { return }
        for index in suspects.all.indices.reversed() where suspects.all[index].acknowledgedEnd <= next {
            context.drop(suspects.remove(at: index))
        }
    }

    /// Declares the hole at `next` a gap and goes on after it. Returns false if there is none.
    @inlinable mutating func closeHole<Sink: StreamSink & ~Copyable>(
        _ reason: GapReason, _ context: inout AssemblyContext, into sink: inout Sink
    ) -> Bool {
        guard let end = holeEnd else { return false }
        skip(to: end, reason, &context, into: &sink)
        drain(&context, into: &sink)
        return true
    }

    /// Does what is due: begins a stream, uses what was set aside, declares the hole at `next` a gap, jumps.
    @inlinable mutating func attend<Sink: StreamSink & ~Copyable>(
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        if let floatsUntil {
            if floatsUntil <= context.now { begin(&context, into: &sink) }
            return
        }
        if let until = mayBeSoundUntil, until <= context.now { mayBeSoundUntil = nil }
        acknowledgements.settle(now: context.now, grace: context.limits.grace)
        if useSuspect(upTo: acknowledgements.settled, &context, into: &sink) { return }
        if skipToSuspect(acknowledged: acknowledgements.settled, .acknowledged, &context, into: &sink) {
            _ = useSuspect(upTo: acknowledgements.settled, &context, into: &sink)
            return
        }
        useFar(upTo: beforeEnd(acknowledgements.settled), &context, into: &sink)
        if let end = holeEnd {
            if acknowledgements.settled >= end {
                _ = closeHole(.acknowledged, &context, into: &sink)
            } else if isTimedOut(context) {
                useUnansweredSYNData(&context, into: &sink)
                _ = closeHole(.timeout, &context, into: &sink)
            }
        }
        if isDisputed, max(finSince, store.firstSince ?? 0) + context.limits.holeTimeout <= context.now {
            forgetEnd()
            drain(&context, into: &sink)
        }
        if let due = far.deadline(context.limits), due <= context.now { jump(&context, into: &sink) }
    }

    /// Goes on at a suspect in the midst of the hole: what is missing before it was acknowledged with it.
    @inlinable mutating func skipToSuspect<Sink: StreamSink & ~Copyable>(
        acknowledged limit: UInt64, _ reason: GapReason, _ context: inout AssemblyContext, into sink: inout Sink
    ) -> Bool {
        guard !suspects.isEmpty, let start = suspects.firstStart(behind: next, acknowledged: beforeEnd(limit)),
            start < holeEnd ?? .max
        else { return false }
        skip(to: start, reason, &context, into: &sink)
        return true
    }

    /// The hole at `next` was not acknowledged, and its time is over.
    @usableFromInline func isTimedOut(_ context: borrowing AssemblyContext) -> Bool {
        guard let due = holeDeadline(context.limits) else { return false }
        return due <= context.now
    }

    /// A stream without a beginning begins with the first byte that came.
    @inlinable mutating func begin<Sink: StreamSink & ~Copyable>(
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        floatsUntil = nil
        let first = min(store.first?.lowerBound ?? next, absent.first?.lowerBound ?? next)
        next = first
        beginning = first
        wake = first
        drain(&context, into: &sink)
    }

    /// Uses the segment that was set aside and goes on at `next`, if the other side has acknowledged it.
    @inlinable mutating func useSuspect<Sink: StreamSink & ~Copyable>(
        upTo limit: UInt64, _ context: inout AssemblyContext, into sink: inout Sink
    ) -> Bool {
        guard !suspects.isEmpty, let index = suspects.index(goingOnAt: next, acknowledged: beforeEnd(limit)) else {
            return false
        }
        let suspect = suspects.remove(at: index)
        use(suspect, isDoubtful: !suspect.isSound && suspect.reason != .synData, &context, into: &sink)
        return true
    }

    /// - Parameter isDoubtful: It is reported to the sink that a receiver would drop it.
    @inlinable mutating func use<Sink: StreamSink & ~Copyable>(
        _ suspect: Suspect, isDoubtful: Bool, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        let held = suspect.segment
        if let number = suspect.number { usedNumber = number }
        let edge = max(next, acknowledgements.reached) &+ UInt64(suspect.window)
        if held.start >= edge { return holdFar(held, &context, into: &sink) }
        if floatsUntil != nil {
            // The stream may yet begin before it, so nothing is in order.
            keep(held, &context)
        } else if held.end > next, !held.bytes.isEmpty {
            let start = max(held.start, next)
            if isDoubtful {
                sink.doubt(start &- excised..<held.end &- excised, suspect.reason, from: held.origin, of: stream)
            }
            let hidden = Int(start &- held.start)
            context.statistics.retransmittedBytes &+= UInt64(hidden)
            context.statistics.uncomparedBytes &+= UInt64(hidden)
            take(
                held.bytes(of: start..<held.end), at: start, hidden == 0 ? held.digest : nil, held.origin, &context,
                into: &sink)
        } else {
            context.statistics.unused[suspect.reason] &+= UInt64(held.bytes.count)
        }
        if held.end < suspect.end { noteAbsent(held.end..<suspect.end, context) }
        if suspect.fin { noteEnd(at: suspect.end, context) }
        drain(&context, into: &sink)
    }

    /// Delivers all that is held with gaps for the holes; then nothing is known beyond `next`.
    ///
    /// - Parameter isLossy: At the end: bytes of the other direction are missing.
    @inlinable mutating func flush<Sink: StreamSink & ~Copyable>(
        _ reason: GapReason, isLossy: Bool = false, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        if floatsUntil != nil { begin(&context, into: &sink) }
        useUnansweredSYNData(&context, into: &sink)
        repeat {
            // At the end what was once acknowledged is taken, though acknowledgements have gone back.
            let limit = reason == .close ? acknowledgements.highest : acknowledgements.reached
            while useSuspect(upTo: limit, &context, into: &sink) {}
            if skipToSuspect(acknowledged: limit, reason, &context, into: &sink) { continue }
            if reason == .close, useUnanswered(isLossy: isLossy, &context, into: &sink) { continue }
            if closeHole(reason, &context, into: &sink) { continue }
            guard isDisputed else { break }
            // Something follows, and nobody has acknowledged the FIN.
            forgetEnd()
            drain(&context, into: &sink)
        } while true
    }

    /// - Parameters:
    ///   - endIsAcknowledged: The other direction's FIN was captured, or this one's alone: then the last number acknowledged is
    ///     that of this one's FIN.
    ///   - isLossy: Bytes of the other direction are missing, so that acknowledgements may be, too.
    ///   - sent: How far the sender was, as it has said itself; nil where that is not known.
    @inlinable mutating func close<Sink: StreamSink & ~Copyable>(
        _ reason: CloseReason, endIsAcknowledged: Bool, isLossy: Bool, sent: SequenceNumber?,
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        flush(.close, isLossy: isLossy, &context, into: &sink)
        if !far.isEmpty, far.isAcknowledged || far.isUnopposed(context.limits) {
            jump(&context, into: &sink)
            flush(.close, isLossy: isLossy, &context, into: &sink)
        }
        skipToAcknowledged(endIsAcknowledged: endIsAcknowledged, sent: sent, &context, into: &sink)
        dropRest(&context)
        if !isHeard { context.statistics.unheardStreams &+= 1 }
        // Nothing followed the FIN.
        let isAtEnd = fin == next && reason != .reset
        sink.close(stream, pending: pending.bytes, from: provenance, reason: isAtEnd ? .fin : reason)
        pending.clear(spares: &context.spares)
    }

    /// What the other side has acknowledged at the end.
    @usableFromInline func finallyAcknowledged(_ sent: SequenceNumber?) -> UInt64 {
        // What both sides agree on is true, whatever came late.
        if let sent, Int64(acknowledgements.highest) <= offset(of: sent) { return acknowledgements.highest }
        return acknowledgements.undisputed
    }

    /// What the other side has acknowledged after the last captured byte is missing.
    @inlinable mutating func skipToAcknowledged<Sink: StreamSink & ~Copyable>(
        endIsAcknowledged: Bool, sent: SequenceNumber?, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        var end = max(acknowledgements.reached, finallyAcknowledged(sent))
        guard end > next else { return }
        if fin == next {
            return
        } else if endIsAcknowledged || end - next == 1 {
            // The FIN's own number.
            end -= 1
        }
        if end > next { skip(to: end, .close, &context, into: &sink) }
    }
}
