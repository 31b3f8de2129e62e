public import Fields

/// Frame Relay (LINKTYPE_FRELAY): RFC 2427, or Cisco's own form with an EtherType.
public struct FrameRelay: Sendable {
    public let layer = Field("fr", "Frame Relay", .layer, "a frame of a provider's older wide-area network")
    public let address = Field("fr.address", "Address", .bytes, "which connection; the last byte is odd")
    public let control = Field("fr.control", "Control Field", .hexadecimal(bits: 8), "3: plain data")
    public let padding = Field("fr.pad", "Padding", .unsigned(bits: 8), "0: makes the length even")
    public let identifier = Field(
        "fr.nlpid", "NLPID", .hexadecimal(bits: 8), "0xcc: IPv4, 0x8e: IPv6, 0x80: organization and type follow")
    public let organization = Field(
        "fr.snap.oui", "Organization Code", .hexadecimal(bits: 24), "0: EtherTypes, 0x80c2: bridged frames")
    public let type = Field("fr.snap.pid", "Protocol ID", .hexadecimal(bits: 16), "of the organization")
    public let etherType = Field("fr.chdlctype", "Type", Names.etherType, "which protocol follows, in Cisco's form")

    public init() {}

    /// 4 to 11 bytes.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var next = NextLayer.other
        try c.group(layer) { c throws(Stop) in
            var count = 2
            while count < 4, let byte = c.peek(count &- 1), byte & 1 == 0 { count &+= 1 }
            try c.bytes(address, count)
            guard c.peek() == 3 else {
                next = NextLayer(etherType: try c.bigEndian(etherType, UInt16.self))
                return
            }
            try c.bigEndian(control, UInt8.self)
            if c.peek() == 0 { try c.bigEndian(padding, UInt8.self) }
            switch try c.bigEndian(identifier, UInt8.self) {
            case 0xcc: next = .ipv4
            case 0x8e: next = .ipv6
            case 0x80: next = try snap(&c)
            case 0xcf: next = .ppp
            // Signalling, OSI's network layer and its routing.
            case 0x08, 0x81, 0x82, 0x83: break
            default: next = .unread(.form(.frameRelay))
            }
        }
        return next
    }

    @inlinable
    func snap(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        let high = try c.ahead(organization, UInt16.self)
        let low = c.peek(2) ?? 0
        try c.claim(organization, 3, value: UInt64(high) << 8 | UInt64(low))
        let value = try c.bigEndian(type, UInt16.self)
        switch (high, low) {
        case (0, 0): return NextLayer(etherType: value)
        // Bridged Ethernet, with and without the check sequence at its end.
        case (0x0080, 0xc2): return value == 1 || value == 7 ? .ethernet : .unread(.form(.frameRelay))
        default: return .unread(.form(.frameRelay))
        }
    }
}
