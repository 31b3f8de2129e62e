/// Why a TCP checksum is not judged by the bytes of its segment.
@frozen
@usableFromInline
struct ChecksumDoubts: OptionSet, Hashable, Sendable, BitwiseCopyable {
    @usableFromInline let rawValue: UInt8
    @inlinable init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Not all of it was captured, or where it ends is a guess.
    @inlinable static var length: ChecksumDoubts { ChecksumDoubts(rawValue: 1) }
    /// The sum is over other addresses, or other bytes.
    @inlinable static var addresses: ChecksumDoubts { ChecksumDoubts(rawValue: 2) }
}

/// The checksum of a TCP segment (RFC 9293, 3.1; for IPv6: RFC 8200, 8.1).
enum TCPChecksum {
    /// Packets up to this are not left to a network card to be cut into segments: Ethernet carries them.
    private static let ordinaryLength: UInt64 = 1480

    /// Whether a receiver drops the segment for its checksum.
    ///
    /// A sender that leaves the sum to its network card writes that of the pseudo-header, not complemented, into the
    /// field (Linux: `CHECKSUM_PARTIAL`), and so does a receiver that has joined segments (GRO). Windows does it without
    /// the length where the card also cuts the packet up. Some write 0.
    ///
    /// - Parameters:
    ///   - segment: Header and payload, all of them.
    ///   - checksum: As its header has it.
    static func isWrong(
        _ checksum: UInt16, _ segment: RawSpan, source: IPAddress, destination: IPAddress
    ) -> Bool {
        if checksum == 0 { return false }
        let length = UInt64(truncatingIfNeeded: segment.byteCount)
        let addresses = InternetChecksum.sum(source.high, source.low, destination.high, destination.low) &+ 6
        let pseudoHeader = addresses &+ length
        let negated = 0xffff &- UInt64(checksum)
        if InternetChecksum.isZero(pseudoHeader &+ negated) { return false }
        if InternetChecksum.isZero(pseudoHeader &+ InternetChecksum.sum(segment)) { return false }
        return length <= ordinaryLength || !InternetChecksum.isZero(addresses &+ negated)
    }
}
