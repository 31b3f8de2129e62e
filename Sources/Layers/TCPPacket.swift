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

    @inlinable
    init(_ source: IPAddress, _ destination: IPAddress, _ header: TCPHeader, wireLength: Int) {
        self.source = source
        self.destination = destination
        sourcePort = header.sourcePort
        destinationPort = header.destinationPort
        sequence = header.sequence
        acknowledgment = header.acknowledgment
        flags = header.flags
        window = header.window
        self.wireLength = wireLength
    }
}
