public import Fields

/// Generic Routing Encapsulation: a tunnel (RFC 2784, RFC 2890; version 1 of PPTP, RFC 2637).
public struct GRE: Sendable {
    public let layer = Field("gre", "Generic Routing Encapsulation", .layer, "a tunnel for packets of any protocol")
    public let flags = Field(
        "gre.flags_and_version", "Flags and Version", .hexadecimal(bits: 16), "which optional fields follow")
    public let type = Field("gre.proto", "Protocol Type", Names.etherType, "which protocol the tunnel carries")
    public let checksum = Field("gre.checksum", "Checksum", .hexadecimal(bits: 16), "over header and payload")
    public let offset = Field("gre.offset", "Offset", .unsigned(bits: 16), "unused since source routes were given up")
    public let key = Field(
        "gre.key", "Key", .hexadecimal(bits: 32), "distinguishes several tunnels of one pair of hosts")
    public let sequence = Field("gre.sequence_number", "Sequence Number", .unsigned(bits: 32), "counts the packets")
    public let acknowledgment = Field(
        "gre.ack_number", "Acknowledgment Number", .unsigned(bits: 32), "highest number received (PPTP)")

    public init() {}

    /// 4 to 20 bytes. A packet with source routes (RFC 1701) is not followed.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var next = NextLayer.other
        try c.group(layer) { c throws(Stop) in
            let bits = try c.bigEndian(flags, UInt16.self)
            let value = try c.bigEndian(type, UInt16.self)
            if bits & 0xc000 != 0 {
                try c.bigEndian(checksum, UInt16.self)
                try c.bigEndian(offset, UInt16.self)
            }
            if bits & 0x2000 != 0 { try c.bigEndian(key, UInt32.self) }
            if bits & 0x1000 != 0 { try c.bigEndian(sequence, UInt32.self) }
            switch bits & 7 {
            case 0 where bits & 0x4000 != 0: next = .unread(.form(.greRouting))
            case 0:
                switch value {
                // A switch's mirrored frames: type I has neither a sequence number nor a header of its own.
                case 0x88be: next = bits & 0x1000 != 0 ? .rare(.erspan) : .ethernet
                case 0x22eb: next = .rare(.erspan)
                default:
                    next = NextLayer(etherType: value)
                    if case .unread(.etherType) = next { next = .unread(.gre(value)) }
                }
            case 1:
                if bits & 0x80 != 0 { try c.bigEndian(acknowledgment, UInt32.self) }
                // A packet that only acknowledges has no sequence number and no payload.
                if value == 0x880b, bits & 0x1000 != 0 { next = .ppp }
            default: next = .unread(.form(.greVersion))
            }
        }
        return next
    }
}
