public import Fields

/// A label of Multiprotocol Label Switching (RFC 3032).
public struct MPLS: Sendable {
    public let layer = Field(
        "mpls", "MultiProtocol Label Switching Header", .layer, "by which a provider's network forwards the packet")
    public let label = Field("mpls.label", "MPLS Label", .unsigned(bits: 20), "where the next router sends it")
    public let trafficClass = Field(
        "mpls.exp", "MPLS Experimental Bits", .unsigned(bits: 3), "0 to 7: class of traffic")
    public let isBottom = Field(
        "mpls.bottom", "MPLS Bottom Of Label Stack", .flag(mask: 0x100, bits: 32), "no label follows")
    public let timeToLive = Field("mpls.ttl", "MPLS TTL", .unsigned(bits: 8), "routers it may still pass")

    public init() {}

    /// 4 bytes. After the last label stands an IP packet; a pseudowire's frame is not followed.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var next = NextLayer.other
        try c.group(layer) { c throws(Stop) in
            let word = UInt64(try c.ahead(label, UInt32.self))
            try c.claim(label, 4, value: word >> 12)
            c.part(trafficClass, word >> 9 & 7, at: -4, 4)
            c.part(isBottom, word >> 8 & 1, at: -4, 4)
            c.part(timeToLive, word & 0xff, at: -1, 1)
            guard word & 0x100 != 0 else {
                next = .mpls
                return
            }
            if c.beginsAsIP {
                next = .ip
            } else if c.peek().map({ $0 >> 4 }) != 1 {
                // Else it is a channel of the pseudowire's own (RFC 4385).
                next = .unread(.form(.pseudowire))
            }
        }
        return next
    }
}
