import Fields
import Output
import Reassembly

/// `requests`: who leaves me waiting?
struct RequestsQuestion: Question {
    struct Row {
        let kind: RequestKind
        let flow: Flow
        var tally: RequestTally
        /// Of the slowest: who answered, and on which connection.
        var slowestPeer: [UInt8]?
        var slowestStream: UInt64?
        let decimals: Int
    }

    static let name: StaticString = "requests"
    static let title: StaticString = "Requests and Answers"
    static let meaning: StaticString = "who was asked for what, what came, and how long it took"
    static let sensitivity: Set<Loss.Kind> = [.pings, .requests]
    static let head: [ValuedColumn<Void>] = []
    static let columns: [ValuedColumn<Row>] =
        [
            .init("row", nil, .text, "kind: of one kind in one direction") { _ in .word("kind") },
            .init("kind", "Request for", .text, "what was asked for", metric: .label) { .word($0.kind.name) },
            .init("flow", "Direction", .text, "who asked", metric: .label) { .shown($0.flow.name, $0.flow.words) },
            .init("requests", "Requests", .count, "requests", importance: .main) { .number($0.tally.requests) },
            .init("answered", "Answered", .count, "requests whose answer was captured", importance: .main) {
                .number($0.tally.answered)
            },
            .init("notfound", "Not found", .count, "requests answered by notfound") { .number($0.tally.notFound) },
            .init(
                "unanswered", "Unanswered", .count,
                "requests whose deadline passed while the connection and the capture went on", metric: .gauge
            ) { .number($0.tally.unanswered) },
            .init(
                "unclear", "Unclear", .count,
                "requests without an answer, which may be among bytes that were not captured",
                metric: .gauge
            ) {
                .number($0.tally.unclear)
            },
            .init(
                "open", "Open", .count, "requests that waited when their connection or the capture ended",
                metric: .gauge
            ) {
                .number($0.tally.open)
            },
        ]
        + SpreadColumns(
            keys: ("min_seconds", "p50_seconds", "p95_seconds", "max_seconds", "seconds"),
            titles: ("Min", "p50", "p95", "Max"),
            meanings: (
                "the fastest answer, from the request's end to the answer's first byte",
                "how long answers took, from the request's end to the answer's first byte"
            ),
            decimals: \.decimals
        ) { $0.tally.times }.columns + [
            .init("slowest_peer", "Slowest", .text, "who gave the slowest answer") {
                $0.slowestPeer.map { .printable($0) } ?? .text(nil)
            },
            .init("slowest_stream", nil, .number, "the connection of the slowest answer") { .number($0.slowestStream) },
            .init("slowest_frame", "Frame", .number, "the frame that completed the slowest answer") {
                .number($0.tally.slowest?.frame)
            },
            .init("reordered", "Reordered", .count, "answered ones of which bytes came out of order") {
                .number($0.tally.reordered)
            },
        ]

    static var words: [ColumnWords] {
        [
            ColumnWords(
                key: "kind", title: "What is asked for",
                words: RequestKind.allCases.map { kind in
                    let patience =
                        kind.deadline.map { "unanswered after \($0 / 1_000_000_000) s" } ?? "never unanswered, but open"
                    return ("\(kind.name)", "\(kind.meaning); \(patience)")
                })
        ]
    }

    /// Who opened a connection may still become known.
    static func isSteady(_ row: Row) -> Bool { row.flow != .unknown }

    let headValue: Void = ()
    let rows: [Row]

    init(_ view: View) {
        var rows: [Row] = []
        for kind in RequestKind.allCases {
            var ofKind: [Flow: Row] = [:]
            for connection in view.connections {
                for side in [connection.first, connection.first.opposite] {
                    guard let tally = connection.tally(kind, of: side), tally.requests > 0 else { continue }
                    let flow = view.flow(of: side, in: connection)
                    ofKind[flow, default: Row(kind: kind, flow: flow, tally: RequestTally(), decimals: view.decimals)]
                        .add(tally, askedBy: side, in: connection, view.budget)
                }
            }
            rows += ofKind.values.sorted { $0.flow < $1.flow }
        }
        self.rows = rows
    }

    func appendTable(_ view: View, to output: ByteOutput) { appendTable(rows, view, to: output) }
}

extension RequestsQuestion.Row {
    fileprivate mutating func add(
        _ other: RequestTally, askedBy side: Direction, in connection: ConnectionView, _ budget: SampleBudget
    ) {
        tally.add(other, budget)
        guard let theirs = other.slowest else { return }
        if let own = tally.slowest, (own.time, theirs.frame) >= (theirs.time, own.frame) { return }
        tally.slowest = theirs
        slowestPeer = connection.end(side.opposite)
        slowestStream = connection.number
    }
}

extension RowValue {
    /// A word of data, and what a table shows instead.
    static func shown(_ word: StaticString, _ shown: StaticString) -> RowValue {
        var (own, table) = (TextBuffer(), TextBuffer())
        own.append(word)
        table.append(shown)
        return .label(own, shown: table)
    }
}
