/// What records tell of the segment that completed a message, beside its frame's number and time.
struct SegmentNote: BitwiseCopyable {
    /// Number of its frame, from 1; 0 is none.
    var frame: UInt64 = 0
    /// Bytes of the frame on the wire.
    var frameLength: UInt32 = 0
    /// As sent, not relative.
    var sequence: UInt32 = 0
    /// Bytes of TCP payload on the wire.
    var payloadLength: UInt32 = 0
    /// Of its frame, as in ``Capture/FrameHeader``: places in ``Capture/CaptureNotes``, or 0.
    var interface: UInt32 = 0
    var comment: UInt32 = 0
    /// The input that its frame is of, from 1.
    var file: UInt32 = 0
    /// The highest bit: it has a SYN. The others: as ``Layers/TCPPacket/fragmentsLength``.
    private var rest: UInt32 = 0

    init() {}

    init(
        frame: UInt64, frameLength: UInt32, sequence: UInt32, payloadLength: UInt32, fragmentsLength: UInt32,
        isSYN: Bool, interface: UInt32 = 0, comment: UInt32 = 0, file: UInt32 = 0
    ) {
        self.frame = frame
        self.frameLength = frameLength
        self.sequence = sequence
        self.payloadLength = payloadLength
        self.interface = interface
        self.comment = comment
        self.file = file
        rest = min(fragmentsLength, Self.lengthMask) | (isSYN ? ~Self.lengthMask : 0)
    }

    private static let lengthMask: UInt32 = 0x7fff_ffff

    /// Of its first payload byte.
    private var payloadSequence: UInt32 { sequence &+ rest >> 31 }

    /// The header bytes that a part of the payload bears: all of the segment's are shared by its payload bytes.
    ///
    /// - Parameters:
    ///   - start: The sequence number of the part's first byte.
    ///   - count: Bytes of the part.
    func overhead(from start: UInt32, count: UInt64) -> UInt64 {
        let fragments = rest & Self.lengthMask
        let wire = UInt64(fragments > 0 ? fragments : frameLength)
        let whole = UInt64(payloadLength)
        let headers = wire &- min(whole, wire)
        guard whole > 0, headers > 0 else { return 0 }
        // A part that begins before the payload has been moved: by an urgent byte that readers do not see.
        let first = UInt64(max(Int64(Int32(bitPattern: start &- payloadSequence)), 0))
        return Self.share(first &+ count, of: headers, whole) &- Self.share(first, of: headers, whole)
    }

    /// What the first `count` of the payload bytes bear.
    static func share(_ count: UInt64, of headers: UInt64, _ whole: UInt64) -> UInt64 {
        // Both are below 2³².
        whole == 0 ? 0 : headers &* min(count, whole) / whole
    }
}

/// The notes of the newest segments.
///
/// Nearly every message is completed by the segment that has just come. Only one after a hole that was given up is
/// completed by an older one, at most some seconds old: of one older than `capacity` others nothing is known.
struct SegmentNotes {
    static let usualCapacity = 1 << 14
    private var ring: ContiguousArray<SegmentNote>
    private let mask: UInt64

    /// - Parameter capacity: A power of two.
    init(capacity: Int = usualCapacity) {
        ring = ContiguousArray(repeating: SegmentNote(), count: capacity)
        mask = UInt64(capacity - 1)
    }

    mutating func append(_ note: SegmentNote) { ring[Int(note.frame & mask)] = note }

    /// The note of the segment in that frame, if it is still there.
    subscript(frame: UInt64) -> SegmentNote? {
        let note = ring[Int(frame & mask)]
        return note.frame == frame && frame > 0 ? note : nil
    }
}
