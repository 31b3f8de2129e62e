public import Fields

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
        return c.beginsAsIP ? .ip : .other
    }
}
