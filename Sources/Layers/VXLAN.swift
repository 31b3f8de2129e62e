public import Fields

/// Virtual eXtensible Local Area Network: Ethernet frames in UDP (RFC 7348), as clouds mirror traffic with it.
public struct VXLAN: Sendable {
    public let layer = Field(
        "vxlan", "Virtual eXtensible Local Area Network", .layer, "a frame of a virtual network in a datagram")
    public let flags = Field("vxlan.flags", "Flags", .hexadecimal(bits: 16), "0x0800: the network has an identifier")
    public let policy = Field("vxlan.gbp", "Group Policy ID", .unsigned(bits: 16), "group of the sender, or 0")
    public let identifier = Field(
        "vxlan.vni", "VXLAN Network Identifier (VNI)", .unsigned(bits: 24), "number of the virtual network")
    public let reserved = Field("vxlan.reserved8", "Reserved", .unsigned(bits: 8), "0")

    public init() {}

    /// 8 bytes. A header without the identifier's flag is followed, too, as Linux does.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        try c.group(layer) { c throws(Stop) in
            try c.bigEndian(flags, UInt16.self)
            try c.bigEndian(policy, UInt16.self)
            let word = UInt64(try c.ahead(identifier, UInt32.self))
            try c.claim(identifier, 3, value: word >> 8)
            try c.claim(reserved, 1, value: word & 0xff)
        }
        return .ethernet
    }
}
