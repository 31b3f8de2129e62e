import BitcoinP2P
import Output
import Reassembly
import Records

/// Hands on in the order of the capture what records are made of: at once, while no stream can have a record of a frame
/// that has gone by; else when none can any more. After it records are made, here or on other threads.
struct OrderedRecords: ~Copyable {
    /// What has been handed on.
    struct Tally {
        var messages: UInt64 = 0
        var cutMessages: UInt64 = 0
        var gaps: UInt64 = 0
        var missingBytes: UInt64 = 0
    }

    /// Who makes the records.
    private enum Maker {
        /// The stage, at once.
        case stage
        case thread(RecordThread)
        case pool(RecordPool)
    }

    /// Makes the records where there is no thread for it. What does not change is looked up here in any case.
    private var stage: RecordStage
    private let maker: Maker
    private var order: RecordOrder
    private var holding = HoldingStreams()
    /// Nobody holds a record back, and none is held: they are handed on as they come.
    private(set) var isInOrder = true
    /// All streams are being closed.
    private var isEnding = false
    /// Somebody looks at records.
    private let isOrdered: Bool
    /// Somebody keeps something of each direction until it ends.
    private let hearsEnds: Bool
    private(set) var tally = Tally()

    init(_ options: PipelineOptions, writer: (any RecordSink)?, collector: FrameCollector?) {
        let stage = RecordStage(options, writer: writer)
        let depth = stage.depth
        self.stage = stage
        maker = Self.maker(options, writer, collector)
        order = RecordOrder(byteLimit: options.heldRecordBytes, longestWait: options.recordWait)
        hearsEnds = options.inquiry != nil || options.decrypted != nil || depth > .summary
        isOrdered = writer != nil || options.filter != nil || options.identifier != nil || hearsEnds
    }

    private static func maker(
        _ options: PipelineOptions, _ writer: (any RecordSink)?, _ collector: FrameCollector?
    ) -> Maker {
        if let shared = options.sharesRecords(writer, collector) {
            return .pool(RecordPool(options, shared, writer: writer))
        }
        guard options.usesThread(writer, collector) else { return .stage }
        return RecordThread(options, writer: writer).map { .thread($0) } ?? .stage
    }

    // MARK: What does not change

    var hasThread: Bool {
        if case .stage = maker { false } else { true }
    }
    var depth: Depth { stage.depth }
    var wantsFrames: Bool { stage.wantsFrames }

    // MARK: Records

    /// Enough records were written.
    var isDone: Bool { stage.isDone }
    /// Some are held back.
    var areHeld: Bool { !order.isEmpty }

    /// Takes a message.
    ///
    /// Inlined with what it calls: a finding is large, and would be copied with each call.
    @inline(__always)
    mutating func take(
        _ finding: consuming Finding, of sender: StreamSender, _ id: StreamID, _ bytes: RawSpan
    ) {
        if isInOrder {
            show(finding, of: sender, number: id.connection, bytes)
        } else {
            hold(finding, of: sender, id, bytes)
        }
    }

    private mutating func hold(
        _ finding: Finding, of sender: StreamSender, _ id: StreamID, _ bytes: RawSpan
    ) {
        let place = RecordOrder.Place(finding.origin.frame, id, finding.offset)
        order.insert(.message(finding), at: place, of: sender, number: id.connection, bytes)
        while order.isOverfull { showFirst() }
    }

    /// Takes an event.
    ///
    /// - Parameters:
    ///   - offset: In the stream.
    ///   - bytes: Those that the record shows.
    mutating func take(
        _ event: StreamEvent, of sender: StreamSender, _ id: StreamID, at offset: UInt64, _ bytes: RawSpan
    ) {
        if isInOrder { return show(event, of: sender, number: id.connection, bytes) }
        let place = RecordOrder.Place(event.origin.frame, id, offset)
        order.insert(.event(event), at: place, of: sender, number: id.connection, bytes)
        while order.isOverfull { showFirst() }
    }

    /// Takes the end of a direction, which comes after its last record.
    mutating func close(_ id: StreamID, of sender: StreamSender, at origin: Origin) {
        if !isInOrder { holding.remove(id) }
        // At the end of the capture all that is known goes anyway.
        guard hearsEnds, !isEnding else { return }
        take(.closed(origin), of: sender, id, at: .max, RawSpan())
    }

    // MARK: Order

    // A stream may have a record of `frame` or of one that follows, though other streams have had some of higher ones.

    /// Bytes of a stream were left, the first of them from `frame`, that may be a whole message.
    mutating func holdPending(_ id: StreamID, from frame: UInt64) {
        guard isOrdered else { return }
        holding.notePending(id, from: frame)
        isInOrder = false
    }

    /// The bytes of a stream that were left are offered again, or gone.
    mutating func forgetPending(_ id: StreamID) { holding.forgetPending(id) }

    /// A frame brought a segment of a stream after a hole at `position`.
    mutating func holdAfterHole(_ id: StreamID, from frame: UInt64, at position: UInt64) {
        guard isOrdered else { return }
        holding.noteHeld(id, from: frame, at: position)
        isInOrder = false
    }

    /// Holds everything back: all streams are about to be closed, one after the other.
    mutating func holdAll() {
        isInOrder = !isOrdered
        isEnding = true
    }

    /// All that follows from a frame was taken: hands on what waits for nothing else, or has waited for long enough.
    mutating func settle(_ assembler: borrowing StreamAssembler) {
        let lowest = holding.lowestFrame(in: assembler)
        while let first = order.firstFrame, lowest.map({ first < $0 }) ?? true { showFirst() }
        while order.isFirstOverdue() { showFirst() }
        isInOrder = lowest == nil
    }

    /// Hands on what is held.
    mutating func release() { while !order.isEmpty { showFirst() } }

    /// All streams are closed: hands on what is held, and waits until all records are made.
    mutating func finish() {
        release()
        holding.removeAll()
        isInOrder = true
        switch maker {
        case .stage: break
        case .thread(let thread): thread.finish()
        case .pool(let pool): pool.finish()
        }
    }

    private mutating func showFirst() {
        guard let held = order.removeFirst() else { return }
        if isDone { return order.removeAll() }
        switch held.source {
        case .message(let finding): show(finding, of: held.sender, number: held.number, held.bytes.span.bytes)
        case .event(let event): show(event, of: held.sender, number: held.number, held.bytes.span.bytes)
        }
    }

    @inline(__always)
    private mutating func show(
        _ finding: consuming Finding, of sender: StreamSender, number: UInt64, _ bytes: RawSpan
    ) {
        tally.messages += 1
        if finding.message.payloadLength < Int(finding.message.header.length) { tally.cutMessages += 1 }
        switch maker {
        case .stage: stage.take(&finding, of: sender, number: number, bytes)
        case .thread(let thread): thread.take(finding, of: sender, number: number, bytes)
        case .pool(let pool): pool.take(finding, of: sender, number: number, bytes)
        }
    }

    private mutating func show(_ event: StreamEvent, of sender: StreamSender, number: UInt64, _ bytes: RawSpan) {
        if case .gap(let gap) = event {
            tally.gaps += 1
            tally.missingBytes &+= gap.length
        }
        switch maker {
        case .stage: stage.take(event, of: sender, number: number, bytes)
        case .thread(let thread): thread.take(event, of: sender, number: number, bytes)
        case .pool(let pool): pool.take(event, of: sender, number: number, bytes)
        }
    }

    // MARK: The stage

    /// The capture's first frame.
    mutating func begin(_ time: Int64) {
        switch maker {
        case .stage: stage.begin(time)
        case .thread(let thread): thread.pause { $0.begin(time) }
        case .pool(let pool): pool.begin(time)
        }
    }

    /// Does something while no record is being made, and all that came before are made.
    func pause<Result>(_ body: () -> Result) -> Result {
        switch maker {
        case .stage: body()
        case .thread(let thread): thread.pause { _ in body() }
        case .pool(let pool): pool.pause(body)
        }
    }

    /// Records that the filter let through, nil without one, and messages with bad checksums.
    var stageCounts: (shown: UInt64?, badChecksums: UInt64) {
        switch maker {
        case .stage: (stage.shownByFilter, stage.badChecksums)
        case .thread(let thread): thread.pause { ($0.shownByFilter, $0.badChecksums) }
        case .pool(let pool): pool.counts
        }
    }
}
