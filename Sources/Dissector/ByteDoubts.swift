import BitcoinP2P
import Reassembly
import Records

/// What is doubtful about the bytes of a message or packet.
struct ByteDoubts {
    /// Another copy of some bytes came, and differs.
    var otherCopy: OtherCopy?
    /// Some bytes are of a segment that receivers drop, but the other side has acknowledged them.
    var droppedFor: UnusedReason?
    /// Some bytes are of a datagram whose fragments overlap and differ.
    var fragmentsDiffer = false

    /// A copy that is not used.
    struct OtherCopy {
        /// The frame that brought it.
        var frame: UInt64
        /// Whether the message's checksum would be right with it; nil where that is not known.
        var makesChecksumRight: Bool?
    }

    var isEmpty: Bool { otherCopy == nil && droppedFor == nil && !fragmentsDiffer }

    /// As a record has it.
    var kinds: Record.Doubts {
        var kinds: Record.Doubts = []
        if let otherCopy {
            kinds.insert(.otherCopy)
            if let isRight = otherCopy.makesChecksumRight { kinds.insert(isRight ? .otherIsRight : .otherIsWrong) }
        }
        if droppedFor != nil { kinds.insert(.dropped) }
        if fragmentsDiffer { kinds.insert(.fragmentsDiffer) }
        return kinds
    }
}

/// The doubtful bytes of a stream that belong to no message yet.
struct DoubtfulBytes {
    private struct Copy {
        var range: Range<UInt64>
        var bytes: [UInt8]
        var frame: UInt64
    }

    private var copies: [Copy] = []
    private var dropped: [(end: UInt64, start: UInt64, reason: UnusedReason)] = []
    /// More copies came than are kept.
    private var lastFrame: UInt64?

    /// Bytes and copies of one direction that are kept.
    private static let byteLimit = 1 << 16
    private static let countLimit = 64

    var isEmpty: Bool { copies.isEmpty && dropped.isEmpty && lastFrame == nil }

    mutating func add(_ range: Range<UInt64>, _ bytes: RawSpan, frame: UInt64) {
        let kept = copies.reduce(0) { $0 + $1.bytes.count }
        guard copies.count < Self.countLimit, kept + bytes.byteCount <= Self.byteLimit else {
            lastFrame = frame
            return
        }
        copies.append(Copy(range: range, bytes: bytes.withUnsafeBytes { Array($0) }, frame: frame))
    }

    mutating func add(_ range: Range<UInt64>, droppedFor reason: UnusedReason) {
        if dropped.count == Self.countLimit { dropped.removeFirst() }
        dropped.append((range.upperBound, range.lowerBound, reason))
    }

    /// Takes what concerns the bytes before `end`.
    ///
    /// - Parameters:
    ///   - bytes: The message's, the last of them right before `end`.
    ///   - message: Nil where the bytes are no message of v1: then its checksum cannot be tried.
    mutating func take(before end: UInt64, _ bytes: RawSpan, _ message: MessageFramer.Message?) -> ByteDoubts {
        var doubts = ByteDoubts()
        let start = end &- UInt64(bytes.byteCount)
        let mine = copies.filter { $0.range.lowerBound < end && $0.range.upperBound > start }
        if let last = mine.last {
            doubts.otherCopy = ByteDoubts.OtherCopy(frame: last.frame)
            if let message { Self.tryCopies(mine, in: bytes, at: start, message, &doubts) }
        } else if let lastFrame {
            doubts.otherCopy = ByteDoubts.OtherCopy(frame: lastFrame)
        }
        doubts.droppedFor = dropped.last { $0.start < end && $0.end > start }?.reason
        copies.removeAll { $0.range.lowerBound < end }
        dropped.removeAll { $0.start < end }
        lastFrame = nil
        return doubts
    }

    /// Tries each copy alone, then all together.
    private static func tryCopies(
        _ copies: [Copy], in bytes: RawSpan, at start: UInt64, _ message: MessageFramer.Message,
        _ doubts: inout ByteDoubts
    ) {
        guard message.payloadLength == Int(message.header.length), message.header.byteCount == 24 else { return }
        for choice in copies.prefix(7).map({ [$0] }) + (copies.count > 1 ? [copies] : []) {
            let isRight = isRight(bytes, at: start, with: choice, message)
            if isRight || doubts.otherCopy?.makesChecksumRight == nil {
                doubts.otherCopy = ByteDoubts.OtherCopy(
                    frame: choice.last?.frame ?? 0, makesChecksumRight: isRight)
            }
            if isRight { return }
        }
    }

    private static func isRight(
        _ bytes: RawSpan, at start: UInt64, with copies: [Copy], _ message: MessageFramer.Message
    ) -> Bool {
        var changed = bytes.withUnsafeBytes { Array($0) }
        for copy in copies {
            let common = copy.range.clamped(to: start..<start &+ UInt64(changed.count))
            guard !common.isEmpty else { continue }
            let from = Int(common.lowerBound - copy.range.lowerBound)
            changed.replaceSubrange(
                Int(common.lowerBound - start)..<Int(common.upperBound - start),
                with: copy.bytes[from..<from + common.count])
        }
        return MessageHeader.isSound(changed.span.bytes, network: message.header.network)
    }
}

extension UnusedReason {
    /// In words, after "not used:".
    var text: String {
        switch self {
        case .checksum: "wrong TCP checksum"
        case .headerChecksum: "wrong IP checksum"
        case .noAcknowledgement: "no ACK flag"
        case .timestamp: "old TCP timestamp"
        case .acknowledgement: "ACK outside of what was sent"
        case .syn: "SYN within a connection"
        case .synData: "SYN data not acknowledged"
        case .window: "outside the window"
        case .urgent: "urgent data"
        case .fragments: "overlapping fragments"
        case .signature: "TCP signature that nobody agreed on"
        case .reset: "payload of a RST"
        }
    }
}
