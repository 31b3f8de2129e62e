public import Fields

/// Frames that a switch mirrors through GRE, of types II and III (draft-foschiano-erspan); those of type I have no header.
public struct ERSPAN: Sendable {
    public let layer = Field(
        "erspan", "Encapsulated Remote Switch Packet ANalysis", .layer, "a frame that a switch mirrors")
    public let version = Field("erspan.version", "Version", .unsigned(bits: 4), "1: type II, 2: type III")
    public let network = Field("erspan.vlan", "Vlan", .unsigned(bits: 12), "virtual network of the mirrored port")
    public let session = Field(
        "erspan.session", "Class, flags and session", .hexadecimal(bits: 16), "the lower 10 bits: which mirror session")
    public let index = Field("erspan.index", "Reserved and index", .hexadecimal(bits: 32), "of type II: which port")
    public let timestamp = Field(
        "erspan.timestamp", "Timestamp", .unsigned(bits: 32), "of type III, of the switch's clock")
    public let group = Field("erspan.sgt", "Security Group Tag", .unsigned(bits: 16), "of type III")
    public let rest = Field(
        "erspan.rest", "Frame type and flags", .hexadecimal(bits: 16), "of type III; 1: a part of the platform follows")
    public let platform = Field("erspan.platform", "Platform part", .bytes, "of type III: what the switch adds")

    public init() {}

    /// 8, 12 or 20 bytes. Of type III IP packets without Ethernet are followed, too.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var next = NextLayer.other
        try c.group(layer) { c throws(Stop) in
            let word = UInt64(try c.ahead(version, UInt16.self))
            try c.claim(version, 2, value: word >> 12)
            c.part(network, word & 0xfff, at: -2, 2)
            try c.bigEndian(session, UInt16.self)
            switch word >> 12 {
            case 1:
                try c.bigEndian(index, UInt32.self)
                next = .ethernet
            case 2:
                try c.bigEndian(timestamp, UInt32.self)
                try c.bigEndian(group, UInt16.self)
                let bits = try c.bigEndian(rest, UInt16.self)
                if bits & 1 != 0 { try c.bytes(platform, 8) }
                switch bits >> 10 & 0x1f {
                case 0: next = .ethernet
                case 2: next = .ip
                default: next = .unread(.form(.erspan))
                }
            default: next = .unread(.form(.erspan))
            }
        }
        return next
    }
}
