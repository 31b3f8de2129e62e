public import Fields

/// An IPv6 fragment header: which part of which datagram follows.
@frozen
public struct IPv6FragmentHeader: Hashable, Sendable {
    public var nextHeader: UInt8 = 0
    /// Where the bytes after this header belong in the datagram's fragmentable part: a multiple of 8 up to 65,528.
    public var offset = 0
    public var hasMoreFragments = false
    public var identification: UInt32 = 0

    @inlinable public init() {}

    /// A whole datagram in one fragment (RFC 6946): to be read as if the header were not there.
    @inlinable public var isAtomic: Bool { offset == 0 && !hasMoreFragments }
}

/// An extension header that can be skipped: next header, length, data.
public struct IPv6Extension: Sendable {
    public let layer, next, length, data: Field

    /// - Parameters:
    ///   - prefix: Name of the layer, before the dot of the fields' names.
    ///   - nextName: Wireshark's name for the field of the next header, which differs from header to header.
    init(
        _ prefix: String, _ label: String, _ meaning: String, next nextName: String = "nxt", length name: String = "len"
    ) {
        layer = Field(prefix, label, .layer, meaning)
        next = Field(
            "\(prefix).\(nextName)", "Next Header", .enumeration(Names.ipProtocol, bits: 8),
            "which header or protocol follows")
        length = Field(
            "\(prefix).\(name)", "Length", .unsigned(bits: 8), "length of this header in its own units, less the first")
        data = Field("\(prefix).data", "Data", .bytes, "options or addresses of this header")
    }

    /// - Parameters:
    ///   - unit: Bytes that the length counts: 8, or 4 for the authentication header.
    ///   - extra: Units that it does not count.
    /// - Returns: Protocol number of what follows.
    @inlinable
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, unit: Int, extra: Int) throws(Stop) -> UInt8 {
        var following: UInt8 = 0
        try c.group(layer) { c throws(Stop) in
            following = try c.bigEndian(next, UInt8.self)
            let count = (Int(try c.bigEndian(length, UInt8.self)) &+ extra) &* unit &- 2
            try c.bytes(data, count)
        }
        return following
    }
}

/// The fragment header (RFC 8200, 4.5): 8 bytes.
public struct IPv6Fragmentation: Sendable {
    public let layer = Field(
        "ipv6.fraghdr", "Fragment Header for IPv6", .layer, "this packet is a piece of a larger one")
    public let next = Field(
        "ipv6.fraghdr.nxt", "Next header", .enumeration(Names.ipProtocol, bits: 8),
        "which header or protocol the datagram begins with")
    public let reserved = Field(
        "ipv6.fraghdr.reserved_octet", "Reserved octet", .hexadecimal(bits: 8), "must be 0")
    public let offset = Field(
        "ipv6.fraghdr.offset", "Offset", .unsigned(bits: 16), "where this payload belongs in the datagram's, in bytes")
    public let reservedBits = Field("ipv6.fraghdr.reserved_bits", "Reserved bits", .unsigned(bits: 2), "must be 0")
    public let more = Field(
        "ipv6.fraghdr.more", "More Fragments", .flag(mask: 1, bits: 16), "this is not the last fragment of the datagram"
    )
    public let identification = Field(
        "ipv6.fraghdr.ident", "Identification", .hexadecimal(bits: 32), "the same in all fragments of one datagram")

    public init() {}

    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> IPv6FragmentHeader {
        var header = IPv6FragmentHeader()
        try c.group(layer) { c throws(Stop) in
            header.nextHeader = try c.bigEndian(next, UInt8.self)
            try c.bigEndian(reserved, UInt8.self)
            let word = try c.ahead(offset, UInt16.self)
            header.offset = Int(word & 0xfff8)
            header.hasMoreFragments = word & 1 == 1
            try c.claim(offset, 2, value: UInt64(word & 0xfff8))
            c.part(reservedBits, UInt64(word >> 1 & 3), at: -2, 2)
            c.part(more, UInt64(word & 1), at: -2, 2)
            header.identification = try c.bigEndian(identification, UInt32.self)
        }
        return header
    }
}

/// The chain of headers after a fixed IPv6 header, or at the start of a defragmented datagram.
public struct IPv6Chain: Sendable {
    public let hopByHop = IPv6Extension(
        "ipv6.hopopts", "IPv6 Hop-by-Hop Option", "options that every router looks at")
    public let routing = IPv6Extension("ipv6.routing", "Routing Header for IPv6", "nodes to visit on the way")
    public let destination = IPv6Extension(
        "ipv6.dstopts", "Destination Options for IPv6", "options that only the destination looks at")
    public let authentication = IPv6Extension(
        "ah", "Authentication Header", "signs the packet without encrypting it (IPsec, RFC 4302)",
        next: "next_header", length: "length")
    public let mobility = IPv6Extension(
        "mip6", "Mobile IPv6", "signalling for nodes that move (RFC 6275)", next: "proto", length: "hlen")
    public let hostIdentity = IPv6Extension(
        "hip", "Host Identity Protocol", "hosts named by keys (RFC 7401)", next: "proto", length: "hdr_len")
    public let shim6 = IPv6Extension("shim6", "Shim6 Protocol", "hosts with several providers (RFC 5533)")
    public let fragmentation = IPv6Fragmentation()

    public init() {}

    /// More extension headers than this in one packet are nonsense; each stands at most once or twice (RFC 8200, 4.1).
    @inlinable public static var limit: Int { 16 }

    /// Where the chain ended.
    @frozen
    public enum End: Hashable, Sendable {
        /// At a header that belongs to no extension: its protocol number.
        case upper(UInt8)
        case fragment(IPv6FragmentHeader)
    }

    /// - Parameters:
    ///   - first: Protocol number of the header at the cursor.
    ///   - hasSegmentsLeft: Set where a routing header has addresses that the packet is yet to visit.
    @inlinable
    public func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ first: UInt8, _ hasSegmentsLeft: inout Bool
    ) throws(Stop) -> End {
        var next = first
        for _ in 0..<Self.limit {
            switch next {
            case 0: next = try hopByHop.layout(&c, unit: 8, extra: 1)
            case 43:
                let start = c.offset
                next = try routing.layout(&c, unit: 8, extra: 1)
                if let left = c.load(littleEndian: UInt8.self, at: start &+ 3), left > 0 { hasSegmentsLeft = true }
            case 44:
                let header = try fragmentation.layout(&c)
                guard header.isAtomic else { return .fragment(header) }
                next = header.nextHeader
            case 51: next = try authentication.layout(&c, unit: 4, extra: 2)
            case 60: next = try destination.layout(&c, unit: 8, extra: 1)
            case 135: next = try mobility.layout(&c, unit: 8, extra: 1)
            case 139: next = try hostIdentity.layout(&c, unit: 8, extra: 1)
            case 140: next = try shim6.layout(&c, unit: 8, extra: 1)
            default: return .upper(next)
            }
        }
        throw Stop()
    }

    /// Whether a fragment that begins with `protocol` may hold TCP.
    @inlinable
    static func mayHoldTCP(_ protocol: UInt8) -> Bool {
        switch `protocol` {
        case 0, 43, 44, 51, 60, 135, 139, 140: true
        default: NextLayer(ipProtocol: `protocol`).isWorthDefragmenting
        }
    }
}
