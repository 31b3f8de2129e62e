public import Fields

/// TaZmen Sniffer Protocol: frames that a router or an access point mirrors in UDP.
public struct TZSP: Sendable {
    public let layer = Field("tzsp", "TaZmen Sniffer Protocol", .layer, "a frame that a router mirrors in a datagram")
    public let version = Field("tzsp.version", "Version", .unsigned(bits: 8), "1")
    public let type = Field("tzsp.type", "Type", .unsigned(bits: 8), "0: received, 1: to be sent; others have no frame")
    public let encapsulated = Field("tzsp.encap", "Encapsulates", .unsigned(bits: 16), "1: Ethernet, 18: 802.11")
    public let tags = Field("tzsp.tags", "Tags", .bytes, "what the mirror tells of the frame; the last one is 1")

    public init() {}

    /// 5 bytes and more.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var next = NextLayer.other
        try c.group(layer) { c throws(Stop) in
            let number = try c.bigEndian(version, UInt8.self)
            let kind = try c.bigEndian(type, UInt8.self)
            let inner = try c.bigEndian(encapsulated, UInt16.self)
            // Other datagrams have that port, too.
            guard number == 1, kind < 2, inner == 1 || inner == 18 || inner == 119 || inner == 127 else { return }
            // A tag is its type, its length and its bytes, but for padding and for the end.
            var count = 0
            while let tag = c.peek(count), tag != 1 {
                count &+= tag == 0 ? 1 : 2 &+ Int(c.peek(count &+ 1) ?? 0)
            }
            try c.bytes(tags, count &+ 1)
            switch inner {
            case 1: next = .ethernet
            case 18: next = .rare(.wireless)
            case 119: next = .unread(.form(.tzspPrism))
            default: next = .unread(.form(.tzspAVS))
            }
        }
        return next
    }
}
