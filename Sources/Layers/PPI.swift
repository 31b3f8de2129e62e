public import Fields

/// Per-Packet Information (LINKTYPE_PPI): what wireless cards tell of a frame, before it. Little-endian.
public struct PPI: Sendable {
    public let layer = Field("ppi", "Per-Packet Information", .layer, "what a wireless card tells of the frame")
    public let version = Field("ppi.version", "Version", .unsigned(bits: 8), "0")
    public let flags = Field("ppi.flags", "Flags", .hexadecimal(bits: 8), "1: fields are aligned to 4 bytes")
    public let length = Field("ppi.length", "Header length", .unsigned(bits: 16), "bytes of this header")
    public let linkType = Field("ppi.dlt", "DLT", .unsigned(bits: 32), "link type of the frame that follows")
    public let fields = Field("ppi.fields", "Fields", .bytes, "what the card tells")

    public init() {}

    /// As many bytes as the header says, at least 8.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var next = NextLayer.other
        try c.group(layer) { c throws(Stop) in
            try c.integer(version, UInt8.self)
            try c.integer(flags, UInt8.self)
            let count = Int(try c.integer(length, UInt16.self))
            let inner = try c.integer(linkType, UInt32.self)
            guard count >= 8 else { throw Stop() }
            if count > 8 { try c.bytes(fields, count &- 8) }
            next = NextLayer(innerLinkType: inner)
        }
        return next
    }
}
