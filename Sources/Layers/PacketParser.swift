import Fields

/// What became of a frame.
@frozen
public enum PacketOutcome: Hashable, Sendable {
    /// It was handed on: the frame itself, or the datagram whose last missing fragment it brought.
    case tcp
    case notIP
    case notTCP
    /// It holds something that is not followed, though it may hold TCP.
    case unread(UnreadKind)
    /// Kept, waiting for the other fragments of its datagram.
    case fragment
    /// A header was cut short or contradicts itself, or a fragment does not fit the others.
    case malformed
    case unsupportedLinkType(Int32)
}

/// From a frame to the payload of its TCP segment.
///
/// It keeps nothing but fragments, within the limits of ``Defragmenter``, and allocates nothing but for them. One parser
/// serves one capture; interfaces of different link types may be mixed.
public struct PacketParser: ~Copyable {
    public let layers = PacketLayers.standard
    /// Fragments that wait for others.
    public private(set) var defragmenter: Defragmenter
    /// The frames that brought the datagram handed on last; empty where it came in one.
    public private(set) var fragmentFrames: [UInt64] = []
    /// The frame parsed last brought a fragment with other bytes than a datagram has that was complete before.
    public private(set) var conflict: FragmentConflict?
    /// One for all packets: nothing that it keeps is looked at.
    private var sink = SkimSink(wantsInfo: false)

    /// - Parameters:
    ///   - datagrams: As many incomplete datagrams are kept at most.
    ///   - bytes: As many bytes of fragments are kept at most.
    public init(datagrams: Int = 1024, bytes: Int = 16 << 20) {
        defragmenter = Defragmenter(datagrams: datagrams, bytes: bytes)
    }

    /// Whether frames of this link type, as numbered by `pcap_datalink` on Linux, can be parsed.
    public static func isSupported(linkType: Int32) -> Bool { NextLayer(linkType: linkType) != nil }

    /// Reads the headers of one frame and hands on the TCP segment in it, or in the datagram it completes.
    ///
    /// - Parameters:
    ///   - frame: The captured bytes. Lent by the caller; not kept.
    ///   - originalLength: Bytes of the frame on the wire; at least those captured.
    ///   - linkType: As `pcap_datalink` gives it on Linux.
    ///   - time: Nanoseconds of the capture's clock; only fragments look at it.
    ///   - number: The frame's number, by which ``fragmentFrames`` knows it.
    ///   - body: Called at most once, before this returns, with the segment, its options and the payload bytes captured of
    ///     it, from the frame or from a datagram that dies when `body` returns.
    public mutating func parse(
        _ frame: RawSpan, originalLength: Int, linkType: Int32, time: Int64, number: UInt64 = 0,
        _ body: (TCPPacket, TCPOptions, RawSpan) -> Void
    ) -> PacketOutcome {
        if !fragmentFrames.isEmpty { fragmentFrames = [] }
        if conflict != nil { conflict = nil }
        guard let first = NextLayer(linkType: linkType) else { return .unsupportedLinkType(linkType) }
        switch layers.walk(frame, first, wireLength: min(originalLength, Int(UInt32.max)), &sink) {
        case .tcp(var packet, let payload):
            Self.handOn(&packet, frame, payload, body)
            return .tcp
        case .fragment(let fragment, let payload):
            let length = max(0, originalLength &- FrameDirection.length(linkType: linkType))
            let brought = Brought(frames: [number], length: length, hasConflict: false)
            return reassemble(fragment, frame.extracting(payload), time, brought, depth: 0, body)
        case .notTCP: return .notTCP
        case .notIP: return .notIP
        case .unread(let kind): return .unread(kind)
        case .malformed: return .malformed
        }
    }

    /// Whether the capturing machine has sent a frame, where its link header tells: that of a Linux cooked capture, of
    /// PKTAP, and of frames with a direction.
    public func isOutgoing(_ frame: RawSpan, linkType: Int32) -> Bool {
        var cursor = Cursor(frame, SkimSink(wantsInfo: false))
        do throws(Stop) {
            return switch NextLayer(linkType: linkType) {
            case .linuxCooked: try layers.linuxCooked.layout(&cursor).isOutgoing
            case .linuxCooked2: try layers.linuxCooked.layout2(&cursor).isOutgoing
            case .rare(.pktap), .rare(.userPktap): cursor.peek(PKTAP.flagsOffset).map { $0 & 2 != 0 } ?? false
            case .rare(.directedPPP), .rare(.directedCiscoHDLC), .rare(.directedFrameRelay): cursor.peek() ?? 0 != 0
            default: false
            }
        } catch {
            return false
        }
    }

    /// Judges a segment and hands it on; `bytes` have its header before its payload.
    @inline(__always)
    private static func handOn(
        _ packet: inout TCPPacket, _ bytes: RawSpan, _ payload: Range<Int>,
        _ body: (TCPPacket, TCPOptions, RawSpan) -> Void
    ) {
        let start = payload.lowerBound &- Int(packet.headerLength)
        packet.judge(bytes.extracting(start..<payload.upperBound))
        let options = TCPOptions(
            bytes.extracting(start &+ 20..<payload.lowerBound), isSYN: packet.flags.contains(.syn))
        body(packet, options, bytes.extracting(payload))
    }

    /// How a fragment came.
    private struct Brought {
        /// Those that brought it.
        var frames: [UInt64]
        /// Bytes of these frames on the wire.
        var length: Int
        /// It came in fragments itself, and they contradicted each other.
        var hasConflict: Bool
    }

    /// Puts a fragment to the others, and reads the datagram if that was the last one.
    ///
    /// - Parameters:
    ///   - depth: Datagrams inside datagrams: a tunnel's packets may be fragmented within and without.
    @inline(never)
    private mutating func reassemble(
        _ fragment: Fragment, _ payload: RawSpan, _ time: Int64, _ brought: Brought, depth: Int,
        _ body: (TCPPacket, TCPOptions, RawSpan) -> Void
    ) -> PacketOutcome {
        guard depth < 4 else { return .malformed }
        let result = defragmenter.insert(
            fragment, payload, time: time, frames: brought.frames, framesLength: brought.length,
            hasConflict: brought.hasConflict)
        if let found = defragmenter.conflict { conflict = found }
        switch result {
        case .kept, .repeated: return .fragment
        case .rejected: return .malformed
        case .complete(let datagram):
            let bytes = datagram.bytes.span.bytes
            let reached = layers.walk(
                bytes, datagram.first, wireLength: datagram.wireLength, source: fragment.key.source,
                destination: fragment.key.destination, isInIP: true, &sink)
            switch reached {
            case .tcp(var packet, let payload):
                fragmentFrames = datagram.frames
                packet.fragmentsDiffer = datagram.hasConflict
                packet.fragmentsLength = UInt32(clamping: datagram.framesLength)
                if datagram.isHeaderWrong { packet.isHeaderWrong = true }
                if datagram.hasConflict || fragment.hasSegmentsLeft { packet.doubts.insert(.addresses) }
                Self.handOn(&packet, bytes, payload, body)
                return .tcp
            case .fragment(var inner, let payload):
                if datagram.isHeaderWrong { inner.isHeaderWrong = true }
                let brought = Brought(
                    frames: datagram.frames, length: datagram.framesLength, hasConflict: datagram.hasConflict)
                return reassemble(inner, bytes.extracting(payload), time, brought, depth: depth + 1, body)
            case .notTCP, .notIP: return .notTCP
            case .unread(let kind): return .unread(kind)
            case .malformed: return .malformed
            }
        }
    }
}
