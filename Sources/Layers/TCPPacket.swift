/// What reassembly needs of a frame that holds TCP.
@frozen
public struct TCPPacket: Hashable, Sendable, BitwiseCopyable {
    public var source: IPAddress
    public var destination: IPAddress
    public var sourcePort: UInt16
    public var destinationPort: UInt16
    /// Number of the first payload byte, or of the SYN; wraps around at 2³².
    public var sequence: UInt32
    /// Counts only if ``flags`` contain ``TCPFlags/ack``.
    public var acknowledgment: UInt32
    public var flags: TCPFlags
    /// As sent, not scaled.
    public var window: UInt16
    /// TCP payload bytes on the wire, by the lengths in the IP header. Never fewer than were captured; more where the
    /// capture was cut by a snap length.
    public var wireLength: Int
    /// Counts only if ``flags`` contain ``TCPFlags/urg``.
    public var urgentPointer: UInt16
    /// Its checksum is neither right nor one that offloading leaves behind.
    ///
    /// False where its own cannot be judged: it was not captured whole, its length was left to the network card, it has yet
    /// to visit other addresses (IPv6 with segments left), or ``fragmentsDiffer``. ``PacketParser`` judges it.
    public var isChecksumWrong: Bool
    /// The checksum of an IPv4 header before it is neither right nor 0. False where the header has no length: the network
    /// card fills both in.
    public var isHeaderWrong = false
    /// It came in fragments that overlap with different bytes: the receiver may have read others than these.
    public var fragmentsDiffer = false

    /// Bytes on the wire of all frames that brought its fragments; 0 where it came in one frame.
    public var fragmentsLength: UInt32 = 0

    /// As sent.
    public var checksum: UInt16
    /// Bytes of its header with its options, 20 to 60.
    public var headerLength: UInt8
    var doubts: ChecksumDoubts
    /// The IP header says how long the packet is, and all of it is there.
    public var isLengthRight: Bool { !doubts.contains(.length) }

    @usableFromInline
    @inline(__always)
    init(
        _ source: IPAddress, _ destination: IPAddress, _ header: TCPHeader, wireLength: Int, _ doubts: ChecksumDoubts
    ) {
        self.source = source
        self.destination = destination
        sourcePort = header.sourcePort
        destinationPort = header.destinationPort
        sequence = header.sequence
        acknowledgment = header.acknowledgment
        flags = header.flags
        window = header.window
        self.wireLength = wireLength
        urgentPointer = header.urgentPointer
        checksum = header.checksum
        headerLength = UInt8(truncatingIfNeeded: header.headerLength)
        self.doubts = doubts
        isChecksumWrong = false
    }

    /// Judges its checksum.
    ///
    /// - Parameter segment: The bytes captured of it, from the first of its header on.
    @inline(__always)
    mutating func judge(_ segment: RawSpan) {
        if doubts.isEmpty {
            isChecksumWrong = TCPChecksum.isWrong(checksum, segment, source: source, destination: destination)
        }
    }
}
