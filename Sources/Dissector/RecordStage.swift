import BitcoinP2P
import DisplayFilter
import Fields
import Insight
import Output
import Reassembly
import Records

/// The last stage: has the record of each message made, asks the display filter, and hands it to the writer.
///
/// A record is made in one pass, or in two where the filter is decided by less than the writer looks at.
struct RecordStage: ~Copyable {
    /// What is to be made of a record.
    struct Pass {
        let depth: Depth
        let wantsInfo: Bool
        /// The filter is to be asked first.
        fileprivate let isFiltered: Bool
    }

    private var builder: RecordBuilder
    private var conversations = Conversations()
    private var statements = StatementReader()
    private var sequence = RecordSequence()
    /// Is fed with all messages, also those that a filter keeps back.
    private let inquiry: Inquiry?
    /// Is given the messages that the filter lets through.
    private let decrypted: DecryptedMessages?
    /// The filter let the last record through.
    private var isLetThrough = false
    /// The end of a connection has a record.
    private let tellsEnds: Bool
    private let writer: (any RecordSink)?
    /// Want to know when bytes came that cannot be read.
    private let unreadSinks: [any UnreadBytesSink]
    private let filter: RecordFilter?
    private var search: RecordSearch?
    private let window: RecordWindow?
    private let limit: UInt64
    private let writerPass: Pass?
    private let filterPass: Pass?
    /// The most that is made of any record.
    let depth: Depth
    let wantsFrames: Bool
    /// The writer looks at the tree as it is: what the filter asked for is taken out before.
    private let hidesAsked: Bool
    /// Records but those of gaps, also those that the filter keeps back.
    private(set) var found: UInt64 = 0 {
        didSet { window?.note(found) }
    }
    /// Records but those of gaps that were written, or would have been were there a writer.
    private(set) var shown: UInt64 = 0
    /// Records of gaps that the filter let through.
    private var shownGaps: UInt64 = 0
    /// Messages taken whose checksum is not that of their payload.
    private(set) var badChecksums: UInt64 = 0

    init(_ options: PipelineOptions, writer: (any RecordSink)?) {
        builder = RecordBuilder(columns: options.columns)
        builder.wantsWholeHashes = options.showsWholeHashes
        builder.showsResponseTimes = options.showsResponseTimes
        builder.captureNotes = options.captureNotes
        self.writer = writer
        unreadSinks = options.unreadSinks
        inquiry = options.inquiry
        decrypted = options.decrypted
        tellsEnds = options.tellsEnds
        window = options.window
        limit = options.recordLimit
        let wants = writer?.wants
        builder.wantsOutcome = wants?.outcome ?? false
        builder.wantsHeader = wants?.header ?? false
        let writerPass = wants.map { wants in
            Pass(
                depth: Depth(holding: wants.fields, atLeast: wants.depth), wantsInfo: wants.info, isFiltered: false)
        }
        let named = wants?.fields ?? []
        hidesAsked = !RemarkFields.areAmong(named) && !RecordNames.containsColumns(named)
        let asked = named.union(options.filter?.fields ?? [])
        builder.packets = PacketChoice(wants, options.filter?.fields ?? [])
        let payload = RecordFields.standard.messagePayload
        // Not by `&&` on the builder itself: that captures `self`, of which then uninitialised parts are released.
        let showsPayload = named.contains(payload)
        builder.showsPayload = showsPayload
        builder.asksForPayload = asked.contains(payload) && !showsPayload
        builder.asksForRemarks = RemarkFields.areAmong(asked)
        builder.picked = FieldSet(asked)
        builder.pickedRemarks = wants?.remarks ?? []
        filter = options.filter.map(RecordFilter.init)
        search = options.identifier.map { RecordSearch($0, options.otherNames) }
        builder.countsShown = options.filter != nil || options.identifier != nil
        self.writerPass = writerPass
        filterPass = Self.pass(of: options.filter, before: writerPass)
        depth = max(writerPass?.depth ?? .summary, filterPass?.depth ?? .summary)
        let fields = RecordFields.standard
        wantsFrames =
            wants?.frames == true || builder.picked.contains(fields.frames)
            || builder.picked.contains(fields.memberFrame)
    }

    private static func pass(of filter: Filter?, before writerPass: Pass?) -> Pass? {
        guard let filter = filter.map(RecordFilter.init) else { return nil }
        // Where the writer needs no more than the filter, one pass does for both. So it does where both look at the
        // payload.
        let depth = filter.depth == .fields && writerPass?.depth == .tree ? .tree : filter.depth
        let isEnough = depth >= writerPass?.depth ?? .summary
        return Pass(
            depth: depth, wantsInfo: filter.wantsInfo || isEnough && writerPass?.wantsInfo == true, isFiltered: true)
    }

    /// Enough records were written.
    var isDone: Bool { shown >= limit || found &+ 1 >= window?.numbers.upperBound ?? .max }

    /// Whether anybody looks at a record that would be made now.
    var makesRecords: Bool { !isDone && ((filterPass ?? writerPass) != nil || search != nil) }

    /// Records that the filter let through, or that have what is looked for; nil without either.
    var shownByFilter: UInt64? { filter == nil && search == nil ? nil : shown &+ shownGaps }

    // MARK: Records

    /// Has the record of a message made, and hands it on.
    ///
    /// - Parameters:
    ///   - number: Of the connection.
    ///   - bytes: The message's, as far as they were captured.
    mutating func take(
        _ finding: inout Finding, of sender: StreamSender, number: UInt64, _ bytes: RawSpan
    ) {
        finding.message.verify(bytes)
        hear(&finding, of: sender, number: number, bytes)
        guard has(finding, bytes) else { return skip(isCounted: true) }
        guard place(finding.origin, isCounted: true) else { return }
        make(finding, of: sender, number: number, bytes)
    }

    /// Has the record of an event made, if it has one, and hands it on.
    ///
    /// - Parameters:
    ///   - number: Of the connection.
    ///   - bytes: Those that the record shows.
    mutating func take(_ event: StreamEvent, of sender: StreamSender, number: UInt64, _ bytes: RawSpan) {
        guard hear(event, of: sender, number: number) else { return }
        // What is looked for stands in messages.
        if search != nil { return skip(isCounted: event.isCounted) }
        guard place(event.origin, isCounted: event.isCounted) else { return }
        make(event, of: sender, number: number, bytes)
    }

    // MARK: In the order of the capture

    /// What the record of the message or event taken last tells of those before it.
    var context: RecordContext {
        get { builder.context }
        set { builder.context = newValue }
    }

    /// Takes a message, whose checksum was looked at, into its conversation, and relates it to others; no record is made
    /// of it here.
    private mutating func hear(
        _ finding: inout Finding, of sender: StreamSender, number: UInt64, _ bytes: RawSpan
    ) {
        if finding.message.status == .bad { badChecksums += 1 }
        if depth > .summary || inquiry?.wantsRemarks == true {
            finding.remarks = converse(
                finding.message, bytes, of: sender, number: number, isDoubtful: finding.doubts != nil)
        }
        if let inquiry {
            inquiry.receive(finding, of: sender, number: number, bytes)
            if inquiry.relates { builder.context.relate(inquiry) }
        }
    }

    /// Takes an event likewise; answers whether it has a record.
    private mutating func hear(_ event: StreamEvent, of sender: StreamSender, number: UInt64) -> Bool {
        if let inquiry { inquiry.receive(event, of: sender, number: number) }
        switch event {
        case .closed(let origin):
            decrypted?.close(sender.side, number: number, at: origin)
            conversations.close(sender.side, number: number)
            return false
        case .resumed: return false
        case .unread(let count, let origin):
            tellUnread(count, at: origin, of: sender, number: number)
            return false
        case .otherCopy, .fragmentsDiffer: conversations.contest(sender.side, number: number)
        case .ended where !tellsEnds: return false
        default: break
        }
        if depth > .summary { builder.context.claims = conversations.claims(of: sender.side, number: number) }
        if case .ended = event { builder.context.lastMessage = inquiry?.lastMessage(of: number) }
        return true
    }

    /// The same for a message whose record another stage makes with ``context``.
    mutating func prepare(_ finding: inout Finding, of sender: StreamSender, number: UInt64, _ bytes: RawSpan) {
        hear(&finding, of: sender, number: number, bytes)
        _ = place(finding.origin, isCounted: true)
    }

    /// The same for an event; answers whether it has a record.
    mutating func prepare(_ event: StreamEvent, of sender: StreamSender, number: UInt64) -> Bool {
        hear(event, of: sender, number: number) && place(event.origin, isCounted: event.isCounted)
    }

    private func tellUnread(_ count: UInt64, at origin: Origin, of sender: StreamSender, number: UInt64) {
        let segment = UnreadSegment(
            count: count, stream: number, source: sender.ends?.sourceText ?? [],
            destination: sender.ends?.destinationText ?? [], sender: sender.role, time: origin.time,
            captureStart: builder.captureStart ?? origin.time)
        for sink in unreadSinks { sink.receiveUnread(segment) }
    }

    /// Whether a message has what is looked for, if anything is.
    private mutating func has(_ finding: borrowing Finding, _ bytes: RawSpan) -> Bool {
        guard search != nil, !isDone else { return true }
        guard search?.finds(in: finding, bytes) == true else { return false }
        builder.record.places = search?.places ?? Places()
        return true
    }

    /// Takes a message into its conversation; answers what is wrong with its place there.
    ///
    /// - Parameter isDoubtful: The receiver may have read other bytes.
    private mutating func converse(
        _ message: MessageFramer.Message, _ bytes: RawSpan, of sender: StreamSender, number: UInt64, isDoubtful: Bool
    ) -> [Remark] {
        var statement = statements.read(
            message.header, bytes, inventories: conversations.hasRefusal(of: number))
        if isDoubtful, case .claims(var claims) = statement {
            claims.isDoubtful = true
            statement = .claims(claims)
        }
        let judgement = conversations.receive(
            message, bytes.extracting(droppingFirst: message.header.byteCount), of: sender, number: number,
            saying: statement)
        // Of a message without packets it is not known who sent it.
        if depth > .summary { builder.context.claims = sender.ends == nil ? nil : judgement.claims }
        return judgement.remarks
    }

    /// The capture's first frame, from which relative times count.
    mutating func begin(_ time: Int64) { builder.begin(time) }

    /// Both directions of a connection have ended.
    mutating func closeConnection(_ number: UInt64) {
        conversations.close(.forward, number: number)
        conversations.close(.backward, number: number)
    }

    /// Counts a record that is not made.
    private mutating func skip(isCounted: Bool) {
        if isCounted, !isDone { found += 1 }
    }

    /// Gives a record its number and its place; answers whether anything is to be made of it.
    private mutating func place(_ origin: Origin, isCounted: Bool) -> Bool {
        isLetThrough = false
        guard !isDone else { return false }
        if isCounted { found += 1 }
        if let window, isCounted, found < window.numbers.lowerBound { return false }
        builder.context.number = isCounted ? found : 0
        sequence.place(origin, in: &builder.context)
        return true
    }

    // MARK: In any order

    /// Makes the record of a message, with ``context``, and hands it on.
    mutating func make(_ finding: Finding, of sender: StreamSender, number: UInt64, _ bytes: RawSpan) {
        var pass = start()
        while let current = pass {
            builder.build(
                finding, of: sender, number: number, bytes, depth: current.depth, wantsInfo: current.wantsInfo)
            pass = finish(current, bytes)
        }
        if isLetThrough { decrypted?.write(finding, of: sender, number: number, bytes) }
    }

    /// Makes the record of an event likewise.
    mutating func make(_ event: StreamEvent, of sender: StreamSender, number: UInt64, _ bytes: RawSpan) {
        var pass = start()
        while let current = pass {
            builder.build(
                event, of: sender, number: number, bytes, depth: current.depth, wantsInfo: current.wantsInfo)
            pass = finish(current, bytes)
        }
        if isLetThrough { decrypted?.note(event, bytes) }
    }

    /// Begins a record; answers what is to be made of it, nil for nothing.
    private mutating func start() -> Pass? {
        // Without a filter nothing decides; with one it does in time.
        isLetThrough = filterPass == nil
        if filterPass == nil, builder.context.number > 0 { shown += 1 }
        return filterPass ?? writerPass
    }

    /// Takes what was made of the record; answers what more is to be made.
    ///
    /// - Parameter bytes: To which the ranges of the record's nodes refer.
    private mutating func finish(_ pass: Pass, _ bytes: RawSpan) -> Pass? {
        if pass.isFiltered, let filter {
            // A full tree lacks what follows; a pick of the filter's fields reads on, and answers as without a tree.
            if pass.depth == .tree, filter.depth == .fields, builder.record.tree.isFull {
                return Pass(depth: .fields, wantsInfo: false, isFiltered: true)
            }
            guard filter.filter.matches(builder.record.tree, bytes) else { return nil }
            if builder.record.isNumbered { shown += 1 } else { shownGaps += 1 }
            isLetThrough = true
            if let writerPass, pass.depth < writerPass.depth { return writerPass }
        }
        if let writer {
            if hidesAsked { builder.removeAsked() }
            writer.write(builder.record, bytes)
            builder.pass()
        }
        return nil
    }
}
