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
