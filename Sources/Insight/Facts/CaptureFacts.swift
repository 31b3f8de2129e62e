import Reassembly

/// What the packets of a capture tell, whatever they carry. The packet side counts it; questions read it when they are
/// asked.
public struct CaptureFacts: Sendable {
    public var packets: UInt64 = 0
    public var tcpPackets: UInt64 = 0
    /// Frames that hold no TCP, such as ARP, UDP and ICMP.
    public var notTCPPackets: UInt64 = 0
    /// Frames that were not read, though they may hold TCP, by kind.
    public var unread: [(name: String, number: UInt64)] = []
    /// Packets of which the snap length cut bytes off.
    public var cutPackets: UInt64 = 0
    /// Packets with an earlier time than the one before.
    public var packetsBack: UInt64 = 0
    public var capturedBytes: UInt64 = 0
    /// Frames as they were on the wire, link layer included.
    public var wireBytes: UInt64 = 0
    /// The time of the first frame, in nanoseconds since the Unix epoch, from which relative times count.
    public var start: Int64?
    public var earliest: Int64 = .max
    public var latest: Int64 = .min
    /// How many decimals of a second the capture's times have: 6 or 9.
    public var timeDecimals = 6
    /// Connections of TCP.
    public var connections: UInt64 = 0
    /// Those with a port of Bitcoin's, and those in which a message or an encrypted beginning was recognised; by number.
    public var known: [ConnectionFacts] = []
    /// Frames of connections that are not among ``known``.
    public var otherTCP = WireCount()
    public var notTCP = WireCount()
    /// Connections with facts beyond the limit: they are in ``otherTCP``.
    public var dropped: UInt64 = 0

    /// Holes in streams of Bitcoin's, and their bytes.
    public var gaps: UInt64 = 0
    public var missingBytes: UInt64 = 0
    /// Captured bytes of such streams that belong to no message.
    public var skippedBytes: UInt64 = 0
    /// Packets that the kernel dropped; nil of a file.
    public var kernelDropped: UInt64?
    /// The names of the files, without their folders; of a live capture that of the interface.
    public var files: [String] = []
    /// libpcap's names of the link types, sorted.
    public var linkTypes: [String] = []
    /// Senders of outgoing packets, where the link layer tells (`LINUX_SLL`).
    public var localAddresses: Set<String> = []

    public init() {}

    /// From the first to the last moment of the capture, in nanoseconds.
    public var duration: Int64 { latest >= earliest ? latest &- earliest : 0 }
}

/// Frames, and their bytes on the wire.
public struct WireCount: Sendable, Equatable {
    public var packets: UInt64 = 0
    public var bytes: UInt64 = 0

    public init() {}

    @inlinable public mutating func add(_ length: UInt64) {
        packets &+= 1
        bytes &+= length
    }
}
