/// The captured bytes of a segment that came ahead of its turn.
@usableFromInline struct HeldSegment: Sendable {
    /// Offset of the first byte.
    @usableFromInline var start: UInt64
    @usableFromInline var bytes: ContiguousArray<UInt8>
    @usableFromInline var origin: Origin
    /// The clock when it came.
    @usableFromInline var since: Int64
    /// Of a whole segment, where it is known.
    @usableFromInline var digest: UInt32?
    /// How many of its bytes another held segment has, too, and has otherwise.
    @usableFromInline var differing = 0

    @usableFromInline init(start: UInt64, _ bytes: RawSpan, _ origin: Origin, since: Int64, digest: UInt32? = nil) {
        self.start = start
        self.bytes = bytes.withUnsafeBytes { ContiguousArray($0) }
        self.origin = origin
        self.since = since
        self.digest = digest
    }

    @inlinable var end: UInt64 { start &+ UInt64(bytes.count) }
    @inlinable var range: Range<UInt64> { start..<end }

    /// Bytes of memory: the payload and what it is kept in.
    @inlinable var cost: Int { bytes.count &+ Self.overhead }
    @inlinable static var overhead: Int { 128 }

    /// The bytes of a part of its range.
    @inlinable @_lifetime(borrow self) func bytes(of part: Range<UInt64>) -> RawSpan {
        bytes.span.bytes.extracting(Int(part.lowerBound &- start)..<Int(part.upperBound &- start))
    }
}
