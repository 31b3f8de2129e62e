/// A direction of a connection.
public enum Direction: UInt8, Sendable {
    /// From the client, the sender of the SYN; of a connection that was open when the capture began, from the sender
    /// of the first segment captured.
    case forward
    case backward

    @inlinable public var opposite: Direction { self == .forward ? .backward : .forward }
}

/// One direction of one connection.
@frozen public struct StreamID: Hashable, Sendable {
    /// A small number that no other open connection has; used again after the connection is forgotten.
    public let slot: Int
    public let direction: Direction
    /// The number of the connection in order of appearance, from 0; never used again.
    public let connection: UInt64

    @inlinable public init(slot: Int, direction: Direction, connection: UInt64) {
        self.slot = slot
        self.direction = direction
        self.connection = connection
    }

    /// An index for a table of streams: dense, two for each slot.
    @inlinable public var index: Int { slot &* 2 &+ Int(direction.rawValue) }
}

/// A sink's answer to bytes.
@frozen public struct Demand: Hashable, Sendable {
    /// How many of the bytes, from the first, are done with. Clamped to what there was.
    public var consumed: Int
    /// How many bytes, counted from the first that is not consumed, must be there before the sink is called again.
    /// Where nothing was consumed at least one more byte must have come. No memory is reserved for it.
    public var minimum: Int

    @inlinable public init(consumed: Int, minimum: Int = 1) {
        self.consumed = consumed
        self.minimum = minimum
    }
}

/// Why bytes are missing.
public enum GapReason: UInt8, Sendable, CaseIterable {
    /// The other side has acknowledged them, and they did not come within the grace.
    case acknowledged
    /// Not acknowledged, and they did not come within the time allowed for a hole.
    case timeout
    /// The snap length cut them off.
    case cut
    /// A limit of memory was reached. The missing range may be empty: then the bytes before it were given up.
    case limit
    /// The sequence numbers have moved on by more than a window, as after an outage of the capture; or they have gone back
    /// to where they were before, then the missing range is empty.
    case jump
    /// The stream ends.
    case close
}

/// Why a stream ends.
public enum CloseReason: UInt8, Sendable, CaseIterable {
    /// All bytes up to the FIN were delivered or declared missing.
    case fin
    /// Either side sent a RST.
    case reset
    /// A new connection began between the same endpoints.
    case replaced
    /// The limit of connections was reached.
    case evicted
    case endOfInput
}

/// Whether a sink wants the bytes of a stream.
public enum Interest: Sendable {
    case none
    case wanted
    /// Wanted, though this may not be where it begins: where no SYN was captured, earlier segments are waited for during
    /// one grace.
    case wantedFromEarlier
}

/// What streams are delivered to.
///
/// Of every direction the sink wanted it receives, in order of offset, every byte and every missing range once, and at
/// last its close, once; nothing before it wanted it and nothing after its close. All spans are borrowed for the call.
///
/// Offsets count bytes from the first after the SYN. Where the SYN was not captured they begin at
/// `StreamAssembler.offsetWithoutStart`.
public protocol StreamSink: ~Copyable {
    /// Asked for each segment with payload until the stream is wanted. It then begins with this segment; or at offset 0, if
    /// the SYN was captured within a window of it and no payload was skipped: earlier bytes are then a hole like any
    /// other.
    ///
    /// - Parameters:
    ///   - payload: The captured payload of one segment, which may be out of order or a retransmission. Empty where the
    ///     other side has acknowledged bytes of which none were captured.
    ///   - isFirst: No payload of the stream was captured before.
    mutating func wants(
        _ payload: RawSpan, isFirst: Bool, of stream: StreamID, from: Endpoint, to: Endpoint
    ) -> Interest

    /// The bytes that are in order and not consumed, the first of them at `offset`.
    mutating func bytes(
        _ bytes: RawSpan, at offset: UInt64, of stream: StreamID, from provenance: borrowing Provenance
    ) -> Demand

    /// Bytes that will never come.
    ///
    /// - Parameters:
    ///   - missing: Their offsets; empty when all bytes were there but had to be given up to keep within limits.
    ///   - pending: The bytes right before that were not consumed. They are gone after this call.
    mutating func gap(
        _ missing: Range<UInt64>, after pending: RawSpan, of stream: StreamID, from provenance: borrowing Provenance,
        reason: GapReason)

    /// A segment repeated bytes with other content.
    ///
    /// - Parameters:
    ///   - range: From the first to the last byte that differs within one overlap; of bytes that were consumed, the whole
    ///     segment.
    ///   - other: The copy that is not used, of that range; lent for the call.
    ///   - origin: Of that copy.
    ///   - isDelivered: The bytes were consumed before.
    mutating func conflict(
        _ range: Range<UInt64>, with other: RawSpan, from origin: Origin, isDelivered: Bool, of stream: StreamID)

    /// Bytes that come next are of a segment that receivers drop for `reason`; but the other side has acknowledged them,
    /// and no other copy came.
    mutating func doubt(_ range: Range<UInt64>, _ reason: UnusedReason, from origin: Origin, of stream: StreamID)

    /// The direction has ended.
    ///
    /// - Parameter pending: The last bytes, not consumed.
    mutating func close(
        _ stream: StreamID, pending: RawSpan, from provenance: borrowing Provenance, reason: CloseReason)
}
