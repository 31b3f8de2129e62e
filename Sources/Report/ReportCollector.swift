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
    }

    /// Commands that nobody knows have no sparkline beyond this number: anybody can make up names.
    private static let mostUnknownCommands = 32
    /// Connections beyond this number are drawn as if each had the initiator's side only: nothing else is known of them.
    private static let mostConnections = 10_000
    private static let mostGaps = 1_000
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
    private(set) var commands: [Command: FlowBins] = [:]
    private var unknownCommands = 0
    /// By kind, then way and direction of the answer.
    private(set) var answers: [String: [AnswerTimes?]] = [:]
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

    /// How many connections had something to choose a ladder from.
    var connectionCount: Int { selected?.count ?? connections.count }

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
        let family = command.map { Traffic(MessageFamily(of: $0)) } ?? .talk
        traffic[family.rawValue].add(length, ups, isFromInitiator: isFromInitiator, at: time)
        guard record.isMessage, let command else { return }
        if commands[command] != nil || hasRoom(for: command) {
            commands[command, default: FlowBins()].add(1, ups, isFromInitiator: isFromInitiator, at: time)
        }
        if let answered = record.answered, let wait = answered.time {
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
        selected?.receiveUnread(unread)
        connections.receiveUnread(unread)
        let (ups, isFromInitiator) = direction(unread.stream, unread.source, unread.destination, unread.sender)
        traffic[Traffic.encrypted.rawValue].add(
            unread.count, ups, isFromInitiator: isFromInitiator, at: unread.time &- unread.captureStart)
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
        if let known = ends[stream] { return (known.ups, source == known.initiator) }
        let (initiator, responder) = sender == .responder ? (destination, source) : (source, destination)
        let known = Ends(initiator: initiator, ups: directions.open(initiator: initiator, responder: responder))
        if ends.count < Self.mostConnections { ends[stream] = known }
        return (known.ups, source == initiator)
    }

    private func note(_ wait: Int64, of kind: String, _ ups: Directions.Ups, _ isFromInitiator: Bool) {
        for way in 0..<Directions.count {
            guard let up = Directions.up(ups, way) else { continue }
            let place = 2 * way + (up == isFromInitiator ? 0 : 1)
            var times = answers[kind, default: [AnswerTimes?](repeating: nil, count: 2 * Directions.count)]
            answers[kind] = nil
            var own = times[place] ?? AnswerTimes()
            own.add(wait)
            times[place] = own
            answers[kind] = times
        }
    }
}
