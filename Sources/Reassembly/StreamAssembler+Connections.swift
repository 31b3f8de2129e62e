// How connections begin and end.
extension StreamAssembler {
    @usableFromInline mutating func makeConnection(
        _ key: FlowKey, _ segment: Segment, from: Endpoint, to: Endpoint
    ) -> Connection {
        var connection = Connection(key: key, number: nextNumber)
        nextNumber += 1
        context.statistics.connections &+= 1
        // A SYN that acknowledges is the server's.
        let client = segment.flags.isSuperset(of: [.syn, .ack]) ? to : from
        connection.clientIsFirst = key.first == client
        return connection
    }

    @inlinable mutating func open<Sink: StreamSink & ~Copyable>(
        _ key: FlowKey, _ segment: Segment, from: Endpoint, to: Endpoint, into sink: inout Sink
    ) -> Int {
        while let slot = slotToFree { evict(slot, into: &sink) }
        return table.insert(makeConnection(key, segment, from: from, to: to), now: context.now)
    }

    /// Forgets a connection that may yet go on.
    @inlinable mutating func evict<Sink: StreamSink & ~Copyable>(_ slot: Int, into sink: inout Sink) {
        if !table.connections[slot].isFinished { context.statistics.evictions &+= 1 }
        forget(slot, .evicted, into: &sink)
    }

    /// A quarter of all memory each is for the connections and for the directions in use.
    private var share: Int { context.limits.totalBytes / 4 }

    /// The connection to forget before another one begins, if there are too many.
    @usableFromInline var slotToFree: Int? {
        mutating get {
            guard table.count >= context.limits.connections || table.count &* Limits.connectionBytes >= share else {
                return nil
            }
            return table.dispensable(now: context.now)
        }
    }

    /// The connection to forget before another direction of `slot` is in use, if there are too many.
    @usableFromInline mutating func slotInUseToFree(sparing slot: Int) -> Int? {
        guard pool.count &* Limits.directionBytes >= share,
            let found = table.dispensable(now: context.now, isInUse: true), found != slot
        else { return nil }
        return found
    }

    /// The memory that `Limits.totalBytes` is for.
    @usableFromInline var countedBytes: Int {
        // Swift 6.3 copies the whole value for a getter that does not mutate.
        mutating get {
            let buffered = pool.footprint &+ context.spares.footprint
            return buffered &+ pool.count &* Limits.directionBytes &+ table.count &* Limits.connectionBytes
        }
    }

    /// The list of a connection that is not closed, but for those that both sides have confirmed.
    @usableFromInline func liveList(_ slot: Int) -> Connection.List {
        let connection = table.connections[slot]
        switch (connection.forward.flags.contains(.wanted), connection.backward.flags.contains(.wanted)) {
        case (true, true): return .twoSided
        case (false, false): return .dormant
        default: return .oneSided
        }
    }

    /// Notes that both sides have acknowledged bytes of the other.
    @usableFromInline mutating func confirm(_ slot: Int) {
        let connection = table.connections[slot]
        let isConfirmed = [connection.forward, connection.backward].allSatisfy {
            $0.flags.contains(.acknowledged) && $0.origin.distance(to: $0.acknowledged) > 0
        }
        if isConfirmed { table.move(slot, to: .confirmed, now: context.now) }
    }

    /// Begins another connection between the same endpoints.
    @inlinable mutating func renew<Sink: StreamSink & ~Copyable>(
        _ slot: Int, _ segment: Segment, from: Endpoint, to: Endpoint, into sink: inout Sink
    ) {
        closeStreams(slot, .replaced, into: &sink)
        proposals[slot] = nil
        let key = table.connections[slot].key
        table.replace(slot, with: makeConnection(key, segment, from: from, to: to), now: context.now)
    }

    /// Notes the end of a direction of which no bytes are wanted, once the other side has acknowledged its FIN.
    @usableFromInline mutating func finishUnwanted(_ stream: StreamID) {
        guard table.connections[stream.slot][stream.direction].endsUnwanted else { return }
        finish(stream)
    }

    /// Closes a half-stream whose FIN was acknowledged.
    @inlinable mutating func end<Sink: StreamSink & ~Copyable>(_ half: Int, into sink: inout Sink) {
        let stream = pool.halves[half].stream
        close(half, closeReason(stream.slot, .fin), into: &sink)
        finish(stream)
    }

    /// Notes that a direction has ended, and its connection when the other has too.
    @usableFromInline mutating func finish(_ stream: StreamID) {
        locate(stream)
        var state = table.connections[stream.slot][stream.direction]
        if state.half >= 0 { pool.remove(Int(state.half)) }
        state.half = -1
        state.flags.insert(.finished)
        table.connections[stream.slot][stream.direction] = state
        if table.connections[stream.slot][stream.direction.opposite].flags.contains(.finished) {
            table.move(stream.slot, to: .closed, now: context.now)
        }
    }

    /// A RST ends the connection for its receiver, and not what is captured of it: bytes that were on their way come
    /// after it, it may have been captured ahead of others, or the receiver may not believe it. So the streams stay,
    /// as long as there is room for them.
    @usableFromInline mutating func reset(_ slot: Int, _ segment: Segment, _ direction: Direction) {
        for direction in [Direction.forward, .backward] {
            locate(StreamID(slot: slot, direction: direction, connection: table.connections[slot].number))
        }
        guard table.connections[slot].believes(reset: segment, direction, window: context.limits.resetWindow)
        else { return }
        if table.connections[slot].isExact(reset: segment, direction) {
            table.connections[slot].isReset = true
            heed(reset: segment, slot, direction)
        }
        table.move(slot, to: .closed, now: context.now)
    }

    /// Takes what a RST says of where the two streams are.
    @usableFromInline mutating func heed(reset segment: Segment, _ slot: Int, _ direction: Direction) {
        let mine = Int(table.connections[slot][direction].half)
        if mine >= 0 { pool.halves[mine].stand(at: SequenceNumber(segment.sequence), now: context.now) }
        let other = Int(table.connections[slot][direction.opposite].half)
        guard other >= 0, segment.flags.contains(.ack) else { return }
        pool.halves[other].stand(at: SequenceNumber(segment.acknowledgement), now: context.now)
    }

    /// Where numbers have gone far since, as in a stream that jumped, the number remembered is an old one.
    @usableFromInline mutating func locate(_ stream: StreamID) {
        let state = table.connections[stream.slot][stream.direction]
        guard state.half >= 0 else { return }
        let half = pool.halves[Int(state.half)]
        let end = half.origin.at(half.heldEnd)
        if abs(state.sent.distance(to: end)) > context.limits.window {
            table.connections[stream.slot][stream.direction].move(to: end)
        }
    }

    /// Why a stream that is still open ends: a RST before says more than what follows from it.
    @usableFromInline func closeReason(_ slot: Int, _ reason: CloseReason) -> CloseReason {
        table.connections[slot].list == .closed && !table.connections[slot].isFinished ? .reset : reason
    }

    /// Closes the streams of a connection that are open, the client's first.
    @inlinable mutating func closeStreams<Sink: StreamSink & ~Copyable>(
        _ slot: Int, _ reason: CloseReason, into sink: inout Sink
    ) {
        let reason = closeReason(slot, reason)
        for direction in [Direction.forward, .backward] {
            let number = table.connections[slot].number
            releaseUnheard(StreamID(slot: slot, direction: direction, connection: number), into: &sink)
        }
        noteUnused(slot)
        // Those of which nothing was captured first: by the other one the sink knows what they are.
        for direction in [Direction.forward, .backward] where table.connections[slot][direction].half < 0 {
            let half = awakenSilent(slot, direction, into: &sink)
            if half >= 0 { closeStream(half, reason, into: &sink) }
        }
        for direction in [Direction.forward, .backward] {
            let half = Int(table.connections[slot][direction].half)
            if half >= 0 { closeStream(half, reason, into: &sink) }
        }
    }

    /// Takes, at the end, what segments acknowledge that are set aside and will be used; see ``HalfStream/useUnanswered``.
    @usableFromInline mutating func noteUnused(_ slot: Int) {
        for direction in [Direction.forward, .backward] {
            let half = Int(table.connections[slot][direction].half)
            guard half >= 0, !pool.halves[half].suspects.isEmpty else { continue }
            let acknowledged = pool.halves[half].beforeEnd(pool.halves[half].acknowledgements.highest)
            // Where nothing else is missing a few segments are doubtful, many are not.
            let takesUnanswered =
                isLossy(pool.halves[half].stream) || pool.halves[half].hasGap
                || pool.halves[half].suspects.unansweredCount >= context.limits.strayAgreement
            for suspect in pool.halves[half].suspects.all
            where suspect.isAhead
                && (suspect.acknowledgedEnd <= acknowledged || takesUnanswered && !suspect.wasAnswered)
            {
                if suspect.fin { table.connections[slot][direction].flags.insert(.finSeen) }
                guard let number = suspect.number else { continue }
                noteAcknowledgement(SequenceNumber(number), of: direction.opposite, slot)
            }
        }
    }

    /// Bytes of the other direction are missing, so that acknowledgements of a stream may be, too.
    @usableFromInline func isLossy(_ stream: StreamID) -> Bool {
        let other = table.connections[stream.slot][stream.direction.opposite]
        if !other.flags.isDisjoint(with: [.outrun, .hasGap]) { return true }
        return other.half >= 0
            && (pool.halves[Int(other.half)].hasGap || pool.halves[Int(other.half)].holeEnd != nil)
    }

    @inlinable mutating func closeStream<Sink: StreamSink & ~Copyable>(
        _ half: Int, _ reason: CloseReason, into sink: inout Sink
    ) {
        let stream = pool.halves[half].stream
        close(half, reason, into: &sink)
        pool.remove(half)
        table.connections[stream.slot][stream.direction].half = -1
    }

    @inlinable mutating func close<Sink: StreamSink & ~Copyable>(
        _ half: Int, _ reason: CloseReason, into sink: inout Sink
    ) {
        let stream = pool.halves[half].stream
        let other = table.connections[stream.slot][stream.direction.opposite]
        let mine = table.connections[stream.slot][stream.direction]
        // Its FIN came alone.
        let hasEnded = mine.flags.contains(.finSeen) && mine.acknowledged == mine.sent
        pool.halves[half].close(
            reason, endIsAcknowledged: (other.flags.contains(.finSeen) || hasEnded) && !mine.endsInCut,
            isLossy: isLossy(stream), sent: mine.flags.contains(.located) ? mine.sent : nil, &context, into: &sink)
        if pool.halves[half].hasGap { table.connections[stream.slot][stream.direction].flags.insert(.hasGap) }
    }

    /// Takes up a direction of which nothing was captured, where the other side has acknowledged bytes of it. Returns the
    /// half-stream or -1.
    @inlinable mutating func awakenSilent<Sink: StreamSink & ~Copyable>(
        _ slot: Int, _ direction: Direction, into sink: inout Sink
    ) -> Int {
        let state = table.connections[slot][direction]
        guard !state.flags.isDisjoint(with: [.acknowledged, .cut]),
            state.flags.isDisjoint(with: [.wanted, .passedOver, .finished])
        else {
            return -1
        }
        let ahead = state.silentBytes
        guard ahead > 1 else { return -1 }
        let connection = table.connections[slot]
        let stream = StreamID(slot: slot, direction: direction, connection: connection.number)
        let (from, to) =
            direction == .forward
            ? (connection.client, connection.server) : (connection.server, connection.client)
        guard sink.wants(RawSpan(), isFirst: true, of: stream, from: from, to: to) != .none else { return -1 }
        let half = begin(stream, state.origin, floats: false)
        let end = pool.halves[half].next &+ ahead
        pool.halves[half].acknowledgements.advance(to: end, next: pool.halves[half].next, now: context.now)
        return half
    }

    @inlinable mutating func forget<Sink: StreamSink & ~Copyable>(
        _ slot: Int, _ reason: CloseReason, into sink: inout Sink
    ) {
        closeStreams(slot, reason, into: &sink)
        proposals[slot] = nil
        table.remove(slot)
    }

    /// Does what is due of streams that are not in order.
    @inlinable mutating func attend<Sink: StreamSink & ~Copyable>(to sink: inout Sink) {
        while pool.deadlines.earliest <= context.now, let half = pool.deadlines.first {
            let before = pool.halves[half].progress
            pool.halves[half].attend(&context, into: &sink)
            locate(pool.halves[half].stream)
            noteUsed(half)
            if pool.halves[half].hasGap { noteIncomplete(pool.halves[half].stream) }
            settle(half, into: &sink)
            // Terminates: something was done, or its deadline lies ahead now, or it is put off.
            if pool.deadlines.first == half, pool.halves[half].progress == before { pool.putOff(half, context) }
        }
    }

    /// Gives up the bytes of the idlest directions until memory is within the limit.
    @inlinable mutating func relieve<Sink: StreamSink & ~Copyable>(into sink: inout Sink) {
        context.spares.removeAll()
        while countedBytes > context.limits.totalBytes, pool.idlest >= 0 {
            let half = Int(pool.idlest)
            if !pool.halves[half].pending.isEmpty || pool.halves[half].footprintOfHeld > 0 {
                context.statistics.evictions &+= 1
            }
            pool.halves[half].giveUp(&context, into: &sink)
            context.spares.removeAll()
            // Terminates: a direction that has given up everything leaves the list.
            if pool.update(half) { pool.setDeadline(half, context.limits) }
            if pool.halves[half].isFinished { end(half, into: &sink) }
        }
    }
}
