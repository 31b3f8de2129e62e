/// What is remembered of one direction whether or not its bytes are wanted.
@usableFromInline struct DirectionState: Sendable {
    @usableFromInline struct Flags: OptionSet, Sendable {
        @usableFromInline let rawValue: UInt8

        @usableFromInline init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// A segment of this direction was captured.
        @usableFromInline static var seen: Flags { Flags(rawValue: 1) }
        @usableFromInline static var synSeen: Flags { Flags(rawValue: 2) }
        /// A segment other than a SYN was captured.
        @usableFromInline static var established: Flags { Flags(rawValue: 4) }
        /// `position` has a meaning.
        @usableFromInline static var located: Flags { Flags(rawValue: 8) }
        /// Payload went by that was not wanted.
        @usableFromInline static var passedOver: Flags { Flags(rawValue: 16) }
        /// The FIN was reached.
        @usableFromInline static var finished: Flags { Flags(rawValue: 32) }
    }

    /// The number behind the SYN; without a SYN that of the first segment captured.
    @usableFromInline var origin = SequenceNumber(0)
    /// The highest number known: the end of a segment, or an acknowledgement by the other side.
    @usableFromInline var position = SequenceNumber(0)
    /// The index of the half-stream; -1 while the bytes are not wanted.
    @usableFromInline var half: Int32 = -1
    @usableFromInline var flags: Flags = []

    @usableFromInline init() {}

    /// True where a segment has bytes that are behind all that is known of a stream that has not ended.
    @usableFromInline func lacks(_ sequence: SequenceNumber, length: Int) -> Bool {
        guard length > 0, !flags.contains(.finished) else { return false }
        return !flags.contains(.located) || position.distance(to: sequence.advanced(by: min(length, 1 << 30 - 1))) > 0
    }

    /// Learns that the stream reaches `number`. A number far off is believed only while nothing depends on it.
    @inlinable mutating func reach(_ number: SequenceNumber, window: Int) {
        let ahead = position.distance(to: number)
        if ahead > 0 && ahead <= window {
            position = number
        } else if !flags.contains(.located) || (half < 0 && abs(ahead) > window) {
            position = number
            flags.insert(.located)
        }
    }
}

/// A connection, in a slot of the table.
@usableFromInline struct Connection: Sendable {
    /// The lists a connection may be in.
    @usableFromInline enum List: UInt8, Sendable {
        /// No direction was wanted yet.
        case dormant
        case active
        case closed
        /// The slot is free.
        case none
    }

    @usableFromInline var key: FlowKey
    @usableFromInline var list = List.none
    /// The client is `key.first`.
    @usableFromInline var clientIsFirst = true
    @usableFromInline var forward = DirectionState()
    @usableFromInline var backward = DirectionState()
    @usableFromInline var number: UInt64
    /// The clock at its last segment.
    @usableFromInline var lastSeen: Int64 = 0
    /// The clock when it was put at the end of its list.
    @usableFromInline var queuedAt: Int64 = 0
    @usableFromInline var previous: Int32 = -1
    @usableFromInline var following: Int32 = -1

    @usableFromInline init(key: FlowKey, number: UInt64) {
        self.key = key
        self.number = number
    }

    @inlinable subscript(direction: Direction) -> DirectionState {
        get { direction == .forward ? forward : backward }
        set { if direction == .forward { forward = newValue } else { backward = newValue } }
    }

    /// The direction of a segment from `sender`. Between an endpoint and itself all is forward.
    @inlinable func direction(from sender: Endpoint) -> Direction {
        if key.first == sender && (clientIsFirst || key.second == sender) { return .forward }
        return (key.first == sender) == clientIsFirst ? .forward : .backward
    }

    /// The bytes of a direction are wanted.
    @usableFromInline var isInUse: Bool { forward.half >= 0 || backward.half >= 0 }

    /// Both directions have ended, each by its FIN.
    @usableFromInline var isFinished: Bool {
        forward.flags.contains(.finished) && backward.flags.contains(.finished)
    }

    @usableFromInline var client: Endpoint { clientIsFirst ? key.first : key.second }
    @usableFromInline var server: Endpoint { clientIsFirst ? key.second : key.first }
}

extension Connection {
    /// How far apart numbers may be that should be the same but for segments captured out of order.
    private static var reordering: Int { 65_535 }

    /// True when a segment with a SYN belongs to this connection; false when it begins another.
    @usableFromInline func continues(withSYN segment: Segment, _ direction: Direction) -> Bool {
        let mine = self[direction]
        let other = self[direction.opposite]
        let origin = SequenceNumber(segment.sequence).advanced(by: 1)
        let acknowledged = SequenceNumber(segment.acknowledgement)
        let answers = segment.flags.contains(.ack)
        let near = 0...Self.reordering
        if mine.flags.contains(.synSeen) {
            if mine.origin == origin { return true }
            // The server has forgotten the first attempt and answers the client's SYN again.
            return answers && list == .dormant && mine.flags.isDisjoint(with: [.established, .finished])
                && other.flags.contains(.synSeen) && near.contains(other.origin.distance(to: acknowledged))
        }
        if mine.flags.contains(.seen) {
            // Captured behind the segments that it precedes.
            return near.contains(origin.distance(to: mine.origin))
        }
        if answers {
            if other.flags.contains(.synSeen) { return near.contains(other.origin.distance(to: acknowledged)) }
            return abs(other.position.distance(to: acknowledged)) <= Self.reordering
        }
        if other.flags.contains(.established) {
            return mine.flags.contains(.located) && near.contains(origin.distance(to: mine.position))
        }
        return true
    }

    /// True when a segment of a connection that both sides have ended has bytes that cannot be of it, behind a FIN or
    /// far from it: then another connection began, whose SYN was not captured.
    @usableFromInline func isOver(for segment: Segment, _ direction: Direction, window: Int) -> Bool {
        guard isFinished, segment.wireLength > 0, segment.flags.isDisjoint(with: [.syn, .rst]) else { return false }
        let end = SequenceNumber(segment.sequence).advanced(by: min(segment.wireLength, window))
        // The FIN itself takes a number.
        return !(-window...1).contains(self[direction].position.distance(to: end))
    }

    /// Notes the SYN of a direction.
    @usableFromInline mutating func note(syn sequence: SequenceNumber, _ direction: Direction) {
        var mine = self[direction]
        let origin = sequence.advanced(by: 1)
        if !mine.flags.contains(.synSeen) || mine.origin != origin {
            if !mine.flags.contains(.established) {
                mine.position = origin
                mine.flags.insert(.located)
            }
            mine.origin = origin
            mine.flags.insert(.synSeen)
        }
        mine.flags.insert(.seen)
        self[direction] = mine
    }

    /// True when a RST is near enough to what is known to be believed. Where nothing is known it is believed.
    @usableFromInline func believes(reset segment: Segment, _ direction: Direction, window: Int) -> Bool {
        let mine = self[direction]
        let other = self[direction.opposite]
        if mine.flags.contains(.located) {
            return abs(mine.position.distance(to: SequenceNumber(segment.sequence))) <= window
        }
        guard segment.flags.contains(.ack), other.flags.contains(.located) else { return true }
        return abs(other.position.distance(to: SequenceNumber(segment.acknowledgement))) <= window
    }
}
