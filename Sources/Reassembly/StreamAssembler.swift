/// Puts the segments of TCP connections in order.
///
/// Connections are numbered in order of appearance, whether or not anybody wants their bytes. A SYN with another
/// initial sequence number begins a new connection between the same endpoints, once the other side has answered it. What
/// a receiver would drop is set aside; see ``UnusedReason``. Checksums are the caller's business.
public struct StreamAssembler: ~Copyable {
    @usableFromInline var context: AssemblyContext
    @usableFromInline var table = ConnectionTable()
    @usableFromInline var pool = HalfPool()
    @usableFromInline var nextNumber: UInt64 = 0
    /// By slot: SYNs within connections that wait for an answer.
    @usableFromInline var proposals: [Int: Connection.Proposal] = [:]

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
        if context.now >= pool.deadlines.earliest { attend(to: &sink) }
        return take(segment, payload, from: from, to: to, origin: origin, into: &sink)
    }

    /// Lets time pass in which no segment came, as on a quiet interface, and tells the sink of holes whose time is up.
    ///
    /// - Parameter time: In nanoseconds, of the same clock as the segments' times.
    @inlinable public mutating func pass<Sink: StreamSink & ~Copyable>(to time: Int64, into sink: inout Sink) {
        context.clock.advance(to: time)
        if context.now >= pool.deadlines.earliest { attend(to: &sink) }
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
        proposals = [:]
        context.clock = CaptureClock()
    }
}

extension StreamAssembler {
    @inlinable mutating func take<Sink: StreamSink & ~Copyable>(
        _ segment: Segment, _ payload: RawSpan, from: Endpoint, to: Endpoint, origin: Origin, into sink: inout Sink
    ) -> StreamID {
        let key = FlowKey(from, to)
        let slot = table.find(key) ?? open(key, segment, from: from, to: to, into: &sink)
        // Lengths below 2³⁰ keep serial arithmetic sound; real ones are below 2¹⁶.
        let length = min(max(segment.wireLength, 0), (1 << 30) - 1)
        let captured = payload.byteCount > length ? payload.extracting(first: length) : payload
        var sequence = SequenceNumber(segment.sequence)
        if !segment.flags.isDisjoint(with: [.syn, .rst]) || table.connections[slot].needsCare {
            guard admit(segment, slot, from: from, to: to, into: &sink) else {
                let direction = table.connections[slot].direction(from: from)
                ignore(captured, of: segment, slot, direction)
                return StreamID(slot: slot, direction: direction, connection: table.connections[slot].number)
            }
            if segment.flags.contains(.syn) { sequence = sequence.advanced(by: 1) }
        }
        let window = context.limits.window
        let verdict = table.connections[slot].judge(
            segment, captured: captured.byteCount, from: from, now: context.now, unknown: window)
        let direction = verdict.direction
        let stream = StreamID(slot: slot, direction: direction, connection: verdict.connection)
        var reason = verdict.reason
        var state: DirectionState
        if reason == nil {
            acknowledge(verdict, segment, slot, into: &sink)
            let half = Int(table.connections[slot][direction].half)
            state = table.connections[slot].take(
                segment, direction, at: sequence, length: length, captured: captured.byteCount,
                expected: half >= 0 ? pool.halves[half].expected : nil, unknown: window)
            if segment.flags.contains(.syn), length > 0 { reason = .synData }
        } else {
            state = table.connections[slot][direction]
        }
        // Many segments only acknowledge.
        if length == 0, segment.flags.isDisjoint(with: [.fin, .urg]) {
            if reason == nil, state.half >= 0, !pool.halves[Int(state.half)].ordered {
                pool.halves[Int(state.half)].stand(at: sequence, now: context.now)
            }
            return stream
        }
        let arrival = Arrival(
            sequence, captured, segment, length: length, origin: origin,
            window: table.connections[slot].window(of: direction, unknown: window))
        carry(arrival, segment, reason, stream, state, from: from, to: to, into: &sink)
        return stream
    }

    /// Takes what a believed segment acknowledges of the other direction.
    @inlinable mutating func acknowledge<Sink: StreamSink & ~Copyable>(
        _ verdict: Connection.Verdict, _ segment: Segment, _ slot: Int, into sink: inout Sink
    ) {
        if verdict.isNew, table.connections[slot].list == .twoSided { confirm(slot) }
        let half = Int(verdict.acknowledged)
        guard half >= 0 else {
            if verdict.isNew {
                finishUnwanted(
                    StreamID(slot: slot, direction: verdict.direction.opposite, connection: verdict.connection))
            }
            return
        }
        let number = SequenceNumber(segment.acknowledgement)
        let ahead = pool.halves[half].expected.distance(to: number)
        // Nearly always everything acknowledged was delivered already.
        if ahead > 0 {
            let window = table.connections[slot].window(
                of: verdict.direction.opposite, unknown: context.limits.window)
            pool.halves[half].acknowledge(
                number, ahead: ahead, window: window, isOld: verdict.isOld, now: context.now)
        }
        pool.halves[half].hear(
            number, ahead: ahead, isCurrent: verdict.isCurrent, isOld: verdict.isOld, now: context.now)
        if !pool.halves[half].ordered { heed(segment, half, into: &sink) }
    }

    /// What else an acknowledgement may do where a stream is not in order.
    @inlinable mutating func heed<Sink: StreamSink & ~Copyable>(
        _ segment: Segment, _ half: Int, into sink: inout Sink
    ) {
        if segment.options.blockCount > 0 { pool.halves[half].believe(segment.options, &context, into: &sink) }
        if segment.flags.contains(.syn) { pool.halves[half].useSYNData(&context, into: &sink) }
        if !pool.halves[half].suspects.isEmpty {
            pool.halves[half].useSound(&context, into: &sink)
            pool.halves[half].useAcknowledged(&context, into: &sink)
            let end = SequenceNumber(segment.sequence).advanced(by: min(max(segment.wireLength, 0), 1 << 30 - 1))
            pool.halves[half].suspects.noteAnswer(bytesTo: segment.wireLength > 0 ? end : nil)
            noteUsed(half)
        }
        if pool.halves[half].fin == nil { pool.halves[half].drain(&context, into: &sink) }
        settle(half, into: &sink)
    }

    /// Bytes of a stream are missing: then what the other side acknowledges of it may be captured without it.
    @usableFromInline mutating func noteIncomplete(_ stream: StreamID) {
        guard !table.connections[stream.slot][stream.direction].flags.contains(.outrun) else { return }
        table.connections[stream.slot][stream.direction].flags.insert(.outrun)
    }

    /// Takes what segments acknowledge that were set aside and have been used.
    @usableFromInline mutating func noteUsed(_ half: Int) {
        let stream = pool.halves[half].stream
        let other = stream.direction.opposite
        if pool.halves[half].fin != nil { table.connections[stream.slot][stream.direction].flags.insert(.finSeen) }
        if pool.halves[half].lacksOther { table.connections[stream.slot][other].flags.insert(.outrun) }
        guard let number = pool.halves[half].usedNumber else { return }
        pool.halves[half].usedNumber = nil
        noteAcknowledgement(SequenceNumber(number), of: other, stream.slot)
    }

    /// Takes an acknowledgement that is believed.
    @usableFromInline mutating func noteAcknowledgement(
        _ number: SequenceNumber, of direction: Direction, _ slot: Int
    ) {
        let window = table.connections[slot].window(of: direction, unknown: context.limits.window)
        table.connections[slot][direction].noteAcknowledgement(number, window: window, stamp: nil)
        let half = Int(table.connections[slot][direction].half)
        guard half >= 0 else { return }
        let ahead = pool.halves[half].expected.distance(to: number)
        // An older segment takes nothing back.
        guard ahead > 0, pool.halves[half].next &+ UInt64(ahead) > pool.halves[half].acknowledgements.reached else {
            return
        }
        pool.halves[half].acknowledge(number, ahead: ahead, window: window, isOld: false, now: context.now)
        if !pool.halves[half].ordered { pool.setDeadline(half, context.limits) }
    }

    /// Takes the payload and FIN of a segment.
    ///
    /// - Parameter state: That of the direction before the segment's end was noted.
    @inlinable mutating func carry<Sink: StreamSink & ~Copyable>(
        _ arrival: borrowing Arrival, _ segment: Segment, _ reason: UnusedReason?, _ stream: StreamID,
        _ state: DirectionState, from: Endpoint, to: Endpoint, into sink: inout Sink
    ) {
        let length = arrival.length
        var half = Int(state.half)
        if state.mayAwaken(arrival.payload.byteCount) {
            half = awaken(stream, arrival.sequence, arrival.payload, from: from, to: to, into: &sink)
            if reason == nil || reason == .synData {
                table.connections[stream.slot].reach(
                    segment, stream.direction, at: arrival.sequence, length: length, unknown: context.limits.window)
            }
        }
        guard length > 0 || arrival.fin else {
            // The urgent pointer may come ahead of its byte.
            if arrival.urgentByte >= 0, reason == nil, half >= 0 {
                pool.halves[half].noteUrgent(arrival)
                settle(half, into: &sink)
            }
            return
        }
        guard !state.flags.contains(.finished) else {
            if state.flags.contains(.wanted) { countAfterEnd(arrival, state) }
            return
        }
        if half >= 0 {
            context.statistics.captured &+= UInt64(arrival.payload.byteCount)
            if let reason {
                setAside(arrival, reason, SequenceNumber(segment.acknowledgement), stream, half, into: &sink)
            } else {
                let wasOrdered = pool.halves[half].ordered
                pool.halves[half].accept(arrival, &context, into: &sink)
                if !wasOrdered { locate(stream) }
                if pool.halves[half].hasGap { noteIncomplete(stream) }
            }
            settle(half, into: &sink)
        } else if arrival.fin, reason == nil {
            finishUnwanted(stream)
        }
        if reason == nil { release(stream, into: &sink) }
    }

    /// Sets aside what its receiver would drop.
    @inlinable mutating func setAside<Sink: StreamSink & ~Copyable>(
        _ arrival: borrowing Arrival, _ reason: UnusedReason, _ number: SequenceNumber, _ stream: StreamID, _ half: Int,
        into sink: inout Sink
    ) {
        let other = table.connections[stream.slot][stream.direction.opposite]
        let isAhead = reason == .acknowledgement && other.sent.distance(to: number) > 0
        pool.halves[half].setAside(arrival, reason, isAhead ? number.value : nil, &context)
        if pool.halves[half].suspects.waitingForOther >= context.limits.strayAgreement {
            releaseUnheard(stream, into: &sink)
        }
    }

    /// Asks whether the bytes are wanted now. Returns the half-stream or -1.
    @inlinable mutating func awaken<Sink: StreamSink & ~Copyable>(
        _ stream: StreamID, _ sequence: SequenceNumber, _ payload: RawSpan, from: Endpoint, to: Endpoint,
        into sink: inout Sink
    ) -> Int {
        let isFirst = !table.connections[stream.slot][stream.direction].flags.contains(.passedOver)
        let interest = sink.wants(payload, isFirst: isFirst, of: stream, from: from, to: to)
        guard interest != .none else {
            passOver(stream, payload.byteCount)
            return -1
        }
        context.statistics.beforeRecognition &+= UInt64(table.connections[stream.slot][stream.direction].passedOver)
        while let slot = slotInUseToFree(sparing: stream.slot) { evict(slot, into: &sink) }
        return begin(stream, sequence, floats: interest == .wantedFromEarlier)
    }

    @usableFromInline mutating func passOver(_ stream: StreamID, _ count: Int) {
        var state = table.connections[stream.slot][stream.direction]
        state.flags.insert(.passedOver)
        state.passedOver = UInt32(clamping: Int(state.passedOver) &+ count)
        table.connections[stream.slot][stream.direction] = state
    }

    /// - Parameter floats: Earlier segments may come, where it is not known where the stream begins.
    @usableFromInline mutating func begin(_ stream: StreamID, _ sequence: SequenceNumber, floats: Bool) -> Int {
        let state = table.connections[stream.slot][stream.direction]
        var origin = sequence
        var next = Self.offsetWithoutStart
        let isPassedOver = state.flags.contains(.passedOver)
        // A forged SYN, or one that was captured long before: not of these bytes. Forged bytes are far off, too: others
        // without bytes know better.
        let place = state.isCertain(window: context.limits.window) ? state.sent : sequence
        let isNear = abs(state.origin.distance(to: place)) <= 4 * context.limits.window
        if state.flags.contains(.originKnown), isPassedOver || isNear {
            origin = state.origin
            next = isPassedOver ? UInt64(sequence.value &- origin.value) : 0
        }
        var half = HalfStream(
            stream: stream, origin: origin, next: next, maximumEntries: context.limits.provenancePerDirection)
        if next == Self.offsetWithoutStart, !isPassedOver {
            half.beginning = next
            if floats {
                half.floatsUntil = context.now + context.limits.grace
                half.ordered = false
            }
        }
        if state.flags.contains(.acknowledged) {
            half.isHeard = true
            let ahead = half.origin.at(next).distance(to: state.acknowledged)
            if ahead > 0 { half.acknowledgements.advance(to: next &+ UInt64(ahead), next: next, now: context.now) }
        }
        // A FIN that came before its bytes were wanted.
        if state.flags.isSuperset(of: [.finSeen, .located]) {
            let end = half.offset(of: state.sent) &- 1
            let near = Int64(next)...Int64(next) &+ Int64(context.limits.window)
            if near.contains(end) { half.noteEnd(at: UInt64(end), context) }
        }
        let index = pool.insert(half)
        table.connections[stream.slot][stream.direction].half = Int32(index)
        table.connections[stream.slot][stream.direction].flags.insert(.wanted)
        let list = liveList(stream.slot)
        if table.connections[stream.slot].list != list, table.connections[stream.slot].list != .confirmed {
            table.move(stream.slot, to: list, now: context.now)
        }
        return index
    }

    /// Takes in what was set aside of the other direction since it acknowledges more than was sent: that has been captured
    /// now.
    @inlinable mutating func release<Sink: StreamSink & ~Copyable>(_ stream: StreamID, into sink: inout Sink) {
        let half = Int(table.connections[stream.slot][stream.direction.opposite].half)
        guard half >= 0, pool.halves[half].suspects.waitingForOther > 0 else { return }
        let state = table.connections[stream.slot][stream.direction]
        pool.halves[half].release(sent: state.sent, hasOutrun: state.flags.contains(.outrun), &context, into: &sink)
        noteUsed(half)
        settle(half, into: &sink)
    }

    /// Takes in what was set aside since it acknowledges more than was sent, where no more than a SYN is captured of the
    /// other side: then the segments decide.
    @inlinable mutating func releaseUnheard<Sink: StreamSink & ~Copyable>(_ stream: StreamID, into sink: inout Sink) {
        let (half, other) = (Int(table.connections[stream.slot][stream.direction].half), stream.direction.opposite)
        guard half >= 0, pool.halves[half].suspects.waitingForOther > 0,
            !table.connections[stream.slot][other].flags.contains(.established)
        else { return }
        for number in pool.halves[half].suspects.all.compactMap(\.acknowledgement) {
            table.connections[stream.slot][other].noteAcknowledgement(
                SequenceNumber(number), window: context.limits.window, stamp: nil)
        }
        table.connections[stream.slot][other].flags.insert(.outrun)
        pool.halves[half].release(
            sent: table.connections[stream.slot][other].sent, hasOutrun: true, &context, into: &sink)
    }

    /// What is to be done after a half-stream has changed.
    @inlinable mutating func settle<Sink: StreamSink & ~Copyable>(_ half: Int, into sink: inout Sink) {
        guard !pool.halves[half].isFinished else { return end(half, into: &sink) }
        if pool.update(half) { pool.setDeadline(half, context.limits) }
        if countedBytes > context.limits.totalBytes { relieve(into: &sink) }
    }

    /// Counts bytes of a direction that has ended: sent before, or after the FIN.
    @usableFromInline mutating func countAfterEnd(_ arrival: borrowing Arrival, _ state: DirectionState) {
        guard state.position.distance(to: arrival.sequence) >= 0 else { return countRepeated(arrival.payload) }
        context.statistics.captured &+= UInt64(arrival.payload.byteCount)
        context.statistics.unused[.window] &+= UInt64(arrival.payload.byteCount)
    }

    /// Counts bytes that were sent before.
    @usableFromInline mutating func countRepeated(_ payload: RawSpan) {
        if payload.isEmpty { return }
        let count = UInt64(payload.byteCount)
        context.statistics.captured &+= count
        context.statistics.retransmitted &+= 1
        context.statistics.retransmittedBytes &+= count
        context.statistics.uncomparedBytes &+= count
    }

    /// Counts the bytes of a segment that is no part of its stream.
    @usableFromInline mutating func ignore(
        _ payload: RawSpan, of segment: Segment, _ slot: Int, _ direction: Direction
    ) {
        guard !payload.isEmpty, table.connections[slot][direction].flags.contains(.wanted) else { return }
        if segment.flags.isDisjoint(with: [.rst, .syn]) {
            let arrival = Arrival(
                SequenceNumber(segment.sequence), payload, segment, length: payload.byteCount,
                origin: Origin(frame: 0, time: 0), window: 0)
            return countAfterEnd(arrival, table.connections[slot][direction])
        }
        context.statistics.captured &+= UInt64(payload.byteCount)
        context.statistics.unused[segment.flags.contains(.rst) ? .reset : .syn] &+= UInt64(payload.byteCount)
    }
}
