public import Fields

/// The Network Service Header: by which services a packet is to pass (RFC 8300).
public struct NSH: Sendable {
    public let layer = Field("nsh", "Network Service Header", .layer, "by which services the packet is to pass")
    public let base = Field(
        "nsh.base", "Version, flags, TTL and length", .hexadecimal(bits: 16), "the lower 6 bits: length")
    public let metadataType = Field(
        "nsh.mdtype", "MD Type", .unsigned(bits: 4), "1: 16 bytes of context, 2: of any length")
    public let next = Field(
        "nsh.nextproto", "Next Protocol", .unsigned(bits: 8), "1: IPv4, 2: IPv6, 3: Ethernet, 4: NSH, 5: MPLS")
    public let path = Field("nsh.path", "Service path", .hexadecimal(bits: 32), "which path, and how far along it")
    public let context = Field("nsh.context", "Context", .bytes, "what the services tell each other")

    public init() {}

    /// As many bytes as the header says in units of 4, at least 8. Versions other than 0 are not followed.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var following = NextLayer.other
        try c.group(layer) { c throws(Stop) in
            let bits = try c.bigEndian(base, UInt16.self)
            let kind = try c.ahead(metadataType, UInt8.self)
            try c.claim(metadataType, 1, value: UInt64(kind & 0x0f))
            let number = try c.bigEndian(next, UInt8.self)
            try c.bigEndian(path, UInt32.self)
            let count = Int(bits & 0x3f) &* 4
            guard count >= 8 else { throw Stop() }
            if count > 8 { try c.bytes(context, count &- 8) }
            following = bits >> 14 == 0 ? NextLayer(serviceProtocol: number) : .unread(.form(.nsh))
        }
        return following
    }
}

extension NextLayer {
    /// By a number that VXLAN-GPE and NSH use (RFC 8300, section 2.2).
    @inlinable
    init(serviceProtocol number: UInt8) {
        switch number {
        case 1: self = .ipv4
        case 2: self = .ipv6
        case 3: self = .ethernet
        case 4: self = .rare(.nsh)
        case 5: self = .mpls
        default: self = .unread(.service(number))
        }
    }
}
