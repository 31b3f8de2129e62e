public import Fields

/// Generic Network Virtualization Encapsulation: packets of any protocol in UDP (RFC 8926).
public struct Geneve: Sendable {
    public let layer = Field(
        "geneve", "Generic Network Virtualization Encapsulation", .layer, "a packet of a virtual network in a datagram")
    public let version = Field("geneve.version", "Version", .unsigned(bits: 2), "0")
    public let optionsLength = Field(
        "geneve.option.length", "Length", .unsigned(bits: 6), "of the options, in units of four bytes")
    public let flags = Field(
        "geneve.flags", "Flags", .hexadecimal(bits: 8), "0x80: for the tunnel's end; 0x40: options matter")
    public let type = Field("geneve.proto_type", "Protocol Type", Names.etherType, "which protocol the tunnel carries")
    public let identifier = Field(
        "geneve.vni", "Virtual Network Identifier (VNI)", .unsigned(bits: 24), "number of the virtual network")
    public let reserved = Field("geneve.reserved", "Reserved", .unsigned(bits: 8), "0")
    public let options = Field("geneve.options", "Options", .bytes, "what the tunnel's ends tell each other")

    public init() {}

    /// 8 to 260 bytes. Versions other than 0 are not followed.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var next = NextLayer.other
        try c.group(layer) { c throws(Stop) in
            let first = UInt64(try c.ahead(version, UInt8.self))
            try c.claim(version, 1, value: first >> 6)
            c.part(optionsLength, first & 0x3f, at: -1, 1)
            try c.bigEndian(flags, UInt8.self)
            let value = try c.bigEndian(type, UInt16.self)
            let word = UInt64(try c.ahead(identifier, UInt32.self))
            try c.claim(identifier, 3, value: word >> 8)
            try c.claim(reserved, 1, value: word & 0xff)
            let count = Int(first & 0x3f) &* 4
            if count > 0 { try c.bytes(options, count) }
            next = first >> 6 == 0 ? NextLayer(etherType: value) : .unread(.form(.geneve))
        }
        return next
    }
}
