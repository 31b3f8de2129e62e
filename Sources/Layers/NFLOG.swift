public import Fields

/// Packets that Linux's netfilter logs (LINKTYPE_NFLOG): attributes, of which one is the packet.
public struct NFLOG: Sendable {
    public let layer = Field("nflog", "Linux Netfilter NFLOG", .layer, "a packet that a firewall rule has logged")
    public let family = Field("nflog.family", "Family", .unsigned(bits: 8), "2: IPv4, 10: IPv6")
    public let version = Field("nflog.version", "Version", .unsigned(bits: 8), "0")
    public let resource = Field("nflog.res_id", "Resource ID", .unsigned(bits: 16), "number of the log group")
    public let length = Field(
        "nflog.tlv_length", "Length", .unsigned(bits: 16), "bytes of this attribute and its header")
    public let type = Field("nflog.tlv_type", "Type", .unsigned(bits: 16), "9: the packet")
    public let value = Field("nflog.tlv_value", "Value", .bytes, "of an attribute that is not the packet")

    public init() {}

    /// Attributes are in the byte order of the capturing machine, which their types tell: they are below 0x40, beside flags in
    /// the upper two bits.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var kind: UInt8 = 0
        try c.group(layer) { c throws(Stop) in
            kind = try c.bigEndian(family, UInt8.self)
            try c.bigEndian(version, UInt8.self)
            try c.bigEndian(resource, UInt16.self)
            while true {
                let isBig = (c.peek(3) ?? 0) != 0 && (c.peek(2) ?? 0) & 0x3f == 0
                let count: UInt16
                let number: UInt16
                if isBig {
                    count = try c.bigEndian(length, UInt16.self)
                    number = try c.bigEndian(type, UInt16.self)
                } else {
                    count = try c.integer(length, UInt16.self)
                    number = try c.integer(type, UInt16.self)
                }
                guard count >= 4 else { throw Stop() }
                if number & 0x3fff == 9 {
                    // What was cut is filled up to a multiple of four.
                    c.narrow(to: c.offset &+ Int(count) &- 4)
                    return
                }
                let padded = (Int(count) &- 4 &+ 3) & ~3
                if padded > 0 { try c.bytes(value, padded) }
            }
        }
        return NextLayer(addressFamily: UInt32(kind))
    }
}
