/// A piece of a datagram.
@frozen
public struct Fragment: Hashable, Sendable {
    /// All fragments of one datagram have the same.
    @frozen
    public struct Key: Hashable, Sendable {
        public var source: IPAddress
        public var destination: IPAddress
        public var identification: UInt32
        /// Of IPv4 the protocol; of IPv6 0, as only the first fragment's next header counts there.
        public var `protocol`: UInt8
        public var isIPv6: Bool

        @inlinable
        public init(
            source: IPAddress, destination: IPAddress, identification: UInt32, protocol: UInt8, isIPv6: Bool
        ) {
            self.source = source
            self.destination = destination
            self.identification = identification
            self.protocol = `protocol`
            self.isIPv6 = isIPv6
        }
    }

    public var key: Key
    /// What the datagram begins with; counts in the fragment at offset 0.
    public var first: NextLayer
    /// Where the payload belongs in the datagram's, in bytes.
    public var offset: Int
    public var hasMore: Bool
    /// Payload bytes on the wire; the captured ones may be fewer.
    public var wireLength: Int
    /// The datagram has yet to visit other addresses than its key's (RFC 8200, 4.4: Segments Left).
    public var hasSegmentsLeft: Bool
    /// The checksum of an IPv4 header before it is wrong.
    public var isHeaderWrong: Bool

    @inlinable
    public init(
        key: Key, first: NextLayer, offset: Int, hasMore: Bool, wireLength: Int, hasSegmentsLeft: Bool = false,
        isHeaderWrong: Bool = false
    ) {
        self.key = key
        self.first = first
        self.offset = offset
        self.hasMore = hasMore
        self.wireLength = wireLength
        self.hasSegmentsLeft = hasSegmentsLeft
        self.isHeaderWrong = isHeaderWrong
    }
}

/// A fragment that came too late, with other bytes than its datagram has.
public struct FragmentConflict: Hashable, Sendable {
    /// The frame that completed the datagram.
    public var frame: UInt64
    /// Bytes of the fragment on the wire, or of all where the fragments of one datagram differ.
    public var length: Int

    public init(frame: UInt64, length: Int) {
        self.frame = frame
        self.length = length
    }
}
