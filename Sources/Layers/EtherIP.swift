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
