public import Fields

/// The tag of a provider's backbone bridge (IEEE 802.1ah; EtherType 0x88e7), and the customer's frame that begins in it.
public struct ProviderBackbone: Sendable {
    public let layer = Field(
        "ieee8021ah", "802.1ah Provider Backbone Bridge", .layer, "a customer's frame in a provider's frame")
    public let tag = Field("ieee8021ah.tag", "I-Tag", .hexadecimal(bits: 32), "the lower 24 bits: which service")
    public let destination = Field(
        "ieee8021ah.cdst", "C-Destination", .ethernet, "hardware address the customer's frame is sent to")
    public let source = Field(
        "ieee8021ah.csrc", "C-Source", .ethernet, "hardware address of the sender in the customer's network")
    public let type = Field("ieee8021ah.etype", "Type", Names.etherType, "which protocol the customer's frame carries")
    public let length = Field("ieee8021ah.len", "Length", .unsigned(bits: 16), "bytes that follow in an 802.3 frame")

    public init() {}

    /// 18 bytes.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var header = EthernetHeader()
        try c.group(layer) { c throws(Stop) in
            try c.bigEndian(tag, UInt32.self)
            try c.bytes(destination, 6)
            try c.bytes(source, 6)
            let value = try c.ahead(type, UInt16.self)
            header = try Ethernet.typeOrLength(&c, value, type, length)
        }
        return header.next
    }
}
