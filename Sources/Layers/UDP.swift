public import Fields

/// The User Datagram Protocol (RFC 768), as far as tunnels use it.
public struct UDP: Sendable {
    public let layer = Field("udp", "User Datagram Protocol", .layer, "single datagrams; some carry a tunnel's packets")
    public let source = Field("udp.srcport", "Source Port", .unsigned(bits: 16), "port of the sender")
    public let destination = Field(
        "udp.dstport", "Destination Port", .enumeration(Self.tunnels, bits: 16),
        "port of the receiver: it identifies the tunnel")
    public let length = Field("udp.length", "Length", .unsigned(bits: 16), "bytes of header and payload")
    public let checksum = Field("udp.checksum", "Checksum", .hexadecimal(bits: 16), "over header and payload; 0: none")

    private static let tunnels = ValueNames(
        (1701, "L2TP", "a PPP frame follows"),
        (2152, "GTP-U", "a packet of a mobile network's user follows"),
        (3544, "Teredo", "an IPv6 packet follows"),
        (4341, "LISP", "an IP packet follows"),
        (4789, "VXLAN", "an Ethernet frame of a virtual network follows"),
        (4790, "VXLAN-GPE", "a packet of a virtual network follows"),
        (6081, "Geneve", "a packet of a virtual network follows"),
        (8472, "VXLAN (Linux)", "the number that Linux used before VXLAN had one"),
        (37008, "TZSP", "a frame that a router mirrors follows"))

    public init() {}

    /// 8 bytes.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var port: UInt16 = 0
        var from: UInt16 = 0
        try c.group(layer) { c throws(Stop) in
            from = try c.bigEndian(source, UInt16.self)
            port = try c.bigEndian(destination, UInt16.self)
            try c.bigEndian(length, UInt16.self)
            try c.bigEndian(checksum, UInt16.self)
        }
        return switch port {
        case 4789, 8472: .vxlan
        case 6081: .geneve
        case 1701: .rare(.l2tp)
        case 2152: .rare(.gtp)
        case 3544: Self.teredo(c)
        case 4341: .rare(.lisp)
        case 4790: .rare(.vxlanGPE)
        case 37008: .rare(.tzsp)
        default:
            // Their answers come from that port.
            switch from {
            case 1701: .rare(.l2tp)
            case 3544: Self.teredo(c)
            default: .other
            }
        }
    }

    /// What lies ahead in a datagram of Teredo: an IPv6 packet, or what may stand before it, which begins with a zero.
    @inlinable
    static func teredo(_ c: borrowing Cursor<some FieldSink & ~Copyable>) -> NextLayer {
        switch c.peek() {
        case 0: .rare(.teredo)
        case nil: .ipv6
        case .some(let first): first >> 4 == 6 ? .ipv6 : .other
        }
    }
}
