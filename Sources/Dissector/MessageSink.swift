import BitcoinP2P
import Fields
import Keys
import Output
import Reassembly
import Records

/// Turns streams of bytes into records: tells the transport, finds the messages, and hands each to the writer.
struct MessageSink: StreamSink, ~Copyable {
    var streams: ContiguousArray<MessageStream?> = []
    /// Where records go.
    var records: OrderedRecords
    let collector: FrameCollector?
    private let ports: Set<UInt16>
    var fragments = FragmentNotes()
    /// Nil where no record tells of segments.
    var segments: SegmentNotes?
    /// What all cut messages cost that are kept until their end is passed.
    var heldBytes = 0
    /// What is not counted by ``records``.
    var found = Counts()
    let keys: KeyLog?
    let waitsForKeys: Bool
    let tellsEncryptedAtOnce: Bool
    var waiting = WaitingStreams()
    let magics: [UInt32]
    let showsCiphertext: Bool
    /// The frame that is being received.
    var frameAtHand = Origin(frame: 0, time: 0)
    /// Memory for the packets of all v2 streams.
    var buffer = V2PacketBuffer()

    init(_ options: PipelineOptions, writer: (any RecordSink)?, collector: FrameCollector?) {
        self.collector = collector
        records = OrderedRecords(options, writer: writer, collector: collector)
        segments = records.depth > .summary ? SegmentNotes() : nil
        ports = Network.ports.union(options.ports)
        keys = options.keys
        waitsForKeys = options.waitsForKeys
        tellsEncryptedAtOnce = options.tellsEncryptedAtOnce
        magics = options.magics
        showsCiphertext = options.showsCiphertext
    }

    /// As many records as were asked for have been written.
    var isDone: Bool { records.isDone }

    /// What was found, as far as it is known here.
    var counts: Counts {
        var counts = found
        let tally = records.tally
        counts.messages = tally.messages
        counts.cutMessages = tally.cutMessages
        counts.gaps = tally.gaps
        counts.missingBytes = tally.missingBytes
        (counts.shown, counts.badChecksums) = records.stageCounts
        return counts
    }

    /// A segment whose bytes are about to come.
    mutating func note(_ segment: @autoclosure () -> SegmentNote) {
        if segments != nil { segments?.append(segment()) }
    }

    /// Whether a stream is taken for Bitcoin's whatever its bytes are.
    func hasKnownPort(_ one: Endpoint, _ other: Endpoint) -> Bool {
        ports.contains(one.port) || ports.contains(other.port)
    }

    // MARK: StreamSink

    mutating func wants(
        _ payload: RawSpan, isFirst: Bool, of id: StreamID, from: Endpoint, to: Endpoint
    ) -> Interest {
        let isKeyed = isKeyed(payload, id)
        if !hasKnownPort(from, to) {
            // What answers a node is a node, in whatever segments it does so.
            guard
                peer(of: id) != nil || TransportDetector.isRecognisable(payload, isFirst: isFirst) || isKeyed
            else { return .none }
            collector?.recognise()
        }
        while streams.count <= id.index { streams.append(nil) }
        streams[id.index] = MessageStream(from: from, to: to)
        // A key that is known begins its stream.
        return isKeyed ? .wanted : .wantedFromEarlier
    }

    mutating func bytes(
        _ bytes: RawSpan, at offset: UInt64, of id: StreamID, from provenance: borrowing Provenance
    ) -> Demand {
        guard !isDone, let stream = streams[id.index] else { return Demand(consumed: bytes.byteCount) }
        if stream.encryption.start == nil { stream.encryption.start = offset }
        noteStart(stream, id, at: offset)
        decide(stream, id, bytes, isStart: offset == 0, isLast: false)
        stream.next = offset
        stream.firstSequence = provenance.firstSequence
        // Where a stream has such bytes nothing is in order.
        if !records.isInOrder { stream.holding.forgetPending() }
        switch stream.transport {
        case .undecided: return Demand(consumed: 0, minimum: bytes.byteCount + 1)
        case .v1:
            let demand = frame(bytes, at: offset, of: stream, id, provenance, isLast: false)
            stream.next = offset &+ UInt64(demand.consumed)
            return demand
        case .v2:
            let demand = decrypt(bytes, at: offset, of: stream, id, provenance, .going)
            stream.next = offset &+ UInt64(demand.consumed)
            return demand
        case .other:
            watch(bytes, at: offset, of: stream, provenance)
            stream.next = offset &+ UInt64(bytes.byteCount)
            return Demand(consumed: bytes.byteCount)
        }
    }

    mutating func gap(
        _ missing: Range<UInt64>, after pending: RawSpan, of id: StreamID, from provenance: borrowing Provenance,
        reason: GapReason
    ) {
        guard !isDone, let stream = streams[id.index] else { return }
        let offset = missing.lowerBound &- UInt64(pending.byteCount)
        if stream.encryption.start == nil { stream.encryption.start = offset }
        noteStart(stream, id, at: offset)
        stream.next = missing.upperBound
        stream.isWhole = false
        // Where a stream has such bytes nothing is in order.
        if !records.isInOrder { stream.holding.forgetPending() }
        let rest = pending.extracting(
            droppingFirst: drain(pending, at: offset, of: stream, id, provenance, .gap))
        lose(missing, after: rest, stream, id, provenance, reason)
        tell(missing, reason, stream, id)
    }

    /// Takes what is missing into account for the messages around it.
    ///
    /// - Parameter rest: The bytes right before that belong to no whole message.
    private mutating func lose(
        _ missing: Range<UInt64>, after rest: RawSpan, _ stream: MessageStream, _ id: StreamID,
        _ provenance: borrowing Provenance, _ reason: GapReason
    ) {
        let lost = missing.upperBound &- missing.lowerBound
        guard stream.transport == .v1 else {
            stream.lost.missing &+= lost
            if reason == .limit { stream.lost.isLimited = true }
            if stream.transport == .v2 {
                let start = missing.lowerBound &- UInt64(rest.byteCount)
                loseEncrypted(rest, at: start, resumingAt: missing.upperBound, of: stream, provenance)
            }
            return
        }
        if stream.held != nil, stream.passing == 0 { release(stream, id) }
        if stream.passing > 0 {
            loseWithinCutMessage(lost, stream, id, reason)
        } else if let message = stream.framer.cut(rest) {
            cut(message, rest, before: missing, reason, stream, id, provenance)
        } else {
            skip(rest.byteCount, stream)
            stream.lost.missing &+= lost
            if reason == .limit { stream.lost.isLimited = true }
        }
        stream.framer.resume()
    }

    mutating func conflict(
        _ range: Range<UInt64>, with other: RawSpan, from origin: Origin, isDelivered: Bool, of id: StreamID
    ) {
        guard !isDone, id.index < streams.count, let stream = streams[id.index] else { return }
        if isDelivered {
            tell(otherCopy: range, from: origin, stream, id)
        } else {
            stream.doubtful.add(range, other, frame: origin.frame)
        }
    }

    mutating func doubt(_ range: Range<UInt64>, _ reason: UnusedReason, from origin: Origin, of id: StreamID) {
        guard id.index < streams.count else { return }
        streams[id.index]?.doubtful.add(range, droppedFor: reason)
    }

    mutating func close(
        _ id: StreamID, pending: RawSpan, from provenance: borrowing Provenance, reason: CloseReason
    ) {
        guard let stream = streams[id.index] else { return }
        defer { streams[id.index] = nil }
        waiting.remove(id)
        defer { records.close(id, of: sender(of: stream, id), at: frameAtHand) }
        guard !isDone else { return }
        let end = stream.next &+ UInt64(pending.byteCount)
        let used = drain(pending, at: stream.next, of: stream, id, provenance, .end)
        let rest = pending.extracting(droppingFirst: used)
        switch stream.transport {
        case .v1:
            if stream.held != nil {
                release(stream, id)
            } else if let message = stream.framer.cut(rest) {
                tell(message, rest, endingAt: end, own: Loss(isLimited: reason == .evicted), stream, id, provenance)
            } else {
                skip(rest.byteCount, stream)
            }
            if !stream.hasMessages { found.streamsWithoutMessages += 1 }
        case .v2: closeEncrypted(stream, id, rest, endingAt: end, isWhole: reason == .fin, provenance)
        case .undecided: tellSilence(of: stream, id)
        case .other: found.bytes.ofOtherProtocols &+= stream.byteCount &+ UInt64(rest.byteCount)
        }
    }

    // MARK: Streams

    /// Tells which side opened the connection: the one that sent the SYN without ACK, if a SYN was captured; otherwise
    /// the one whose port is not one of Bitcoin's, if only one is.
    private mutating func noteStart(_ stream: MessageStream, _ id: StreamID, at offset: UInt64) {
        // Mutating, as Swift 6.3 copies the whole sink for a method that is not.
        guard !stream.startWasSeen else { return }
        // Streams whose SYN was not captured begin at about `offsetWithoutStart`.
        stream.startWasSeen = offset < StreamAssembler.offsetWithoutStart / 2
        let peer = self.peer(of: id)
        if stream.startWasSeen || peer?.startWasSeen == true {
            stream.senderRole = id.direction == .forward ? .initiator : .responder
            peer?.senderRole = id.direction == .forward ? .responder : .initiator
        } else if Self.isListed(stream.ends.source, ports) != Self.isListed(stream.ends.destination, ports) {
            stream.senderRole = Self.isListed(stream.ends.destination, ports) ? .initiator : .responder
        }
    }

    private static func isListed(_ end: Endpoint?, _ ports: Set<UInt16>) -> Bool {
        end.map { ports.contains($0.port) } ?? false
    }

    /// Tells the transport, if it can be told by now.
    private mutating func decide(
        _ stream: MessageStream, _ id: StreamID, _ bytes: RawSpan, isStart: Bool, isLast: Bool
    ) {
        if stream.transport != .undecided, stream.transport != .v1 || stream.framer.network != nil { return }
        let peer = self.peer(of: id)
        let before = stream.transport
        defer {
            if stream.transport != before {
                collector?.decide(id, isEncrypted: stream.transport == .v2)
                tellEarlyGap(of: stream, id)
            }
        }
        guard stream.transport == .undecided else {
            stream.framer.network = peer?.framer.network
            return
        }
        stream.isWhole = isStart
        if isKeyed(bytes, id) {
            stream.transport = .v2
            return
        }
        // Its first bytes may be a key that is known.
        if keys != nil, !isStart, !isLast, bytes.byteCount < EllSwiftKey.byteCount,
            !TransportDetector.beginsWithHeader(bytes)
        {
            return
        }
        if !isStart, peer?.transport == .v2 {
            stream.transport = .v2
            return
        }
        switch TransportDetector.verdict(bytes, isStart: isStart, isLast: isLast) {
        case .undecided: if isLast { stream.transport = .other }
        case .v1: stream.transport = .v1
        case .unclear where peer?.transport == .v2: stream.transport = .v2
        case .v1Later, .unclear:
            stream.transport = .v1
            stream.framer = MessageFramer(network: peer?.framer.network, synchronised: false)
        case .v2 where peer?.hasMessages == true:
            // One side cannot be encrypted when the other is not: its beginning is damaged.
            stream.transport = .v1
            stream.framer = MessageFramer(network: peer?.framer.network, synchronised: false)
        case .v2: stream.transport = .v2
        case .other: stream.transport = .other
        }
    }

    /// Takes what can be taken from the last bytes before a gap or the end; answers how many.
    private mutating func drain(
        _ pending: RawSpan, at offset: UInt64, of stream: MessageStream, _ id: StreamID,
        _ provenance: borrowing Provenance, _ phase: Phase
    ) -> Int {
        if pending.isEmpty { return 0 }
        decide(stream, id, pending, isStart: offset == 0, isLast: true)
        if stream.transport == .v1 {
            return frame(pending, at: offset, of: stream, id, provenance, isLast: true).consumed
        }
        if stream.transport == .v2 { return decrypt(pending, at: offset, of: stream, id, provenance, phase).consumed }
        watch(pending, at: offset, of: stream, provenance)
        return pending.byteCount
    }

    /// Finds the messages in the bytes of a v1 stream.
    private mutating func frame(
        _ bytes: RawSpan, at offset: UInt64, of stream: MessageStream, _ id: StreamID,
        _ provenance: borrowing Provenance, isLast: Bool
    ) -> Demand {
        var at = 0
        if stream.held != nil, stream.passing == 0, !bytes.isEmpty {
            // What came behind the gap shows that the rest of the message will not come.
            stream.held?.origin = provenance.completion(at: offset &+ 1)
            release(stream, id)
        }
        while !isDone {
            if stream.passing > 0 {
                let count = min(stream.passing, bytes.byteCount - at)
                pass(offset &+ UInt64(at)..<offset &+ UInt64(at + count), stream, id, provenance)
                at += count
                if at == bytes.byteCount { return Demand(consumed: at) }
            }
            switch stream.framer.next(
                bytes.extracting(droppingFirst: at), isLast: isLast, leavesVerdict: records.hasThread)
            {
            case .needMore(let minimum):
                let rest = bytes.extracting(droppingFirst: at)
                if !isLast, stream.framer.mayHoldMessage(rest) {
                    holdPending(at: offset &+ UInt64(at), stream, id, provenance)
                }
                return Demand(consumed: at, minimum: minimum)
            case .skipped(let count):
                skip(count, stream)
                at += count
            case .message(let message):
                let own = bytes.extracting(at..<at + message.byteCount)
                at += message.byteCount
                tell(message, own, endingAt: offset &+ UInt64(at), stream, id, provenance)
            }
        }
        return Demand(consumed: bytes.byteCount)
    }

    /// The other direction, if any of its bytes were wanted and it is not closed.
    func peer(of id: StreamID) -> MessageStream? { id.index ^ 1 < streams.count ? streams[id.index ^ 1] : nil }

    /// What comes behind the bytes at hand.
    enum Phase { case going, gap, end }

    /// Counts the bytes of a stream that cannot be read.
    func watch(
        _ bytes: RawSpan, at offset: UInt64, of stream: MessageStream, _ provenance: borrowing Provenance
    ) {
        let origin = provenance.completion(at: offset &+ UInt64(bytes.byteCount))
        if stream.first == nil {
            stream.first = provenance.origins(of: offset..<offset &+ UInt64(bytes.byteCount)).first ?? origin
        }
        stream.last = origin
        stream.byteCount &+= UInt64(bytes.byteCount)
        let wanted = TransportDetector.v2KeyLength - stream.key.count
        if wanted > 0 { bytes.extracting(first: wanted).withUnsafeBytes { stream.key.append(contentsOf: $0) } }
    }

    mutating func skip(_ count: Int, _ stream: MessageStream) {
        stream.lost.skipped &+= UInt64(count)
        found.skippedBytes &+= UInt64(count)
    }

    // MARK: Records

    func frames(of bytes: RawSpan, endingAt end: UInt64, _ provenance: borrowing Provenance) -> [Origin] {
        records.wantsFrames ? provenance.origins(of: end &- UInt64(bytes.byteCount)..<end) : []
    }

    /// What is doubtful about bytes that a record is made of.
    ///
    /// - Parameter message: What they are in v1, so that other copies can be tried.
    func doubts(
        of bytes: RawSpan, endingAt end: UInt64, _ message: MessageFramer.Message?, _ stream: MessageStream,
        _ provenance: borrowing Provenance
    ) -> ByteDoubts? {
        if stream.doubtful.isEmpty, fragments.contested.isEmpty { return nil }
        var doubts = stream.doubtful.take(before: end, bytes, message)
        if !fragments.contested.isEmpty {
            doubts.fragmentsDiffer = provenance.origins(of: end &- UInt64(bytes.byteCount)..<end)
                .contains { fragments.contested.contains($0.frame) }
        }
        return doubts.isEmpty ? nil : doubts
    }

    mutating func tell(
        _ message: MessageFramer.Message, _ bytes: RawSpan, endingAt end: UInt64, own: Loss = Loss(),
        _ stream: MessageStream, _ id: StreamID, _ provenance: borrowing Provenance
    ) {
        let finding = RecordBuilder.Finding(
            message: message, offset: end &- UInt64(bytes.byteCount), origin: provenance.completion(at: end),
            frames: frames(of: bytes, endingAt: end, provenance), before: stream.lost, own: own,
            doubts: doubts(of: bytes, endingAt: end, message, stream, provenance))
        stream.lost = Loss()
        write(finding, bytes, stream, id)
    }

    mutating func write(
        _ finding: consuming RecordBuilder.Finding, _ bytes: RawSpan, _ stream: MessageStream, _ id: StreamID
    ) {
        guard !isDone else { return }
        if !stream.hasMessages {
            stream.hasMessages = true
            found.bitcoinStreams += 1
        }
        found.bytes.inMessages &+= UInt64(bytes.byteCount)
        finding.segment = segments?[finding.origin.frame]
        records.take(finding, of: sender(of: stream, id), id, bytes)
    }

    /// What is known by now of the side that sends a stream.
    func sender(of stream: MessageStream, _ id: StreamID) -> StreamSender {
        // Of a side of which nothing came it is known that it has said nothing.
        let isWhole = stream.isWhole && peer(of: id)?.isWhole ?? true
        return StreamSender(
            ends: stream.ends, role: stream.senderRole, side: id.direction, seen: isWhole ? .both : .part,
            firstSequence: stream.firstSequence)
    }
}
