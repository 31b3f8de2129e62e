public import Fields

/// The control bits of a TCP header, with the values they have in its 16-bit word.
@frozen
public struct TCPFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
    public let rawValue: UInt16
    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The sender has sent its last byte.
    @inlinable public static var fin: TCPFlags { TCPFlags(rawValue: 0x001) }
    /// Opens a connection; takes one sequence number.
    @inlinable public static var syn: TCPFlags { TCPFlags(rawValue: 0x002) }
    /// The connection is over at once.
    @inlinable public static var rst: TCPFlags { TCPFlags(rawValue: 0x004) }
    @inlinable public static var psh: TCPFlags { TCPFlags(rawValue: 0x008) }
    /// The acknowledgment number counts.
    @inlinable public static var ack: TCPFlags { TCPFlags(rawValue: 0x010) }
    @inlinable public static var urg: TCPFlags { TCPFlags(rawValue: 0x020) }
    @inlinable public static var ece: TCPFlags { TCPFlags(rawValue: 0x040) }
    @inlinable public static var cwr: TCPFlags { TCPFlags(rawValue: 0x080) }
    /// Accurate ECN (formerly the nonce sum).
    @inlinable public static var ae: TCPFlags { TCPFlags(rawValue: 0x100) }
}

/// What a TCP header says.
@frozen
public struct TCPHeader: Hashable, Sendable, BitwiseCopyable {
    public var sourcePort: UInt16 = 0
    public var destinationPort: UInt16 = 0
    /// Number of the first payload byte, or of the SYN; wraps around at 2³².
    public var sequence: UInt32 = 0
    /// Number of the next byte expected from the other side, if ``TCPFlags/ack`` is set.
    public var acknowledgment: UInt32 = 0
    /// Bytes of the header with its options: 20 to 60.
    public var headerLength = 0
    public var flags = TCPFlags()
    /// As sent: not scaled by the option of RFC 7323.
    public var window: UInt16 = 0
    public var checksum: UInt16 = 0
    /// Counts only if ``flags`` contain ``TCPFlags/urg``.
    public var urgentPointer: UInt16 = 0

    @inlinable public init() {}
}

/// The Transmission Control Protocol's header (RFC 9293, 3.1). All integers are big-endian.
public struct TCP: Sendable {
    public let layer = Field(
        "tcp", "Transmission Control Protocol", .layer, "makes a stream of bytes out of packets that may get lost")
    public let sourcePort = Field("tcp.srcport", "Source Port", .unsigned(bits: 16), "which program sent the segment")
    public let destinationPort = Field(
        "tcp.dstport", "Destination Port", .unsigned(bits: 16), "which program it is for; Bitcoin listens at 8333")
    public let sequence = Field(
        "tcp.seq_raw", "Sequence Number (raw)", .unsigned(bits: 32), "number of the first byte in the sender's stream")
    public let acknowledgment = Field(
        "tcp.ack_raw", "Acknowledgment number (raw)", .unsigned(bits: 32),
        "the next byte that the sender expects from the other side")
    public let headerLength = Field(
        "tcp.hdr_len", "Header Length", .unsigned(bits: 8), "bytes of this header with its options, 20 to 60")
    public let flags = Field("tcp.flags", "Flags", .hexadecimal(bits: 12), "opens, closes and steers the connection")
    public let reserved = Field("tcp.flags.res", "Reserved", .unsigned(bits: 3), "must be 0")
    public let ae = Field("tcp.flags.ae", "Accurate ECN", .flag(mask: 0x100, bits: 12), "counts congestion exactly")
    public let cwr = Field(
        "tcp.flags.cwr", "Congestion Window Reduced", .flag(mask: 0x80, bits: 12), "the sender has slowed down")
    public let ece = Field(
        "tcp.flags.ece", "ECN-Echo", .flag(mask: 0x40, bits: 12), "a router on the way was congested")
    public let urg = Field("tcp.flags.urg", "Urgent", .flag(mask: 0x20, bits: 12), "the urgent pointer counts")
    public let ack = Field("tcp.flags.ack", "Acknowledgment", .flag(mask: 0x10, bits: 12), "the acknowledgment counts")
    public let psh = Field("tcp.flags.push", "Push", .flag(mask: 0x08, bits: 12), "hand the bytes to the program now")
    public let rst = Field("tcp.flags.reset", "Reset", .flag(mask: 0x04, bits: 12), "the connection is over at once")
    public let syn = Field("tcp.flags.syn", "Syn", .flag(mask: 0x02, bits: 12), "opens a connection")
    public let fin = Field("tcp.flags.fin", "Fin", .flag(mask: 0x01, bits: 12), "the sender has sent its last byte")
    public let window = Field(
        "tcp.window_size_value", "Window", .unsigned(bits: 16), "bytes the sender can still take, before scaling")
    public let checksum = Field(
        "tcp.checksum", "Checksum", .hexadecimal(bits: 16),
        "over addresses, header and payload; unfinished where the network card fills it in")
    public let urgentPointer = Field(
        "tcp.urgent_pointer", "Urgent Pointer", .unsigned(bits: 16), "where urgent bytes end, if the Urgent flag is set"
    )
    public let options = Field(
        "tcp.options", "TCP Options", .bytes,
        "extras: segment size, window scale, timestamps, selective acknowledgments")

    public init() {}

    /// 20 to 60 bytes. A header length under 20 stops it.
    @inlinable
    @inline(__always)
    public func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> TCPHeader {
        var header = TCPHeader()
        try c.group(layer) { c throws(Stop) in
            header.sourcePort = try c.bigEndian(sourcePort, UInt16.self)
            header.destinationPort = try c.bigEndian(destinationPort, UInt16.self)
            header.sequence = try c.bigEndian(sequence, UInt32.self)
            header.acknowledgment = try c.bigEndian(acknowledgment, UInt32.self)

            let word = try c.ahead(flags, UInt16.self)
            header.headerLength = Int(word >> 12) &* 4
            header.flags = TCPFlags(rawValue: word & 0xfff)
            c.part(headerLength, UInt64(header.headerLength), 1)
            try c.claim(flags, 2, value: UInt64(word & 0xfff))
            c.part(reserved, UInt64(word >> 9 & 7), at: -2, 1)
            c.part(ae, UInt64(word >> 8 & 1), at: -2, 1)
            c.part(cwr, UInt64(word >> 7 & 1), at: -1, 1)
            c.part(ece, UInt64(word >> 6 & 1), at: -1, 1)
            c.part(urg, UInt64(word >> 5 & 1), at: -1, 1)
            c.part(ack, UInt64(word >> 4 & 1), at: -1, 1)
            c.part(psh, UInt64(word >> 3 & 1), at: -1, 1)
            c.part(rst, UInt64(word >> 2 & 1), at: -1, 1)
            c.part(syn, UInt64(word >> 1 & 1), at: -1, 1)
            c.part(fin, UInt64(word & 1), at: -1, 1)
            guard header.headerLength >= 20 else { throw Stop() }

            header.window = try c.bigEndian(window, UInt16.self)
            header.checksum = try c.bigEndian(checksum, UInt16.self)
            header.urgentPointer = try c.bigEndian(urgentPointer, UInt16.self)
            if header.headerLength > 20 { try c.bytes(options, header.headerLength &- 20) }
        }
        return header
    }
}
