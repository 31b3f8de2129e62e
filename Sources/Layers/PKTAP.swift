public import Fields

/// PKTAP, what macOS captures of several interfaces at once: the interface, and the program that a packet is of, stand
/// before the packet (LINKTYPE_PKTAP). Integers are little-endian.
public struct PKTAP: Sendable {
    public let layer = Field("pktap", "PKTAP packet header", .layer, "tells on macOS which interface a packet is of")
    public let headerLength = Field("pktap.hdrlen", "Header Length", .unsigned(bits: 32), "bytes of this header")
    public let recordType = Field("pktap.rectype", "Record Type", .unsigned(bits: 32), "1: a packet follows")
    public let linkType = Field("pktap.dlt", "DLT", .unsigned(bits: 32), "link type of the packet that follows")
    public let interface = Field("pktap.ifname", "Interface name", .text, "filled up with zeros")
    public let flags = Field("pktap.flags", "Flags", .hexadecimal(bits: 32), "1: received, 2: sent")
    public let rest = Field("pktap.rest", "Rest of the header", .bytes, "protocol family, processes and classes")

    public init() {}

    /// Bytes of the shortest header that macOS has written.
    @inlinable public static var shortest: Int { 108 }
    /// Where ``flags`` are; the lowest byte.
    static let flagsOffset = 36

    /// As many bytes as the header says, at least ``shortest``.
    @inlinable
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> NextLayer {
        var next = NextLayer.other
        try c.group(layer) { c throws(Stop) in
            let length = Int(try c.integer(headerLength, UInt32.self))
            let type = try c.integer(recordType, UInt32.self)
            let inner = try c.integer(linkType, UInt32.self)
            try c.bytes(interface, 24)
            try c.integer(flags, UInt32.self)
            guard length >= Self.shortest else { throw Stop() }
            try c.bytes(rest, length &- 40)
            if type == 1 { next = NextLayer(innerLinkType: inner) }
        }
        return next
    }

    /// Whether what lies ahead can be such a header: older systems number the link type 149, which others use as they
    /// like.
    @inlinable
    func isConsistent(_ c: borrowing Cursor<some FieldSink & ~Copyable>) -> Bool {
        // What was cut off cannot contradict.
        guard let length = c.load(littleEndian: UInt32.self, at: c.offset),
            let type = c.load(littleEndian: UInt32.self, at: c.offset &+ 4),
            let inner = c.load(littleEndian: UInt32.self, at: c.offset &+ 8)
        else { return true }
        return type == 1 && length >= Self.shortest && length <= 1024
            && Int32(exactly: inner).flatMap(NextLayer.init(linkType:)) != nil
    }
}
