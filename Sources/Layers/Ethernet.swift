public import Fields

/// What an Ethernet header, or a tag after one, says.
@frozen
public struct EthernetHeader: Hashable, Sendable {
    /// An EtherType from 0x0600 on, else the length of an 802.3 frame; of LLC the protocol after SNAP, else 0.
    public var type: UInt16 = 0
    public var next = NextLayer.other

    @inlinable public init() {}
}

/// Ethernet II, or 802.3 with a length in place of the type (IEEE 802.3, 3.2).
public struct Ethernet: Sendable {
    public let layer = Field("eth", "Ethernet", .layer, "a frame of the local network")
    public let destination = Field("eth.dst", "Destination", .ethernet, "hardware address the frame is sent to")
    public let source = Field("eth.src", "Source", .ethernet, "hardware address of the sender on this network")
    public let type = Field("eth.type", "Type", Names.etherType, "which protocol the frame carries")
    public let length = Field(
        "eth.len", "Length", .unsigned(bits: 16), "bytes that follow in an 802.3 frame, padding not counted")

    public init() {}

    /// 14 bytes.
    @inlinable
    @inline(__always)
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> EthernetHeader {
        var header = EthernetHeader()
        try c.group(layer) { c throws(Stop) in
            try c.bytes(destination, 6)
            try c.bytes(source, 6)
            let value = try c.ahead(type, UInt16.self)
            header = try Self.typeOrLength(&c, value, type, length)
        }
        return header
    }

    /// The two bytes after the addresses or after a tag: up to 1,500 they are a length, and LLC follows.
    @inlinable
    @inline(__always)
    static func typeOrLength(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ value: UInt16, _ type: Field, _ length: Field
    ) throws(Stop) -> EthernetHeader {
        var header = EthernetHeader()
        header.type = value
        if value > 1500 {
            try c.bigEndian(type, UInt16.self)
            header.next = NextLayer(etherType: value)
        } else {
            try c.bigEndian(length, UInt16.self)
            header.next = .llc
        }
        return header
    }
}

/// A VLAN tag (IEEE 802.1Q) or the outer tag of two (802.1ad), after the EtherType that announces it.
public struct VLAN: Sendable {
    public let layer = Field("vlan", "802.1Q Virtual LAN", .layer, "says which virtual network the frame belongs to")
    public let priority = Field("vlan.priority", "Priority", .unsigned(bits: 3), "0 to 7: which frames go first")
    public let dropEligible = Field(
        "vlan.dei", "DEI", .flag(mask: 0x1000, bits: 16), "may be dropped first when the network is congested")
    public let identifier = Field("vlan.id", "ID", .unsigned(bits: 12), "number of the virtual network")
    public let type = Field("vlan.etype", "Type", Names.etherType, "which protocol follows the tag")
    public let length = Field("vlan.len", "Length", .unsigned(bits: 16), "bytes that follow in an 802.3 frame")

    public init() {}

    /// 4 bytes.
    @inlinable
    @inline(__always)
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> EthernetHeader {
        var header = EthernetHeader()
        try c.group(layer) { c throws(Stop) in
            let tag = UInt64(try c.ahead(priority, UInt16.self))
            try c.claim(priority, 2, value: tag >> 13)
            c.part(dropEligible, tag >> 12 & 1, at: -2, 2)
            c.part(identifier, tag & 0xfff, at: -2, 2)
            let value = try c.ahead(type, UInt16.self)
            header = try Ethernet.typeOrLength(&c, value, type, length)
        }
        return header
    }
}

/// Logical link control (IEEE 802.2), of which only SNAP can carry IP (RFC 1042).
public struct LogicalLinkControl: Sendable {
    public let layer = Field("llc", "Logical-Link Control", .layer, "names the protocol of an 802.3 frame")
    public let destination = Field(
        "llc.dsap", "DSAP", .hexadecimal(bits: 8), "which protocol receives; 0xaa: SNAP, the type follows")
    public let source = Field("llc.ssap", "SSAP", .hexadecimal(bits: 8), "which protocol sends")
    public let control = Field("llc.control", "Control", .hexadecimal(bits: 8), "kind of frame; 0x03: plain data")
    public let organization = Field(
        "llc.oui", "Organization Code", .hexadecimal(bits: 24), "who defined the type that follows; 0: EtherTypes")
    public let type = Field("llc.type", "Type", Names.etherType, "which protocol follows, as in Ethernet II")

    public init() {}

    /// 8 bytes for SNAP, else 3.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> EthernetHeader {
        var header = EthernetHeader()
        try c.group(layer) { c throws(Stop) in
            let receiver = try c.bigEndian(destination, UInt8.self)
            let sender = try c.bigEndian(source, UInt8.self)
            let kind = try c.bigEndian(control, UInt8.self)
            guard receiver == 0xaa, sender == 0xaa, kind == 0x03 else {
                // IP by its own number (RFC 948).
                if receiver == 0x06, sender == 0x06, kind == 0x03 { header.next = .ip }
                return
            }
            guard c.left >= 3, let word = c.load(littleEndian: UInt32.self, at: c.offset &- 1) else {
                try c.bytes(organization, 3)
                return
            }
            let code = word.byteSwapped & 0xff_ffff
            try c.claim(organization, 3, value: UInt64(code))
            let value = try c.bigEndian(type, UInt16.self)
            // 0000f8: bridge tunnel encapsulation of protocols that may not change their length (IEEE 802.1H).
            if code == 0 || code == 0xf8 {
                header.type = value
                header.next = NextLayer(etherType: value)
            } else if code == 0x80c2 {
                header.next = .unread(.form(.bridgedSNAP))
            }
        }
        return header
    }
}
