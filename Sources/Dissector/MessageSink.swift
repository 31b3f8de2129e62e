import BitcoinP2P
import Dissection
import Output
import Reassembly

/// Turns streams of bytes into records: tells the transport, finds the messages, and hands each to the writer.
struct MessageSink: StreamSink, ~Copyable {
    var streams: ContiguousArray<MessageStream?> = []
    /// Makes the records where there is no thread for it. What does not change is looked up here in any case.
    var stage: RecordStage
    /// Makes the records, if it is not done at once.
    let thread: RecordThread?
    let collector: FrameCollector?
    private let ports: Set<UInt16>
    /// Nil where no record tells of segments.
    var segments: SegmentNotes?
    /// What all cut messages cost that are kept until their end is passed.
    var heldBytes = 0
    var counts = Counts()
    let keys: KeyLog?
    let waitsForKeys: Bool
    let tellsEncryptedAtOnce: Bool
    var waiting = WaitingStreams()
    let magics: [UInt32]
    let showsCiphertext: Bool
    /// Memory for the packets of all v2 streams.
    var buffer = PacketBuffer()

    init(_ options: PipelineOptions, writer: (any RecordWriter)?, collector: FrameCollector?) {
        self.collector = collector
        stage = RecordStage(options, writer: writer)
        thread = options.usesThread(writer, collector) ? RecordThread(options, writer: writer) : nil
        segments = stage.detail > .summary ? SegmentNotes() : nil
        ports = Network.ports.union(options.ports)
        keys = options.keys
        waitsForKeys = options.waitsForKeys
        tellsEncryptedAtOnce = options.tellsEncryptedAtOnce
        magics = options.magics
        showsCiphertext = options.showsCiphertext
    }

    /// As many records as were asked for have been written.
    var isDone: Bool { stage.isDone }

    /// The capture's first frame.
    mutating func begin(_ time: Int64) { withStage { $0.builder.begin(time) } }

    /// Does something with the stage when all records before are made.
    mutating func withStage<Result>(_ body: (inout RecordStage) -> Result) -> Result {
        if let thread { thread.pause(body) } else { body(&stage) }
    }

    /// No more will come: waits until all records are made.
    mutating func finish() { thread?.finish() }

    /// Records that the filter let through, nil without one, and messages with bad checksums.
    var stageCounts: (shown: UInt64?, badChecksums: UInt64) {
        if let thread { return thread.pause { ($0.shownByFilter, $0.badChecksums) } }
        return (stage.shownByFilter, stage.badChecksums)
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

    mutating func wants(_ payload: RawSpan, of id: StreamID, from: Endpoint, to: Endpoint) -> Bool {
        if !hasKnownPort(from, to) {
            // What answers a node is a node, in whatever segments it does so.
            guard peer(of: id) != nil || TransportDetector.isRecognisable(payload) || isKeyed(payload, id) else {
                return false
            }
            collector?.recognise()
        }
        while streams.count <= id.index { streams.append(nil) }
        streams[id.index] = MessageStream(from: from, to: to)
        return true
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
        let lost = missing.upperBound &- missing.lowerBound
        let rest = pending.extracting(
            droppingFirst: drain(pending, at: offset, of: stream, id, provenance, .gap))
        // It may have turned out only now that they are not Bitcoin's.
        if stream.transport != .other {
            counts.gaps += 1
            counts.missingBytes &+= lost
        }
        guard stream.transport == .v1 else {
            stream.lost.missing &+= lost
            if reason == .limit { stream.lost.isLimited = true }
            if stream.transport == .v2 {
                let start = missing.lowerBound &- UInt64(rest.byteCount)
                loseEncrypted(rest, at: start, resumingAt: missing.upperBound, of: stream, provenance)
            }
            return
        }
        if stream.passing > 0 {
            loseWithinCutMessage(lost, stream, id)
        } else if let message = stream.framer.cut(rest) {
            cut(message, rest, before: missing, reason, stream, id, provenance)
        } else {
            skip(rest.byteCount, stream)
            stream.lost.missing &+= lost
            if reason == .limit { stream.lost.isLimited = true }
        }
        stream.framer.resume()
    }

    mutating func conflict(_ range: Range<UInt64>, of id: StreamID) {
        guard id.index < streams.count else { return }
        streams[id.index]?.conflicts += 1
    }

    mutating func close(
        _ id: StreamID, pending: RawSpan, from provenance: borrowing Provenance, reason: CloseReason
    ) {
        guard let stream = streams[id.index] else { return }
        defer { streams[id.index] = nil }
        waiting.remove(id)
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
            if !stream.hasMessages { counts.streamsWithoutMessages += 1 }
        case .v2: closeEncrypted(stream, id, rest, endingAt: end, isWhole: reason == .fin, provenance)
        case .other, .undecided: break
        }
    }

    // MARK: Streams

    /// Tells which side opened the connection: the one that sent the SYN without ACK, if a SYN was captured; otherwise
    /// the one whose port is not one of Bitcoin's, if only one is.
    private func noteStart(_ stream: MessageStream, _ id: StreamID, at offset: UInt64) {
        guard !stream.startWasSeen else { return }
        // Streams whose SYN was not captured begin at about `offsetWithoutStart`.
        stream.startWasSeen = offset < StreamAssembler.offsetWithoutStart / 2
        let peer = self.peer(of: id)
        if stream.startWasSeen || peer?.startWasSeen == true {
            stream.senderRole = id.direction == .forward ? .fromInitiator : .fromResponder
            peer?.senderRole = id.direction == .forward ? .fromResponder : .fromInitiator
        } else if Self.isListed(stream.ends.source, ports) != Self.isListed(stream.ends.destination, ports) {
            stream.senderRole = Self.isListed(stream.ends.destination, ports) ? .fromInitiator : .fromResponder
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
            if stream.transport != before { collector?.decide(id, isEncrypted: stream.transport == .v2) }
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
        while !isDone {
            if stream.passing > 0 {
                let count = min(stream.passing, bytes.byteCount - at)
                pass(offset &+ UInt64(at)..<offset &+ UInt64(at + count), stream, id, provenance)
                at += count
                if at == bytes.byteCount { return Demand(consumed: at) }
            }
            switch stream.framer.next(
                bytes.extracting(droppingFirst: at), isLast: isLast, leavesVerdict: thread != nil)
            {
            case .needMore(let minimum): return Demand(consumed: at, minimum: minimum)
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
        counts.skippedBytes &+= UInt64(count)
    }

    // MARK: Records

    func frames(of bytes: RawSpan, endingAt end: UInt64, _ provenance: borrowing Provenance) -> [Origin] {
        stage.wantsFrames ? provenance.origins(of: end &- UInt64(bytes.byteCount)..<end) : []
    }

    mutating func tell(
        _ message: MessageFramer.Message, _ bytes: RawSpan, endingAt end: UInt64, own: Loss = Loss(),
        _ stream: MessageStream, _ id: StreamID, _ provenance: borrowing Provenance
    ) {
        let finding = RecordBuilder.Finding(
            message: message, origin: provenance.completion(at: end),
            frames: frames(of: bytes, endingAt: end, provenance), before: stream.lost, own: own,
            hasConflict: stream.conflicts > 0)
        stream.lost = Loss()
        stream.conflicts = 0
        write(finding, bytes, stream, id)
    }

    mutating func write(
        _ finding: RecordBuilder.Finding, _ bytes: RawSpan, _ stream: MessageStream, _ id: StreamID
    ) {
        guard !isDone else { return }
        if !stream.hasMessages {
            stream.hasMessages = true
            counts.bitcoinStreams += 1
        }
        counts.messages += 1
        if finding.message.payloadLength < Int(finding.message.header.length) { counts.cutMessages += 1 }
        var finding = finding
        if stage.detail > .summary {
            if Conduct.isMoved(by: finding.message.header.command) { finding.message.verify(bytes) }
            finding.remarks = judge(finding.message, bytes, stream, id)
            finding.segment = segments?[finding.origin.frame]
        }
        if let thread {
            thread.take(finding, of: stream.sender, number: id.connection, bytes)
        } else {
            stage.take(finding, of: stream.sender, number: id.connection, bytes)
        }
    }

    /// What is wrong with the place of a message in its conversation.
    private func judge(
        _ message: MessageFramer.Message, _ bytes: RawSpan, _ stream: MessageStream, _ id: StreamID
    ) -> [AnnotationKind] {
        // Receivers drop it, as if it had never been sent. Of others the checksum may not be known yet.
        if message.status == .bad, Conduct.isMoved(by: message.header.command) { return [] }
        let payload = bytes.extracting(droppingFirst: message.header.byteCount)
        let claims =
            Conduct.isVersion(message.header.command) ? stage.builder.claims(of: bytes, from: message.header) : nil
        guard let peer = self.peer(of: id) else {
            // Nothing of the other side yet: it has not asked anything either.
            var silent = Conduct()
            return stream.conduct.take(
                message.header.command, payload, from: &silent, isWhole: stream.isWhole, claims: claims)
        }
        return stream.conduct.take(
            message.header.command, payload, from: &peer.conduct, isWhole: stream.isWhole && peer.isWhole,
            claims: claims)
    }
}
