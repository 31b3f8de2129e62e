/// Counts of what was seen.
///
/// The law of bytes: of the streams that the sink wanted, ``captured`` = ``delivered`` + ``retransmittedBytes`` +
/// ``differingBytes`` + ``keepAliveBytes`` + ``lateBytes`` + ``unused`` once all streams are closed. ``missingBytes``
/// were not captured.
public struct Statistics: Hashable, Sendable {
    /// Segments received.
    public var packets: UInt64 = 0
    public var connections: UInt64 = 0
    /// Connections remembered now, closed ones included.
    public var open = 0
    /// Gaps with missing bytes.
    public var gaps: UInt64 = 0
    /// Bytes that were sent and not captured. What comes after its gap was reported is not among them any more.
    public var missingBytes: UInt64 = 0
    /// Payload bytes captured, of wanted streams.
    public var captured: UInt64 = 0
    /// Payload bytes captured of streams that were wanted only later.
    public var beforeRecognition: UInt64 = 0
    /// Bytes given to the sink.
    public var delivered: UInt64 = 0
    /// Segments that repeated bytes of a wanted stream, in part or in whole.
    public var retransmitted: UInt64 = 0
    /// Bytes that came again, as they were or unknown how; and those of them that could not be compared.
    public var retransmittedBytes: UInt64 = 0
    public var uncomparedBytes: UInt64 = 0
    /// Copies that differ from the bytes that are used.
    public var conflicts: UInt64 = 0
    public var differingBytes: UInt64 = 0
    public var keepAliveBytes: UInt64 = 0
    /// Bytes that came after their hole had been given up.
    public var lateBytes: UInt64 = 0
    /// The grace that would have read all late bytes, in nanoseconds; 0 where none is known.
    public var lateness: Int64 = 0
    /// Bytes that receivers do not use.
    public var unused = UnusedBytes()
    /// Wanted streams that have ended and of which no acknowledgement of the other side was captured.
    public var unheardStreams: UInt64 = 0
    /// Directions whose bytes were given up, and connections forgotten, because a limit was reached.
    public var evictions: UInt64 = 0

    public init() {}
}
