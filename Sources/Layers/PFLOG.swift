public import Fields

/// Packets that the BSDs' packet filter logs (LINKTYPE_PFLOG).
public struct PFLOG: Sendable {
    public let layer = Field("pflog", "PF Log", .layer, "a packet that a rule of the BSDs' packet filter has logged")
    public let length = Field(
        "pflog.length", "Header Length", .unsigned(bits: 8), "bytes of this header, padding not counted")
    public let family = Field("pflog.af", "Address Family", .unsigned(bits: 8), "2: IPv4; 24, 28 or 30: IPv6")
    public let action = Field("pflog.action", "Action", .unsigned(bits: 8), "0: passed, 1: dropped")
    public let reason = Field("pflog.reason", "Reason", .unsigned(bits: 8), "why; 0: a rule matched")
    public let interface = Field("pflog.ifname", "Interface", .text, "filled up with zeros")
    public let rest = Field("pflog.rest", "Rest of the header", .bytes, "rule, processes, direction and padding")

    public init() {}

    /// As many bytes as the header says, up to a multiple of 4; at least those of the first version with this form, 48.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var kind: UInt8 = 0
        try c.group(layer) { c throws(Stop) in
            let count = (Int(try c.bigEndian(length, UInt8.self)) &+ 3) & ~3
            kind = try c.bigEndian(family, UInt8.self)
            try c.bigEndian(action, UInt8.self)
            try c.bigEndian(reason, UInt8.self)
            try c.bytes(interface, 16)
            guard count >= 48 else { throw Stop() }
            try c.bytes(rest, count &- 20)
        }
        return NextLayer(addressFamily: UInt32(kind))
    }
}

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
