#if Web
import BitcoinP2P
import DisplayFilter
import Dissector
import Fields
import Output
import Records
import Report
import Synchronization

/// The ladder of a connection, drawn when it is asked for by reading the capture once more.
final class Ladders: Sendable {
    /// Rows of a ladder: more than anybody reads.
    static let mostRows = 20_000
    private static let most = 8

    /// A ladder as it was when there were as many rows as it says.
    struct Ladder: Sendable {
        let connection: LadderConnection
        let pieces: [[LadderBrackets.Piece]]
        /// By ``Record/order`` of the messages in its rows.
        let numbers: [UInt64: UInt64]
        let start: Int64
        let isComplete: Bool
        /// Another one where rows have come.
        fileprivate let count: Int
        /// Until when it is shown though rows have come.
        fileprivate let rest: ContinuousClock.Instant
    }

    /// A reading that goes on when more has come. Only who has the turn touches it.
    private final class Parked: @unchecked Sendable {
        let reading: Rereading
        let writer: Writer

        init(_ reading: Rereading, _ writer: Writer) {
            self.reading = reading
            self.writer = writer
        }
    }

    private let capture: ServedCapture
    private let kept = Mutex<[Ladder]>([])
    /// One reading at a time, and those of the ladders asked for last that go on.
    private let turn = Mutex<[UInt64: Parked]>([:])
    private static let mostParked = 2
    /// A ladder is not made again for as many times as long as it took.
    private static let restFactor = 10

    init(_ capture: ServedCapture) { self.capture = capture }

    /// The ladder of a connection; nil where there is no such one, or nobody wants it any more.
    ///
    /// It may have to be made: not to be called where nobody may wait.
    ///
    /// - Throws: ``Problem/changed``.
    func ladder(_ stream: UInt64, isWanted: () -> Bool) throws(Problem) -> Ladder? {
        if let known = known(stream) { return known }
        return try turn.withLock { all throws(Problem) -> Ladder? in
            if let known = known(stream) { return known }
            let (begun, count, isComplete) = (ContinuousClock.now, capture.index.count, capture.isComplete)
            guard isWanted(), let parked = all.removeValue(forKey: stream) ?? begin(stream) else { return nil }
            let end = parked.reading.read(isComplete: isComplete) { capture.isEnding || !isWanted() }
            if end == .changed { throw .changed }
            if end == .stopped { return nil }
            if end == .caughtUp {
                if all.count >= Self.mostParked { all.removeAll() }
                all[stream] = parked
            }
            // As if it ended here; it goes on as it is.
            var collector = parked.writer.collector
            guard let connection = collector.finish().first else { return nil }
            var numbers: [UInt64: UInt64] = [:]
            for row in connection.rows {
                if case .step(let step) = row.content, step.order > 0 { numbers[step.order] = step.number }
            }
            let ladder = Ladder(
                connection: connection, pieces: LadderBrackets.pieces(of: connection.rows), numbers: numbers,
                start: collector.captureStart ?? 0, isComplete: end == .ended, count: count,
                rest: .now + (.now - begun) * Self.restFactor)
            kept.withLock { kept in
                kept.removeAll { $0.connection.stream == stream }
                kept.append(ladder)
                if kept.count > Self.most { kept.removeFirst() }
            }
            return ladder
        }
    }

    private func begin(_ stream: UInt64) -> Parked? {
        guard let filter = try? FilterRuns.parse("tcp.stream == \(stream)") else { return nil }
        var options = capture.options
        options.filter = filter
        options.window = RecordWindow(1..<UInt64(capture.index.limit) + 1)
        let writer = Writer(stream)
        options.unreadSinks = [writer]
        return Parked(Rereading(capture.input, options, writer: writer), writer)
    }

    private func known(_ stream: UInt64) -> Ladder? {
        let count = capture.index.count
        return kept.withLock { kept in
            kept.first {
                $0.connection.stream == stream && ($0.isComplete || $0.count == count || .now < $0.rest)
            }
        }
    }

    private final class Writer: RecordSink, UnreadBytesSink, @unchecked Sendable {
        // The thread that reads is the only one that touches it.
        var collector: LadderCollector
        private let stream: UInt64

        init(_ stream: UInt64) {
            self.stream = stream
            collector = LadderCollector(.stream(stream), rowLimit: Ladders.mostRows)
        }

        var wants: Wants { Wants(.tree, info: true, frames: false) }
        func begin() {}
        func end() {}
        func write(_ record: borrowing Record, _: RawSpan) { collector.receive(record) }
        func receiveUnread(_ unread: UnreadSegment) { collector.receiveUnread(unread) }
    }
}

extension Ladders.Ladder {
    /// In which row a message stands.
    func position(of number: UInt64) -> Int? {
        let rows = connection.rows
        var found: Int?
        for (place, row) in rows.enumerated() {
            switch row.content {
            case .step(let step): if step.number == number { return place }
            case .run(let run): if run.number <= number { found = place }
            }
        }
        guard let found, case .run(let run) = rows[found].content else { return nil }
        // The rows of other connections stand between those of a run: how many it has is not enough.
        let next = rows.dropFirst(found + 1).lazy.compactMap { row -> UInt64? in
            switch row.content {
            case .step(let step): step.number > 0 ? step.number : nil
            case .run(let run): run.number
            }
        }.first
        return run.number <= number && number < next ?? (connection.isCut ? run.number : .max) ? found : nil
    }

    func append(from: Int, count: Int, to text: inout TextBuffer) {
        text.append("{\"stream\":")
        text.append(decimal: connection.stream)
        text.append(member: "initiator", connection.initiator)
        text.append(member: "responder", connection.responder)
        text.append(member: "directed", isTrue: connection.isDirected)
        text.append(",\"user_agents\":[")
        append(agent: connection.userAgents.initiator, to: &text)
        text.append(",")
        append(agent: connection.userAgents.responder, to: &text)
        text.append("]")
        text.append(member: "messages", connection.messages)
        text.append(",\"bytes\":")
        text.append(jsonNumbers: [connection.bytes.initiator, connection.bytes.responder])
        text.append(member: "start_ns", connection.start &- start)
        text.append(member: "end_ns", connection.end &- start)
        text.append(member: "total", connection.rows.count)
        text.append(member: "complete", isTrue: isComplete)
        text.append(member: "cut", isTrue: connection.isCut)
        // A ladder that was made of more rows may have others at the same places.
        text.append(member: "generation", self.count)
        text.append(member: "encrypted", isTrue: connection.isEncrypted)
        text.append(member: "from", from)
        text.append(",\"rows\":[")
        let range = min(from, connection.rows.count)..<min(from + count, connection.rows.count)
        for place in range {
            if place > range.lowerBound { text.append(",") }
            append(connection.rows[place], pieces[place], to: &text)
        }
        text.append("]}")
    }

    private func append(agent: [UInt8]?, to text: inout TextBuffer) {
        guard let agent else { return text.append("null") }
        var shown = TextBuffer()
        shown.append(wire: agent.span.bytes)
        text.append(jsonString: shown.bytes)
    }

    private func append(_ row: LadderRow, _ pieces: [LadderBrackets.Piece], to text: inout TextBuffer) {
        switch row.content {
        case .step(let step): append(step, to: &text)
        case .run(let run): append(run, to: &text)
        }
        text.append(member: "t_ns", row.time &- start)
        text.append(member: "wait_ns", row.wait)
        text.append(member: "room", 9 * LadderRoom.steps(row.wait))
        text.append(",\"pieces\":[")
        for (place, piece) in pieces.enumerated() {
            if place > 0 { text.append(",") }
            text.append("\"")
            text.append(piece.name)
            text.append("\"")
        }
        text.append("]}")
    }

    private func append(_ step: LadderStep, to text: inout TextBuffer) {
        text.append("{\"kind\":\"step\"")
        text.append(member: "n", step.number)
        text.append(member: "frame", step.frame)
        text.append(member: "dir", step.isFromInitiator ? 0 : 1)
        text.append(member: "command", step.name.bytes)
        text.append(member: "family", step.family.rawValue.utf8)
        text.append(member: "message", isTrue: step.isMessage)
        text.append(member: "length", step.length)
        text.append(member: "text", step.text.bytes)
        if let remark = step.remark, let severity = RowSeverity(remark.severity) {
            text.append(member: "remark", remark.text.utf8)
            text.append(",\"severity\":\"")
            text.append(severity.name)
            text.append("\"")
        } else {
            text.append(",\"remark\":null,\"severity\":null")
        }
        text.append(",\"answers\":")
        if let answered = step.answered {
            text.append(relation: numbers[answered.order] ?? 0, answered.frame, answered.time ?? 0)
        } else {
            text.append("null")
        }
        text.append(",\"asks\":")
        if let asked = step.announced {
            text.append(relation: 0, asked.frame, asked.time)
        } else {
            text.append("null")
        }
    }

    private func append(_ run: LadderRun, to text: inout TextBuffer) {
        text.append("{\"kind\":\"run\"")
        text.append(member: "n", run.number)
        text.append(member: "frame", run.frames.lowerBound)
        text.append(member: "last_frame", run.frames.upperBound)
        text.append(member: "end_ns", run.end &- start)
        text.append(member: "bytes", run.bytes)
        text.append(",\"kinds\":[")
        for (place, kind) in run.kinds.enumerated() {
            if place > 0 { text.append(",") }
            text.append("{\"dir\":")
            text.append(kind.isFromInitiator ? "0" : "1")
            text.append(member: "command", kind.name.bytes)
            text.append(member: "family", MessageFamily(of: kind.command).rawValue.utf8)
            text.append(member: "count", kind.count)
            text.append("}")
        }
        text.append("]")
    }
}

extension LadderBrackets.Piece {
    fileprivate var name: StaticString {
        switch self {
        case .none: "none"
        case .begin: "begin"
        case .pass: "pass"
        case .join: "join"
        case .end: "end"
        }
    }
}
#endif
