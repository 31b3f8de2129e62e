import BitcoinP2P
import Fields
import Layers
import Output
import Reassembly
import Records

/// What a record says of a stream where it is of no message.
enum StreamEvent {
    case gap(Gap)
    /// A copy of bytes that were read before differs from them.
    case otherCopy(OffsetRange, Origin)
    /// Fragments of a packet overlap and differ.
    case fragmentsDiffer(FragmentConflict, Origin)
    /// A v2 packet without a message.
    case packet(V2PacketLayout.Facts, PacketArrival)
    /// A v2 connection begins that cannot be read yet.
    case beginning(Origin, waitsForKey: Bool)
    /// Something of a v2 connection does not authenticate.
    case failure(V2Framer.Failure, Origin)
    /// What was lost at the end of a v2 direction that was decrypted up to there.
    case end(Loss, Origin)
    case encrypted(EncryptedDirection)
    /// The direction has ended. It has no record.
    case closed(Origin)

    /// The first byte after missing ones has come. It has no record, and comes only where packets are observed.
    case resumed(Origin)
    /// Bytes that cannot be read, as one frame brought them. They have no record of their own, and come only where somebody
    /// wants to know.
    case unread(UInt64, Origin)
    /// The sender has closed the connection. It comes only where relations are asked for.
    case ended(ConnectionEnd)

    /// The frame to which its record belongs.
    var origin: Origin {
        switch self {
        case .gap(let gap): gap.origin
        case .otherCopy(_, let origin), .fragmentsDiffer(_, let origin), .closed(let origin), .resumed(let origin),
            .unread(_, let origin):
            origin
        case .packet(_, let arrival): arrival.origin
        case .beginning(let origin, _), .failure(_, let origin), .end(_, let origin): origin
        case .encrypted(let direction): direction.last
        case .ended(let end): end.origin
        }
    }

    /// Whether `-c` counts its record.
    var isCounted: Bool {
        switch self {
        case .gap, .otherCopy, .fragmentsDiffer, .closed, .resumed, .ended, .unread: false
        default: true
        }
    }
}

/// How a connection is closed.
struct ConnectionEnd {
    var isReset: Bool
    /// The frame of the FIN or RST.
    var origin: Origin
}

/// Bytes of a stream, from 0: the first byte after the SYN, or the first of the stream that is known.
struct OffsetRange {
    var start: UInt64
    var length: UInt64
}

/// Bytes of a stream that were not captured.
struct Gap {
    /// Offset of the first of them, from 0: the first byte after the SYN, or the first of the stream that is known.
    var start: UInt64
    var length: UInt64
    var reason: GapReason
    /// The frame that proved it.
    var origin: Origin
}

/// How a v2 packet came.
struct PacketArrival {
    var origin: Origin
    var frames: [Origin]
    var segment: SegmentNote?
    var packetNote: PacketNote?
    var before = Loss()
    var doubts: ByteDoubts?
}

/// A direction of a v2 connection that cannot be read.
struct EncryptedDirection {
    /// The first bytes, which may be its key.
    var key: [UInt8]
    var byteCount: UInt64
    var missing: UInt64
    /// When the first frame with bytes of it was captured.
    var startTime: Int64
    /// The last frame with bytes of it.
    var last: Origin
    /// The connection was closed before the other side said anything.
    var isUnanswered = false
}
