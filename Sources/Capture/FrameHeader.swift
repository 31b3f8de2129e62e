/// What a capture says of one frame, without its bytes.
public struct FrameHeader: Hashable, Sendable {
    /// The frame's number in the whole capture, from 1; it goes on from one file to the next.
    public var number: UInt64

    /// When the frame was captured, in nanoseconds since the Unix epoch, clamped to what an `Int64` holds
    /// (the years 1677 to 2262).
    ///
    /// The unsigned 32-bit seconds of a pcap file reach the year 2106. Times in a file need not be in order.
    public var time: Int64

    /// How many bytes of the frame were captured: those handed out with this header.
    public var capturedLength: Int

    /// How many bytes the frame had on the wire. More than `capturedLength` where a snap length cut the frame;
    /// in a damaged or hostile file it can be any 32-bit value, also less than `capturedLength`.
    public var originalLength: Int

    /// What the frame's first byte belongs to. All frames of a pcap file have the same link type; in a pcapng file each
    /// interface has its own.
    public var linkType: LinkTypeNumber

    /// Which input the frame is from: an index, from 0, into the paths given.
    public var file: Int

    /// Whether the file tells when the frame was captured. Else ``time`` is that of the frame before in the same file,
    /// or 0. Only simple packet blocks of pcapng have no time.
    public var hasTime = true

    /// The capturing machine has sent the frame, as the file says beside the frame; false where it says nothing.
    public var isOutgoing = false

    /// The interface of a pcapng file, by its place in ``CaptureNotes``; 0 where there is none.
    public var interface: UInt32 = 0

    /// What somebody wrote to the frame, by its place in ``CaptureNotes``; 0 where there is nothing.
    public var comment: UInt32 = 0

    /// Describes a frame; for sources of frames, and for tests.
    @inlinable
    public init(
        number: UInt64,
        time: Int64,
        capturedLength: Int,
        originalLength: Int,
        linkType: LinkTypeNumber,
        file: Int
    ) {
        self.number = number
        self.time = time
        self.capturedLength = capturedLength
        self.originalLength = originalLength
        self.linkType = linkType
        self.file = file
    }
}
