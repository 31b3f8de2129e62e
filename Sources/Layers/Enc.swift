public import Fields

/// Packets of OpenBSD's encapsulating interface, which IPsec has opened (LINKTYPE_ENC).
public struct Enc: Sendable {
    public let layer = Field("enc", "Encapsulating interface", .layer, "a packet that IPsec has opened or will close")
    public let family = Field("enc.af", "Address Family", .unsigned(bits: 32), "2: IPv4; 24, 28 or 30: IPv6")
    public let index = Field("enc.spi", "SPI", .hexadecimal(bits: 32), "which security association")
    public let flags = Field("enc.flags", "Flags", .hexadecimal(bits: 32), "0x400: encrypted, 0x800: authenticated")

    public init() {}

    /// 12 bytes. The family is in the byte order of the capturing machine, and below 2¹⁶.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var kind: UInt32 = 0
        try c.group(layer) { c throws(Stop) in
            kind = try c.ahead(family, UInt32.self)
            let isSwapped = kind > 0xffff
            if isSwapped { kind = kind.byteSwapped }
            try c.claim(family, 4, value: UInt64(kind))
            try c.bigEndian(index, UInt32.self)
            let bits = try c.ahead(flags, UInt32.self)
            try c.claim(flags, 4, value: UInt64(isSwapped ? bits.byteSwapped : bits))
        }
        return NextLayer(addressFamily: kind)
    }
}
