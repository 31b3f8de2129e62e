public import Fields

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
