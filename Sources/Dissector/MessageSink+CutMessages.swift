import BitcoinP2P
import Reassembly

/// A cut message with its captured beginning, header included.
struct HeldMessage {
    let message: MessageFramer.Message
    let bytes: [UInt8]
    /// Where in the stream it begins.
    let offset: UInt64
    var frames: [Origin]
    var origin: Origin
    /// Lost between the message before and this one.
    let before: Loss
    /// Lost of this message.
    var own = Loss()
    let doubts: ByteDoubts?

    /// Bytes of memory.
    var cost: Int { bytes.count + frames.count * MemoryLayout<Origin>.stride }

    /// Longer beginnings are not kept: such a message is told at once, and what it goes on to lose with the next one.
    static let byteLimit = 1 << 20
    /// What is kept of all streams together costs at most so many bytes. A message for which there is no room, or whose
    /// frames become too many, is told as it is.
    static let totalLimit = 16 << 20
}

/// Messages that a gap has cut: they are told when their declared end is passed, with all that they lost.
extension MessageSink {
    /// A message ends in the gap `missing`; `bytes` are what there is before it.
    mutating func cut(
        _ message: MessageFramer.Message, _ bytes: RawSpan, before missing: Range<UInt64>, _ reason: GapReason,
        _ stream: MessageStream, _ id: StreamID, _ provenance: borrowing Provenance
    ) {
        // A length that cannot be true leads nowhere: the next message is sought right behind the gap.
        let isTrusted = message.header.length <= MessageFramer.oldLengthLimit
        stream.passing = isTrusted ? message.header.byteCount + Int(message.header.length) - bytes.byteCount : 0
        hold(
            message, bytes, before: missing.lowerBound, own: Loss(isLimited: reason == .limit), stream, id, provenance)
        loseWithinCutMessage(missing.upperBound &- missing.lowerBound, stream, id, reason)
    }

    /// Bytes of a cut message, captured behind its gap.
    mutating func pass(
        _ range: Range<UInt64>, _ stream: MessageStream, _ id: StreamID, _ provenance: borrowing Provenance
    ) {
        let count = range.upperBound &- range.lowerBound
        stream.passing -= Int(count)
        found.skippedBytes &+= count
        if stream.held != nil {
            stream.held?.own.skipped &+= count
            stream.held?.origin = provenance.completion(at: range.upperBound)
            addFrames(of: range, stream, id, provenance)
        } else {
            stream.lost.skipped &+= count
        }
        if stream.passing == 0 { release(stream, id) }
    }

    /// Bytes of a cut message that are missing, and of what comes behind it.
    ///
    /// A message whose end is missing is told with the next bytes, whose frame proves that; but where the snap length cut
    /// it off, at once: the segment at hand had it.
    mutating func loseWithinCutMessage(
        _ lost: UInt64, _ stream: MessageStream, _ id: StreamID, _ reason: GapReason
    ) {
        let own = min(lost, UInt64(stream.passing))
        stream.passing -= Int(own)
        if stream.held != nil { stream.held?.own.missing &+= own } else { stream.lost.missing &+= own }
        if stream.passing == 0, reason == .cut { release(stream, id) }
        stream.lost.missing &+= lost - own
    }

    /// Writes the message that is held, if one is.
    mutating func release(_ stream: MessageStream, _ id: StreamID) {
        guard let held = stream.held else { return }
        stream.held = nil
        heldBytes -= held.cost
        write(
            RecordBuilder.Finding(
                message: held.message, offset: held.offset, origin: held.origin, frames: held.frames,
                before: held.before, own: held.own, doubts: held.doubts),
            held.bytes.span.bytes, stream, id)
    }

    /// Keeps the beginning of a cut message until its declared end is passed.
    private mutating func hold(
        _ message: MessageFramer.Message, _ bytes: RawSpan, before end: UInt64, own: Loss, _ stream: MessageStream,
        _ id: StreamID, _ provenance: borrowing Provenance
    ) {
        guard bytes.byteCount <= min(HeldMessage.byteLimit, HeldMessage.totalLimit - heldBytes) else {
            tell(message, bytes, endingAt: end, own: own, stream, id, provenance)
            return
        }
        let held = HeldMessage(
            message: message, bytes: bytes.withUnsafeBytes { Array($0) }, offset: end &- UInt64(bytes.byteCount),
            frames: frames(of: bytes, endingAt: end, provenance), origin: provenance.completion(at: end),
            before: stream.lost, own: own, doubts: doubts(of: bytes, endingAt: end, nil, stream, provenance))
        heldBytes += held.cost
        stream.held = held
        stream.lost = Loss()
    }

    private mutating func addFrames(
        of range: Range<UInt64>, _ stream: MessageStream, _ id: StreamID, _ provenance: borrowing Provenance
    ) {
        guard let last = stream.held?.frames.last else { return }
        let more = provenance.origins(of: range).filter { $0.frame > last.frame }
        stream.held?.frames += more
        heldBytes += more.count * MemoryLayout<Origin>.stride
        if heldBytes > HeldMessage.totalLimit { release(stream, id) }
    }
}
