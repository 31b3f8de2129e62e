// Segments that may begin another connection, and what a connection does with a SYN or RST.
extension StreamAssembler {
    /// SYNs that wait for an answer at the same time.
    private static var proposalLimit: Int { 65_536 }

    /// Decides what an unusual segment means for its connection, and begins another one where it does. False where the
    /// segment is done with.
    @inlinable mutating func admit<Sink: StreamSink & ~Copyable>(
        _ segment: Segment, _ slot: Int, from: Endpoint, to: Endpoint, into sink: inout Sink
    ) -> Bool {
        var direction = table.connections[slot].direction(from: from)
        let isSound = table.connections[slot][direction].damage(of: segment) == nil
        // Its payload is set aside as any other's.
        if !isSound { return segment.flags.isDisjoint(with: [.syn, .rst]) && !table.connections[slot].isFinished }
        if table.connections[slot].hasProposal {
            judgeProposal(segment, slot, direction, from: from, to: to, into: &sink)
        }
        direction = table.connections[slot].direction(from: from)
        if table.connections[slot].isOver(for: segment, direction, window: context.limits.window) {
            renew(slot, segment, from: from, to: to, into: &sink)
            direction = table.connections[slot].direction(from: from)
        }
        if segment.flags.contains(.syn) {
            if !table.connections[slot].continues(withSYN: segment, direction) {
                guard table.connections[slot].yieldsToSYN else {
                    propose(segment, slot, direction)
                    return false
                }
                renew(slot, segment, from: from, to: to, into: &sink)
                direction = table.connections[slot].direction(from: from)
            }
            table.connections[slot].note(syn: segment, direction)
        }
        if table.connections[slot].list == .closed {
            guard !table.connections[slot].isFinished else { return false }
            // New bytes after a RST, which need not have been believed, or have arrived yet.
            let sequence = SequenceNumber(segment.sequence)
            if table.connections[slot][direction].lacks(sequence, length: segment.wireLength) {
                table.connections[slot].isReset = false
                table.move(slot, to: liveList(slot), now: context.now)
            }
        }
        guard segment.flags.contains(.rst) else { return true }
        table.touch(slot, now: context.now)
        reset(slot, segment, direction)
        return false
    }

    /// Notes a SYN within a connection.
    @usableFromInline mutating func propose(_ segment: Segment, _ slot: Int, _ direction: Direction) {
        guard proposals.count < Self.proposalLimit else { return }
        table.connections[slot].hasProposal = true
        proposals[slot] = Connection.Proposal(direction: direction, segment: segment)
    }

    @usableFromInline enum Judgement: Sendable { case confirmed, refused, open }

    /// Begins the proposed connection where the other side confirms it, or drops the proposal where it does not.
    @inlinable mutating func judgeProposal<Sink: StreamSink & ~Copyable>(
        _ segment: Segment, _ slot: Int, _ direction: Direction, from: Endpoint, to: Endpoint, into sink: inout Sink
    ) {
        guard let proposal = proposals[slot] else {
            table.connections[slot].hasProposal = false
            return
        }
        switch judge(proposal, segment, slot, direction) {
        case .open: break
        case .refused:
            proposals[slot] = nil
            table.connections[slot].hasProposal = false
        case .confirmed:
            let isFromProposer = proposal.direction == direction
            let (opener, other) = isFromProposer ? (from, to) : (to, from)
            begin(proposal, slot, from: opener, to: other, into: &sink)
        }
    }

    @usableFromInline func judge(
        _ proposal: Connection.Proposal, _ segment: Segment, _ slot: Int, _ direction: Direction
    ) -> Judgement {
        let state = table.connections[slot][proposal.direction]
        let sequence = SequenceNumber(segment.sequence)
        if direction == proposal.direction {
            if segment.flags.contains(.syn) || segment.wireLength <= 0 { return .open }
            // Where nothing of the other side is captured the segments decide.
            if sequence == proposal.origin, !state.flags.contains(.acknowledged) { return .confirmed }
            return sequence == state.sent && sequence != proposal.origin ? .refused : .open
        }
        guard segment.flags.contains(.ack), !segment.flags.contains(.rst) else { return .open }
        let ahead = proposal.origin.distance(to: SequenceNumber(segment.acknowledgement))
        if segment.flags.contains(.syn) { return ahead == 0 ? .confirmed : .open }
        if ahead == 0, proposal.segment.flags.contains(.ack) { return .confirmed }
        let old = state.position.distance(to: SequenceNumber(segment.acknowledgement))
        let isOld = abs(old) <= context.limits.window
        if ahead > 0, ahead <= context.limits.window, !isOld,
            hasBytes(behind: proposal.origin, slot, proposal.direction)
        {
            return .confirmed
        }
        // A challenge acknowledgement (RFC 5961, 4), or any other of what was sent before.
        return isOld ? .refused : .open
    }

    /// Bytes that may follow a SYN are held.
    private func hasBytes(behind number: SequenceNumber, _ slot: Int, _ direction: Direction) -> Bool {
        let half = Int(table.connections[slot][direction].half)
        return half >= 0 && pool.halves[half].holdsStrangers(behind: number, window: context.limits.window)
    }

    /// Begins the proposed connection, and takes along what is held of it.
    @inlinable mutating func begin<Sink: StreamSink & ~Copyable>(
        _ proposal: Connection.Proposal, _ slot: Int, from: Endpoint, to: Endpoint, into sink: inout Sink
    ) {
        let half = Int(table.connections[slot][proposal.direction].half)
        let strangers = half >= 0 ? pool.halves[half].takeStrangers(behind: proposal.origin, &context) : []
        renew(slot, proposal.segment, from: from, to: to, into: &sink)
        let direction = table.connections[slot].direction(from: from)
        table.connections[slot].note(syn: proposal.segment, direction)
        let stream = StreamID(slot: slot, direction: direction, connection: table.connections[slot].number)
        for stranger in strangers {
            let segment = Segment(
                sequence: stranger.sequence.value, flags: .ack, wireLength: stranger.held.bytes.count)
            let window = context.limits.window
            let count = stranger.held.bytes.count
            let arrival = Arrival(
                stranger.sequence, stranger.held.bytes.span.bytes, segment, length: count,
                origin: stranger.held.origin, window: table.connections[slot].window(of: direction, unknown: window))
            let state = table.connections[slot].place(
                segment, direction, at: stranger.sequence, length: count, captured: count, unknown: window)
            carry(arrival, segment, nil, stream, state, from: from, to: to, into: &sink)
        }
    }
}
