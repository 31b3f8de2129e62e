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
        while table.count >= context.limits.connections, let slot = table.dispensable(now: context.now) {
            if table.connections[slot].list != .closed { context.statistics.evictions &+= 1 }
            forget(slot, .evicted, into: &sink)
        }
        return table.insert(makeConnection(key, segment, from: from, to: to), now: context.now)
    }

    /// Begins another connection between the same endpoints.
    @inlinable mutating func renew<Sink: StreamSink & ~Copyable>(
        _ slot: Int, _ segment: Segment, from: Endpoint, to: Endpoint, into sink: inout Sink
    ) {
        closeStreams(slot, .replaced, into: &sink)
        let key = table.connections[slot].key
        table.replace(slot, with: makeConnection(key, segment, from: from, to: to), now: context.now)
    }

    @inlinable mutating func reset<Sink: StreamSink & ~Copyable>(
        _ stream: StreamID, _ segment: Segment, into sink: inout Sink
    ) {
        let slot = stream.slot
        let window = context.limits.resetWindow
        locate(stream)
        guard table.connections[slot].believes(reset: segment, stream.direction, window: window) else { return }
        let half = Int(table.connections[slot][stream.direction].half)
        if half >= 0 { pool.halves[half].noteEnd(at: SequenceNumber(segment.sequence), context) }
        closeStreams(slot, .reset, into: &sink)
        table.connections[slot].forward.flags.insert(.finished)
        table.connections[slot].backward.flags.insert(.finished)
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

    /// Closes the streams of a connection that are open, the client's first.
    @inlinable mutating func closeStreams<Sink: StreamSink & ~Copyable>(
        _ slot: Int, _ reason: CloseReason, into sink: inout Sink
    ) {
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
        while pool.footprint + context.spares.footprint > context.limits.totalBytes, pool.idlest >= 0 {
            let half = Int(pool.idlest)
            if !pool.halves[half].pending.isEmpty || !pool.halves[half].store.isEmpty {
                context.statistics.evictions &+= 1
            }
            pool.halves[half].giveUp(&context, into: &sink)
            context.spares.removeAll()
            // Terminates: a direction that has given up everything leaves the list.
            pool.update(half, context.limits)
            if pool.halves[half].isFinished {
                let stream = pool.halves[half].stream
                pool.halves[half].close(.fin, &context, into: &sink)
                finish(stream)
            }
        }
    }
}
