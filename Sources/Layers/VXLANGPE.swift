public import Fields

/// VXLAN's generic protocol extension: packets of several protocols in UDP (draft-ietf-nvo3-vxlan-gpe).
public struct VXLANGPE: Sendable {
    public let layer = Field(
        "vxlan_gpe", "VXLAN Generic Protocol Extension", .layer, "a packet of a virtual network in a datagram")
    public let flags = Field("vxlan_gpe.flags", "Flags", .hexadecimal(bits: 8), "4: the next protocol is named")
    public let reserved = Field("vxlan_gpe.reserved", "Reserved", .hexadecimal(bits: 16), "0")
    public let next = Field(
        "vxlan_gpe.next_proto", "Next Protocol", .unsigned(bits: 8), "1: IPv4, 2: IPv6, 3: Ethernet, 4: NSH, 5: MPLS")
    public let identifier = Field(
        "vxlan_gpe.vni", "VXLAN Network Identifier (VNI)", .unsigned(bits: 24), "number of the virtual network")
    public let reserved8 = Field("vxlan_gpe.reserved8", "Reserved", .unsigned(bits: 8), "0")

    public init() {}

    /// 8 bytes. Without the flag it is VXLAN.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var following = NextLayer.ethernet
        try c.group(layer) { c throws(Stop) in
            let bits = try c.bigEndian(flags, UInt8.self)
            try c.bigEndian(reserved, UInt16.self)
            let number = try c.bigEndian(next, UInt8.self)
            let word = UInt64(try c.ahead(identifier, UInt32.self))
            try c.claim(identifier, 3, value: word >> 8)
            try c.claim(reserved8, 1, value: word & 0xff)
            if bits & 4 != 0 { following = NextLayer(serviceProtocol: number) }
        }
        return following
    }
}
