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
        (4789, "VXLAN", "an Ethernet frame of a virtual network follows"),
        (6081, "Geneve", "a packet of a virtual network follows"),
        (8472, "VXLAN (Linux)", "the number that Linux used before VXLAN had one"))

    public init() {}

    /// 8 bytes.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var port: UInt16 = 0
        try c.group(layer) { c throws(Stop) in
            try c.bigEndian(source, UInt16.self)
            port = try c.bigEndian(destination, UInt16.self)
            try c.bigEndian(length, UInt16.self)
            try c.bigEndian(checksum, UInt16.self)
        }
        return switch port {
        case 4789, 8472: .vxlan
        case 6081: .geneve
        default: .other
        }
    }
}
