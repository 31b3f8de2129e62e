/// Why the receiver of a segment does not use its bytes.
public enum UnusedReason: UInt8, Sendable, CaseIterable {
    /// The TCP checksum is wrong (RFC 9293, 3.1).
    case checksum
    /// The checksum of the IPv4 header is wrong (RFC 1122, 3.2.1.2).
    case headerChecksum
    /// No ACK flag after the handshake (RFC 9293, 3.10.7.4).
    case noAcknowledgement
    /// A timestamp older than one before (RFC 7323, 5: PAWS).
    case timestamp
    /// It acknowledges what the other side has not sent, or what lies far back (RFC 5961, 5).
    case acknowledgement
    /// A SYN within a connection, which the other side did not answer (RFC 5961, 4).
    case syn
    /// Bytes of a SYN that its answer does not acknowledge (RFC 7413).
    case synData
    /// Outside of what the receiver had room for, or after the end of the stream.
    case window
    /// Urgent data, which readers take out of the stream (RFC 6093).
    case urgent
    /// IP fragments that overlap and differ (RFC 5722; Linux does so with IPv4, too).
    case fragments
    /// A signature, where the SYN of the direction had none (RFC 2385; RFC 5925, 7.3).
    case signature
    /// Bytes of a RST, which are no part of the stream (RFC 9293, 3.10.7.4).
    case reset
}

/// Numbers by reason.
public struct UnusedBytes: Hashable, Sendable {
    @usableFromInline var counts = ContiguousArray<UInt64>(repeating: 0, count: UnusedReason.allCases.count)

    @inlinable public init() {}

    @inlinable public subscript(reason: UnusedReason) -> UInt64 {
        get { counts[Int(reason.rawValue)] }
        set { counts[Int(reason.rawValue)] = newValue }
    }

    public var total: UInt64 { counts.reduce(0, &+) }
}
