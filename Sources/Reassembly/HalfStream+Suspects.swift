// Segments that a half-stream sets aside, and when it takes them after all.
extension HalfStream {
    /// Sets a segment aside that its receiver would drop.
    ///
    /// - Parameter acknowledgement: The number it acknowledges, where that is ahead of what the other side has sent.
    @usableFromInline mutating func setAside(
        _ arrival: borrowing Arrival, _ reason: UnusedReason, _ acknowledgement: UInt32?,
        _ context: inout AssemblyContext
    ) {
        var start = offset(of: arrival.sequence)
        // Too far back to be a repetition: it may be another connection's.
        if Int64(next) - start > 1 << 29 {
            start = Int64(next) + Int64(arrival.sequence.value &- origin.at(next).value)
        }
        let end = start + Int64(arrival.length)
        guard start >= 0, end > Int64(next) || arrival.fin && end == Int64(next), end <= Int64(Self.highestOffset)
        else {
            // Timestamps go on while a segment is late.
            let late = reason == .timestamp ? takeLate(start, arrival.payload.byteCount, &context) : 0
            context.statistics.unused[reason] &+= UInt64(arrival.payload.byteCount - late)
            return
        }
        let held = HeldSegment(
            start: UInt64(start), arrival.payload, arrival.origin, since: context.now, digest: arrival.digest)
        let suspect = Suspect(
            segment: held, end: UInt64(end), reason: reason, fin: arrival.fin, acknowledgement: acknowledgement,
            window: arrival.window)
        if suspect.isAhead { mayBeSoundUntil = context.now + context.limits.holeTimeout }
        if let dropped = suspects.append(suspect) { context.drop(dropped) }
        ordered = false
    }

    /// Takes the bytes of a SYN that its answer has acknowledged.
    @inlinable mutating func useSYNData<Sink: StreamSink & ~Copyable>(
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        guard let index = suspects.all.firstIndex(where: { $0.reason == .synData }) else { return }
        let end = suspects.all[index].segment.end
        guard acknowledgements.reached >= end else { return }
        use(suspects.remove(at: index), isDoubtful: false, &context, into: &sink)
    }

    /// Takes what goes on at `next`, has an odd acknowledgement, and is acknowledged before any other copy came. Where that
    /// lies ahead of what was captured of the other side, the capture lacks it. Where it lies far back, Linux looks at the
    /// number only after bytes that are not the next ones (`tcp_rcv_established`).
    @inlinable mutating func useAcknowledged<Sink: StreamSink & ~Copyable>(
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        while let index = suspects.index(goingOnAt: next, acknowledged: beforeEnd(acknowledgements.reached)),
            suspects.all[index].reason == .acknowledgement
        {
            let suspect = suspects.remove(at: index)
            if suspect.isAhead { lacksOther = true }
            use(suspect, isDoubtful: !suspect.isSound, &context, into: &sink)
        }
    }

    /// Takes, at the end, what acknowledges more than was captured of the other side, where that was not heard since, or the
    /// capture lacks bytes of the connection: it may lack those acknowledged, and the acknowledgement of these.
    ///
    /// - Returns: Whether there was one before the next hole ends.
    @inlinable mutating func useUnanswered<Sink: StreamSink & ~Copyable>(
        isLossy: Bool, _ context: inout AssemblyContext, into sink: inout Sink
    ) -> Bool {
        // Nothing comes after a FIN that was acknowledged.
        if suspects.isEmpty || isFinished { return false }
        let limit = min(holeEnd ?? .max, finIsAcknowledged ? fin ?? .max : .max)
        guard
            let index = suspects.indexOfAhead(
                behind: next, before: limit, takesAll: isLossy || hasGap || holeEnd != nil)
        else { return false }
        let suspect = suspects.remove(at: index)
        // In an excerpt, which lacks what comes before, nothing else is to be expected.
        let isDoubtful = suspect.wasAnswered || !(isLossy || !lost.isEmpty || suspect.segment.start > next)
        if suspect.segment.start > next { skip(to: suspect.segment.start, .close, &context, into: &sink) }
        use(suspect, isDoubtful: isDoubtful, &context, into: &sink)
        return true
    }

    /// Takes the bytes of a SYN where no acknowledgement of the other side was captured, and nothing else begins there.
    @inlinable mutating func useUnansweredSYNData<Sink: StreamSink & ~Copyable>(
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        guard !isHeard,
            let index = suspects.all.firstIndex(where: { $0.reason == .synData && $0.segment.start == next })
        else { return }
        use(suspects.remove(at: index), isDoubtful: false, &context, into: &sink)
    }

    /// Looks again at segments that acknowledge more than was captured of the other side, once that was captured. Where
    /// acknowledgements are not always captured after the bytes they are taken.
    @inlinable mutating func release<Sink: StreamSink & ~Copyable>(
        sent: SequenceNumber, hasOutrun: Bool, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        var index = 0
        while index < suspects.all.count {
            let suspect = suspects.all[index]
            guard let number = suspect.acknowledgement, hasOutrun || sent.distance(to: SequenceNumber(number)) <= 0
            else {
                index += 1
                continue
            }
            if hasOutrun {
                use(suspects.remove(at: index), isDoubtful: false, &context, into: &sink)
                index = 0
            } else {
                suspects.markSound(at: index)
            }
        }
        useSound(&context, into: &sink)
    }

    /// Takes segments that have become sound, as soon as the other side acknowledges them. Where none of its
    /// acknowledgements are captured it need not.
    @inlinable mutating func useSound<Sink: StreamSink & ~Copyable>(
        _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        if suspects.isEmpty { return }
        let limit = isHeard ? beforeEnd(acknowledgements.reached) : .max
        while let index = suspects.indexOfSound(goingOnAt: next, acknowledged: limit) {
            if isHeard { lacksOther = true }
            use(suspects.remove(at: index), isDoubtful: false, &context, into: &sink)
        }
    }

    /// Takes segments beyond the window that the other side has selectively acknowledged.
    @inlinable mutating func believe<Sink: StreamSink & ~Copyable>(
        _ options: SegmentOptions, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        guard !far.isEmpty else { return }
        for block in 0..<min(Int(options.blockCount), 4) {
            let low = offset(of: SequenceNumber(options.blockEdges[block * 2]))
            let high = offset(of: SequenceNumber(options.blockEdges[block * 2 + 1]))
            guard low > Int64(next), high > low else { continue }
            for held in far.take(within: UInt64(low)..<UInt64(high)) {
                hold(held.bytes.span.bytes, at: held.start, held.digest, held.origin, &context, into: &sink)
            }
        }
    }

    /// Takes segments that lay beyond the window when they came, once they lie within the hole at `next` and the other
    /// side has acknowledged them: frames were captured out of order, and no other copy came.
    @inlinable mutating func useFar<Sink: StreamSink & ~Copyable>(
        upTo limit: UInt64, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        if far.isEmpty { return }
        holdFar(upTo: min(limit, holeEnd ?? .max), &context, into: &sink)
        drain(&context, into: &sink)
    }

    /// Holds segments beyond the window that end before `end` among the others, with a remark.
    @inlinable mutating func holdFar<Sink: StreamSink & ~Copyable>(
        upTo end: UInt64, _ context: inout AssemblyContext, into sink: inout Sink
    ) {
        while let first = far.first, first.lowerBound >= next, first.upperBound <= end, let held = far.takeFirst() {
            sink.doubt(held.start &- excised..<held.end &- excised, .window, from: held.origin, of: stream)
            hold(held.bytes.span.bytes, at: held.start, held.digest, held.origin, &context, into: &sink)
        }
    }

    // MARK: Another connection's

    /// A segment is held that begins at a number far off, or within a window after it.
    @usableFromInline func holdsStrangers(behind number: SequenceNumber, window: Int) -> Bool {
        let near = 0...window
        if let first = far.first, near.contains(number.distance(to: origin.at(first.lowerBound))) { return true }
        return suspects.all.contains {
            $0.reason == .acknowledgement && near.contains(number.distance(to: origin.at($0.segment.start)))
        }
    }

    /// Takes out what is held within a window after a number.
    @usableFromInline mutating func takeStrangers(
        behind number: SequenceNumber, _ context: inout AssemblyContext
    ) -> [(sequence: SequenceNumber, held: HeldSegment)] {
        var found: [(sequence: SequenceNumber, held: HeldSegment)] = []
        let near = 0...context.limits.window
        var rest: UInt64 = 0
        far.take(before: .max) { held in
            let sequence = origin.at(held.start)
            if near.contains(number.distance(to: sequence)) {
                found.append((sequence, held))
            } else {
                rest += UInt64(held.bytes.count)
            }
        }
        context.statistics.unused[.window] &+= rest
        for index in suspects.all.indices.reversed() {
            let sequence = origin.at(suspects.all[index].segment.start)
            guard suspects.all[index].reason == .acknowledgement, near.contains(number.distance(to: sequence)) else {
                continue
            }
            found.append((sequence, suspects.remove(at: index).segment))
        }
        for (_, held) in found { context.statistics.captured &-= UInt64(held.bytes.count) }
        return found.sorted { $0.held.origin.frame < $1.held.origin.frame }
    }
}
