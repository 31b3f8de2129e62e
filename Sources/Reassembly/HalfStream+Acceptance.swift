// How a half-stream takes a segment.
extension HalfStream {
    @inlinable mutating func accept<Sink: StreamSink & ~Copyable>(
        _ arrival: borrowing Arrival, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        let length = arrival.length
        if ordered, !arrival.fin, arrival.urgentByte < 0, length > 0, arrival.payload.byteCount == length,
            arrival.sequence == origin.at(next)
        {
            digests.append(next, length: length, ContentDigest.of(arrival.payload))
            provenance.append(next &- excised..<next &- excised &+ UInt64(length), arrival.origin)
            deliver(arrival.payload, &context, into: &sink)
            if pending.count > context.limits.bytesPerDirection { keepWithinLimits(&context, into: &sink) }
        } else {
            acceptUnordered(arrival, &context, into: &sink)
        }
    }

    @inlinable mutating func acceptUnordered<Sink: StreamSink & ~Copyable>(
        _ arrival: borrowing Arrival, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        if floatsUntil != nil {
            float(arrival, &context, into: &sink)
        } else {
            // In signed offsets, as bytes may claim to lie before the beginning of the stream.
            var start = offset(of: arrival.sequence)
            if let former, former == arrival.sequence, arrival.length > 0 {
                goBack(to: former, &context, into: &sink)
                start = Int64(next)
            } else if isOutside(start, arrival) {
                return holdFar(arrival, &context, into: &sink)
            }
            let end = start + Int64(arrival.length)
            guard end <= Int64(Self.highestOffset) else { return }
            if end > Int64(next) {
                place(arrival, at: start, end: UInt64(end), &context, into: &sink)
            } else if arrival.length > 0 {
                repeats(arrival, at: start, &context, into: &sink)
            }
            if arrival.fin, end >= 0 { noteEnd(at: UInt64(end), context) }
            if !far.isEmpty { far.goesOnElsewhere(now: context.now) }
        }
        if !ordered { drain(&context, into: &sink) }
        keepWithinLimits(&context, into: &sink)
    }

    /// Beyond the window, or so far back that it cannot be a repetition.
    @inlinable func isOutside(_ start: Int64, _ arrival: borrowing Arrival) -> Bool {
        let edge = max(next, acknowledgements.reached) &+ UInt64(arrival.window)
        if start > Int64(next) { return start >= Int64(edge) && (arrival.length > 0 || arrival.fin) }
        return Int64(next) - start > 1 << 29 || start + Int64(arrival.length) < 0
    }

    /// Holds a segment beyond the window. Its FIN is not believed.
    @inlinable mutating func holdFar<Sink: StreamSink & ~Copyable>(
        _ arrival: borrowing Arrival, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        guard !arrival.payload.isEmpty else { return }
        let ahead = arrival.sequence.value &- origin.at(next).value
        let start = next &+ UInt64(ahead)
        holdFar(
            HeldSegment(start: start, arrival.payload, arrival.origin, since: context.now, digest: arrival.digest),
            &context, into: &sink)
    }

    @inlinable mutating func holdFar<Sink: StreamSink & ~Copyable>(
        _ held: HeldSegment, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        guard !held.bytes.isEmpty, held.end <= Self.highestOffset else { return }
        var insertion = Insertion()
        if far.isRefuted(at: origin.at(held.start)) { dropFar(before: .max, &context) }
        let isNear = isHeard && held.start &- next <= UInt64(context.limits.outage)
        far.insert(held, at: origin.at(held.start), isNear: isNear, now: context.now, &insertion)
        context.count(insertion)
        ordered = false
        keepWithinLimits(&context, into: &sink)
    }

    /// Holds a segment of a stream that has not begun.
    @inlinable mutating func float<Sink: StreamSink & ~Copyable>(
        _ arrival: borrowing Arrival, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        let start = offset(of: arrival.sequence)
        guard start >= 0, arrival.length > 0 else { return }
        var insertion = Insertion()
        if !arrival.payload.isEmpty {
            store.insert(
                HeldSegment(
                    start: UInt64(start), arrival.payload, arrival.origin, since: context.now, digest: arrival.digest),
                fixed: 0, &insertion)
        }
        context.count(insertion)
        for conflict in insertion.conflicts { tell(conflict, &context, into: &sink) }
        let captured = UInt64(start) &+ UInt64(arrival.payload.byteCount)
        let end = UInt64(start) &+ UInt64(arrival.length)
        if captured < end { absent.insert(captured..<end) }
        ordered = false
    }

    /// Places a segment that ends after `next`.
    @inlinable mutating func place<Sink: StreamSink & ~Copyable>(
        _ arrival: borrowing Arrival, at start: Int64, end: UInt64, _ context: inout AssemblyContext,
        into sink: inout Sink
    ) {
        forgetEnd(before: end)
        let payload = arrival.payload
        let repeated = start < Int64(next) ? Int(Int64(next) - start) : 0
        if repeated > 0 {
            repeats(
                payload.extracting(first: min(repeated, payload.byteCount)), at: start, arrival.origin, &context,
                into: &sink)
        }
        if arrival.urgentByte >= 0 { noteUrgent(arrival) }
        let from = start < Int64(next) ? next : UInt64(start)
        let fresh = payload.extracting(droppingFirst: min(repeated, payload.byteCount))
        if !fresh.isEmpty {
            let digest = repeated == 0 ? arrival.digest : nil
            take(fresh, at: from, digest, arrival.origin, &context, into: &sink)
        }
        let capturedEnd = from &+ UInt64(fresh.byteCount)
        if capturedEnd < end { noteAbsent(capturedEnd..<end, context) }
    }

    /// Notes bytes that were sent and not captured.
    @usableFromInline mutating func noteAbsent(_ range: Range<UInt64>, _ context: borrowing AssemblyContext) {
        guard range.upperBound > next else { return }
        if absent.isEmpty, fin == nil { beyondSince = context.now }
        absent.insert(max(range.lowerBound, next)..<range.upperBound)
        ordered = false
    }

    /// Takes bytes that begin at or after `next`.
    @inlinable mutating func take<Sink: StreamSink & ~Copyable>(
        _ bytes: RawSpan, at start: UInt64, _ digest: UInt32?, _ frame: Origin, _ context: inout AssemblyContext,
        into sink: inout Sink
    ) {
        let end = start &+ UInt64(bytes.byteCount)
        forgetEnd(before: end)
        if start == next {
            // One that was held at a FIN may begin before.
            let ahead = max(store.first?.lowerBound ?? .max, start)
            // Of what was acknowledged the receiver has read what it held; else what is in order comes first. What comes
            // after a FIN waits for the other side's word.
            let limit = min(ahead < acknowledgements.reached ? min(end, ahead) : end, max(fin ?? .max, start))
            if ahead < limit { loseHeld(to: bytes, at: start, &context, into: &sink) }
            if limit == end, end > start, let digest { digests.append(start, length: bytes.byteCount, digest) }
            if limit > start {
                provenance.append(start &- excised..<limit &- excised, frame)
                deliver(bytes.extracting(first: Int(limit &- start)), &context, into: &sink)
            }
            if limit < end {
                let rest = bytes.extracting(droppingFirst: Int(limit &- start))
                hold(rest, at: limit, nil, frame, &context, into: &sink)
            }
            frontAt = context.now
        } else {
            hold(bytes, at: start, digest, frame, &context, into: &sink)
        }
    }

    @inlinable mutating func hold<Sink: StreamSink & ~Copyable>(
        _ bytes: RawSpan, at start: UInt64, _ digest: UInt32?, _ frame: Origin, _ context: inout AssemblyContext,
        into sink: inout Sink
    ) {
        forgetEnd(before: start &+ UInt64(bytes.byteCount))
        var insertion = Insertion()
        store.insert(
            HeldSegment(start: start, bytes, frame, since: context.now, digest: digest),
            fixed: acknowledgements.reached, &insertion)
        context.count(insertion)
        for conflict in insertion.conflicts { tell(conflict, &context, into: &sink) }
        ordered = false
    }

    /// Bytes came after a FIN: it was not this stream's. Where the other side is heard it decides which of the two was not.
    @inlinable mutating func forgetEnd(before end: UInt64) {
        if let known = fin, known < end, !isHeard { forgetEnd() }
    }

    /// What is held and differs from bytes that come in order is not used.
    @inlinable mutating func loseHeld<Sink: StreamSink & ~Copyable>(
        to bytes: RawSpan, at start: UInt64, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        let end = start &+ UInt64(bytes.byteCount)
        for conflict in store.conflicts(with: bytes, at: start..<end) { tell(conflict, &context, into: &sink) }
    }

    @inlinable mutating func tell<Sink: StreamSink & ~Copyable>(
        _ conflict: Overlap, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        context.statistics.conflicts &+= 1
        let range = conflict.range.lowerBound &- excised..<conflict.range.upperBound &- excised
        sink.conflict(range, with: conflict.loser.span.bytes, from: conflict.origin, isDelivered: false, of: stream)
    }

    /// Notes an urgent byte: readers take it out of the stream.
    @usableFromInline mutating func noteUrgent(_ arrival: borrowing Arrival) {
        let offset = self.offset(of: arrival.sequence) + Int64(arrival.urgentByte)
        guard offset >= Int64(next) else { return }
        urgent = UInt64(offset)
        ordered = false
    }

    /// Goes on at `sequence`, where the stream was before it jumped.
    @inlinable mutating func goBack<Sink: StreamSink & ~Copyable>(
        to sequence: SequenceNumber, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        flush(.jump, &context, into: &sink)
        if !pending.isEmpty { skip(to: next, .jump, &context, into: &sink) }
        former = origin.at(next)
        origin = SequenceNumber(sequence.value &- UInt32(truncatingIfNeeded: next))
        forgetEnd()
        acknowledgements = Acknowledgements()
        // Their offsets are those of the place that is left.
        dropRest(&context)
        lost = LostRanges()
        digests = SegmentDigests()
        beginning = 0
    }

    /// Goes on with the segments beyond the window.
    @inlinable mutating func jump<Sink: StreamSink & ~Copyable>(
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        forgetEnd()
        drain(&context, into: &sink)
        flush(.jump, &context, into: &sink)
        dropPassed(&context)
        guard !far.isEmpty else { return }
        former = origin.at(next)
        acknowledgements = Acknowledgements()
        if far.isProved(context.limits) {
            store = far.takeAll()
        } else {
            // Nothing but its nearness speaks for it.
            holdFar(upTo: .max, &context, into: &sink)
        }
        if let first = store.first, first.lowerBound > next { skip(to: first.lowerBound, .jump, &context, into: &sink) }
        drain(&context, into: &sink)
    }
}
