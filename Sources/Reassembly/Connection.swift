/// A connection, in a slot of the table.
@usableFromInline struct Connection: Sendable {
    /// The lists a connection may be in, those to forget first before the others.
    @usableFromInline enum List: UInt8, Sendable, CaseIterable {
        case closed
        /// No direction was wanted yet.
        case dormant
        /// Payload of one side only, as spoofed packets have it.
        case oneSided
        /// Payload of both sides.
        case twoSided
        /// Both sides have acknowledged payload of the other.
        case confirmed
        /// The slot is free.
        case none
    }

    /// A SYN within a connection, until the other side has answered or refused it.
    @usableFromInline struct Proposal: Sendable {
        @usableFromInline var direction: Direction
        /// The segment with the SYN.
        @usableFromInline var segment: Segment
        /// The number after the SYN.
        @usableFromInline var origin: SequenceNumber { SequenceNumber(segment.sequence).advanced(by: 1) }
    }

    @usableFromInline var key: FlowKey
    @usableFromInline var list = List.none
    /// The client is `key.first`.
    @usableFromInline var clientIsFirst = true
    /// A SYN waits for its answer; the proposal itself is kept by the assembler.
    @usableFromInline var hasProposal = false
    /// A RST came that its receiver obeys, and no bytes after it.
    @usableFromInline var isReset = false
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
    @inlinable @inline(__always) func direction(from sender: Endpoint) -> Direction {
        if key.first == sender && (clientIsFirst || key.second == sender) { return .forward }
        return (key.first == sender) == clientIsFirst ? .forward : .backward
    }

    /// Any segment may change what it is.
    @inlinable var needsCare: Bool { list == .closed || hasProposal }

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
    /// How many bytes the receiver of a direction has room for at most, as it has offered so far.
    ///
    /// - Parameter unknown: The answer where the two SYNs were not captured or did not agree on a scale.
    @inlinable @inline(__always) func window(of direction: Direction, unknown: Int) -> Int {
        direction == .forward
            ? backward.room(for: forward.flags, unknown: unknown) : forward.room(for: backward.flags, unknown: unknown)
    }
}

extension DirectionState {
    /// The checksum for which the receiver drops a segment, nil for none. Where all of a direction are wrong a tool has
    /// changed the capture.
    @usableFromInline func damage(of segment: Segment) -> UnusedReason? {
        if segment.isChecksumWrong, flags.contains(.soundSum) { return .checksum }
        return segment.isHeaderWrong && flags.contains(.soundHeader) ? .headerChecksum : nil
    }

    /// How many bytes the sender of this direction has room for at most, as it has offered so far.
    ///
    /// - Parameters:
    ///   - other: Of the other direction.
    ///   - unknown: The answer where the two SYNs were not captured or did not agree on a scale (RFC 7323, 2.2).
    @inlinable func room(for other: Flags, unknown: Int) -> Int {
        flags.contains(.scales) && other.contains(.scales)
            ? max(Int(window) &<< Int(windowShift), Self.leastRoom) : unknown
    }

    /// What a window without a scale can say.
    @inlinable static var leastRoom: Int { 65_535 }
}
