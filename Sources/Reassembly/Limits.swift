/// Bounds of memory and time. Times are nanoseconds of capture time.
public struct Limits: Sendable {
    /// Bytes held for one direction: those not consumed yet and those ahead of their turn.
    public var bytesPerDirection = 33 << 20
    /// Memory for the connections, the bytes of all streams and what is noted about them. Connections, and the directions
    /// in use, have no more than a quarter of it each: beyond that the idlest are forgotten.
    public var totalBytes = 512 << 20
    /// What a connection is reckoned at, and beside it a direction in use, with what its sink remembers of it.
    @usableFromInline static var connectionBytes: Int { 256 }
    @usableFromInline static var directionBytes: Int { 1408 }
    /// Ranges ahead of their turn noted for one direction.
    public var runsPerDirection = 1024
    /// Frames noted for the bytes of one direction before they are thinned out.
    public var provenancePerDirection = 65_536
    /// Connections remembered, as far as `totalBytes` has room. Beyond it are forgotten first closed ones, then those
    /// none of whose bytes were wanted, then others; of each kind the idlest.
    public var connections = 1_000_000
    /// Memory kept in big buffers that are out of use, part of `totalBytes`.
    public var spareBytes = 16 << 20

    /// How long a hole that the other side has acknowledged may still be filled: its acknowledgement may have been
    /// captured ahead of the data. While acknowledgements keep coming it may take up to twice as long.
    public var grace: Int64 = 200_000_000
    /// How long a hole may be filled that was not acknowledged, such as in a capture of one direction only; counted
    /// from the first bytes behind the hole.
    public var holeTimeout: Int64 = 10_000_000_000
    /// The same, counted from when the other side last asked for the bytes of the hole: it acknowledged what is before
    /// them, and not them. So they were lost on the way, not by the capture, and are sent again when the sender's timer
    /// has run out: after a minute or more where that happened before (RFC 6298, 2.4; Linux goes up to two).
    public var askedTimeout: Int64 = 150_000_000_000
    /// After this long without a segment a connection is forgotten (up to a sixteenth later). Bitcoin peers ping every
    /// two minutes and give each other up after twenty.
    public var idle: Int64 = 3_600_000_000_000
    /// How long a closed connection is remembered, so that late segments do not open another.
    public var linger: Int64 = 10_000_000_000

    /// How far from the expected sequence number a segment may lie, in bytes, 1 ..< 2³⁰. One farther away is a stray:
    /// ignored, until `strayAgreement` of them, each going on where the one before ended, show that the stream has
    /// moved there. TCP windows on the internet seldom exceed 16 MiB.
    public var window = 64 << 20
    /// How far from the expected sequence number a RST or FIN is believed, in bytes, 1 ..< 2³⁰.
    public var resetWindow = 1 << 20
    /// How many strays must agree; an acknowledgement there by the other side counts as one. The last of them is the
    /// first whose bytes are used.
    public var strayAgreement = 4

    public init() {}
}
