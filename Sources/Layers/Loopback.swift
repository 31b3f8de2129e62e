public import Fields

/// The address family that stands before packets of BSD loopback devices (LINKTYPE_NULL and LINKTYPE_LOOP).
public struct Loopback: Sendable {
    public let layer = Field("null", "Null/Loopback", .layer, "the machine talking to itself")
    public let family = Field(
        "null.family", "Family",
        .enumeration(
            ValueNames(
                (2, "IP", "an IPv4 packet follows"), (10, "IPv6 (Linux)", "an IPv6 packet follows"),
                (24, "IPv6 (NetBSD, OpenBSD)", "an IPv6 packet follows"),
                (28, "IPv6 (FreeBSD)", "an IPv6 packet follows"), (30, "IPv6 (macOS)", "an IPv6 packet follows")),
            bits: 32),
        "address family, as numbered by the capturing system")

    public init() {}

    /// 4 bytes. The family is below 2¹⁶, so its byte order is known: of NULL it is the capturing machine's.
    ///
    /// - Parameter isNetworkOrder: Big-endian for certain (LINKTYPE_LOOP).
    @inlinable
    @inline(__always)
    public func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, isNetworkOrder: Bool
    ) throws(Stop) -> NextLayer {
        var value: UInt32 = 0
        try c.group(layer) { c throws(Stop) in
            value = try c.ahead(family, UInt32.self)
            if !isNetworkOrder, value > 0xffff { value = value.byteSwapped }
            try c.claim(family, 4, value: UInt64(value))
        }
        return NextLayer(addressFamily: value)
    }
}
