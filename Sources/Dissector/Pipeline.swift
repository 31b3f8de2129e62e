import BitcoinP2P
import Capture
import Fields
import Insight
import Layers
import Output
import Reassembly
import Records

/// Frames that cannot be dissected at all.
public enum PipelineError: Error, Sendable, CustomStringConvertible {
    case unsupportedLinkType(LinkTypeNumber, frame: UInt64)

    public var description: String {
        switch self {
        case .unsupportedLinkType(let type, let frame):
            "frame \(frame) is of link type \(type), which is not supported. LINK LAYERS in btcshark(1) lists those that are"
        }
    }
}

/// From frames to records: layers, reassembly, framing, dissection, writer; one owner, and one thread unless
/// ``PipelineOptions/usesRecordThread`` asks for a second.
public struct Pipeline: ~Copyable {
    private var parser: PacketParser
    private var assembler: StreamAssembler
    private var sink: MessageSink
    private var malformedPackets: UInt64 = 0
    private var unread = UnreadFrames()
    private var notTCPPackets: UInt64 = 0
    private var cutPackets: UInt64 = 0
    private var packets: UInt64 = 0
    private let collector: FrameCollector?
    private let observer: SegmentObserver?
    /// Nil where no fields of packets are asked for.
    private let packetNotes: PacketNotes?
    /// Somebody is shown all packets.
    private let isWatched: Bool
    private let captureNotes: CaptureNotes?
    /// Of the first frame with a time, and of the last.
    private var firstTime: Int64?
    private var lastTime: Int64?
    /// The file of the last frame.
    private var file = 0

    /// - Parameters:
    ///   - writer: Nil to count only.
    ///   - collector: Is shown all packets; it should be among the writers, too.
    public init(_ options: PipelineOptions, writer: (any RecordSink)?, collector: FrameCollector? = nil) {
        let options = options.relating(for: writer)
        self.collector = collector
        let observer = options.observation > .messages ? SegmentObserver(options.observation) : nil
        self.observer = observer
        isWatched = collector != nil || observer != nil
        captureNotes = options.captureNotes
        parser = PacketParser()
        assembler = StreamAssembler(limits: options.limits)
        packetNotes = PacketNotes(for: options, writer?.wants)
        sink = MessageSink(
            options, writer: writer, collector: collector, observer: observer, packets: packetNotes)
    }

    /// Enough records were written: nothing more will come of further frames.
    public var isDone: Bool { sink.isDone }

    /// Takes one frame; `bytes` are only borrowed.
    public mutating func receive(_ header: FrameHeader, _ bytes: RawSpan) throws(PipelineError) {
        if header.hasTime {
            if lastTime == nil {
                firstTime = header.time
                sink.begin(header.time)
            }
            lastTime = header.time
        } else {
            return try receive(timeless: header, bytes)
        }
        try take(header, bytes)
    }

    /// A frame of which it is not known when it was captured lets no time pass.
    private mutating func receive(timeless header: FrameHeader, _ bytes: RawSpan) throws(PipelineError) {
        captureNotes?.note(timeless: header.number)
        var header = header
        header.time = lastTime ?? 0
        try take(header, bytes)
    }

    private mutating func take(_ header: FrameHeader, _ bytes: RawSpan) throws(PipelineError) {
        if header.file != file {
            file = header.file
            sink.begin(file: file)
        }
        if captureNotes?.hasSecrets == true, let captureNotes {
            for secrets in captureNotes.takeSecrets() { sink.add(secrets: secrets) }
        }
        packets += 1
        packetNotes?.begin(header)
        sink.begin(Origin(frame: header.number, time: header.time))
        let isCut = header.capturedLength < header.originalLength
        if isCut { cutPackets += 1 }
        switch Self.pass(header, bytes, &parser, &assembler, &sink, isWatched, collector, observer, packetNotes) {
        case .unsupportedLinkType:
            // All frames of a pcap file and of a live capture are of one link type; a pcapng file may have others.
            guard header.interface > 0 else { throw .unsupportedLinkType(header.linkType, frame: header.number) }
            unread.add(.linkType(header.linkType))
        case .unread(let kind): unread.add(.layer(kind))
        case .malformed: if !isCut { malformedPackets += 1 }
        case .notIP, .notTCP: notTCPPackets &+= 1
        case .tcp, .fragment: break
        }
        offerOtherSides()
        // Nearly always there is nothing to do.
        if !sink.isInOrder { sink.settle(assembler) }
    }

    /// Records wait to be handed on: in a live run ``pass(to:)`` should be called soon.
    public var holdsRecords: Bool { sink.holdsRecords }

    /// What is to be done before the next frame.
    public enum Condition { case going, holdsRecords, isDone }

    /// ``isDone`` and ``holdsRecords`` in one, to be asked before each frame.
    public var condition: Condition {
        // Swift 6.3 copies the whole value for a getter that does not mutate, which is a hundredth of all there is to do.
        mutating get { sink.isDone ? .isDone : sink.holdsRecords ? .holdsRecords : .going }
    }

    /// Hands on the records that wait, though others of lower frames may come: somebody has watched for long enough.
    public mutating func releaseRecords() { sink.release() }

    /// Takes secrets that a file of the capture brings along, where its notes do not.
    public mutating func add(secrets: CaptureNotes.Secrets) { sink.add(secrets: secrets) }

    /// Takes up the streams whose secrets have come since their bytes did. For a live run, to be called some times a
    /// second, also while frames keep coming; where no stream waits it does nothing.
    public mutating func lookForKeys() {
        for stream in sink.streamsToOffer() { assembler.offerAgain(stream, into: &sink) }
        offerOtherSides()
        if !sink.isInOrder { sink.settle(assembler) }
    }

    /// A secret that was found with one direction opens the other, too, which has waited for it.
    private mutating func offerOtherSides() {
        while let stream = sink.nextWaiting() { assembler.offerAgain(stream, into: &sink) }
    }

    /// The parts are passed one by one, since the parser calls back into the others.
    private static func pass(
        _ header: FrameHeader, _ bytes: RawSpan, _ parser: inout PacketParser, _ assembler: inout StreamAssembler,
        _ sink: inout MessageSink, _ isWatched: Bool, _ collector: FrameCollector?, _ observer: SegmentObserver?,
        _ packetNotes: PacketNotes?
    ) -> PacketOutcome {
        var stream: StreamID?
        var contested: Int?
        var shown: FrameCollector.Shown?
        var fragmentsLength: UInt64 = 0
        let isOutgoing =
            isWatched && observer != nil
            && (header.isOutgoing || parser.isOutgoing(bytes, linkType: header.linkType.rawValue))
        let outcome = parser.parse(
            bytes, originalLength: header.originalLength, linkType: header.linkType.rawValue, time: header.time,
            number: header.number
        ) { packet, options, payload in
            sink.note(
                SegmentNote(
                    frame: header.number,
                    frameLength: UInt32(clamping: header.withoutDirection(header.originalLength)),
                    sequence: packet.sequence, payloadLength: UInt32(clamping: packet.wireLength),
                    fragmentsLength: packet.fragmentsLength, isSYN: packet.flags.contains(.syn),
                    interface: header.interface, comment: header.comment,
                    file: UInt32(clamping: header.file) &+ 1))
            if let packetNotes { packetNotes.note(packet, options, payload, header, bytes) }
            let segment = Segment(packet, options)
            if packet.fragmentsDiffer {
                sink.noteContested(header.number)
                contested = packet.wireLength
            }
            let from = Endpoint(packet.source, packet.sourcePort)
            let to = Endpoint(packet.destination, packet.destinationPort)
            let origin = Origin(frame: header.number, time: header.time)
            // Before the segment changes what it is judged by.
            var credence = StreamAssembler.Credence.none
            if isWatched, observer != nil, !segment.flags.isDisjoint(with: [.fin, .rst]) {
                credence = assembler.judge(ending: segment, from: from, to: to)
            }
            let receiver = assembler.receive(segment, payload, from: from, to: to, origin: origin, into: &sink)
            if assembler.hasHoles, let position = assembler.holePosition(of: receiver) {
                sink.holdAfterHole(receiver, at: position)
            }
            stream = receiver
            guard isWatched else { return }
            if let observer {
                if isOutgoing { observer.note(local: packet.source) }
                if observer.isNew(receiver) {
                    observer.open(
                        receiver, segment, at: origin, from: from, to: to, hasKnownPort: sink.hasKnownPort(from, to))
                }
                let observed = ObservedPacket(
                    segment, captured: payload.byteCount, wireLength: header.wireLength,
                    fragmentsLength: packet.fragmentsLength, origin)
                observer.receive(observed, of: receiver, credence)
                fragmentsLength = observed.frameLength
                if case .believed = credence { sink.end(receiver, isReset: segment.flags.contains(.rst)) }
            }
            if collector != nil {
                shown = FrameCollector.Shown(segment, of: receiver, mayBeEncrypted: sink.hasKnownPort(from, to))
            }
        }
        if let stream, !parser.fragmentFrames.isEmpty { sink.noteFragments(of: stream, contested: contested) }
        if let conflict = parser.conflict { sink.receive(conflict) }
        guard isWatched else { return outcome }
        if let observer {
            observer.end(header, outcome)
            let others = parser.fragmentFrames.count(where: { $0 != header.number })
            if others > 0 { observer.collect(fragments: others, length: fragmentsLength &- header.wireLength) }
        }
        if let collector, let shown {
            collector.note(shown, frame: header.number, fragments: parser.fragmentFrames)
            if sink.isInOrder { collector.forgetLeft() }
        }
        return outcome
    }

    /// What is to be said by now, a line each, of connections that were open before the capture began: in a live run, to be
    /// asked for some times a second.
    ///
    /// - Parameter time: Nanoseconds since the Unix epoch, of the clock that the frames' times are of.
    public mutating func takeNotices(at time: Int64) -> [String] { sink.takeNotices(at: time) }

    /// Lets time pass in which no frame came, as on a quiet interface: messages after a hole whose time is up are shown
    /// now, not when the next frame comes.
    ///
    /// - Parameter time: Nanoseconds since the Unix epoch, of the clock that the frames' times are of.
    public mutating func pass(to time: Int64) {
        if packets > 0 { assembler.pass(to: time, into: &sink) }
        if !sink.isInOrder { sink.settle(assembler) }
    }

    /// End of input: what is unfinished is shown as cut.
    public mutating func finish() {
        sink.holdAll()
        assembler.finish(into: &sink)
        sink.finish()
    }

    /// Declares every field there is, so that the catalog is complete.
    public static func declareFields() {
        _ = RecordFields.standard
        _ = MessageTypes.standard
    }

    /// What the packets tell, so far; nil where they are not observed.
    public var facts: CaptureFacts? {
        guard var facts = observer?.facts else { return nil }
        facts.packets = packets
        facts.cutPackets = cutPackets
        facts.unread = unread.kinds
        facts.notTCPPackets = notTCPPackets
        facts.connections = assembler.statistics.connections
        return facts
    }

    /// Does something while no record is being made, and all that came before are made.
    public mutating func pauseRecords<Result>(_ body: () -> Result) -> Result { sink.pauseRecords(body) }

    /// From the first frame to the last, as far as they have times, in nanoseconds.
    public var duration: Int64 { max(0, (lastTime ?? 0) &- (firstTime ?? 0)) }

    /// How many connections have begun. They are numbered from 0 in this order.
    public var connections: UInt64 { assembler.statistics.connections }

    public var counts: Counts {
        var counts = sink.counts
        counts.packets = packets
        counts.connections = assembler.statistics.connections
        counts.evictions = assembler.statistics.evictions
        counts.unheardStreams = assembler.statistics.unheardStreams
        counts.bytes.take(assembler.statistics)
        // What came late was captured.
        counts.missingBytes &-= min(counts.missingBytes, counts.bytes.late)
        counts.unreadSecretBytes &+= captureNotes?.unreadSecretBytes ?? 0
        counts.commentsLeftOut = captureNotes?.commentsLeftOut ?? 0
        counts.malformedPackets = malformedPackets
        counts.unread = unread
        counts.notTCPPackets = notTCPPackets
        counts.cutPackets = cutPackets
        return counts
    }
}
