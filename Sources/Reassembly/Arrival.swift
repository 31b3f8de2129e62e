/// A segment as a half-stream takes it.
@usableFromInline struct Arrival: ~Escapable {
    /// Of the first payload byte.
    @usableFromInline let sequence: SequenceNumber
    /// What was captured of the payload, at most `length` bytes.
    @usableFromInline let payload: RawSpan
    /// The payload's length on the wire, less than 2³⁰.
    @usableFromInline let length: Int
    @usableFromInline let fin: Bool
    /// How far the urgent byte lies after the first payload byte: the one before the pointer's (RFC 6093, 3.1), as Linux
    /// has it; -1 where there is none.
    @usableFromInline let urgentByte: Int32
    @usableFromInline let origin: Origin
    /// The window of the receiver, in bytes.
    @usableFromInline let window: Int

    @_lifetime(copy payload)
    @inlinable init(
        _ sequence: SequenceNumber, _ payload: RawSpan, _ segment: Segment, length: Int, origin: Origin, window: Int
    ) {
        self.sequence = sequence
        self.payload = payload
        self.length = length
        self.origin = origin
        self.window = window
        fin = segment.flags.contains(.fin)
        urgentByte = segment.flags.contains(.urg) ? max(Int32(segment.urgentPointer) - 1, 0) : -1
    }

    /// Of the payload; nil where it was not captured whole.
    @inlinable var digest: UInt32? { payload.byteCount == length ? ContentDigest.of(payload) : nil }
}
