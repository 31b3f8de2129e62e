public import Fields

/// Radiotap (LINKTYPE_IEEE802_11_RADIOTAP; radiotap.org): what wireless cards tell of a frame, before it. Little-endian.
public struct Radiotap: Sendable {
    public let layer = Field("radiotap", "Radiotap Header", .layer, "what a wireless card tells of the frame")
    public let version = Field("radiotap.version", "Header revision", .unsigned(bits: 8), "0")
    public let pad = Field("radiotap.pad", "Header pad", .unsigned(bits: 8), "0")
    public let length = Field("radiotap.length", "Header length", .unsigned(bits: 16), "bytes of this header")
    public let present = Field("radiotap.present", "Present flags", .hexadecimal(bits: 32), "which fields follow")
    public let fields = Field("radiotap.fields", "Fields", .bytes, "what the card tells")

    public init() {}

    /// As many bytes as the header says, at least 8, and the 802.11 header after them, which may be padded.
    @inlinable
    public func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ wireless: WirelessLAN
    ) throws(Stop) -> NextLayer {
        var isPadded = false
        try c.group(layer) { c throws(Stop) in
            let start = c.offset
            try c.integer(version, UInt8.self)
            try c.integer(pad, UInt8.self)
            let count = Int(try c.integer(length, UInt16.self))
            let first = try c.integer(present, UInt32.self)
            guard count >= 8 else { throw Stop() }
            isPadded = Self.hasPadding(c, first, from: start, count)
            if count > 8 { try c.bytes(fields, count &- 8) }
        }
        return try wireless.layout(&c, isPadded: isPadded)
    }

    /// Whether the flags say that the 802.11 header is padded to a multiple of 4. They come first but for the time of the
    /// card's clock, after all words of present flags, of which each but the last has its highest bit set.
    @inlinable
    static func hasPadding(
        _ c: borrowing Cursor<some FieldSink & ~Copyable>, _ first: UInt32, from start: Int, _ length: Int
    ) -> Bool {
        guard first & 2 != 0 else { return false }
        var word = first
        var place = 8
        while word & 0x8000_0000 != 0, place &+ 4 <= length {
            word = c.load(littleEndian: UInt32.self, at: start &+ place) ?? 0
            place &+= 4
        }
        if first & 1 != 0 { place = ((place &+ 7) & ~7) &+ 8 }
        guard place < length, let flags = c.load(littleEndian: UInt8.self, at: start &+ place) else { return false }
        return flags & 0x20 != 0
    }
}
