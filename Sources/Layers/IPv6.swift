public import Fields

/// What a fixed IPv6 header says.
@frozen
public struct IPv6Header: Hashable, Sendable {
    public var source = IPAddress()
    public var destination = IPAddress()
    /// Bytes after the fixed header; 0 where an option holds the length (RFC 2675) or the network card fills it in.
    public var payloadLength = 0
    /// Protocol number of what follows: an extension header or the transport's.
    public var nextHeader: UInt8 = 0

    @inlinable public init() {}
}

/// The Internet Protocol, version 6 (RFC 8200). All integers are big-endian.
public struct IPv6: Sendable {
    public let layer = Field("ipv6", "Internet Protocol Version 6", .layer, "carries a packet from host to host")
    public let version = Field("ipv6.version", "Version", .unsigned(bits: 4), "6 for IPv6")
    public let trafficClass = Field(
        "ipv6.tclass", "Traffic Class", .hexadecimal(bits: 8), "how urgent, and news of congestion")
    public let flowLabel = Field(
        "ipv6.flow", "Flow Label", .hexadecimal(bits: 20), "the same in all packets of a connection; helps routers")
    public let payloadLength = Field(
        "ipv6.plen", "Payload Length", .unsigned(bits: 16), "bytes after this header, extension headers included")
    public let nextHeader = Field(
        "ipv6.nxt", "Next Header", .enumeration(Names.ipProtocol, bits: 8), "which header or protocol follows")
    public let hopLimit = Field(
        "ipv6.hlim", "Hop Limit", .unsigned(bits: 8), "routers the packet may still pass before it is dropped")
    public let source = Field("ipv6.src", "Source Address", .ipv6, "the host that sent the packet")
    public let destination = Field("ipv6.dst", "Destination Address", .ipv6, "the host the packet is for")

    public init() {}

    /// 40 bytes. Another version stops it.
    @inlinable
    @inline(__always)
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> IPv6Header {
        var header = IPv6Header()
        try c.group(layer) { c throws(Stop) in
            let first = try c.ahead(version, UInt32.self)
            try c.claim(version, 1, value: UInt64(first >> 28))
            c.part(trafficClass, UInt64(first >> 20 & 0xff), at: -1, 4)
            try c.claim(flowLabel, 3, value: UInt64(first & 0xf_ffff))
            guard first >> 28 == 6 else { throw Stop() }
            header.payloadLength = Int(try c.bigEndian(payloadLength, UInt16.self))
            header.nextHeader = try c.bigEndian(nextHeader, UInt8.self)
            try c.bigEndian(hopLimit, UInt8.self)
            header.source = try c.address6(source)
            header.destination = try c.address6(destination)
        }
        return header
    }
}
