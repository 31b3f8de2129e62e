// How a half-stream takes a segment.
extension HalfStream {
    /// Takes a segment whose payload begins at `sequence`.
    ///
    /// - Parameters:
    ///   - payload: What was captured of the payload, at most `length` bytes.
    ///   - length: The payload's length on the wire, less than 2³⁰.
    @inlinable mutating func accept<Sink: StreamSink & ~Copyable>(
        _ sequence: SequenceNumber, _ payload: RawSpan, length: Int, fin: Bool, from frame: Origin,
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        if ordered, !fin, length > 0, payload.byteCount == length, sequence == origin.at(next) {
            strays = 0
            provenance.append(next..<next + UInt64(length), frame)
            deliver(payload, &context, into: &sink)
            if pending.count > context.limits.bytesPerDirection { keepWithinLimits(&context, into: &sink) }
        } else {
            acceptUnordered(sequence, payload, length: length, fin: fin, from: frame, &context, into: &sink)
        }
    }

    @inlinable mutating func acceptUnordered<Sink: StreamSink & ~Copyable>(
        _ sequence: SequenceNumber, _ payload: RawSpan, length: Int, fin: Bool, from frame: Origin,
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        var distance = origin.at(next).distance(to: sequence)
        if abs(distance) > context.limits.window {
            guard length > 0, noteStray(sequence, length: length, &context) else { return }
            guard jump(to: sequence, &context, into: &sink) else { return }
            distance = 0
        }
        // In signed offsets, as bytes may claim to lie before the beginning of the stream.
        let start = Int64(next) + Int64(distance)
        let end = start + Int64(length)
        guard end <= Int64(Self.highestOffset) else { return }
        if end > Int64(next) {
            let cut = Int(max(-start, 0))
            place(
                payload.extracting(droppingFirst: min(cut, payload.byteCount)), at: UInt64(max(start, 0)),
                end: UInt64(end), from: frame, &context, into: &sink)
        } else if length > 0 {
            context.statistics.retransmitted &+= 1
            // A keep-alive repeats the last byte, or anything instead of it.
            let isKeepAlive = length == 1 && end == Int64(next)
            if start >= 0, !isKeepAlive { compareWithPending(payload, at: UInt64(start), &context, into: &sink) }
        }
        if fin, end >= 0 { noteEnd(at: UInt64(end), context) }
        if !ordered {
            drain(&context, into: &sink)
            keepWithinLimits(&context, into: &sink)
        } else if pending.count > context.limits.bytesPerDirection {
            keepWithinLimits(&context, into: &sink)
        }
    }

    /// Places a segment that ends behind `next`.
    @inlinable mutating func place<Sink: StreamSink & ~Copyable>(
        _ payload: RawSpan, at start: UInt64, end: UInt64, from frame: Origin, _ context: inout AssemblyContext,
        into sink: inout Sink
    ) {
        strays = 0
        // Bytes behind a FIN: it was not this stream's.
        if let known = fin, known < end { fin = nil }
        if start < next {
            context.statistics.retransmitted &+= 1
            compareWithPending(payload, at: start, &context, into: &sink)
        }
        let from = max(start, next)
        let fresh = payload.extracting(droppingFirst: min(Int(from - start), payload.byteCount))
        let capturedEnd = from + UInt64(fresh.byteCount)
        if !fresh.isEmpty {
            if from == next, store.first?.lowerBound ?? .max >= capturedEnd {
                provenance.append(from..<capturedEnd, frame)
                deliver(fresh, &context, into: &sink)
            } else {
                var cursor = from
                while let range = store.conflict(fresh, at: from, cursor: &cursor) {
                    context.statistics.conflicts &+= 1
                    sink.conflict(range, of: stream)
                }
                let added = store.insert(fresh, at: from, origin: frame, now: context.now, spares: &context.spares)
                if added < fresh.byteCount { context.statistics.retransmitted &+= 1 }
                ordered = false
            }
        }
        if capturedEnd < end {
            if absent.isEmpty, fin == nil { beyondSince = context.now }
            absent.insert(capturedEnd..<end)
            ordered = false
        }
    }

    /// Compares bytes of a retransmission with those still pending.
    @inlinable mutating func compareWithPending<Sink: StreamSink & ~Copyable>(
        _ payload: RawSpan, at start: UInt64, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        let pendingStart = next - UInt64(pending.count)
        let low = max(start, pendingStart)
        let high = min(start + UInt64(payload.byteCount), next)
        guard low < high else { return }
        let repeated = payload.extracting(Int(low - start)..<Int(high - start))
        if let found = pending.difference(from: repeated, at: Int(low - pendingStart)) {
            context.statistics.conflicts &+= 1
            sink.conflict(low + UInt64(found.lowerBound)..<low + UInt64(found.upperBound), of: stream)
        }
    }

    /// Goes on at `sequence`, which lies outside the window: ahead, as offsets never go back. False if offsets would
    /// become too large.
    @inlinable mutating func jump<Sink: StreamSink & ~Copyable>(
        to sequence: SequenceNumber, _ context: inout AssemblyContext, into sink: inout Sink
    ) -> Bool {
        fin = nil
        drain(&context, into: &sink)
        flush(.jump, &context, into: &sink)
        let ahead = sequence.value &- origin.at(next).value
        guard next + UInt64(ahead) <= Self.highestOffset else { return false }
        strays = 0
        acknowledgements = Acknowledgements()
        skip(to: next + UInt64(ahead), .jump, &context, into: &sink)
        return true
    }
}
