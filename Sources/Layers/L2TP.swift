public import Fields

/// The Layer Two Tunneling Protocol, version 2: PPP frames in UDP (RFC 2661). How long the headers of version 3 are, only
/// its ends know: they are not followed.
public struct L2TP: Sendable {
    public let layer = Field("l2tp", "Layer 2 Tunneling Protocol", .layer, "a PPP frame in a datagram")
    public let flags = Field(
        "l2tp.flags", "Flags and version", .hexadecimal(bits: 16), "0x8000: control; which optional fields follow")
    public let length = Field("l2tp.length", "Length", .unsigned(bits: 16), "bytes of header and frame")
    public let tunnel = Field("l2tp.tunnel", "Tunnel ID", .unsigned(bits: 16), "which tunnel of the receiver")
    public let session = Field("l2tp.session", "Session ID", .unsigned(bits: 16), "which session in the tunnel")
    public let sent = Field("l2tp.Ns", "Ns", .unsigned(bits: 16), "counts the packets")
    public let received = Field("l2tp.Nr", "Nr", .unsigned(bits: 16), "number that is expected next")
    public let offset = Field("l2tp.offset", "Offset Size", .unsigned(bits: 16), "bytes of padding before the frame")
    public let padding = Field("l2tp.pad", "Padding", .bytes, "without meaning")

    public init() {}

    /// 6 bytes and more.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var next = NextLayer.other
        try c.group(layer) { c throws(Stop) in
            let bits = try c.bigEndian(flags, UInt16.self)
            guard bits & 0x800f == 2 else {
                // Other datagrams have that port, too.
                if bits & 0x800f == 3 { next = .unread(.l2tp(3)) }
                return
            }
            if bits & 0x4000 != 0 { try c.bigEndian(length, UInt16.self) }
            try c.bigEndian(tunnel, UInt16.self)
            try c.bigEndian(session, UInt16.self)
            if bits & 0x0800 != 0 {
                try c.bigEndian(sent, UInt16.self)
                try c.bigEndian(received, UInt16.self)
            }
            if bits & 0x0200 != 0 {
                let count = Int(try c.bigEndian(offset, UInt16.self))
                if count > 0 { try c.bytes(padding, count) }
            }
            next = .ppp
        }
        return next
    }
}
