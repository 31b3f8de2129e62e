public import Fields

/// The Point-to-Point Protocol: of a serial line (RFC 1662), of PPPoE or of a capture device.
public struct PPP: Sendable {
    public let layer = Field("ppp", "Point-to-Point Protocol", .layer, "a frame on a line between two machines")
    public let address = Field("ppp.address", "Address", .hexadecimal(bits: 8), "always 0xff: all stations")
    public let control = Field("ppp.control", "Control", .hexadecimal(bits: 8), "always 0x03: plain data")
    public let `protocol` = Field(
        "ppp.protocol", "Protocol",
        .enumeration(
            ValueNames(
                (0x0021, "Internet Protocol version 4", "an IPv4 packet follows"),
                (0x0057, "Internet Protocol version 6", "an IPv6 packet follows"),
                (0x8021, "Internet Protocol Control Protocol", "sets up IPv4 on the line"),
                (0x8057, "IPv6 Control Protocol", "sets up IPv6 on the line"),
                (0xc021, "Link Control Protocol", "sets up the line"),
                (0xc023, "Password Authentication Protocol", "a password in the clear"),
                (0xc223, "Challenge Handshake Authentication Protocol", "proves a password without sending it")),
            bits: 16),
        "which protocol follows; a byte of zeros in front may be left out")

    public init() {}

    /// 1 to 4 bytes: address and control may be missing, and the protocol may be of one byte, as its lowest bit says
    /// (RFC 1661, section 2).
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        // Cisco's HDLC, of which captures of serial lines often have the same link type: no protocol has these numbers.
        if let first = c.peek(), first == 0x0f || first == 0x8f, c.left == 1 || c.peek(1) == 0 {
            return .rare(.ciscoHDLC)
        }
        var value: UInt16 = 0
        try c.group(layer) { c throws(Stop) in
            // 0xff is no protocol, so that it can tell HDLC's address.
            if c.peek() == 0xff {
                try c.bigEndian(address, UInt8.self)
                guard try c.bigEndian(control, UInt8.self) == 0x03 else { return }
            }
            if let first = c.peek(), first & 1 == 1 {
                value = UInt16(try c.bigEndian(`protocol`, UInt8.self))
            } else {
                value = try c.bigEndian(`protocol`, UInt16.self)
            }
        }
        switch value {
        case 0x21: return .ipv4
        case 0x57: return .ipv6
        // None, or protocols of the line itself.
        case 0, 0x8000...: return .other
        default: return .unread(.ppp(value))
        }
    }
}

/// PPP over Ethernet, session stage (RFC 2516).
public struct PPPoE: Sendable {
    public let layer = Field("pppoes", "PPP-over-Ethernet Session", .layer, "a PPP frame inside an Ethernet frame")
    public let version = Field("pppoe.version", "Version", .unsigned(bits: 4), "always 1")
    public let type = Field("pppoe.type", "Type", .unsigned(bits: 4), "always 1")
    public let code = Field("pppoe.code", "Code", .hexadecimal(bits: 8), "0 for data of a session")
    public let session = Field("pppoe.session_id", "Session ID", .hexadecimal(bits: 16), "which session of this peer")
    public let length = Field("pppoe.payload_length", "Payload Length", .unsigned(bits: 16), "bytes of the PPP frame")

    public init() {}

    /// 6 bytes.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var isData = false
        try c.group(layer) { c throws(Stop) in
            let first = UInt64(try c.ahead(version, UInt8.self))
            try c.claim(version, 1, value: first >> 4)
            c.part(type, first & 15, at: -1, 1)
            isData = try c.bigEndian(code, UInt8.self) == 0
            try c.bigEndian(session, UInt16.self)
            try c.bigEndian(length, UInt16.self)
        }
        return isData ? .ppp : .other
    }
}
