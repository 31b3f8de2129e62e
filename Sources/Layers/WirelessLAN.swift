public import Fields

/// A data frame of a wireless network (IEEE 802.11 9.3.2), as cards capture them in the air. Little-endian.
///
/// Encrypted frames are not followed, nor fragments and frames that hold several packets.
public struct WirelessLAN: Sendable {
    public let layer = Field("wlan", "IEEE 802.11", .layer, "a frame of a wireless network")
    public let control = Field(
        "wlan.fc", "Frame Control Field", .hexadecimal(bits: 16), "what the frame is; 0x4000: it is encrypted")
    public let duration = Field("wlan.duration", "Duration", .unsigned(bits: 16), "microseconds the air is taken for")
    public let receiver = Field("wlan.ra", "Receiver address", .bytes, "hardware address")
    public let transmitter = Field("wlan.ta", "Transmitter address", .bytes, "hardware address")
    public let third = Field("wlan.a3", "Address 3", .bytes, "hardware address; which, the frame control tells")
    public let sequence = Field(
        "wlan.seq_ctl", "Sequence control", .hexadecimal(bits: 16),
        "number of the frame; the lower 4 bits: of a fragment")
    public let fourth = Field("wlan.a4", "Address 4", .bytes, "hardware address, between access points")
    public let quality = Field("wlan.qos", "QoS Control", .hexadecimal(bits: 16), "class of traffic")
    public let highThroughput = Field("wlan.htc", "HT Control", .hexadecimal(bits: 32), "how the antennas are used")
    public let padding = Field("wlan.pad", "Padding", .bytes, "up to a multiple of 4 bytes, where a card adds it")

    public init() {}

    /// 24 to 38 bytes of a data frame; of other frames 2.
    @inlinable
    public func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, isPadded: Bool
    ) throws(Stop) -> NextLayer {
        var next = NextLayer.other
        try c.group(layer) { c throws(Stop) in
            let start = c.offset
            let bits = try c.integer(control, UInt16.self)
            // Version 0, and data that is there.
            guard bits & 0x000f == 0x0008, bits & 0x0040 == 0 else { return }
            try c.integer(duration, UInt16.self)
            try c.bytes(receiver, 6)
            try c.bytes(transmitter, 6)
            try c.bytes(third, 6)
            let number = try c.integer(sequence, UInt16.self)
            if bits & 0x0300 == 0x0300 { try c.bytes(fourth, 6) }
            var isAggregate = false
            if bits & 0x0080 != 0 {
                isAggregate = try c.integer(quality, UInt16.self) & 0x0080 != 0
                if bits & 0x8000 != 0 { try c.integer(highThroughput, UInt32.self) }
            }
            let odd = (c.offset &- start) & 3
            if isPadded, odd != 0 { try c.bytes(padding, 4 &- odd) }
            if bits & 0x4000 != 0 {
                next = .unread(.encryptedWireless)
            } else if bits & 0x0400 != 0 || number & 0x000f != 0 || isAggregate {
                next = .unread(.dividedWireless)
            } else {
                next = .llc
            }
        }
        return next
    }
}
