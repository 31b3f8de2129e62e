public import Fields

/// A byte before a frame of a serial line says which way it went (LINKTYPE_PPP_WITH_DIR, LINKTYPE_C_HDLC_WITH_DIR,
/// LINKTYPE_FRELAY_WITH_DIR).
public struct FrameDirection: Sendable {
    public let layer = Field("p2p", "Direction", .layer, "says whether the capturing machine has sent the frame")
    public let isSent = Field("p2p.dir", "Sent", .unsigned(bits: 8), "0: received, else sent")

    public init() {}

    /// Bytes that it takes in frames of a link type. They were not on the wire, and Wireshark does not count them.
    @inlinable
    public static func length(linkType: Int32) -> Int { 204...206 ~= linkType ? 1 : 0 }

    @inlinable
    public func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ next: NextLayer
    ) throws(Stop) -> NextLayer {
        try c.group(layer) { c throws(Stop) in try c.bigEndian(isSent, UInt8.self) }
        return next
    }
}
