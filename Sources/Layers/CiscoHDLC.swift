public import Fields

/// Cisco's HDLC of serial lines (LINKTYPE_C_HDLC; RFC 1547, section 4.3.1).
public struct CiscoHDLC: Sendable {
    public let layer = Field("chdlc", "Cisco HDLC", .layer, "a frame on a line between two routers")
    public let address = Field("chdlc.address", "Address", .hexadecimal(bits: 8), "0x0f: to one, 0x8f: to all")
    public let control = Field("chdlc.control", "Control", .hexadecimal(bits: 8), "0")
    public let type = Field("chdlc.protocol", "Protocol", Names.etherType, "which protocol follows")

    public init() {}

    /// 4 bytes.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var value: UInt16 = 0
        try c.group(layer) { c throws(Stop) in
            try c.bigEndian(address, UInt8.self)
            try c.bigEndian(control, UInt8.self)
            value = try c.bigEndian(type, UInt16.self)
        }
        return NextLayer(etherType: value)
    }
}

/// A byte before the frames of some link types that tells whether the capturing machine has sent them (LINKTYPE_PPP_WITH_DIR,
