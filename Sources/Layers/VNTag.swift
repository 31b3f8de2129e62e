public import Fields

/// Cisco's VN-Tag (EtherType 0x8926): of which port of a virtual network card a frame is.
public struct VNTag: Sendable {
    public let layer = Field("vntag", "VN-Tag", .layer, "says which port of a virtual network card the frame is of")
    public let tag = Field("vntag.tag", "Tag", .hexadecimal(bits: 32), "direction, destination and source port")
    public let type = Field("vntag.etype", "Type", Names.etherType, "which protocol follows the tag")
    public let length = Field("vntag.len", "Length", .unsigned(bits: 16), "bytes that follow in an 802.3 frame")

    public init() {}

    /// 6 bytes.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var next = NextLayer.other
        try c.group(layer) { c throws(Stop) in
            try c.bigEndian(tag, UInt32.self)
            let value = try c.ahead(type, UInt16.self)
            next = try Ethernet.typeOrLength(&c, value, type, length).next
        }
        return next
    }
}
