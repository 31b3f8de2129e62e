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
}

/// The notes of the newest segments.
///
/// Nearly every message is completed by the segment that has just come. Only one after a hole that was given up is
/// completed by an older one, at most some seconds old: of one older than `capacity` others nothing is known.
struct SegmentNotes {
    static let capacity = 1 << 14
    private var ring = ContiguousArray(repeating: SegmentNote(), count: capacity)

    mutating func append(_ note: SegmentNote) { ring[Self.place(of: note.frame)] = note }

    /// The note of the segment in that frame, if it is still there.
    subscript(frame: UInt64) -> SegmentNote? {
        let note = ring[Self.place(of: frame)]
        return note.frame == frame && frame > 0 ? note : nil
    }

    private static func place(of frame: UInt64) -> Int { Int(frame & UInt64(capacity - 1)) }
}
