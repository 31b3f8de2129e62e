import BitcoinP2P
import Layers
import Output
import Reassembly
import Records

/// What readers hand messages and losses to: it counts them, adds what is known of their frames, and hands them on.
///
/// Getters are inlined, as Swift 6.3 copies the whole value for one that is not; methods mutate for the same reason.
struct MessageOutlet: ~Copyable {
    private var records: OrderedRecords
    /// What is not counted by ``records``.
    private var found = Counts()
    private var fragments = FragmentNotes()
    /// Nil where no record names segments.
    private var segments: SegmentNotes?
    /// Nil where no record has fields of packets.
    private let packets: PacketNotes?
    /// The frame that is being received.
    private var frameAtHand = Origin(frame: 0, time: 0)
    /// The input that it is of, from 1.
    private var fileAtHand: UInt32 = 1
    /// What all cut messages cost that are kept until their end is passed.
    private var heldBytes = 0
    private let wantsFrames: Bool
    private let observation: Observation
    /// Somebody wants to know when bytes came that cannot be read.
    private let tellsUnread: Bool
    /// Checksums that decide nothing for a reader are looked at where records are made.
    let leavesVerdict: Bool

    init(
        _ options: PipelineOptions, writer: (any RecordSink)?, collector: FrameCollector?, packets: PacketNotes?
    ) {
        self.packets = packets
        records = OrderedRecords(options, writer: writer, collector: collector)
        observation = options.observation
        tellsUnread = !options.unreadSinks.isEmpty
        // A message that is long, or in a stream that stands still, is brought by segments of long before.
        let capacity = observation == .bytes ? 1 << 20 : SegmentNotes.usualCapacity
        let namesSegments = records.depth > .summary || observation == .bytes
        segments = namesSegments ? SegmentNotes(capacity: capacity) : nil
        wantsFrames = records.wantsFrames
        leavesVerdict = records.hasThread
    }

    // MARK: Frames

    /// The capture's first frame.
    mutating func begin(_ time: Int64) { records.begin(time) }

    /// A frame is about to be received.
    mutating func begin(_ frame: Origin) { frameAtHand = frame }

    /// The frames to come are of an input, which has an index.
    mutating func begin(file: Int) { fileAtHand = UInt32(clamping: file) &+ 1 }

    /// Whose bytes they are, of which a frame's record tells.
    private mutating func sender(of stream: MessageStream, _ frame: UInt64) -> StreamSender {
        var sender = stream.sender
        sender.file = frame == frameAtHand.frame ? fileAtHand : segments?[frame]?.file ?? 0
        return sender
    }

    var frame: Origin { @inline(__always) get { frameAtHand } }

    /// A segment whose bytes are about to come.
    mutating func note(_ segment: @autoclosure () -> SegmentNote) {
        if segments != nil { segments?.append(segment()) }
    }

    /// A frame completed a packet whose fragments overlap and differ.
    mutating func noteContested(_ frame: UInt64) { fragments.noteContested(frame) }

    /// The frame at hand completed a packet of a stream, which came in fragments.
    mutating func noteFragments(of stream: MessageStream) {
        fragments.note(frameAtHand.frame, of: stream.id, stream.ends)
    }

    /// The stream of the packet that a frame completed, if that came in fragments.
    mutating func fragmented(_ frame: UInt64) -> (id: StreamID, ends: Ends)? { fragments.stream(of: frame) }

    // MARK: Messages

    /// Enough records were written.
    var isDone: Bool { @inline(__always) get { records.isDone } }

    /// Takes a message.
    mutating func write(_ finding: consuming Finding, _ bytes: RawSpan, of stream: MessageStream) {
        guard !records.isDone else { return }
        if stream.noteMessage() { found.bitcoinStreams += 1 }
        found.bytes.inMessages &+= UInt64(bytes.byteCount)
        found.bytes.headers &+= finding.overhead
        finding.segment = segments?[finding.origin.frame]
        if let packets { finding.packetNote = packets[finding.origin.frame] }
        let sender = sender(of: stream, finding.origin.frame)
        records.take(finding, of: sender, stream.id, bytes)
    }

    /// Takes what a record says of a stream where it is of no message.
    ///
    /// - Parameters:
    ///   - offset: In the stream.
    ///   - bytes: Those that the record shows.
    mutating func write(
        _ event: StreamEvent, at offset: UInt64, _ bytes: RawSpan = RawSpan(), of stream: MessageStream
    ) {
        guard !records.isDone else { return }
        records.take(event, of: sender(of: stream, event.origin.frame), stream.id, at: offset, bytes)
    }

    /// The frames that brought bytes, where anybody wants to know.
    mutating func frames(_ range: Range<UInt64>, _ provenance: borrowing Provenance) -> [Origin] {
        wantsFrames ? provenance.origins(of: range) : []
    }

    /// How bytes came, as far as anybody wants to know.
    mutating func arrival(_ range: Range<UInt64>, _ provenance: borrowing Provenance) -> Arrival {
        if observation == .none { return Arrival() }
        let first = provenance.origin(at: range.lowerBound)
        return Arrival(
            first: first.frame > 0 ? first : nil, isReordered: provenance.isReordered(range),
            overhead: observation == .bytes ? overhead(of: range, provenance) : 0)
    }

    /// The header bytes that bytes have cost, as far as their segments are still known.
    mutating func overhead(of range: Range<UInt64>, _ provenance: borrowing Provenance) -> UInt64 {
        var sum: UInt64 = 0
        guard let segments else { return 0 }
        let origin = provenance.firstSequence
        provenance.pieces(in: range) { piece, frame in
            guard let note = segments[frame] else { return }
            let start = origin &+ UInt32(truncatingIfNeeded: piece.lowerBound)
            sum &+= note.overhead(from: start, count: piece.upperBound &- piece.lowerBound)
        }
        return sum
    }

    /// The segment of a frame, where that is still known.
    mutating func segment(_ frame: UInt64) -> SegmentNote? { segments?[frame] }

    /// The packet of a frame, where fields of it are asked for, and it is still known.
    mutating func packet(_ frame: UInt64) -> PacketNote? { packets?[frame] }

    /// What is doubtful about bytes that a record is made of.
    ///
    /// - Parameter message: What they are in v1, so that other copies can be tried.
    mutating func doubts(
        of bytes: RawSpan, endingAt end: UInt64, _ message: MessageFramer.Message?, _ stream: MessageStream,
        _ provenance: borrowing Provenance
    ) -> ByteDoubts? {
        if !stream.hasDoubts, fragments.contested.isEmpty { return nil }
        var doubts = stream.takeDoubts(before: end, bytes, message)
        if !fragments.contested.isEmpty {
            let origins = provenance.origins(of: end &- UInt64(bytes.byteCount)..<end)
            doubts.fragmentsDiffer = origins.contains { fragments.contested.contains($0.frame) }
        }
        return doubts.isEmpty ? nil : doubts
    }

    /// Bytes were captured that belong to no message.
    mutating func skip(_ count: Int, of stream: MessageStream) {
        stream.skip(count)
        found.skippedBytes &+= UInt64(count)
    }

    /// Takes memory for the beginning of a message, or more for one; answers whether there was room.
    mutating func hold(_ count: Int, atMost limit: Int) -> Bool {
        guard count <= limit &- heldBytes else { return false }
        heldBytes &+= count
        return true
    }

    mutating func release(_ count: Int) { heldBytes &-= count }

    /// Bytes cannot be read: tells which frames brought them, where anybody wants to know.
    mutating func tellUnread(_ range: Range<UInt64>, _ provenance: borrowing Provenance, of stream: MessageStream) {
        guard tellsUnread, !range.isEmpty else { return }
        var pieces: [(count: UInt64, start: UInt64)] = []
        provenance.pieces(in: range) { piece, _ in
            pieces.append((piece.upperBound &- piece.lowerBound, piece.lowerBound))
        }
        for piece in pieces {
            write(.unread(piece.count, provenance.origin(at: piece.start)), at: piece.start, of: stream)
        }
    }

    // MARK: Counts

    mutating func count(_ change: (inout Counts) -> Void) { change(&found) }

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

    /// Does something while no record is being made.
    mutating func pauseRecords<Result>(_ body: () -> Result) -> Result { records.pause(body) }

    // MARK: Order

    var isInOrder: Bool { @inline(__always) get { records.isInOrder } }
    var holdsRecords: Bool { @inline(__always) get { records.areHeld } }

    /// The bytes of a stream from `offset` on may be a whole message, which more bytes must prove.
    mutating func holdPending(at offset: UInt64, of stream: MessageStream, _ provenance: borrowing Provenance) {
        records.holdPending(stream.id, from: provenance.completion(at: offset &+ 1).frame)
    }

    /// The bytes of a stream that were left are offered again, or gone.
    mutating func forgetPending(of stream: MessageStream) {
        // Where a stream has such bytes nothing is in order.
        if !records.isInOrder { records.forgetPending(stream.id) }
    }

    /// The frame at hand brought a segment after a hole.
    ///
    /// - Parameter position: Of the hole.
    mutating func holdAfterHole(at position: UInt64, of stream: MessageStream) {
        records.holdAfterHole(stream.id, from: frameAtHand.frame, at: position)
    }

    /// All that follows from a frame was found: hands on the records that wait for nothing else.
    mutating func settle(_ assembler: borrowing StreamAssembler) {
        if !records.isInOrder { records.settle(assembler) }
    }

    /// A stream has ended.
    mutating func close(_ stream: MessageStream) { records.close(stream.id, of: stream.sender, at: frameAtHand) }

    /// Hands on what is held.
    mutating func release() { records.release() }

    /// All streams are about to be closed, one after the other.
    mutating func holdAll() { records.holdAll() }

    /// All streams are closed.
    mutating func finish() { records.finish() }
}
