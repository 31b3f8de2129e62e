public import Fields

/// The tag of a provider's backbone bridge (IEEE 802.1ah; EtherType 0x88e7), before the customer's whole frame.
public struct ProviderBackbone: Sendable {
    public let layer = Field(
        "ieee8021ah", "802.1ah Provider Backbone Bridge", .layer, "a customer's frame in a provider's frame")
    public let tag = Field("ieee8021ah.tag", "I-Tag", .hexadecimal(bits: 32), "the lower 24 bits: which service")

    public init() {}

    /// 4 bytes.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        try c.group(layer) { c throws(Stop) in try c.bigEndian(tag, UInt32.self) }
        return .ethernet
    }
}
