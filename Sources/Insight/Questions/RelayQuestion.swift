import Fields
import Output
import Reassembly

/// `relay`: who tells of transactions first, who wastes bytes?
struct RelayQuestion: Question {
    struct Head {
        var bytes: UInt64 = 0
        var wasted: UInt64 = 0
        let counts: RelayCounts
    }

    struct Row {
        let stream: UInt64
        let from: [UInt8]
        let to: [UInt8]
        let measures: StaticString?
        let isNode: Bool
        let tally: RelayTally
        /// What the other side asked for.
        let requests: RequestTally
        /// Something of what the other side said was captured.
        let isAskerHeard: Bool
        /// All that the other side said is known.
        let knowsRequests: Bool
        let decimals: Int

        /// Of announcements that are not the node's.
        func contest(_ number: UInt64) -> RowValue { .number(isNode ? nil : number) }
    }

    static let name: StaticString = "relay"
    static let title: StaticString = "Transaction Relay"
    static let meaning: StaticString = "who tells of transactions first, and who wastes bytes"
    static let sensitivity: Set<Loss.Kind> = [.requests, .transactions]
    static let head: [ValuedColumn<Head>] = [
        // Metrics have them by side.
        .init(
            "tx_bytes", nil, .bytes, "bytes of tx messages to the node, or to anybody where it is not known",
            metric: .absent
        ) {
            .number($0.bytes)
        },
        .init(
            "wasted_bytes", nil, .bytes, "of these, bytes of transactions that the receiver had", metric: .absent
        ) {
            .number($0.wasted)
        },
        .init("wasted_percent", nil, .percent, "the share of these bytes", metric: .absent) {
            .quotient(.percent($0.wasted, of: $0.bytes))
        },
        .init(
            "transactions_announced", nil, .count, "different transactions that inv messages announced", metric: .gauge
        ) { .number($0.counts.announced) },
        .init("transactions_seen", nil, .count, "of these, those that a tx message has", metric: .gauge) {
            .number($0.counts.seen)
        },
        .init(
            "unmerged", nil, .count, "announced, but never seen: by txid and wtxid one may count twice", metric: .gauge
        ) { .number($0.counts.announced &- $0.counts.seen) },
    ]
    static let columns: [ValuedColumn<Row>] =
        [
            .init("row", nil, .text, "peer: of one side that announced, was asked or delivered") { _ in .word("peer") },
            .init("stream", "#", .number, "number of the TCP connection", metric: .label) { .number($0.stream) },
            .init("from", "From", .text, "the side that announced and delivered", metric: .label) {
                .printable($0.from)
            },
            .init("to", "To", .text, "the other side", metric: .label, importance: .usual) { .printable($0.to) },
            .init(
                "measures", nil, .text, "whom the row measures: peer or node, null where that is not known",
                metric: .label
            ) { .optional($0.measures) },
            .init(
                "announced", "Announced", .count, "different transactions that it announced", metric: .gauge,
                importance: .main
            ) {
                .number($0.tally.announced)
            },
            .init(
                "contested", "Contested", .count, "of these, those that another side, too, announced", metric: .gauge
            ) { $0.contest($0.tally.contested) },
            .init("first", "First", .count, "of these, those that it announced first", metric: .gauge) {
                $0.contest($0.tally.first)
            },
            .init("first_percent", "First %", .percent, "the share of these", metric: .absent, importance: .main) {
                $0.isNode ? .number(nil) : .quotient(.percent($0.tally.first, of: $0.tally.contested))
            },
        ]
        + SpreadColumns(
            keys: ("lag_min_seconds", "lag_p50_seconds", "lag_p95_seconds", "lag_max_seconds", "lag_seconds"),
            titles: (nil, "Lag p50", nil, "max"),
            meanings: (
                "the least time from the first announcement to this one, where it was not first",
                "from the first announcement to this one, where it was not first"
            ), decimals: \.decimals
        ) { $0.isNode ? nil : $0.tally.lags }.columns + [
            .init("asked", "Asked", .count, "transactions that the other side asked it for") {
                .number($0.isAskerHeard ? $0.requests.requests : nil)
            },
            .init("delivered", "Delivered", .count, "tx messages that it sent") { .number($0.tally.delivered) },
            .init("notfound", "Not found", .count, "transactions that it said it does not have") {
                .number($0.tally.notFound)
            },
            .init(
                "unrequested", "Unrequested", .count,
                "tx messages that answer no request; null unless all that the other side said is known"
            ) { .number($0.knowsRequests ? $0.tally.unrequested : nil) },
            .init("tx_bytes", nil, .bytes, "bytes of its tx messages") { .number($0.tally.bytes) },
            .init(
                "duplicates", "Duplicates", .count, "tx messages that the receiver had no need of", metric: .gauge
            ) { .number($0.tally.duplicates) },
            .init("wasted_bytes", "Wasted", .bytes, "their bytes", metric: .gauge, importance: .main) {
                .number($0.tally.wasted)
            },
            .init(
                "choice_samples", nil, .count, "announced ones of which the first request was captured", metric: .absent
            ) { .number($0.tally.choices.count) },
        ]
        + SpreadColumns(
            keys: (
                "choice_min_seconds", "choice_p50_seconds", "choice_p95_seconds", "choice_max_seconds", "choice_seconds"
            ),
            titles: ("Choice min", "p50", nil, "max"),
            meanings: (
                "the least time from its announcement to the first request: what the other side took",
                "from its announcement to the first request"
            ),
            decimals: \.decimals
        ) { $0.tally.choices }.columns + [
            .init("service_samples", nil, .count, "requests that a tx message answered", metric: .absent) {
                .number($0.requests.times.count)
            }
        ]
        + SpreadColumns(
            keys: (
                "service_min_seconds", "service_p50_seconds", "service_p95_seconds", "service_max_seconds",
                "service_seconds"
            ),
            titles: ("Service min", "p50", nil, "max"),
            meanings: (
                "the least time from a request to the transaction's first byte: what this side took",
                "from a request to the transaction's first byte"
            ),
            decimals: \.decimals
        ) { $0.requests.times }.columns + [
            .init(
                "held_samples", nil, .count, "announced ones that it delivered, and the receiver did not have",
                metric: .absent
            ) { .number($0.tally.holds.count) }
        ]
        + SpreadColumns(
            keys: ("held_min_seconds", "held_p50_seconds", "held_p95_seconds", "held_max_seconds", "held_seconds"),
            titles: (nil, nil, nil, nil),
            meanings: (
                "the least time from its announcement to all of the transaction",
                "from its announcement to all of the transaction"
            ),
            decimals: \.decimals
        ) { $0.tally.holds }.columns

    let headValue: Head
    let rows: [Row]

    init(_ view: View) {
        let figures = view.relay
        var head = Head(counts: figures.counts)
        var rows: [Row] = []
        for connection in view.connections {
            for side in [connection.first, connection.first.opposite] {
                let tally = connection.place.flatMap { figures[$0, side] } ?? RelayTally()
                let requests = connection.tally(.tx, of: side.opposite) ?? RequestTally()
                guard tally.announced > 0 || tally.delivered > 0 || requests.requests > 0 else { continue }
                let isNode = connection.nodeSide == side
                if !isNode {
                    head.bytes &+= tally.bytes
                    head.wasted &+= tally.wasted
                }
                rows.append(
                    Row(
                        stream: connection.number, from: connection.end(side), to: connection.end(side.opposite),
                        measures: view.measures(askedBy: side.opposite, in: connection), isNode: isNode, tally: tally,
                        requests: requests,
                        isAskerHeard: connection.state?.isHeard(side.opposite) == true,
                        knowsRequests: connection.isFullyHeard(side.opposite),
                        decimals: view.decimals))
            }
        }
        rows.sort(by: Row.isBefore)
        headValue = head
        self.rows = rows
    }

    func appendTable(_ view: View, to output: ByteOutput) {
        let note =
            "First to announce is not the origin: nodes announce at random delays of 2 s (outbound) and 5 s (inbound) in the mean."
        appendTable(rows, view, notes: rows.isEmpty ? [] : [note] + view.nodeNotes, to: output)
    }
}

extension RelayQuestion.Row {
    /// Who was first most often comes first; the node's rows, which do not compete, last.
    fileprivate static func isBefore(_ left: Self, _ right: Self) -> Bool {
        if left.isNode != right.isNode { return right.isNode }
        if !left.isNode, left.tally.first != right.tally.first { return left.tally.first > right.tally.first }
        if left.tally.announced != right.tally.announced { return left.tally.announced > right.tally.announced }
        if left.stream != right.stream { return left.stream < right.stream }
        return left.from.lexicographicallyPrecedes(right.from)
    }
}

extension ConnectionView {
    /// From the SYN on, nothing that the side sent is missing.
    fileprivate func isFullyHeard(_ side: Direction) -> Bool {
        guard let facts, facts.isFromSYN, facts[side].syn != nil, !facts[side].lacksEnd else { return false }
        guard let state = state?[side] else { return true }
        return state.lastHole == 0 && !state.endsInHole
    }
}
