public import Fields

/// The GPRS Tunnelling Protocol of mobile networks, for users' packets (3GPP TS 29.281).
public struct GTP: Sendable {
    public let layer = Field("gtp", "GPRS Tunneling Protocol", .layer, "a packet of a mobile network's user")
    public let flags = Field("gtp.flags", "Flags", .hexadecimal(bits: 8), "version 1, and which parts follow")
    public let message = Field("gtp.message", "Message Type", .hexadecimal(bits: 8), "0xff: a user's packet")
    public let length = Field("gtp.length", "Length", .unsigned(bits: 16), "bytes after the first eight")
    public let endpoint = Field("gtp.teid", "TEID", .hexadecimal(bits: 32), "which tunnel")
    public let sequence = Field("gtp.seq_number", "Sequence number", .unsigned(bits: 16), "counts the packets")
    public let unit = Field("gtp.npdu_number", "N-PDU Number", .unsigned(bits: 8), "used when a phone changes its cell")
    public let extensionType = Field("gtp.next", "Next extension header", .hexadecimal(bits: 8), "0: none follows")
    public let extensionHeader = Field(
        "gtp.ext_hdr", "Extension header", .bytes, "its length first, in units of 4 bytes")

    public init() {}

    /// 8 bytes and more.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var next = NextLayer.other
        try c.group(layer) { c throws(Stop) in
            let bits = try c.bigEndian(flags, UInt8.self)
            let kind = try c.bigEndian(message, UInt8.self)
            try c.bigEndian(length, UInt16.self)
            try c.bigEndian(endpoint, UInt32.self)
            guard bits >> 4 == 3, kind == 0xff else { return }
            if bits & 7 != 0 {
                try c.bigEndian(sequence, UInt16.self)
                try c.bigEndian(unit, UInt8.self)
                var type = try c.bigEndian(extensionType, UInt8.self)
                if bits & 4 == 0 { type = 0 }
                while type != 0 {
                    let count = Int(c.peek() ?? 0) &* 4
                    if count == 0, c.left > 0 { throw Stop() }
                    try c.bytes(extensionHeader, max(count, 2) &- 1)
                    type = try c.bigEndian(extensionType, UInt8.self)
                }
            }
            // A session may be of Ethernet.
            next = c.beginsAsIP ? .ip : .ethernet
        }
        return next
    }
}
