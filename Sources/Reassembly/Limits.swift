/// Bounds of memory and time. Times are nanoseconds of capture time.
public struct Limits: Sendable {
    /// Memory for one direction: the bytes not consumed yet, those ahead of their turn, and what is noted about them.
    public var bytesPerDirection = 33 << 20
    /// Memory for the connections, the bytes of all streams and what is noted about them. Connections, and the directions
    /// in use, have no more than a quarter of it each: beyond that the idlest are forgotten.
    public var totalBytes = 512 << 20
    /// What a connection costs, and beside it a direction in use, with what its sink remembers of it.
    @usableFromInline static var connectionBytes: Int { 320 }
    @usableFromInline static var directionBytes: Int { 1664 }
    /// Frames noted for the bytes of one direction before they are thinned out.
    public var provenancePerDirection = 65_536
    /// Connections remembered, as far as `totalBytes` has room. Beyond it are forgotten first closed ones, then those
    /// none of whose bytes were wanted, then those without payload from both sides, then those that the two sides have
    /// not both acknowledged, then others; of each kind the idlest.
    public var connections = 1_000_000
    /// Memory kept in big buffers that are out of use, part of `totalBytes`.
    public var spareBytes = 16 << 20
    /// Memory of one direction for segments that its receiver would drop.
    @usableFromInline static var suspectBytes: Int { 1 << 20 }
    /// Ranges of one direction that a snap length cut off, after a hole.
    @usableFromInline static var absentRanges: Int { 4096 }

    /// How long a hole that the other side has acknowledged may still be filled: its acknowledgement may have been
    /// captured ahead of the data. While acknowledgements keep coming it may take up to twice as long. Without a SYN and
    /// without a message's header first, a stream begins this long after its first segment.
    public var grace: Int64 = 200_000_000
    /// How long a hole may be filled whose bytes were not acknowledged, where no acknowledgements of the other side are
    /// captured; counted from the first bytes after the hole, or from when its front was last filled.
    public var holeTimeout: Int64 = 10_000_000_000
    /// The same, counted from when the other side last asked for the bytes of the hole: it acknowledged what is before
    /// them, and not them. So they were lost on the way, not by the capture, and are sent again when the sender's timer
    /// has run out: after a minute or more where that happened before (RFC 6298, 2.4; Linux goes up to two).
    public var askedTimeout: Int64 = 150_000_000_000

    /// The window of a receiver, in bytes, 1 ..< 2³⁰, where it is not known: the handshake was not captured, or did not
    /// agree on a scale. TCP windows on the internet seldom exceed 16 MiB.
    public var window = 16 << 20
    /// How far beyond the window a single segment is believed, in bytes, where the other side is not heard after it: after
    /// an outage of the capture, or in a file of selected packets.
    public var outage = 64 << 20
    /// How far from the expected sequence number a RST is believed, in bytes, 1 ..< 2³⁰.
    public var resetWindow = 1 << 20
    /// How many segments in order beyond the outage show that the stream goes on there, where no acknowledgements of the
    /// other side are captured.
    public var strayAgreement = 4

    public init() {}
}
