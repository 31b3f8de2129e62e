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
        let start = next
        next += UInt64(bytes.byteCount)
        guard pending.isEmpty, next >= wake else {
            pending.append(bytes, spares: &context.spares)
            if next >= wake { deliverPending(&context, into: &sink) }
            return
        }
        let answer = Self.offer(bytes, at: start, of: stream, from: provenance, to: &sink)
        wake = answer.wake
        provenance.prune(before: start + UInt64(answer.consumed))
        if answer.consumed < bytes.byteCount {
            pending.append(bytes.extracting(droppingFirst: answer.consumed), spares: &context.spares)
        }
    }

    @inlinable mutating func deliverPending<Sink: StreamSink & ~Copyable>(
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        let start = next - UInt64(pending.count)
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
        }
        sink.gap(next..<end, after: pending.bytes, of: stream, from: provenance, reason: reason)
        pending.clear(spares: &context.spares)
        next = end
        wake = end
        provenance.prune(before: end)
    }

    /// Delivers what is held and in order now, and skips what is known to be missing.
    @inlinable mutating func drain<Sink: StreamSink & ~Copyable>(
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        while true {
            let ahead = store.first?.lowerBound ?? .max
            if ahead <= next {
                guard var run = store.takeFirst() else { break }
                deliver(&run, &context, into: &sink)
                continue
            }
            absent.removeAll(before: next)
            guard let missing = absent.first, missing.lowerBound <= next else { break }
            skip(to: min(missing.upperBound, ahead), .cut, &context, into: &sink)
        }
        absent.removeAll(before: next)
        ordered = store.isEmpty && absent.isEmpty && fin == nil
    }

    /// Delivers a run that begins at `next`, in place where nothing is pending.
    @inlinable mutating func deliver<Sink: StreamSink & ~Copyable>(
        _ run: inout OutOfOrderStore.Run, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        for piece in run.pieces { provenance.append(piece.start..<piece.end, piece.origin) }
        next += UInt64(run.buffer.count)
        if pending.isEmpty {
            swap(&pending, &run.buffer)
        } else {
            pending.append(run.buffer.bytes, spares: &context.spares)
            run.buffer.clear(spares: &context.spares)
        }
        if next >= wake { deliverPending(&context, into: &sink) }
    }

    /// Declares the hole at `next` a gap and goes on behind it. Returns false if there is none.
    @inlinable mutating func closeHole<Sink: StreamSink & ~Copyable>(
        _ reason: GapReason, _ context: inout AssemblyContext, into sink: inout Sink
    ) -> Bool {
        guard let end = holeEnd else { return false }
        skip(to: end, reason, &context, into: &sink)
        drain(&context, into: &sink)
        return true
    }

    /// Declares the hole at `next` a gap if its time has come.
    @inlinable mutating func closeHoleIfDue<Sink: StreamSink & ~Copyable>(
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        acknowledgements.settle(now: context.now, grace: context.limits.grace)
        guard let end = holeEnd, let deadline = deadline(context.limits), deadline <= context.now else { return }
        let reason = acknowledgements.settled >= end ? GapReason.acknowledged : .timeout
        _ = closeHole(reason, &context, into: &sink)
    }

    /// Delivers all that is held with gaps for the holes; then nothing is known beyond `next`.
    @inlinable mutating func flush<Sink: StreamSink & ~Copyable>(
        _ reason: GapReason, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        while closeHole(reason, &context, into: &sink) {}
    }

    /// Gives up everything held.
    @inlinable mutating func giveUp<Sink: StreamSink & ~Copyable>(
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        flush(.limit, &context, into: &sink)
        if !pending.isEmpty { skip(to: next, .limit, &context, into: &sink) }
        pending = StreamBuffer()
        provenance.older = []
        provenance.head = 0
    }

    @inlinable mutating func close<Sink: StreamSink & ~Copyable>(
        _ reason: CloseReason, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        if reason == .reset, fin == nil, let end = resetEnd, end > heldEnd {
            fin = end
            ordered = false
        }
        flush(.close, &context, into: &sink)
        sink.close(stream, pending: pending.bytes, from: provenance, reason: reason)
        pending.clear(spares: &context.spares)
    }

    @inlinable mutating func keepWithinLimits<Sink: StreamSink & ~Copyable>(
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        let limits = context.limits
        while pending.count + store.count > limits.bytesPerDirection
            || store.runs.count + absent.count > limits.runsPerDirection
        {
            guard closeHole(.limit, &context, into: &sink) else { break }
        }
        if pending.count > limits.bytesPerDirection { skip(to: next, .limit, &context, into: &sink) }
    }
}
