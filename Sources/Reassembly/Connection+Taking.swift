// What a connection takes from a segment. A segment costs two accesses to the table, one for each of these methods. Both
// hand on the two directions in place: Swift 6.3 copies the whole of them for a method that does not mutate.
extension Connection {
    /// What a segment is to its connection.
    @usableFromInline struct Verdict: Sendable {
        @usableFromInline let direction: Direction
        /// The connection's number.
        @usableFromInline let connection: UInt64
        /// Why its receiver drops the segment, nil where it does not.
        @usableFromInline let reason: UnusedReason?
        /// It acknowledges another number than the one known.
        @usableFromInline let isNew: Bool
        /// The half-stream of which it acknowledges bytes, or -1.
        @usableFromInline let acknowledged: Int32
        /// It is no older than others of its direction.
        @usableFromInline let isCurrent: Bool
        /// See ``DirectionState/isOld(acknowledgement:_:)``.
        @usableFromInline let isOld: Bool

        @inlinable init(
            _ direction: Direction, _ connection: UInt64, _ reason: UnusedReason?, isNew: Bool, acknowledged: Int32,
            isCurrent: Bool, isOld: Bool
        ) {
            self.direction = direction
            self.connection = connection
            self.reason = reason
            self.isNew = isNew
            self.acknowledged = acknowledged
            self.isCurrent = isCurrent
            self.isOld = isOld
        }
    }

    /// Judges a segment that is no RST, and notes what it acknowledges where it is believed.
    ///
    /// - Parameters:
    ///   - captured: How many bytes of its payload were captured.
    ///   - unknown: See ``window(of:unknown:)``.
    @inlinable mutating func judge(
        _ segment: Segment, captured: Int, from sender: Endpoint, now: Int64, unknown: Int
    ) -> Verdict {
        lastSeen = now
        let direction = direction(from: sender)
        return direction == .forward
            ? forward.judge(segment, captured, direction, number, other: &backward, unknown: unknown)
            : backward.judge(segment, captured, direction, number, other: &forward, unknown: unknown)
    }

    /// Takes a believed segment: what it offers, its timestamp, and where it is.
    ///
    /// - Parameter expected: The number that the half-stream expects, nil while there is none.
    /// - Returns: As ``place(_:_:at:length:captured:unknown:)``.
    @inlinable mutating func take(
        _ segment: Segment, _ direction: Direction, at sequence: SequenceNumber, length: Int, captured: Int,
        expected: SequenceNumber?, unknown: Int
    ) -> DirectionState {
        if direction == .forward {
            forward.note(segment, at: sequence, length: length, expected: expected, other: backward.reached)
        } else {
            backward.note(segment, at: sequence, length: length, expected: expected, other: forward.reached)
        }
        return place(segment, direction, at: sequence, length: length, captured: captured, unknown: unknown)
    }

    /// Notes where a believed segment is.
    ///
    /// - Returns: The state of its direction before its end was noted. Where the bytes may be wanted now, that has yet
    ///   to be done; see ``DirectionState/mayAwaken(_:)``.
    @inlinable mutating func place(
        _ segment: Segment, _ direction: Direction, at sequence: SequenceNumber, length: Int, captured: Int,
        unknown: Int
    ) -> DirectionState {
        direction == .forward
            ? forward.place(segment, at: sequence, length: length, captured, other: &backward, unknown: unknown)
            : backward.place(segment, at: sequence, length: length, captured, other: &forward, unknown: unknown)
    }

    /// Notes where a believed segment ends.
    @usableFromInline mutating func reach(
        _ segment: Segment, _ direction: Direction, at sequence: SequenceNumber, length: Int, unknown: Int
    ) {
        if direction == .forward {
            forward.reach(segment, at: sequence, length: length, other: &backward, unknown: unknown)
        } else {
            backward.reach(segment, at: sequence, length: length, other: &forward, unknown: unknown)
        }
    }
}

extension DirectionState {
    /// Judges a segment of this direction, and notes what it acknowledges of the other one where it is believed.
    @usableFromInline mutating func judge(
        _ segment: Segment, _ captured: Int, _ direction: Direction, _ connection: UInt64,
        other: inout DirectionState, unknown: Int
    ) -> Connection.Verdict {
        let reason = fault(of: segment, captured, other: &other)
        guard reason == nil, segment.flags.contains(.ack) else {
            return Connection.Verdict(
                direction, connection, reason, isNew: false, acknowledged: -1, isCurrent: false,
                isOld: false)
        }
        let number = SequenceNumber(segment.acknowledgement)
        let isNew = other.acknowledged != number || !other.flags.contains(.acknowledged)
        if isNew {
            other.noteAcknowledgement(
                number, window: room(for: other.flags, unknown: unknown), stamp: segment.options.timestamp)
        } else {
            other.acknowledgedBefore = number
        }
        let end = SequenceNumber(segment.sequence).advanced(by: segment.wireLength)
        return Connection.Verdict(
            direction, connection, nil, isNew: isNew, acknowledged: other.half,
            isCurrent: !flags.contains(.located) || sent.distance(to: end) >= 0,
            isOld: isNew && other.isOld(acknowledgement: number, segment.options.timestamp))
    }

    /// Linux takes a timestamp that is one step older than the newest (TCP_PAWS_WINDOW).
    @usableFromInline static var timestampPlay: Int { 1 }

    /// The reason for which the receiver drops a segment that is no RST, nil for none.
    @inline(__always) private mutating func fault(of segment: Segment, _ captured: Int, other: inout DirectionState)
        -> UnusedReason?
    {
        if segment.isChecksumWrong || segment.isHeaderWrong, let damage = damage(of: segment) { return damage }
        if segment.isContested { return .fragments }
        if segment.flags.contains(.syn) { return nil }
        if segment.options.isSigned, flags.contains(.synSeen), !flags.contains(.signs) { return .signature }
        guard segment.flags.contains(.ack) else {
            // Who has once acknowledged does so always.
            let hasBegun = !other.flags.isDisjoint(with: [.seen, .acknowledged]) || flags.contains(.established)
            return hasBegun ? .noAcknowledgement : nil
        }
        // Both sides' SYNs agreed on timestamps (RFC 7323, 3.2).
        if flags.isSuperset(of: [.offersTimestamps, .stamped]), other.flags.contains(.offersTimestamps),
            let stamp = segment.options.timestamp,
            SequenceNumber(stamp).distance(to: SequenceNumber(self.stamp)) > Self.timestampPlay
        {
            return .timestamp
        }
        let number = SequenceNumber(segment.acknowledgement)
        return isBeyondReach(number, captured: captured, other: &other) ? .acknowledgement : nil
    }

    /// A segment with bytes acknowledges what the other side has not sent, or any segment what lies far back.
    @inline(__always) private mutating func isBeyondReach(
        _ number: SequenceNumber, captured: Int, other: inout DirectionState
    ) -> Bool {
        guard other.flags.contains(.located) else { return false }
        // Those without bytes tell of others that were not captured.
        if other.sent.distance(to: number) > 0 {
            let isKnown = other.flags.contains(.acknowledged) && number.distance(to: other.acknowledged) >= 0
            return captured > 0 && !isKnown && !other.flags.contains(.outrun)
        }
        // Farther back than the sender has ever had room for (RFC 5961, 5.2).
        if number.distance(to: other.origin) > 0, other.flags.contains(.originKnown), !other.flags.contains(.leftOrigin)
        {
            return true
        }
        // Nearly always it is the newest.
        let behind = number.distance(to: other.acknowledged)
        guard behind > Self.leastRoom, other.flags.contains(.acknowledged) else { return false }
        return behind > room(for: other.flags, unknown: 16 << 20)
    }

    /// Notes what a believed segment offers and its timestamp.
    ///
    /// Only a segment that begins at or before the next number expected, does not end before it, and acknowledges no more
    /// than was sent moves the timestamp.
    ///
    /// - Parameter other: How far the other side has sent, nil where that is not known.
    @inlinable mutating func note(
        _ segment: Segment, at sequence: SequenceNumber, length: Int, expected: SequenceNumber?, other: SequenceNumber?
    ) {
        if !segment.isChecksumWrong { flags.insert(.soundSum) }
        if !segment.isHeaderWrong { flags.insert(.soundHeader) }
        if segment.window > window, !segment.flags.contains(.syn) { window = segment.window }
        guard let stamp = segment.options.timestamp else { return }
        if flags.contains(.stamped), SequenceNumber(self.stamp).distance(to: SequenceNumber(stamp)) <= 0 { return }
        if expected != nil || flags.contains(.located) {
            // A pure acknowledgement ahead of bytes that are yet to come moves `sent`, but not what the receiver expects.
            let unread = expected ?? (flags.contains(.acknowledged) ? acknowledged : sent)
            let ahead = unread.distance(to: sequence)
            guard ahead <= 0, ahead &+ length >= 0 else { return }
        }
        if let other, segment.flags.contains(.ack), other.distance(to: SequenceNumber(segment.acknowledgement)) > 0 {
            return
        }
        self.stamp = stamp
        flags.insert(.stamped)
    }

    /// Notes where a believed segment is; see ``Connection/place(_:_:at:length:captured:unknown:)``.
    @usableFromInline mutating func place(
        _ segment: Segment, at sequence: SequenceNumber, length: Int, _ captured: Int, other: inout DirectionState,
        unknown: Int
    ) -> DirectionState {
        // What was acknowledged before is of the time before the capture.
        if flags.isDisjoint(with: [.seen, .originKnown, .acknowledged]) { origin = sequence }
        flags.insert(.seen)
        if length > 0, isOutrun(sequence, length) { flags.insert(.outrun) }
        let state = self
        if half < 0, captured == 0, length > 0 { noteCut(sequence.advanced(by: length), window: unknown) }
        if !mayAwaken(captured) { reach(segment, at: sequence, length: length, other: &other, unknown: unknown) }
        return state
    }

    /// How far apart bytes and their acknowledgement may be: the widest window there is without a scale known.
    private static var nearby: Int { 16 << 20 }

    /// New bytes come that the other side was captured to acknowledge before.
    @inline(__always) private func isOutrun(_ start: SequenceNumber, _ length: Int) -> Bool {
        guard flags.contains(.acknowledged), !flags.contains(.outrun) else { return false }
        // A segment far off is another connection's, or forged.
        let near = 1...Self.nearby
        guard near.contains(start.distance(to: acknowledged)) else { return false }
        guard flags.contains(.located) else { return true }
        return sent.distance(to: acknowledged) > 0 && near.contains(sent.distance(to: start.advanced(by: length)))
    }

    /// How far this side has sent, nil where that is not known.
    @inlinable var reached: SequenceNumber? {
        flags.contains(.located) && !flags.contains(.outrun) ? sent : nil
    }

    /// Captured bytes of this length may be wanted now.
    @inlinable @inline(__always) func mayAwaken(_ captured: Int) -> Bool {
        half < 0 && captured > 0 && !flags.contains(.finished)
    }

    /// Notes where a believed segment ends.
    @inline(__always) fileprivate mutating func reach(
        _ segment: Segment, at sequence: SequenceNumber, length: Int, other: inout DirectionState, unknown: Int
    ) {
        if !segment.flags.contains(.syn) { flags.insert(.established) }
        if segment.flags.contains(.fin) { flags.insert(.finSeen) }
        let end = sequence.advanced(by: segment.flags.contains(.fin) ? length &+ 1 : length)
        let ahead = sent.distance(to: end)
        if ahead >= 0, ahead <= unknown, flags.contains(.located) {
            sent = end
        } else {
            reach(end, window: max(other.room(for: flags, unknown: unknown), unknown))
        }
    }
}
