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

    @inlinable
    public init(key: Key, first: NextLayer, offset: Int, hasMore: Bool, wireLength: Int) {
        self.key = key
        self.first = first
        self.offset = offset
        self.hasMore = hasMore
        self.wireLength = wireLength
    }
}
