// How a connection is opened, and how another one begins between the same endpoints.
extension Connection {
    /// How far apart numbers may be that should be the same but for segments captured out of order.
    private static var reordering: Int { 65_535 }

    /// True when a segment with a SYN belongs to this connection; false when it may begin another.
    @usableFromInline func continues(withSYN segment: Segment, _ direction: Direction) -> Bool {
        let mine = self[direction]
        let other = self[direction.opposite]
        let origin = SequenceNumber(segment.sequence).advanced(by: 1)
        let acknowledged = SequenceNumber(segment.acknowledgement)
        let answers = segment.flags.contains(.ack)
        let near = 0...Self.reordering
        if mine.flags.contains(.originKnown) {
            if mine.origin == origin { return true }
            guard mine.flags.contains(.synSeen) else { return false }
            // The server has forgotten the first attempt and answers the client's SYN again.
            return answers && list == .dormant
                && mine.flags.isDisjoint(with: [.established, .finished, .acknowledged])
                && other.flags.contains(.originKnown) && near.contains(other.origin.distance(to: acknowledged))
        }
        if mine.flags.contains(.seen) {
            // Captured after the segments that it precedes.
            return near.contains(origin.distance(to: mine.origin))
        }
        if answers {
            if other.flags.contains(.originKnown) { return near.contains(other.origin.distance(to: acknowledged)) }
            return !other.isPlaced || abs(other.position.distance(to: acknowledged)) <= Self.reordering
        }
        if other.flags.contains(.established) {
            return mine.flags.contains(.acknowledged) && near.contains(origin.distance(to: mine.acknowledged))
        }
        return true
    }

    /// True when any other SYN begins another connection: this one was not answered or wanted yet, was reset, or has
    /// ended. In all others the two sides keep to what they have (RFC 5961, 4).
    @usableFromInline var yieldsToSYN: Bool {
        if isReset { return true }
        if list == .dormant, !forward.flags.contains(.seen) || !backward.flags.contains(.seen) { return true }
        return isEnded(forward, other: backward) && isEnded(backward, other: forward)
    }

    /// A direction has ended, or nothing of it was captured. Where the other side is captured, that has to acknowledge the
    /// FIN.
    private func isEnded(_ one: DirectionState, other: DirectionState) -> Bool {
        if one.flags.contains(.finished) || !one.flags.contains(.seen) { return true }
        return one.flags.contains(.finSeen) && !other.flags.contains(.seen)
    }

    /// True when a segment of a connection that both sides have ended has bytes that cannot be of it, far from all that was
    /// sent: then another connection began, whose SYN was not captured. Its numbers are chosen at random, or lie more than
    /// 65,535 ahead (RFC 6191; Linux).
    @usableFromInline func isOver(for segment: Segment, _ direction: Direction, window: Int) -> Bool {
        guard isFinished, segment.wireLength > 0, segment.flags.isDisjoint(with: [.syn, .rst]) else { return false }
        let ahead = self[direction].position.distance(to: SequenceNumber(segment.sequence))
        return !(-window...Self.reordering).contains(ahead)
    }

    /// Notes the SYN of a direction.
    @usableFromInline mutating func note(syn segment: Segment, _ direction: Direction) {
        self[direction].note(syn: segment)
        guard segment.flags.contains(.ack), !self[direction.opposite].flags.contains(.originKnown) else { return }
        // Its answer tells the other side's number. Bytes of a SYN may be acknowledged with it, where it was not captured.
        let answered = SequenceNumber(segment.acknowledgement)
        let other = self[direction.opposite]
        guard !other.flags.contains(.seen) || (0...Self.reordering).contains(answered.distance(to: other.origin)) else {
            return
        }
        self[direction.opposite].origin = answered
        self[direction.opposite].flags.insert(.originKnown)
    }

    /// True when a RST is near enough to what is known to be believed. Where nothing is known it is believed.
    @usableFromInline func believes(reset segment: Segment, _ direction: Direction, window: Int) -> Bool {
        let mine = self[direction]
        let other = self[direction.opposite]
        if mine.isPlaced {
            return abs(mine.position.distance(to: SequenceNumber(segment.sequence))) <= window
        }
        guard segment.flags.contains(.ack), other.isPlaced else { return true }
        return abs(other.position.distance(to: SequenceNumber(segment.acknowledgement))) <= window
    }

    /// True when a RST has the very number that its receiver expects: only then it is obeyed (RFC 5961, 3.2).
    @usableFromInline func isExact(reset segment: Segment, _ direction: Direction) -> Bool {
        let mine = self[direction]
        return !mine.isPlaced || mine.position == SequenceNumber(segment.sequence)
    }
}

extension DirectionState {
    fileprivate mutating func note(syn segment: Segment) {
        let origin = SequenceNumber(segment.sequence).advanced(by: 1)
        if !flags.contains(.synSeen) || self.origin != origin {
            if !flags.contains(.established) {
                sent = origin
                flags.insert(.located)
            }
            self.origin = origin
            flags.formUnion([.synSeen, .originKnown])
        }
        flags.insert(.seen)
        if segment.options.isSigned { flags.insert(.signs) } else { flags.remove(.signs) }
        if let shift = segment.options.windowShift {
            windowShift = min(shift, 14)
            flags.insert(.scales)
        }
        if let stamp = segment.options.timestamp {
            flags.insert(.offersTimestamps)
            if !flags.contains(.stamped) {
                self.stamp = stamp
                flags.insert(.stamped)
            }
        }
    }
}
