import Reassembly

/// Bytes that were not captured: each such place of a stream that is Bitcoin's has a record, from which the counts
/// follow.
extension MessageSink {
    /// Tells of missing bytes, now or when it is known whether the stream is Bitcoin's.
    mutating func tell(_ missing: Range<UInt64>, _ reason: GapReason, _ stream: MessageStream, _ id: StreamID) {
        guard !missing.isEmpty else { return }
        let first = stream.startWasSeen ? 0 : stream.encryption.start ?? missing.lowerBound
        let gap = Gap(
            start: missing.lowerBound &- min(first, missing.lowerBound),
            length: missing.upperBound &- missing.lowerBound, reason: reason, origin: frameAtHand)
        switch stream.transport {
        case .v1, .v2: tell(gap, at: missing.lowerBound, stream, id)
        case .undecided:
            // Bytes would have decided it: so this gap adjoins the one before.
            if stream.earlyGap == nil { stream.earlyGap = gap } else { stream.earlyGap?.length &+= gap.length }
        case .other: break
        }
    }

    /// Tells of a copy that differs from bytes of a message that was told already.
    mutating func tell(otherCopy range: Range<UInt64>, from origin: Origin, _ stream: MessageStream, _ id: StreamID) {
        guard stream.transport == .v1 || stream.transport == .v2 else { return }
        let first = stream.startWasSeen ? 0 : stream.encryption.start ?? range.lowerBound
        let place = OffsetRange(
            start: range.lowerBound &- min(first, range.lowerBound), length: UInt64(range.count))
        records.take(.otherCopy(place, origin), of: sender(of: stream, id), id, at: range.lowerBound, RawSpan())
    }

    /// Tells what was missing before the transport was known. Its frame is the one that shows the stream to be Bitcoin's.
    mutating func tellEarlyGap(of stream: MessageStream, _ id: StreamID) {
        guard var gap = stream.earlyGap, stream.transport == .v1 || stream.transport == .v2 else { return }
        stream.earlyGap = nil
        gap.origin = frameAtHand
        tell(gap, at: stream.encryption.start ?? 0, stream, id)
    }

    /// Tells what is missing of a direction of which nothing was captured: it is what the other one is.
    mutating func tellSilence(of stream: MessageStream, _ id: StreamID) {
        guard stream.byteCount == 0, stream.earlyGap != nil else { return }
        let other = peer(of: id)?.transport ?? .v1
        stream.transport = other == .v2 ? .v2 : other == .other ? .other : .v1
        tellEarlyGap(of: stream, id)
    }

    private mutating func tell(_ gap: Gap, at offset: UInt64, _ stream: MessageStream, _ id: StreamID) {
        guard !isDone else { return }
        records.take(.gap(gap), of: sender(of: stream, id), id, at: offset, RawSpan())
    }
}
