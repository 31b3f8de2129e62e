public import Fields

/// Cisco's VN-Tag (EtherType 0x8926): of which port of a virtual network card a frame is.
public struct VNTag: Sendable {
    public let layer = Field("vntag", "VN-Tag", .layer, "says which port of a virtual network card the frame is of")
    public let tag = Field("vntag.tag", "Tag", .hexadecimal(bits: 32), "direction, destination and source port")
    public let type = Field(
        "vntag.etype", "Type", .enumeration(Names.etherType, bits: 16), "which protocol follows the tag")
    public let length = Field("vntag.len", "Length", .unsigned(bits: 16), "bytes that follow in an 802.3 frame")

    public init() {}

    /// 6 bytes.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var next = NextLayer.other
        try c.group(layer) { c throws(Stop) in
            try c.bigEndian(tag, UInt32.self)
            let value = try c.ahead(type, UInt16.self)
            next = try Ethernet.typeOrLength(&c, value, type, length).next
        }
        return next
    }
}

/// The E-Tag of port extenders (IEEE 802.1BR; EtherType 0x893f).
public struct ETag: Sendable {
    public let layer = Field(
        "ieee8021br", "802.1BR E-Tag", .layer, "says which port of a port extender the frame is of")
    public let tag = Field("ieee8021br.tag", "Tag", .bytes, "priority, channels of ingress and of destination")
    public let type = Field(
        "ieee8021br.etype", "Type", .enumeration(Names.etherType, bits: 16), "which protocol follows the tag")
    public let length = Field("ieee8021br.len", "Length", .unsigned(bits: 16), "bytes that follow in an 802.3 frame")

    public init() {}

    /// 8 bytes.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var next = NextLayer.other
        try c.group(layer) { c throws(Stop) in
            try c.bytes(tag, 6)
            let value = try c.ahead(type, UInt16.self)
            next = try Ethernet.typeOrLength(&c, value, type, length).next
        }
        return next
    }
}

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
    public let type = Field(
        "macsec.etype", "Type", .enumeration(Names.etherType, bits: 16), "which protocol follows the tag")
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
