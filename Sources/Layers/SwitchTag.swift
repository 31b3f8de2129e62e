public import Fields

/// The tag that a switch chip puts into frames for its own processor, in captures of that processor's interface
/// (LINKTYPE_DSA_TAG_DSA, _EDSA, _BRCM and _BRCM_PREPEND).
public struct SwitchTag: Sendable {
    public let layer = Field("dsa", "Switch tag", .layer, "a frame with the tag that a switch chip adds")
    public let destination = Field("dsa.dst", "Destination", .bytes, "hardware address the frame is sent to")
    public let source = Field("dsa.src", "Source", .bytes, "hardware address of the sender")
    public let etherType = Field(
        "dsa.ethertype", "EtherType of the tag", .hexadecimal(bits: 16), "0xdada, or set by hand")
    public let reserved = Field("dsa.reserved", "Reserved", .hexadecimal(bits: 16), "0")
    public let tag = Field("dsa.tag", "Tag", .hexadecimal(bits: 32), "which port of the switch, in the chip's own form")
    public let type = Field("dsa.type", "Type", Names.etherType, "which protocol follows the tag")
    public let length = Field("dsa.len", "Length", .unsigned(bits: 16), "bytes that follow in an 802.3 frame")

    public init() {}

    /// Where the tag stands.
    @frozen
    public enum Form: Sendable { case dsa, etherTypeDSA, broadcom, prependedBroadcom }

    /// 4, 18 or 22 bytes.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ form: Form) throws(Stop) -> NextLayer {
        var next = NextLayer.ethernet
        try c.group(layer) { c throws(Stop) in
            if form == .prependedBroadcom {
                try c.bigEndian(tag, UInt32.self)
                return
            }
            try c.bytes(destination, 6)
            try c.bytes(source, 6)
            if form == .etherTypeDSA {
                try c.bigEndian(etherType, UInt16.self)
                try c.bigEndian(reserved, UInt16.self)
            }
            try c.bigEndian(tag, UInt32.self)
            let value = try c.ahead(type, UInt16.self)
            next = try Ethernet.typeOrLength(&c, value, type, length).next
        }
        return next
    }
}
