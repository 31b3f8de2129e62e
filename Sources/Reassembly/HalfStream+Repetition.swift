// Bytes that a half-stream has delivered, or given up, and that come again.
extension HalfStream {
    /// A whole segment of old bytes.
    @inlinable mutating func repeats<Sink: StreamSink & ~Copyable>(
        _ arrival: borrowing Arrival, at start: Int64, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        // A keep-alive repeats the last byte, or anything instead of it.
        if arrival.length == 1, start + 1 == Int64(next) {
            let late = takeLate(start, arrival.payload.byteCount, &context)
            context.statistics.keepAliveBytes &+= UInt64(arrival.payload.byteCount &- late)
            return
        }
        let isConsumed = start >= 0 && UInt64(start) &+ UInt64(arrival.length) <= next &- UInt64(pending.count)
        if isConsumed, let digest = arrival.digest, let found = compare(arrival, at: UInt64(start), digest) {
            context.statistics.retransmitted &+= 1
            if found == .same {
                context.statistics.retransmittedBytes &+= UInt64(arrival.length)
            } else {
                context.statistics.conflicts &+= 1
                context.statistics.differingBytes &+= UInt64(arrival.length)
                let range = UInt64(start) &- excised..<UInt64(start) &- excised &+ UInt64(arrival.length)
                sink.conflict(range, with: arrival.payload, from: arrival.origin, isDelivered: true, of: stream)
            }
            return
        }
        repeats(arrival.payload, at: start, arrival.origin, &context, into: &sink)
    }

    @usableFromInline func compare(
        _ arrival: borrowing Arrival, at start: UInt64, _ digest: UInt32
    ) -> SegmentDigests.Verdict? {
        let verdict = digests.compare(start, length: arrival.length, digest)
        return verdict == .unknown ? nil : verdict
    }

    /// Accounts for bytes that end at or before `next`: late where their gap was reported, else repeated.
    @inlinable mutating func repeats<Sink: StreamSink & ~Copyable>(
        _ bytes: RawSpan, at start: Int64, _ origin: Origin, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        if bytes.isEmpty { return }
        let late = takeLate(start, bytes.byteCount, &context)
        if late == bytes.byteCount { return }
        context.statistics.retransmitted &+= 1
        var left = bytes.byteCount &- late
        let pendingStart = Int64(next) - Int64(pending.count)
        let low = max(start, pendingStart)
        let high = min(start + Int64(bytes.byteCount), Int64(next))
        if low < high {
            let repeated = bytes.extracting(Int(low - start)..<Int(high - start))
            if let found = pending.difference(from: repeated, at: Int(low - pendingStart)) {
                let differing = min(found.count, left)
                context.statistics.differingBytes &+= UInt64(differing)
                left -= differing
                context.statistics.conflicts &+= 1
                let from = UInt64(low) &- excised &+ UInt64(found.lowerBound)
                sink.conflict(
                    from..<from &+ UInt64(found.count), with: repeated.extracting(found), from: origin,
                    isDelivered: false, of: stream)
            }
            context.statistics.uncomparedBytes &+= UInt64(max(left - Int(high - low), 0))
        } else {
            context.statistics.uncomparedBytes &+= UInt64(left)
        }
        context.statistics.retransmittedBytes &+= UInt64(left)
    }

    /// Counts bytes that come after their gap was reported, or before the stream's first byte. Returns how many.
    @usableFromInline mutating func takeLate(_ start: Int64, _ count: Int, _ context: inout AssemblyContext) -> Int {
        let end = start + Int64(count)
        // What comes before the beginning of a stream whose SYN was not captured.
        let before = beginning > 0 ? Int(max(min(end, Int64(beginning)) - start, 0)) : 0
        let found = end > 0 ? lost.take(UInt64(max(start, 0))..<UInt64(end), now: context.now) : (0, 0)
        context.statistics.missingBytes &-= min(found.0, context.statistics.missingBytes)
        context.statistics.lateness = max(context.statistics.lateness, found.1)
        let late = min(before + Int(found.0), count)
        context.statistics.lateBytes &+= UInt64(late)
        return late
    }
}

extension AssemblyContext {
    /// Counts bytes that were dropped since another copy is kept.
    @usableFromInline mutating func count(_ insertion: Insertion) {
        guard insertion.repeats else { return }
        statistics.retransmitted &+= 1
        statistics.differingBytes &+= UInt64(insertion.differing)
        statistics.retransmittedBytes &+= UInt64(insertion.dropped - insertion.differing)
    }
}
