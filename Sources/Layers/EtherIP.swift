public import Fields

/// Ethernet within IP (RFC 3378).
public struct EtherIP: Sendable {
    public let layer = Field("etherip", "Ethernet over IP", .layer, "an Ethernet frame in an IP packet")
    public let version = Field("etherip.ver", "Version and reserved", .hexadecimal(bits: 16), "0x3000")

    public init() {}

    /// 2 bytes. The version is 3, which old BSDs wrote into the wrong half of the first byte.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var value: UInt16 = 0
        try c.group(layer) { c throws(Stop) in value = try c.bigEndian(version, UInt16.self) }
        return value >> 12 == 3 || value == 0x0300 ? .ethernet : .unread(.form(.etherIP))
    }
}

/// The Locator/ID Separation Protocol: IP packets in UDP (RFC 9300, section 5).
public struct LISP: Sendable {
    public let layer = Field("lisp-data", "Locator/ID Separation Protocol (Data)", .layer, "an IP packet in a datagram")
    public let flags = Field(
        "lisp-data.flags", "Flags and nonce", .hexadecimal(bits: 32), "which of the fields are used")
    public let locators = Field("lisp-data.lsb", "Instance and locators", .hexadecimal(bits: 32), "which are reachable")

    public init() {}

    /// 8 bytes. The last one of the first word is the next protocol where its flag is set (RFC 9305). Other datagrams have that
    /// port, too, so what does not begin as IP does is none.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var word: UInt32 = 0
        try c.group(layer) { c throws(Stop) in
            word = try c.bigEndian(flags, UInt32.self)
            try c.bigEndian(locators, UInt32.self)
        }
        if word & 0x0400_0000 != 0 {
            return 1...4 ~= word & 0xff ? NextLayer(serviceProtocol: UInt8(word & 0xff)) : .other
        }
        switch c.peek().map({ $0 >> 4 }) {
        case 4, 6, nil: return .ip
        default: return .other
        }
    }
}

/// Teredo: IPv6 in UDP through address translators; this is what may stand before the packet (RFC 4380, section 5.1.1).
public struct Teredo: Sendable {
    public let layer = Field("teredo", "Teredo IPv6 over UDP tunneling", .layer, "what stands before an IPv6 packet")
    public let kind = Field("teredo.indicator", "Indicator", .unsigned(bits: 16), "0: origin, 1: authentication")
    public let origin = Field("teredo.orig", "Origin", .bytes, "port and address of the sender, each bit inverted")
    public let identifierLength = Field("teredo.auth.idlen", "Client identifier length", .unsigned(bits: 8), "in bytes")
    public let valueLength = Field("teredo.auth.aulen", "Authentication value length", .unsigned(bits: 8), "in bytes")
    public let authentication = Field(
        "teredo.auth", "Authentication", .bytes, "identifier, value, nonce and confirmation")

    public init() {}

    /// 8 bytes and more.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var value: UInt16 = 0
        try c.group(layer) { c throws(Stop) in
            value = try c.bigEndian(kind, UInt16.self)
            switch value {
            case 0: try c.bytes(origin, 6)
            case 1:
                let identifier = Int(try c.bigEndian(identifierLength, UInt8.self))
                let count = Int(try c.bigEndian(valueLength, UInt8.self))
                try c.bytes(authentication, identifier &+ count &+ 9)
            default: break
            }
        }
        return value < 2 ? UDP.teredo(c) : .other
    }
}
