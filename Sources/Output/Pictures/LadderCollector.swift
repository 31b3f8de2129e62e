import BitcoinP2P
import Fields
import Records

/// A connection as a picture shows it: who, when, how much, and its ladder.
package struct LadderConnection: Sendable {
    package let stream: UInt64
    /// `address:port` of the side that counts as the initiator, and of the other.
    package private(set) var initiator: [UInt8]
    package private(set) var responder: [UInt8]
    /// It is known which side opened it.
    package private(set) var isDirected = false
    /// What the sides call their software, as it came; nil where that was not captured.
    package private(set) var userAgents: (initiator: [UInt8]?, responder: [UInt8]?)
    package private(set) var messages: UInt64 = 0
    package private(set) var remarks: UInt64 = 0
    package private(set) var bytes: (initiator: UInt64, responder: UInt64) = (0, 0)
    /// Of the first byte and the last, in nanoseconds since 1970.
    package private(set) var start: Int64
    package private(set) var end: Int64
    /// Bytes since the capture's first frame.
    package private(set) var bins: (initiator: TimeBins, responder: TimeBins) = (TimeBins(), TimeBins())
    /// When bytes were found missing, since the capture's first frame.
    package private(set) var gaps: [Int64] = []
    private static let mostGaps = 100
    /// A side of it cannot be read.
    package private(set) var isEncrypted = false
    private var builder: LadderBuilder
    /// The rows were dropped, since others lead.
    fileprivate private(set) var isDropped = false

    fileprivate init(
        _ stream: UInt64, from source: [UInt8], to destination: [UInt8], _ sender: Record.Sender, _ time: Int64,
        rows: Int
    ) {
        self.stream = stream
        let isFirst = sender != .responder
        initiator = isFirst ? source : destination
        responder = isFirst ? destination : source
        isDirected = sender != .unknown
        start = time
        end = time
        builder = LadderBuilder(limit: rows)
    }

    package var rows: [LadderRow] { builder.rows }
    /// The ladder goes on after its last row.
    package var isCut: Bool { builder.isCut }

    fileprivate mutating func drop() {
        isDropped = true
        builder = LadderBuilder(limit: 0)
    }

    /// Nobody remembers when its bytes came.
    package private(set) var lacksIntervals = false
    fileprivate var intervals: Int { bins.initiator.count + bins.responder.count }
    fileprivate var rowCount: Int { builder.rows.count }
    fileprivate var sum: UInt64 { bytes.initiator &+ bytes.responder }

    fileprivate mutating func dropIntervals() {
        lacksIntervals = true
        bins = (TimeBins(), TimeBins())
    }

    fileprivate mutating func finish() { builder.finish() }

    /// Answers whether the sender is the side that counts as the initiator.
    private mutating func direct(_ source: [UInt8], _ sender: Record.Sender) -> Bool {
        let isFirst = source == initiator
        guard !isDirected, sender != .unknown else { return isFirst }
        isDirected = true
        guard isFirst != (sender == .initiator) else { return isFirst }
        swap(&initiator, &responder)
        userAgents = (userAgents.responder, userAgents.initiator)
        bytes = (bytes.responder, bytes.initiator)
        bins = (bins.responder, bins.initiator)
        builder.turn()
        return !isFirst
    }

    private mutating func count(_ length: UInt64, _ isFromInitiator: Bool, at time: Int64, since start: Int64) {
        end = max(end, time)
        if isFromInitiator {
            bytes.initiator &+= length
            if !lacksIntervals { bins.initiator.add(length, at: time &- start) }
        } else {
            bytes.responder &+= length
            if !lacksIntervals { bins.responder.add(length, at: time &- start) }
        }
    }

    fileprivate mutating func receive(_ record: borrowing Record, withRows: Bool) {
        let isFromInitiator = direct(record.source, record.sender)
        start = min(start, record.startTime)
        end = max(end, record.time)
        if let name = record.userAgent {
            if isFromInitiator, userAgents.initiator == nil { userAgents.initiator = name }
            if !isFromInitiator, userAgents.responder == nil { userAgents.responder = name }
        }
        // Its bytes have come one by one.
        if record.ending == .direction { return isEncrypted = true }
        let length = UInt64(clamping: record.length)
        if record.ending == .gap {
            if !record.isConflict, gaps.count < Self.mostGaps { gaps.append(record.time &- record.captureStart) }
        } else {
            count(length, isFromInitiator, at: record.time, since: record.captureStart)
        }
        if record.isMessage { messages &+= 1 }
        var worst: (severity: Severity, annotation: Annotation)?
        for index in record.tree.annotations.indices {
            let annotation = record.tree.annotations[index]
            let severity = annotation.remark.severity
            guard severity > .chat else { continue }
            remarks &+= 1
            if severity > worst?.severity ?? .chat { worst = (severity, annotation) }
        }
        guard withRows, !isDropped else { return }
        if builder.isFull { return builder.cut() }
        let remark = worst.map { ($0.severity, $0.annotation.remark.text($0.annotation.value)) }
        builder.append(LadderStep(record, isFromInitiator: isFromInitiator, remark))
    }

    fileprivate mutating func receive(_ unread: UnreadSegment) {
        isEncrypted = true
        start = min(start, unread.time)
        count(unread.count, direct(unread.source, unread.sender), at: unread.time, since: unread.captureStart)
    }
}

extension LadderStep {
    fileprivate init(
        _ record: borrowing Record, isFromInitiator: Bool, _ remark: (severity: Severity, text: String)?
    ) {
        number = record.number
        order = record.order
        frame = record.frameNumber
        time = record.time
        self.isFromInitiator = isFromInitiator
        length = UInt64(clamping: record.length)
        name = TextBuffer()
        text = TextBuffer()
        self.remark = remark
        answered = record.answered
        announced = record.announced
        command = record.isMessage ? record.command : nil
        if let command {
            command.append(to: &name)
            var said = record.said.clamped(to: 0..<record.info.count)
            if !said.isEmpty, record.info.bytes[said.lowerBound] == 0x20 { said = said.dropFirst() }
            text.append(cut: record.info, said, to: Self.mostText)
        } else {
            text.append(cut: record.info, 0..<record.info.count, to: Self.mostText)
        }
    }
}

extension TextBuffer {
    /// Whole characters of a range, of at most that number of bytes.
    fileprivate mutating func append(cut text: borrowing TextBuffer, _ range: Range<Int>, to limit: Int) {
        var range = range.clamped(to: 0..<text.count)
        if range.count > limit {
            var end = range.lowerBound + limit
            while end > range.lowerBound, text.bytes[end] & 0xc0 == 0x80 { end -= 1 }
            range = range.lowerBound..<end
        }
        bytes.append(contentsOf: text.bytes[range])
    }
}

/// Keeps what pictures show of connections, while the records come.
package struct LadderCollector: Sendable {
    package enum Choice: Sendable {
        /// One connection, by its number.
        case stream(UInt64)
        /// The one with most remarks; of those that have as many, the one with most messages, and of those the first.
        case best
        /// The first ones, each with its ladder.
        case first(Int)
    }

    /// Beyond this number connections are not followed.
    static let mostConnections = 10_000
    /// Rows of all connections together while it is not known which will be shown.
    static let mostRows = 10_000
    /// Intervals of all connections together, of 8 bytes each.
    static let mostIntervals = 1_000_000

    private let choice: Choice
    private let rowLimit: Int
    private var connections: ContiguousArray<LadderConnection> = []
    private var places: [UInt64: Int] = [:]
    private var keptRows = 0
    private var keptIntervals = 0
    /// How many may be kept until some are dropped: one connection may have more than ``mostRows`` by itself.
    private var rowsUntilDrop = mostRows
    private let keepsIntervals: Bool
    package private(set) var captureStart: Int64?
    package private(set) var decimals = 6
    /// There are connections that were not kept: where one is to be chosen, another may have more remarks or messages.
    package private(set) var isPartial = false

    /// - Parameters:
    ///   - rowLimit: Of a ladder.
    ///   - keepsIntervals: When the bytes came is to be kept.
    package init(_ choice: Choice, rowLimit: Int, keepsIntervals: Bool = true) {
        self.choice = choice
        self.rowLimit = rowLimit
        self.keepsIntervals = keepsIntervals
    }

    package mutating func receive(_ record: borrowing Record) {
        // A pasted message is of no connection, and the end of one is no message.
        guard !record.source.isEmpty, record.ending != .close else { return }
        captureStart = record.captureStart
        decimals = record.timeDecimals
        guard
            let place = place(
                of: record.stream, from: record.source, to: record.destination, record.sender, record.startTime)
        else { return }
        let (rows, intervals) = (connections[place].rowCount, connections[place].intervals)
        connections[place].receive(record, withRows: rowLimit > 0)
        keptRows += connections[place].rowCount - rows
        keptIntervals += connections[place].intervals - intervals
        if keptRows > rowsUntilDrop { dropRows() }
        if keptIntervals > Self.mostIntervals { dropIntervals() }
    }

    package mutating func receiveUnread(_ unread: UnreadSegment) {
        captureStart = captureStart ?? unread.captureStart
        guard
            let place = place(
                of: unread.stream, from: unread.source, to: unread.destination, unread.sender, unread.time)
        else { return }
        let intervals = connections[place].intervals
        connections[place].receive(unread)
        keptIntervals += connections[place].intervals - intervals
        if keptIntervals > Self.mostIntervals { dropIntervals() }
    }

    private mutating func place(
        of stream: UInt64, from source: [UInt8], to destination: [UInt8], _ sender: Record.Sender, _ time: Int64
    ) -> Int? {
        if let place = places[stream] { return place }
        switch choice {
        case .stream(let wanted): guard stream == wanted else { return nil }
        case .best:
            guard connections.count < Self.mostConnections else {
                isPartial = true
                return nil
            }
        case .first(let count):
            guard connections.count < count else {
                isPartial = true
                return nil
            }
        }
        places[stream] = connections.count
        var connection = LadderConnection(stream, from: source, to: destination, sender, time, rows: rowLimit)
        if !keepsIntervals { connection.dropIntervals() }
        connections.append(connection)
        return connections.count - 1
    }

    /// Forgets the rows of the connections that are least likely to be shown, half of all rows or more.
    private mutating func dropRows() {
        guard case .best = choice else { return }
        var kept = 0
        defer { rowsUntilDrop = max(Self.mostRows, 2 * keptRows) }
        // The one that leads now stays, however long it is.
        for place in connections.indices.filter({ !connections[$0].isDropped })
            .sorted(by: { connections[$0].leads(connections[$1]) }).dropFirst()
        {
            kept += connections[place].rowCount
            if kept > Self.mostRows / 2 {
                keptRows -= connections[place].rowCount
                connections[place].drop()
            }
        }
    }

    /// Forgets when the bytes came of connections with few of them, half of all intervals or more.
    private mutating func dropIntervals() {
        guard case .best = choice else { return }
        var kept = 0
        for place in connections.indices.sorted(by: { connections[$0].sum > connections[$1].sum }) {
            kept += connections[place].intervals
            if kept > Self.mostIntervals / 2 {
                keptIntervals -= connections[place].intervals
                connections[place].dropIntervals()
            }
        }
    }

    /// What is to be shown, complete.
    package mutating func finish() -> [LadderConnection] {
        for place in connections.indices { connections[place].finish() }
        guard case .best = choice else { return Array(connections) }
        // Of one whose rows were dropped there is nothing to show.
        let kept = connections.filter { !$0.isDropped }
        guard let best = kept.min(by: { $0.leads($1) }) else { return [] }
        if connections.contains(where: { $0.isDropped && $0.leads(best) }) { isPartial = true }
        return [best]
    }

    /// How many connections there are.
    package var count: Int { connections.count }

    package subscript(stream: UInt64) -> LadderConnection? { places[stream].map { connections[$0] } }
}

extension LadderConnection {
    /// Whether it is to be shown rather than another one.
    fileprivate func leads(_ other: LadderConnection) -> Bool {
        (remarks, messages, other.stream) > (other.remarks, other.messages, stream)
    }
}
