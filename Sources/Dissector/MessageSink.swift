import BitcoinP2P
import Capture
import Layers
import Output
import Reassembly
import Records

/// Turns streams of bytes into records: each direction of a connection gets the reader of its transport.
struct MessageSink: StreamSink, ~Copyable {
    private struct Entry {
        let stream: MessageStream
        var reader: StreamReader
    }

    private var entries: ContiguousArray<Entry?> = []
    private var outlet: MessageOutlet
    private let chooser: TransportChooser
    private let finder: SecretFinder
    /// The end of a connection is looked at.
    private let tellsEnds: Bool
    /// The streams that the frame at hand has closed.
    private var justClosed: [MessageStream] = []
    private let collector: FrameCollector?
    private let observer: SegmentObserver?
    /// The first bytes after a hole are an event.
    private let tellsHoles: Bool
    /// Nil where nobody asks for them.
    private let earlier: EarlierConnections?

    init(
        _ options: PipelineOptions, writer: (any RecordSink)?, collector: FrameCollector?, observer: SegmentObserver?,
        packets: PacketNotes?
    ) {
        outlet = MessageOutlet(options, writer: writer, collector: collector, packets: packets)
        finder = SecretFinder(options)
        chooser = TransportChooser(options, V2Reader.Workshop(options, finder))
        self.collector = collector
        tellsEnds = options.observation >= .connections && options.inquiry != nil
        self.observer = observer
        tellsHoles = options.observation > .none
        earlier = options.namesEarlierConnections ? EarlierConnections() : nil
    }

    // MARK: The pipeline

    /// Enough records were written.
    var isDone: Bool { outlet.isDone }
    /// Nobody holds a record back, and none is held.
    var isInOrder: Bool { outlet.isInOrder }
    /// Records are held back.
    var holdsRecords: Bool { outlet.holdsRecords }
    /// What was found, as far as it is known here.
    var counts: Counts {
        var counts = outlet.counts
        counts.unreadSecretBytes = finder.unreadBytes
        return counts
    }

    /// The capture's first frame.
    mutating func begin(_ time: Int64) { outlet.begin(time) }

    /// The frames to come are of a file.
    mutating func begin(file: Int) {
        finder.begin(file: file)
        outlet.begin(file: file)
    }

    /// A file brings secrets of its connections along.
    mutating func add(secrets: CaptureNotes.Secrets) { finder.add(secrets.lines, of: secrets.file) }

    /// A frame is about to be received.
    mutating func begin(_ frame: Origin) {
        if !justClosed.isEmpty { justClosed = [] }
        outlet.begin(frame)
    }

    /// A segment whose bytes are about to come.
    mutating func note(_ segment: @autoclosure () -> SegmentNote) { outlet.note(segment()) }

    /// All that follows from a frame was found: hands on the records that wait for nothing else.
    mutating func settle(_ assembler: borrowing StreamAssembler) { outlet.settle(assembler) }

    /// Hands on the records that are held.
    mutating func release() { outlet.release() }

    /// All streams are about to be closed, one after the other.
    mutating func holdAll() { outlet.holdAll() }

    /// What is to be said by now of connections that were open before the capture began.
    mutating func takeNotices(at time: Int64) -> [String] { earlier?.takeNotices(at: time) ?? [] }

    /// Does something while no record is being made.
    mutating func pauseRecords<Result>(_ body: () -> Result) -> Result { outlet.pauseRecords(body) }

    /// All streams are closed.
    mutating func finish() { outlet.finish() }

    /// Whether a stream is taken for Bitcoin's whatever its bytes are.
    func hasKnownPort(_ one: Endpoint, _ other: Endpoint) -> Bool { chooser.hasKnownPort(one, other) }

    /// The frame at hand brought a segment after a hole at `position`.
    mutating func holdAfterHole(_ id: StreamID, at position: UInt64) {
        guard let entry = entry(id), entry.reader.mayRead else { return }
        outlet.holdAfterHole(at: position, of: entry.stream)
    }

    // MARK: Secrets that come later

    /// The next stream that waits for a secret which the other side has found.
    mutating func nextWaiting() -> StreamID? { finder.next() }

    /// Streams that have waited for a secret, which may be there now.
    mutating func streamsToOffer() -> [StreamID] { finder.streamsToOffer() }

    // MARK: Fragments

    // Copies of fragments may differ: which of them the receiver used cannot be known.

    /// The frame at hand completed a packet of a stream.
    ///
    /// - Parameter contested: Bytes of its payload, where its fragments overlap and differ.
    mutating func noteFragments(of id: StreamID, contested: Int?) {
        guard let entry = entry(id) else { return }
        outlet.noteFragments(of: entry.stream)
        guard let contested else { return }
        // Its bytes may not be used at all; then no record of a message says so.
        write(FragmentConflict(frame: outlet.frame.frame, length: contested), entry)
    }

    /// A frame completed a packet whose fragments overlap and differ.
    mutating func noteContested(_ frame: UInt64) { outlet.noteContested(frame) }

    /// The frame at hand has a fragment with other bytes than a packet that was complete before.
    mutating func receive(_ conflict: FragmentConflict) {
        guard let (id, ends) = outlet.fragmented(conflict.frame), let entry = entry(id), entry.stream.ends === ends
        else { return }
        outlet.noteContested(conflict.frame)
        write(conflict, entry)
    }

    private mutating func write(_ conflict: FragmentConflict, _ entry: Entry) {
        guard entry.reader.isBitcoin else { return }
        outlet.write(.fragmentsDiffer(conflict, outlet.frame), at: entry.stream.next, of: entry.stream)
    }

    // MARK: StreamSink

    mutating func wants(
        _ payload: RawSpan, isFirst: Bool, of id: StreamID, from: Endpoint, to: Endpoint
    ) -> Interest {
        let other = entry(StreamID(slot: id.slot, direction: id.direction.opposite, connection: id.connection))
        let isKeyed = chooser.isKeyed(payload, other?.stream.connection)
        if !chooser.hasKnownPort(from, to) {
            // What answers a node is a node, in whatever segments it does so.
            guard other != nil || TransportDetector.isRecognisable(payload, isFirst: isFirst) || isKeyed
            else { return .none }
            collector?.recognise()
        }
        while entries.count <= id.index { entries.append(nil) }
        let connection = other?.stream.connection ?? MessageConnection()
        entries[id.index] = Entry(
            stream: MessageStream(id, from: from, to: to, of: connection), reader: .undecided)
        // A key that is known begins its stream.
        return isKeyed ? .wanted : .wantedFromEarlier
    }

    mutating func bytes(
        _ bytes: RawSpan, at offset: UInt64, of id: StreamID, from provenance: borrowing Provenance
    ) -> Demand {
        guard !outlet.isDone, let entry = entry(id) else { return Demand(consumed: bytes.byteCount) }
        let stream = entry.stream
        begin(stream, at: offset)
        let reader = choose(entry, bytes, isStart: offset == 0, isLast: false)
        stream.advance(to: offset)
        stream.note(firstSequence: provenance.firstSequence)
        outlet.forgetPending(of: stream)
        if tellsHoles { noteResumption(of: stream, reader, provenance.origin(at: offset)) }
        if observer != nil || earlier != nil { stream.test(bytes, at: offset) }
        let demand = reader.receive(Visit(bytes, at: offset, .going), provenance, into: &outlet)
        earlier?.look(at: stream, upTo: offset &+ UInt64(bytes.byteCount), time: outlet.frame.time)
        if let observer { note(demand.consumed, at: offset, of: stream, provenance, observer) }
        stream.advance(to: offset &+ UInt64(demand.consumed))
        return demand
    }

    mutating func gap(
        _ missing: Range<UInt64>, after pending: RawSpan, of id: StreamID, from provenance: borrowing Provenance,
        reason: GapReason
    ) {
        guard !outlet.isDone, let entry = entry(id) else { return }
        let stream = entry.stream
        let offset = missing.lowerBound &- UInt64(pending.byteCount)
        begin(stream, at: offset)
        stream.advance(to: missing.upperBound)
        stream.connection.noteLoss(of: id.direction)
        stream.restartUnread(at: missing.upperBound)
        outlet.forgetPending(of: stream)
        let (reader, used) = drain(Visit(pending, at: offset, .gap), provenance, of: entry)
        // Its first bytes may have been looked at only now.
        stream.connection.noteLoss(of: id.direction)
        if case .undecided = reader { stream.lose(missing.upperBound &- missing.lowerBound, reason) }
        reader.lose(missing, after: pending.extracting(droppingFirst: used), reason, provenance, into: &outlet)
        write(missing, reason, stream, reader)
        if tellsHoles, !missing.isEmpty { stream.awaitsResumption = true }
        if let observer { note(pending.byteCount, at: offset, of: stream, provenance, observer) }
    }

    mutating func conflict(
        _ range: Range<UInt64>, with other: RawSpan, from origin: Origin, isDelivered: Bool, of id: StreamID
    ) {
        guard !outlet.isDone, let entry = entry(id) else { return }
        let stream = entry.stream
        guard isDelivered else { return stream.addDoubt(range, other, frame: origin.frame) }
        guard entry.reader.isBitcoin else { return }
        let place = OffsetRange(start: stream.place(of: range.lowerBound), length: UInt64(range.count))
        outlet.write(.otherCopy(place, origin), at: range.lowerBound, of: stream)
    }

    mutating func doubt(_ range: Range<UInt64>, _ reason: UnusedReason, from origin: Origin, of id: StreamID) {
        entry(id)?.stream.addDoubt(range, droppedFor: reason)
    }

    mutating func close(
        _ id: StreamID, pending: RawSpan, from provenance: borrowing Provenance, reason: CloseReason
    ) {
        guard let entry = entry(id) else { return }
        let stream = entry.stream
        finder.forget(id)
        if !outlet.isDone {
            let end = stream.next &+ UInt64(pending.byteCount)
            let (reader, used) = drain(Visit(pending, at: stream.next, .end), provenance, of: entry)
            reader.close(
                pending.extracting(droppingFirst: used), endingAt: end, reason, provenance, into: &outlet)
            if case .undecided = reader { writeSilence(of: stream) }
            // What was skipped at the end may have been a message.
            if tellsHoles, reader.isBitcoin, stream.hasLoss {
                outlet.write(.resumed(outlet.frame), at: end, of: stream)
            }
            if let observer { note(pending.byteCount, at: stream.next, of: stream, provenance, observer) }
            outlet.close(stream)
        }
        if let observer, let looksRandom = stream.looksRandom { observer.note(looksRandom: looksRandom, of: id) }
        stream.connection.close(id.direction)
        if tellsEnds, reader(of: id)?.isBitcoin == true { justClosed.append(stream) }
        entries[id.index] = nil
    }

    // MARK: Streams

    /// A stream whose bytes were wanted, and that is not closed.
    private mutating func entry(_ id: StreamID) -> Entry? { id.index < entries.count ? entries[id.index] : nil }

    private mutating func begin(_ stream: MessageStream, at offset: UInt64) {
        stream.begin(at: offset, initiator: chooser.initiator(stream.ends, stream.id.direction))
    }

    /// Who reads a stream, chosen now if it can be by now.
    private mutating func choose(_ entry: Entry, _ bytes: RawSpan, isStart: Bool, isLast: Bool) -> StreamReader {
        let stream = entry.stream
        switch entry.reader {
        case .v1, .v2, .other: return entry.reader
        case .undecided: break
        }
        stream.connection.begin(stream.id.direction, isStart: isStart)
        let reader = chooser.choose(bytes, isStart: isStart, isLast: isLast, for: stream)
        if case .undecided = reader { return reader }
        entries[stream.id.index]?.reader = reader
        stream.connection.decide(reader.transport, for: stream.id.direction)
        collector?.decide(stream.id, isEncrypted: reader.transport == .v2)
        if reader.isBitcoin { observer?.recognise(stream.id, isEncrypted: reader.transport == .v2) }
        if reader.isBitcoin { writeEarlyGap(of: stream) }
        return reader
    }

    /// Reads what can be read of the last bytes before a gap or the end; answers who read them, and how many.
    private mutating func drain(
        _ visit: borrowing Visit, _ provenance: borrowing Provenance, of entry: Entry
    ) -> (StreamReader, used: Int) {
        if visit.bytes.isEmpty { return (entry.reader, 0) }
        let reader = choose(entry, visit.bytes, isStart: visit.offset == 0, isLast: true)
        return (reader, reader.receive(visit, provenance, into: &outlet).consumed)
    }

    private func reader(of id: StreamID) -> StreamReader? {
        id.index < entries.count ? entries[id.index]?.reader : nil
    }

    // MARK: What is observed

    /// The frame at hand has closed a connection, from the side that sends in `id`.
    mutating func end(_ id: StreamID, isReset: Bool) {
        guard tellsEnds else { return }
        let stream: MessageStream
        if let entry = entry(id), entry.reader.isBitcoin {
            stream = entry.stream
        } else if let closed = justClosed.first(where: { $0.id == id }) {
            stream = closed
        } else {
            return
        }
        guard stream.connection.takeEnd() else { return }
        outlet.write(.ended(ConnectionEnd(isReset: isReset, origin: outlet.frame)), at: .max, of: stream)
    }

    /// Bytes were given to a reader, and are done with.
    private mutating func note(
        _ count: Int, at offset: UInt64, of stream: MessageStream, _ provenance: borrowing Provenance,
        _ observer: SegmentObserver
    ) {
        guard observer.observation == .bytes, count > 0 else { return }
        let range = offset..<offset &+ UInt64(count)
        observer.deliver(UInt64(count), overhead: outlet.overhead(of: range, provenance), of: stream.id)
    }

    /// The first bytes after missing ones have come, which `origin` has brought.
    private mutating func noteResumption(of stream: MessageStream, _ reader: StreamReader, _ origin: Origin) {
        guard stream.awaitsResumption else { return }
        // Else it waits until it is known whether the stream is Bitcoin's.
        if stream.resumption == nil { stream.resumption = origin }
        if case .undecided = reader { return }
        stream.awaitsResumption = false
        guard let first = stream.resumption.take(), reader.isBitcoin else { return }
        outlet.write(.resumed(first), at: stream.next, of: stream)
    }

    // MARK: Gaps

    // Each place of a stream that is Bitcoin's where bytes were not captured has a record, from which the counts follow.

    /// Writes of missing bytes, now or when it is known whether the stream is Bitcoin's.
    private mutating func write(
        _ missing: Range<UInt64>, _ reason: GapReason, _ stream: MessageStream, _ reader: StreamReader
    ) {
        guard !missing.isEmpty else { return }
        let gap = Gap(
            start: stream.place(of: missing.lowerBound), length: missing.upperBound &- missing.lowerBound,
            reason: reason, origin: outlet.frame)
        switch reader {
        case .v1, .v2: outlet.write(.gap(gap), at: missing.lowerBound, of: stream)
        case .undecided: stream.keep(gap)
        case .other: break
        }
    }

    /// Writes what was missing before the transport was known. Its frame is the one that shows the stream to be Bitcoin's.
    private mutating func writeEarlyGap(of stream: MessageStream) {
        guard var gap = stream.takeEarlyGap() else { return }
        gap.origin = outlet.frame
        outlet.write(.gap(gap), at: stream.start ?? 0, of: stream)
    }

    /// Writes what is missing of a direction of which nothing was captured: it is what the other one is.
    private mutating func writeSilence(of stream: MessageStream) {
        if stream.otherTransport != .other { writeEarlyGap(of: stream) }
    }
}
