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
    @usableFromInline var reckonedBytes: Int {
        bufferedBytes &+ pool.count &* Limits.directionBytes &+ table.count &* Limits.connectionBytes
    }

    /// Begins another connection between the same endpoints.
    @inlinable mutating func renew<Sink: StreamSink & ~Copyable>(
        _ slot: Int, _ segment: Segment, from: Endpoint, to: Endpoint, into sink: inout Sink
    ) {
        closeStreams(slot, .replaced, into: &sink)
        let key = table.connections[slot].key
        table.replace(slot, with: makeConnection(key, segment, from: from, to: to), now: context.now)
    }

    /// A RST ends the connection for its receiver, and not what is captured of it: bytes that were on their way come
    /// behind it, it may have been captured ahead of others, or the receiver may not believe it. So the streams stay
    /// for as long as a closed connection is remembered, and for good where more bytes come.
    @usableFromInline mutating func reset(_ stream: StreamID, _ segment: Segment) {
        let slot = stream.slot
        locate(stream)
        guard table.connections[slot].believes(reset: segment, stream.direction, window: context.limits.resetWindow)
        else { return }
        let half = Int(table.connections[slot][stream.direction].half)
        if half >= 0 { pool.halves[half].noteReset(at: SequenceNumber(segment.sequence)) }
        table.move(slot, to: .closed, now: context.now)
    }

    /// After a jump of the stream the position noted for the connection is an old one.
    @usableFromInline mutating func locate(_ stream: StreamID) {
        let state = table.connections[stream.slot][stream.direction]
        guard state.half >= 0 else { return }
        let half = pool.halves[Int(state.half)]
        let end = half.origin.at(half.heldEnd)
        if abs(state.position.distance(to: end)) > context.limits.window {
            table.connections[stream.slot][stream.direction].position = end
        }
    }

    /// Why a stream that is still open ends: a RST before says more than what follows from it.
    @usableFromInline func closeReason(_ slot: Int, _ reason: CloseReason) -> CloseReason {
        table.connections[slot].list == .closed ? .reset : reason
    }

    /// Closes the streams of a connection that are open, the client's first.
    @inlinable mutating func closeStreams<Sink: StreamSink & ~Copyable>(
        _ slot: Int, _ reason: CloseReason, into sink: inout Sink
    ) {
        let reason = closeReason(slot, reason)
        for direction in [Direction.forward, .backward] {
            let half = Int(table.connections[slot][direction].half)
            guard half >= 0 else { continue }
            pool.halves[half].close(reason, &context, into: &sink)
            pool.remove(half)
            table.connections[slot][direction].half = -1
        }
    }

    @inlinable mutating func forget<Sink: StreamSink & ~Copyable>(
        _ slot: Int, _ reason: CloseReason, into sink: inout Sink
    ) {
        closeStreams(slot, reason, into: &sink)
        table.remove(slot)
    }

    /// Closes holes and forgets connections whose time is up.
    @inlinable mutating func attend<Sink: StreamSink & ~Copyable>(to sink: inout Sink) {
        while pool.deadlines.earliest <= context.now, let half = pool.deadlines.first {
            pool.halves[half].closeHoleIfDue(&context, into: &sink)
            // Terminates: either the hole was closed, or its deadline lies ahead now.
            settle(half, into: &sink)
        }
        guard context.now >= nextExpiry else { return }
        let (idle, linger) = (context.limits.idle, context.limits.linger)
        while let slot = table.expired(now: context.now, idle: idle, linger: linger) {
            forget(slot, .idle, into: &sink)
        }
        nextExpiry = context.now + max(min(idle, linger) / 16, 1)
    }

    /// Gives up the bytes of the idlest directions until memory is within the limit.
    @inlinable mutating func relieve<Sink: StreamSink & ~Copyable>(into sink: inout Sink) {
        context.spares.removeAll()
        while reckonedBytes > context.limits.totalBytes, pool.idlest >= 0 {
            let half = Int(pool.idlest)
            if !pool.halves[half].pending.isEmpty || !pool.halves[half].store.isEmpty {
                context.statistics.evictions &+= 1
            }
            pool.halves[half].giveUp(&context, into: &sink)
            context.spares.removeAll()
            // Terminates: a direction that has given up everything leaves the list.
            pool.update(half, context.limits)
            if pool.halves[half].isFinished { end(half, into: &sink) }
        }
    }
}
