import BitcoinP2P
import Fields
import Insight
import Output
import Records

/// Gathers what a report draws while the records come: sums over time, times of answers, remarks and ladders. All of it is
/// bounded, whatever the capture.
public final class ReportCollector: RecordSink, UnreadBytesSink, @unchecked Sendable {
    /// Whether a record is to be in the ladder and among the remarks; the other pictures are of the whole capture.
    public typealias Selection = (borrowing Record, RawSpan) -> Bool

    /// A connection, as far as directions need it.
    private struct Ends {
        let initiator: [UInt8]
        let ups: Directions.Ups
        /// It is known that the initiator is.
        let isDirected: Bool
    }

    /// Commands that nobody knows have no sparkline beyond this number: anybody can make up names.
    private static let mostUnknownCommands = 32
    /// Connections beyond this number are drawn as if each had the initiator's side only: nothing else is known of them.
    private static let mostConnections = 10_000
    private static let mostGaps = 1_000
    /// Requests for filters whose answers are drawn.
    private static let mostForFilters = 10_000
    /// Rows of a ladder on the page.
    static let ladderRows = 300

    public let wants: Wants
    private let selection: Selection?
    private(set) var directions: Directions
    private var ends: [UInt64: Ends] = [:]
    private(set) var captureStart: Int64?
    private(set) var latest = Int64.min
    private(set) var decimals = 6
    private(set) var traffic = [FlowBins](repeating: FlowBins(), count: Traffic.allCases.count)
    /// By the name as it is printed, which rows of answers have.
    private(set) var commands: [[UInt8]: FlowBins] = [:]
    private var names: [Command: [UInt8]] = [:]
    private var unknownCommands = 0
    /// By kind, then by ``place(_:isUp:)``.
    private(set) var answers: [String: [AnswerTimes?]] = [:]
    /// Requests for filters that have their answer.
    private var answeredForFilters: Set<UInt64> = []
    private(set) var remarks: [Remark: RemarkTally] = [:]
    /// When bytes are missing, since the first frame.
    private(set) var gaps: [Int64] = []
    /// Of what is selected; nil where that is all.
    private var selected: LadderCollector?
    /// All connections, for their pictures.
    private var connections: LadderCollector
    /// The connection whose steps are shown, known at the end.
    private(set) var ladder: LadderConnection?

    /// - Parameters:
    ///   - node: Where it was named.
    ///   - fields: Those that the selection looks at.
    public init(node: Insight.Node?, fields: Set<Field> = [], selection: Selection? = nil) {
        directions = Directions(node: node)
        self.selection = selection
        selected = selection.map { _ in LadderCollector(.best, rowLimit: Self.ladderRows, keepsIntervals: false) }
        connections = LadderCollector(.best, rowLimit: selection == nil ? Self.ladderRows : 0)
        wants = Wants(.tree, info: true, frames: false, fields: fields)
    }

    /// Not all connections could be kept to choose a ladder from.
    var isLadderPartial: Bool { selected?.isPartial ?? connections.isPartial }

    func connection(_ stream: UInt64) -> LadderConnection? { connections[stream] }

    /// All records have come.
    func finish() { ladder = (selected?.finish() ?? connections.finish()).first }

    public func begin() {}
    public func end() {}

    public func write(_ record: borrowing Record, _ bytes: RawSpan) {
        captureStart = record.captureStart
        latest = max(latest, record.time)
        decimals = record.timeDecimals
        if selection?(record, bytes) ?? true { select(record) }
        connections.receive(record)
        guard record.isNumbered || record.ending == .gap else { return }
        let time = record.time &- record.captureStart
        if record.ending == .gap {
            if !record.isConflict, gaps.count < Self.mostGaps { gaps.append(time) }
            return
        }
        // Of a direction that cannot be read the bytes have come one by one.
        guard record.ending != .direction else { return }
        let (ups, isFromInitiator) = direction(record.stream, record.source, record.destination, record.sender)
        let length = UInt64(clamping: record.length)
        let command = record.command
        let family = command.map { Traffic(MessageFamily(of: $0)) } ?? .between
        traffic[family.rawValue].add(length, ups.drawn, isFromInitiator: isFromInitiator, at: time)
        guard record.isMessage, let command else { return }
        if let name = name(of: command) {
            commands[name, default: FlowBins()].add(1, ups, isFromInitiator: isFromInitiator, at: time)
        }
        if let answered = record.answered, let wait = answered.time, isFirst(answered) {
            note(wait, of: "\(answered.kind)", ups, isFromInitiator)
        }
    }

    private func select(_ record: borrowing Record) {
        selected?.receive(record)
        for index in record.tree.annotations.indices {
            let remark = record.tree.annotations[index].remark
            guard remark.severity > .chat else { continue }
            var tally =
                remarks[remark]
                ?? RemarkTally(
                    remark: remark, frame: record.frameNumber, command: record.isMessage ? record.command : nil,
                    peer: record.source)
            tally.count += 1
            remarks[remark] = tally
        }
    }

    public func receiveUnread(_ unread: UnreadSegment) {
        captureStart = captureStart ?? unread.captureStart
        latest = max(latest, unread.time)
        connections.receiveUnread(unread)
        let (ups, isFromInitiator) = direction(unread.stream, unread.source, unread.destination, unread.sender)
        traffic[Traffic.encrypted.rawValue].add(
            unread.count, ups.drawn, isFromInitiator: isFromInitiator, at: unread.time &- unread.captureStart)
    }

    /// As it is printed; nil where it has no picture.
    private func name(of command: Command) -> [UInt8]? {
        if let name = names[command] { return name }
        guard hasRoom(for: command) else { return nil }
        var name = TextBuffer()
        command.append(to: &name)
        names[command] = name.bytes
        return name.bytes
    }

    private func hasRoom(for command: Command) -> Bool {
        if MessageTypes.standard[command]?.isPrefix == false { return true }
        guard unknownCommands < Self.mostUnknownCommands else { return false }
        unknownCommands += 1
        return true
    }

    private func direction(
        _ stream: UInt64, _ source: [UInt8], _ destination: [UInt8], _ sender: Record.Sender
    ) -> (Directions.Ups, isFromInitiator: Bool) {
        let isDirected = sender != .unknown
        let earlier = ends[stream]
        if let known = earlier, known.isDirected || !isDirected { return (known.ups, source == known.initiator) }
        let (initiator, responder) = sender == .responder ? (destination, source) : (source, destination)
        let known = Ends(
            initiator: initiator,
            ups: directions.open(initiator: initiator, responder: responder, isDirected: isDirected),
            isDirected: isDirected)
        if earlier != nil || ends.count < Self.mostConnections { ends[stream] = known }
        return (known.ups, source == initiator)
    }

    /// The first of many filters is the answer to who asked for them.
    private func isFirst(_ answered: AnsweredRequest) -> Bool {
        guard "\(answered.kind)" == "cfilters" else { return true }
        return answeredForFilters.count < Self.mostForFilters && answeredForFilters.insert(answered.order).inserted
    }

    /// Where the times of answers are that go up, down, or neither way as far as that is known.
    static func place(_ way: Int, isUp: Bool?) -> Int { 3 * way + (isUp.map { $0 ? 0 : 1 } ?? 2) }

    private func note(_ wait: Int64, of kind: String, _ ups: Directions.Ups, _ isFromInitiator: Bool) {
        for way in 0..<Directions.count {
            let place = Self.place(way, isUp: ups[way].map { $0 == isFromInitiator })
            var times = answers[kind, default: [AnswerTimes?](repeating: nil, count: 3 * Directions.count)]
            answers[kind] = nil
            var own = times[place] ?? AnswerTimes()
            own.add(wait)
            times[place] = own
            answers[kind] = times
        }
    }
}
