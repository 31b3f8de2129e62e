public import Fields

/// The E-Tag of port extenders (IEEE 802.1BR; EtherType 0x893f).
public struct ETag: Sendable {
    public let layer = Field(
        "ieee8021br", "802.1BR E-Tag", .layer, "says which port of a port extender the frame is of")
    public let tag = Field("ieee8021br.tag", "Tag", .bytes, "priority, channels of ingress and of destination")
    public let type = Field("ieee8021br.etype", "Type", Names.etherType, "which protocol follows the tag")
    public let length = Field("ieee8021br.len", "Length", .unsigned(bits: 16), "bytes that follow in an 802.3 frame")

    public init() {}

    /// 8 bytes.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var next = NextLayer.other
        try c.group(layer) { c throws(Stop) in
            try c.bytes(tag, 6)
            let value = try c.ahead(type, UInt16.self)
            next = try Ethernet.typeOrLength(&c, value, type, length).next
        }
        return next
    }
}
