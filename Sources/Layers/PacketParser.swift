import Dissection

/// What became of a frame.
@frozen
public enum PacketOutcome: Hashable, Sendable {
    /// It was handed on: the frame itself, or the datagram whose last missing fragment it brought.
    case tcp
    case notIP
    case notTCP
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
    public let layers = PacketLayers()
    /// Fragments that wait for others.
    public private(set) var defragmenter: Defragmenter
    /// The frames that brought the datagram handed on last; empty where it came in one.
    public private(set) var fragmentFrames: [UInt64] = []

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
    ///   - body: Called at most once, before this returns, with the segment and the payload bytes captured of it, from
    ///     the frame or from a datagram that dies when `body` returns.
    public mutating func parse(
        _ frame: RawSpan, originalLength: Int, linkType: Int32, time: Int64, number: UInt64 = 0,
        _ body: (TCPPacket, RawSpan) -> Void
    ) -> PacketOutcome {
        if !fragmentFrames.isEmpty { fragmentFrames = [] }
        guard let first = NextLayer(linkType: linkType) else { return .unsupportedLinkType(linkType) }
        var sink = SkimSink(wantsInfo: false)
        switch layers.walk(frame, first, wireLength: min(originalLength, Int(UInt32.max)), &sink) {
        case .tcp(let packet, let payload):
            body(packet, frame.extracting(payload))
            return .tcp
        case .fragment(let fragment, let payload):
            return reassemble(fragment, frame.extracting(payload), time, [number], depth: 0, body)
        case .notTCP: return .notTCP
        case .notIP: return .notIP
        case .malformed: return .malformed
        }
    }

    /// Puts a fragment to the others, and reads the datagram if that was the last one.
    ///
    /// - Parameters:
    ///   - frames: Those that brought the fragment.
    ///   - depth: Datagrams inside datagrams: a tunnel's packets may be fragmented within and without.
    @inline(never)
    private mutating func reassemble(
        _ fragment: Fragment, _ payload: RawSpan, _ time: Int64, _ frames: [UInt64], depth: Int,
        _ body: (TCPPacket, RawSpan) -> Void
    ) -> PacketOutcome {
        guard depth < 4 else { return .malformed }
        switch defragmenter.insert(fragment, payload, time: time, frames: frames) {
        case .kept: return .fragment
        case .rejected: return .malformed
        case .complete(let datagram):
            let bytes = datagram.bytes.span.bytes
            var sink = SkimSink(wantsInfo: false)
            let reached = layers.walk(
                bytes, datagram.first, wireLength: datagram.wireLength, source: fragment.key.source,
                destination: fragment.key.destination, isInIP: true, &sink)
            switch reached {
            case .tcp(let packet, let payload):
                fragmentFrames = datagram.frames
                body(packet, bytes.extracting(payload))
                return .tcp
            case .fragment(let inner, let payload):
                return reassemble(inner, bytes.extracting(payload), time, datagram.frames, depth: depth + 1, body)
            case .notTCP, .notIP: return .notTCP
            case .malformed: return .malformed
            }
        }
    }
}
