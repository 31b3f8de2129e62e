public import Fields

/// MACsec (IEEE 802.1AE; EtherType 0x88e5), as far as it only signs.
public struct MACsec: Sendable {
    public let layer = Field(
        "macsec", "802.1AE Security Tag", .layer, "a frame that is signed; where encrypted, it ends here")
    public let control = Field(
        "macsec.tci", "TCI and AN", .hexadecimal(bits: 8), "0x20: an identifier follows; 0x0c: encrypted or changed")
    public let shortLength = Field(
        "macsec.SL", "Short Length", .unsigned(bits: 8), "bytes that are signed, if below 48")
    public let number = Field("macsec.PN", "Packet Number", .unsigned(bits: 32), "never used twice with one key")
    public let identifier = Field("macsec.SCI", "Secure Channel Identifier", .bytes, "sender's address and port")
    public let type = Field("macsec.etype", "Type", Names.etherType, "which protocol follows the tag")
    public let length = Field("macsec.len", "Length", .unsigned(bits: 16), "bytes that follow in an 802.3 frame")

    public init() {}

    /// 8 or 16 bytes where it only signs. The signature stands at the frame's end, where IP does not read.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var next = NextLayer.other
        try c.group(layer) { c throws(Stop) in
            let bits = try c.bigEndian(control, UInt8.self)
            try c.bigEndian(shortLength, UInt8.self)
            try c.bigEndian(number, UInt32.self)
            if bits & 0x20 != 0 { try c.bytes(identifier, 8) }
            guard bits & 0x80 == 0 else {
                next = .unread(.form(.macsecVersion))
                return
            }
            guard bits & 0x0c == 0 else {
                next = .unread(.encryptedMACsec)
                return
            }
            let value = try c.ahead(type, UInt16.self)
            next = try Ethernet.typeOrLength(&c, value, type, length).next
        }
        return next
    }
}
