/// Puts the segments of TCP connections in order.
///
/// Connections are numbered in order of appearance, whether or not anybody wants their bytes. A SYN with another
/// initial sequence number begins a new connection between the same endpoints. Checksums are the caller's business.
public struct StreamAssembler: ~Copyable {
    @usableFromInline var context: AssemblyContext
    @usableFromInline var table = ConnectionTable()
    @usableFromInline var pool = HalfPool()
    @usableFromInline var nextNumber: UInt64 = 0
    /// The clock when connections are to be looked through for expired ones.
    @usableFromInline var nextExpiry: Int64 = 0

    /// The first offset of a stream whose SYN was not captured. A multiple of 2³², so that a stream has room for bytes
    /// before the first one captured.
    @inlinable public static var offsetWithoutStart: UInt64 { 1 << 32 }

    public init(limits: Limits = Limits()) {
        context = AssemblyContext(limits)
    }

    public var statistics: Statistics {
        var statistics = context.statistics
        statistics.open = table.count
        return statistics
    }

    /// The memory for the bytes of all streams and what is noted about them, in bytes: what `Limits.totalBytes` is for but
    /// the connections themselves.
    public var bufferedBytes: Int { pool.footprint + context.spares.footprint }

    /// The two ends of the connection in a stream's slot, as the sender and receiver of the stream; nil once the
    /// connection is forgotten.
    public func endpoints(of stream: StreamID) -> (from: Endpoint, to: Endpoint)? {
        guard let connection = connection(of: stream) else { return nil }
        return stream.direction == .forward
            ? (connection.client, connection.server) : (connection.server, connection.client)
    }

    /// True when a SYN of a stream was captured, which may be far from its bytes; false once the connection is forgotten.
    public func startWasSeen(_ stream: StreamID) -> Bool {
        connection(of: stream)?[stream.direction].flags.contains(.synSeen) ?? false
    }

    private func connection(of stream: StreamID) -> Connection? {
        guard table.connections.indices.contains(stream.slot) else { return nil }
        let connection = table.connections[stream.slot]
        return connection.list != .none && connection.number == stream.connection ? connection : nil
    }

    /// Takes one segment and tells the sink all that follows from it, also for other connections, whose holes or
    /// whose time may be up.
    ///
    /// - Parameters:
    ///   - payload: What was captured of the payload; borrowed for the call.
    ///   - origin: Frame numbers should ascend. Times may be anything.
    /// - Returns: The stream the segment belongs to.
    @inlinable @discardableResult
    public mutating func receive<Sink: StreamSink & ~Copyable>(
        _ segment: Segment, _ payload: RawSpan, from: Endpoint, to: Endpoint, origin: Origin, into sink: inout Sink
    ) -> StreamID {
        context.statistics.packets &+= 1
        context.clock.advance(to: origin.time)
        if context.now >= nextExpiry || context.now >= pool.deadlines.earliest { attend(to: &sink) }

        let key = FlowKey(from, to)
        let slot = table.find(key) ?? open(key, segment, from: from, to: to, into: &sink)
        var direction = table.connections[slot].direction(from: from)
        var sequence = SequenceNumber(segment.sequence)
        if table.connections[slot].isOver(for: segment, direction, window: context.limits.window) {
            renew(slot, segment, from: from, to: to, into: &sink)
            direction = table.connections[slot].direction(from: from)
        }
        if segment.flags.contains(.syn) {
            if !table.connections[slot].continues(withSYN: segment, direction) {
                renew(slot, segment, from: from, to: to, into: &sink)
                direction = table.connections[slot].direction(from: from)
            }
            table.connections[slot].note(syn: sequence, direction)
            sequence = sequence.advanced(by: 1)
        }
        let stream = StreamID(slot: slot, direction: direction, connection: table.connections[slot].number)
        if table.connections[slot].list == .closed {
            guard !table.connections[slot].isFinished else { return stream }
            // New bytes behind a RST, which need not have been believed, or have arrived yet.
            if table.connections[slot][direction].lacks(sequence, length: segment.wireLength) {
                let list: Connection.List = table.connections[slot].isInUse ? .active : .dormant
                table.move(slot, to: list, now: context.now)
            }
        }
        table.touch(slot, now: context.now, idle: context.limits.idle)
        if segment.flags.contains(.rst) {
            reset(stream, segment)
            return stream
        }
        if segment.flags.contains(.ack) { acknowledge(slot, direction.opposite, segment.acknowledgement) }

        // Lengths below 2³⁰ keep serial arithmetic sound; real ones are below 2¹⁶.
        let length = min(max(segment.wireLength, 0), (1 << 30) - 1)
        let captured = payload.byteCount > length ? payload.extracting(first: length) : payload
        carry(stream, segment, sequence, captured, length: length, from: from, to: to, origin: origin, into: &sink)
        return stream
    }

    /// Lets time pass in which no segment came, as on a quiet interface, and tells the sink of holes and connections
    /// whose time is up.
    ///
    /// - Parameter time: In nanoseconds, of the same clock as the segments' times.
    @inlinable public mutating func pass<Sink: StreamSink & ~Copyable>(to time: Int64, into sink: inout Sink) {
        context.clock.advance(to: time)
        if context.now >= nextExpiry || context.now >= pool.deadlines.earliest { attend(to: &sink) }
    }

    /// Offers the sink once more the bytes of a stream that it has not consumed, though no more have come, since it has
    /// learned what it waited for. Does nothing where the stream has ended.
    public mutating func offerAgain<Sink: StreamSink & ~Copyable>(_ stream: StreamID, into sink: inout Sink) {
        guard let connection = connection(of: stream) else { return }
        let half = Int(connection[stream.direction].half)
        guard half >= 0, !pool.halves[half].pending.isEmpty else { return }
        pool.halves[half].deliverPending(&context, into: &sink)
        settle(half, into: &sink)
    }

    /// Ends the input: declares every hole a gap and closes every stream, in order of connection number. The assembler
    /// is empty afterwards but for its statistics, and may be used again.
    @inlinable public mutating func finish<Sink: StreamSink & ~Copyable>(into sink: inout Sink) {
        for slot in table.slots() { forget(slot, .endOfInput, into: &sink) }
        context.spares.removeAll()
        table = ConnectionTable()
        pool = HalfPool()
        context.clock = CaptureClock()
        nextExpiry = 0
    }
}

extension StreamAssembler {
    /// Acknowledges bytes of the other direction.
    @inlinable mutating func acknowledge(_ slot: Int, _ direction: Direction, _ number: UInt32) {
        let sequence = SequenceNumber(number)
        table.connections[slot][direction].reach(sequence, window: context.limits.window)
        let half = Int(table.connections[slot][direction].half)
        guard half >= 0 else { return }
        pool.halves[half].acknowledge(sequence, context)
        if !pool.halves[half].ordered { pool.update(half, context.limits) }
    }

    /// Takes the payload and FIN of a segment.
    @inlinable mutating func carry<Sink: StreamSink & ~Copyable>(
        _ stream: StreamID, _ segment: Segment, _ sequence: SequenceNumber, _ payload: RawSpan, length: Int,
        from: Endpoint, to: Endpoint, origin: Origin, into sink: inout Sink
    ) {
        let fin = segment.flags.contains(.fin)
        var state = table.connections[stream.slot][stream.direction]
        let wasLocated = state.flags.contains(.located)
        let distance = state.position.distance(to: sequence)
        if !state.flags.contains(.seen) { state.origin = sequence }
        state.flags.insert(.seen)
        if !segment.flags.contains(.syn) { state.flags.insert(.established) }
        state.reach(sequence.advanced(by: length), window: context.limits.window)
        table.connections[stream.slot][stream.direction] = state
        guard length > 0 || fin, !state.flags.contains(.finished) else { return }

        var half = Int(state.half)
        if half < 0 && !payload.isEmpty {
            half = awaken(stream, sequence, payload, from: from, to: to, into: &sink)
        }
        if half >= 0 {
            pool.halves[half].accept(
                sequence, payload, length: length, fin: fin, from: origin, &context, into: &sink)
            settle(half, into: &sink)
        } else if fin, !wasLocated || abs(distance) <= context.limits.resetWindow {
            // Bytes were sent and none was captured: they may come behind their FIN.
            let isAhead = state.flags.contains(.synSeen) && state.origin != sequence.advanced(by: length)
            if !isAhead || state.flags.contains(.passedOver) { finish(stream) }
        }
    }

    /// Asks whether the bytes are wanted now. Returns the half-stream or -1.
    @inlinable mutating func awaken<Sink: StreamSink & ~Copyable>(
        _ stream: StreamID, _ sequence: SequenceNumber, _ payload: RawSpan, from: Endpoint, to: Endpoint,
        into sink: inout Sink
    ) -> Int {
        guard sink.wants(payload, of: stream, from: from, to: to) else {
            table.connections[stream.slot][stream.direction].flags.insert(.passedOver)
            return -1
        }
        while let slot = slotInUseToFree(sparing: stream.slot) { evict(slot, into: &sink) }
        return begin(stream, sequence)
    }

    @usableFromInline mutating func begin(_ stream: StreamID, _ sequence: SequenceNumber) -> Int {
        let state = table.connections[stream.slot][stream.direction]
        var origin = sequence
        var next = Self.offsetWithoutStart
        if state.flags.contains(.synSeen) {
            let isPassedOver = state.flags.contains(.passedOver)
            // A forged SYN, or one that was captured long before: not of these bytes.
            if isPassedOver || abs(state.origin.distance(to: sequence)) <= context.limits.window {
                origin = state.origin
                next = isPassedOver ? UInt64(sequence.value &- origin.value) : 0
            }
        }
        let half = pool.insert(
            HalfStream(
                stream: stream, origin: origin, next: next, maximumEntries: context.limits.provenancePerDirection))
        table.connections[stream.slot][stream.direction].half = Int32(half)
        if table.connections[stream.slot].list == .dormant {
            table.move(stream.slot, to: .active, now: context.now)
        }
        return half
    }

    /// What is to be done after a half-stream has changed.
    @inlinable mutating func settle<Sink: StreamSink & ~Copyable>(_ half: Int, into sink: inout Sink) {
        guard !pool.halves[half].isFinished else { return end(half, into: &sink) }
        pool.update(half, context.limits)
        if reckonedBytes > context.limits.totalBytes { relieve(into: &sink) }
    }

    /// Closes a half-stream that has reached its FIN.
    @inlinable mutating func end<Sink: StreamSink & ~Copyable>(_ half: Int, into sink: inout Sink) {
        let stream = pool.halves[half].stream
        pool.halves[half].close(closeReason(stream.slot, .fin), &context, into: &sink)
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
}
