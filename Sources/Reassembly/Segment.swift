/// What reassembly needs of a TCP header.
@frozen public struct Segment: Hashable, Sendable {
    /// The control bits, with the values they have in the header.
    @frozen public struct Flags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8

        @inlinable public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        @inlinable public static var fin: Flags { Flags(rawValue: 0x01) }
        @inlinable public static var syn: Flags { Flags(rawValue: 0x02) }
        @inlinable public static var rst: Flags { Flags(rawValue: 0x04) }
        @inlinable public static var ack: Flags { Flags(rawValue: 0x10) }
        @inlinable public static var urg: Flags { Flags(rawValue: 0x20) }
    }

    public var sequence: UInt32
    /// Meaningful only with `Flags.ack`.
    public var acknowledgement: UInt32
    public var flags: Flags
    /// The payload's length on the wire, in bytes. More than was captured when a snap length cut the packet;
    /// captured bytes beyond it (link-layer padding) are ignored. Negative values count as 0.
    public var wireLength: Int
    /// As sent, not scaled.
    public var window: UInt16 = 0xffff
    /// Meaningful only with `Flags.urg`.
    public var urgentPointer: UInt16 = 0
    /// The TCP checksum is neither right nor one that offloading leaves behind. False where it cannot be known.
    public var isChecksumWrong = false
    /// The checksum of the IP header is wrong. False where it cannot be known.
    public var isHeaderWrong = false
    /// It came in IP fragments that overlap and differ: modern receivers drop the packet.
    public var isContested = false
    public var options = SegmentOptions()

    @inlinable public init(sequence: UInt32, acknowledgement: UInt32 = 0, flags: Flags = [], wireLength: Int) {
        self.sequence = sequence
        self.acknowledgement = acknowledgement
        self.flags = flags
        self.wireLength = wireLength
    }
}

/// Where a segment stands in the capture.
@frozen public struct Origin: Hashable, Sendable {
    /// The number of the frame.
    public var frame: UInt64
    /// Nanoseconds since 1970; may be nonsense.
    public var time: Int64

    @inlinable public init(frame: UInt64, time: Int64) {
        self.frame = frame
        self.time = time
    }
}

/// What reassembly needs of a TCP header's options.
@frozen public struct SegmentOptions: Hashable, Sendable {
    /// Window scale (RFC 7323, 2.2): 0 ... 14, as sent; nil where the segment has none.
    public var windowShift: UInt8?
    /// TSval (RFC 7323, 3.2); nil where the segment has none.
    public var timestamp: UInt32?
    /// Blocks of selective acknowledgement (RFC 2018), 0 ... 4.
    public var blockCount: UInt8 = 0
    /// The blocks' edges: the first number of a block, then the one after its last; as many pairs as ``blockCount``.
    public var blockEdges = SIMD8<UInt32>()
    /// A signature of MD5 (RFC 2385) or an Authentication Option (RFC 5925).
    public var isSigned = false

    @inlinable public init() {}
}
