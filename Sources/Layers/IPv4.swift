public import Fields

/// What an IPv4 header says.
@frozen
public struct IPv4Header: Hashable, Sendable {
    public var source = IPAddress()
    public var destination = IPAddress()
    /// Bytes of the header with its options: 20 to 60.
    public var headerLength = 0
    /// Bytes of the whole packet on the wire; 0 where the sending machine left it to its network card.
    public var totalLength = 0
    public var identification: UInt16 = 0
    /// Where the payload belongs in that of the datagram, in bytes: a multiple of 8 up to 65,528.
    public var fragmentOffset = 0
    public var hasMoreFragments = false
    public var `protocol`: UInt8 = 0
    /// The checksum is neither right nor 0, as it is where the sending machine leaves it to its network card.
    public var isChecksumWrong = false

    @inlinable public init() {}

    @inlinable public var isFragment: Bool { hasMoreFragments || fragmentOffset > 0 }
}

/// The Internet Protocol, version 4 (RFC 791). All integers are big-endian.
public struct IPv4: Sendable {
    public let layer = Field("ip", "Internet Protocol Version 4", .layer, "carries a packet from host to host")
    public let version = Field("ip.version", "Version", .unsigned(bits: 4), "4 for IPv4")
    public let headerLength = Field(
        "ip.hdr_len", "Header Length", .unsigned(bits: 8), "bytes of this header with its options, 20 to 60")
    public let services = Field(
        "ip.dsfield", "Differentiated Services Field", .hexadecimal(bits: 8), "how urgent, and news of congestion")
    public let codepoint = Field(
        "ip.dsfield.dscp", "Differentiated Services Codepoint", .unsigned(bits: 6),
        "how routers should treat the packet")
    public let congestion = Field(
        "ip.dsfield.ecn", "Explicit Congestion Notification", .unsigned(bits: 2), "3 once a router was congested")
    public let totalLength = Field(
        "ip.len", "Total Length", .unsigned(bits: 16),
        "bytes of header and payload; 0 where the network card fills it in")
    public let identification = Field(
        "ip.id", "Identification", .hexadecimal(bits: 16), "the same in all fragments of one datagram")
    public let flags = Field("ip.flags", "Flags", .hexadecimal(bits: 3), "whether the packet may be or was cut up")
    public let reserved = Field("ip.flags.rb", "Reserved bit", .flag(mask: 0x80, bits: 8), "must be 0")
    public let dontFragment = Field(
        "ip.flags.df", "Don't fragment", .flag(mask: 0x40, bits: 8), "routers must not cut the packet up")
    public let moreFragments = Field(
        "ip.flags.mf", "More fragments", .flag(mask: 0x20, bits: 8), "this is not the last fragment of the datagram")
    public let fragmentOffset = Field(
        "ip.frag_offset", "Fragment Offset", .unsigned(bits: 16),
        "where this payload belongs in the datagram's, in bytes")
    public let timeToLive = Field(
        "ip.ttl", "Time to Live", .unsigned(bits: 8), "routers the packet may still pass before it is dropped")
    public let `protocol` = Field(
        "ip.proto", "Protocol", .enumeration(Names.ipProtocol, bits: 8), "which protocol the packet carries")
    public let checksum = Field("ip.checksum", "Header Checksum", .hexadecimal(bits: 16), "over this header alone")
    public let source = Field("ip.src", "Source Address", .ipv4, "the host that sent the packet")
    public let destination = Field("ip.dst", "Destination Address", .ipv4, "the host the packet is for")
    public let options = Field("ip.options", "Options", .bytes, "rarely used extras: routes, timestamps, alerts")

    public init() {}

    /// 20 to 60 bytes. Another version, or a header length under 20, stops it: there is no telling what follows.
    @inlinable
    @inline(__always)
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> IPv4Header {
        var header = IPv4Header()
        try c.group(layer) { c throws(Stop) in
            let start = c.offset
            let first = try c.ahead(version, UInt8.self)
            header.headerLength = Int(first & 15) &* 4
            try c.claim(version, 1, value: UInt64(first >> 4))
            c.part(headerLength, UInt64(header.headerLength), at: -1, 1)
            guard first >> 4 == 4, header.headerLength >= 20 else { throw Stop() }

            let service = UInt64(try c.ahead(services, UInt8.self))
            try c.claim(services, 1, value: service)
            c.part(codepoint, service >> 2, at: -1, 1)
            c.part(congestion, service & 3, at: -1, 1)
            header.totalLength = Int(try c.bigEndian(totalLength, UInt16.self))
            header.identification = try c.bigEndian(identification, UInt16.self)

            let fragment = try c.ahead(fragmentOffset, UInt16.self)
            header.hasMoreFragments = fragment & 0x2000 != 0
            header.fragmentOffset = Int(fragment & 0x1fff) &* 8
            c.part(flags, UInt64(fragment >> 13), 1)
            c.part(reserved, UInt64(fragment >> 15), 1)
            c.part(dontFragment, UInt64(fragment >> 14 & 1), 1)
            c.part(moreFragments, UInt64(fragment >> 13 & 1), 1)
            try c.claim(fragmentOffset, 2, value: UInt64(header.fragmentOffset))

            try c.bigEndian(timeToLive, UInt8.self)
            header.protocol = try c.bigEndian(`protocol`, UInt8.self)
            let sum = try c.bigEndian(checksum, UInt16.self)
            header.source = try c.address4(source)
            header.destination = try c.address4(destination)
            if header.headerLength > 20 { try c.bytes(options, header.headerLength &- 20) }
            header.isChecksumWrong = sum != 0 && !InternetChecksum.isRight(c.bytes, start..<c.offset)
        }
        return header
    }
}
