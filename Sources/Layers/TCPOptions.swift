/// What reassembly needs of a TCP header's options (RFC 9293, 3.1).
@frozen
public struct TCPOptions: Hashable, Sendable, BitwiseCopyable {
    /// Window scale (RFC 7323, 2.2): 0 ... 14. Only a SYN has it; more than 14 counts as 14.
    public var windowShift: UInt8?
    /// TSval (RFC 7323, 3.2).
    public var timestamp: UInt32?
    /// Blocks of selective acknowledgement (RFC 2018), 0 ... 4.
    public var blockCount: UInt8 = 0
    /// The first number of a block, then the one after its last; as many pairs as ``blockCount``.
    public var blockEdges = SIMD8<UInt32>()
    /// It has a signature: of MD5 (RFC 2385), or an Authentication Option (RFC 5925), whatever its length.
    public var isSigned = false

    @inlinable public init() {}

    /// Reads what stands between the fixed header and the payload.
    ///
    /// Nearly all segments have a timestamp alone, after two bytes of padding.
    @inline(__always)
    init(_ options: RawSpan, isSYN: Bool) {
        if options.byteCount == 12, Self.word(options, 0) == 0x0101_080a {
            timestamp = Self.word(options, 4)
        } else if options.byteCount > 0 {
            read(options, isSYN: isSYN)
        }
    }

    /// A list with a fault is read up to the fault; an option of another length than its own is skipped (as Linux
    /// does).
    private mutating func read(_ options: RawSpan, isSYN: Bool) {
        var at = 0
        while at < options.byteCount {
            let kind = Self.byte(options, at)
            if kind == 0 { return }
            if kind == 1 {
                at &+= 1
                continue
            }
            guard options.byteCount &- at >= 2 else { return }
            let length = Int(Self.byte(options, at &+ 1))
            guard length >= 2, length <= options.byteCount &- at else { return }
            switch (kind, length) {
            case (3, 3): if isSYN { windowShift = min(14, Self.byte(options, at &+ 2)) }
            case (5, 10), (5, 18), (5, 26), (5, 34):
                let edges = (length &- 2) / 4
                for edge in 0..<edges { blockEdges[edge] = Self.word(options, at &+ 2 &+ edge &* 4) }
                blockCount = UInt8(truncatingIfNeeded: edges / 2)
            case (8, 10): timestamp = Self.word(options, at &+ 2)
            case (19, 18), (29, _): isSigned = true
            default: break
            }
            at &+= length
        }
    }

    // Callers have compared `place` with the length.
    @inline(__always)
    private static func byte(_ bytes: RawSpan, _ place: Int) -> UInt8 {
        bytes.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
    }

    @inline(__always)
    private static func word(_ bytes: RawSpan, _ place: Int) -> UInt32 {
        UInt32(bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt32.self))
    }
}
