public import Fields

/// What a Linux cooked header says.
@frozen
public struct LinuxCookedHeader: Hashable, Sendable {
    /// EtherType, or one of Linux' own numbers below 0x0600.
    public var type: UInt16 = 0
    /// ARPHRD number of the device.
    public var hardwareType: UInt16 = 0
    /// Whether the capturing machine has sent the packet.
    public var isOutgoing = false
    public var next = NextLayer.other

    @inlinable public init() {}

    /// Sets ``next`` from the other two.
    @inlinable
    mutating func resolve() {
        switch (hardwareType, type) {
        // The type is a netlink family there.
        case (824, _): next = .other
        case (801, _): next = .rare(.wireless)
        case (802, _): next = .unread(.form(.prism))
        case (803, _): next = .rare(.radiotap)
        case (_, 0x0004): next = .llc
        default: next = NextLayer(etherType: type)
        }
    }
}

/// Linux cooked capture: what stands for a link header in captures of "any" device (LINKTYPE_LINUX_SLL and _SLL2).
/// All integers are big-endian.
public struct LinuxCooked: Sendable {
    public let layer = Field(
        "sll", "Linux cooked capture", .layer, "stands for the link header in a capture of all devices at once")
    public let packetType = Field(
        "sll.pkttype", "Packet type", .enumeration(Names.packetType, bits: 16), "sent, received or overheard")
    public let hardwareType = Field(
        "sll.hatype", "Link-layer address type", .enumeration(Names.hardwareType, bits: 16), "kind of the device")
    public let addressLength = Field(
        "sll.halen", "Link-layer address length", .unsigned(bits: 16), "bytes of the sender's hardware address")
    public let etherSource = Field("sll.src.eth", "Source", .bytes, "hardware address of the sender")
    public let otherSource = Field("sll.src.other", "Source", .bytes, "hardware address of the sender, not Ethernet's")
    public let unused = Field("sll.unused", "Unused", .bytes, "bytes without meaning that fill the header up")
    public let type = Field("sll.etype", "Protocol", Names.etherType, "which protocol follows")
    public let interface = Field(
        "sll.ifindex", "Interface index", .unsigned(bits: 32), "number of the device on the capturing machine")

    public init() {}

    /// Version 1: 16 bytes.
    @inlinable
    @inline(__always)
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> LinuxCookedHeader {
        var header = LinuxCookedHeader()
        try c.group(layer) { c throws(Stop) in
            header.isOutgoing = try c.bigEndian(packetType, UInt16.self) == 4
            header.hardwareType = try c.bigEndian(hardwareType, UInt16.self)
            let length = try c.bigEndian(addressLength, UInt16.self)
            try address(&c, Int(length))
            header.type = try c.bigEndian(type, UInt16.self)
            header.resolve()
        }
        return header
    }

    /// Version 2: 20 bytes.
    @inlinable
    @inline(__always)
    public func layout2(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> LinuxCookedHeader {
        var header = LinuxCookedHeader()
        try c.group(layer) { c throws(Stop) in
            header.type = try c.bigEndian(type, UInt16.self)
            try c.bytes(unused, 2)
            try c.bigEndian(interface, UInt32.self)
            header.hardwareType = try c.bigEndian(hardwareType, UInt16.self)
            header.isOutgoing = try c.bigEndian(packetType, UInt8.self) == 4
            let length = try c.bigEndian(addressLength, UInt8.self)
            try address(&c, Int(length))
            header.resolve()
        }
        return header
    }

    /// Eight bytes, of which the first `length` are an address.
    @inlinable
    @inline(__always)
    func address(_ c: inout Cursor<some FieldSink & ~Copyable>, _ length: Int) throws(Stop) {
        let used = min(length, 8)
        if used > 0 { try c.bytes(used == 6 ? etherSource : otherSource, used) }
        if used < 8 { try c.bytes(unused, 8 &- used) }
    }
}
