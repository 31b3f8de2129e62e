public import Fields

/// LINKTYPE_C_HDLC_WITH_DIR, LINKTYPE_FRELAY_WITH_DIR).
public struct FrameDirection: Sendable {
    public let layer = Field("p2p", "Direction", .layer, "tells whether the capturing machine has sent the frame")
    public let isSent = Field("p2p.dir", "Sent", .unsigned(bits: 8), "0: received, else sent")

    public init() {}

    @inlinable
    public func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ next: NextLayer
    ) throws(Stop) -> NextLayer {
        try c.group(layer) { c throws(Stop) in try c.bigEndian(isSent, UInt8.self) }
        return next
    }
}
