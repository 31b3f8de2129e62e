import Fields
import Output
import Reassembly

/// `latency`: who is slow?
struct LatencyQuestion: Question {
    struct Row {
        let stream: UInt64
        let from: [UInt8]
        let to: [UInt8]
        let measures: StaticString?
        let pings: RequestTally
        /// Nil where the capture cannot tell: the other side sent no acknowledgement without payload.
        let segments: Samples
        let synRoundTrip: Int64?
        let decimals: Int

        var busy: Int64? {
            guard let median = pings.times.percentile(50) else { return nil }
            let least = [synRoundTrip, segments.least].compactMap(\.self).min()
            return least.map { max(0, median &- $0) }
        }
    }

    static let name: StaticString = "latency"
    static let title: StaticString = "Bitcoin Latency"
    static let meaning: StaticString = "who answers pings late, and what of it is the network's time"
    static let sensitivity: Set<Loss.Kind> = [.pings]
    static let head: [ValuedColumn<Void>] = []
    static let columns: [ValuedColumn<Row>] =
        [
            .init("row", nil, .text, "peer: of one side that pinged, or whose segments were acknowledged") { _ in
                .word("peer")
            },
            .init("stream", "#", .number, "number of the TCP connection", metric: .label) { .number($0.stream) },
            .init("from", "Asked by", .text, "the side that asked", metric: .label) { .printable($0.from) },
            .init("to", "Answered by", .text, "the side that answered", metric: .label, importance: .main) {
                .printable($0.to)
            },
            .init(
                "measures", "Measures", .text, "whom the times measure: peer or node, null where that is not known",
                metric: .label, importance: .detail
            ) {
                $0.measures.map { .word($0) } ?? .unknown
            },
            .init("pings", "Pings", .count, "pings with a nonce", importance: .main) { .number($0.pings.requests) },
            .init("answered", "Answered", .count, "pings whose pong was captured", importance: .main) {
                .number($0.pings.answered)
            },
            .init(
                "unanswered", "Unanswered", .count, "pings without a pong in 1200 s, while the connection went on",
                metric: .gauge, importance: .main
            ) {
                .number($0.pings.unanswered)
            },
            .init(
                "unclear", "Unclear", .count, "pings without a pong, which may be among bytes that were not captured",
                metric: .gauge
            ) {
                .number($0.pings.unclear)
            },
            .init(
                "open", "Open", .count, "pings that waited when their connection or the capture ended", metric: .gauge
            ) {
                .number($0.pings.open)
            },
        ]
        + SpreadColumns(
            keys: ("ping_min_seconds", "ping_p50_seconds", "ping_p95_seconds", "ping_max_seconds", "ping_seconds"),
            titles: ("Min", "p50", "p95", "Max"), meanings: ("the fastest pong", "how long pongs took"),
            decimals: \.decimals, greatestImportance: .main
        ) { $0.pings.times }.columns + [
            .init(
                "tcp_samples", nil, .count, "segments of the asking side that were sent once and acknowledged exactly",
                metric: .absent
            ) {
                .number($0.segments.count)
            },
            .init("syn_seconds", "TCP SYN", .duration, "from its SYN to the acknowledgement; null if it was sent twice")
            {
                .nanoseconds($0.synRoundTrip, decimals: $0.decimals)
            },
            .init("tcp_min_seconds", "TCP min", .duration, "the fastest acknowledgement of a segment", metric: .absent)
            {
                .nanoseconds($0.segments.least, decimals: $0.decimals)
            },
            .init(
                "tcp_p50_seconds", "TCP p50", .duration, "half of these acknowledgements took no longer",
                metric: .absent
            ) {
                .nanoseconds($0.segments.percentile(50), decimals: $0.decimals)
            },
            .init("tcp_seconds", nil, .samples, "how long acknowledgements of segments took") {
                .distribution($0.segments.distribution(decimals: $0.decimals))
            },
            .init(
                "busy_p50_seconds", "Busy p50", .duration,
                "the median pong without the network's time, the least of the acknowledgements"
            ) { .nanoseconds($0.busy, decimals: $0.decimals) },
            .init(
                "slowest_frame", "Slowest in frame", .number, "the frame that completed the slowest pong",
                importance: .detail
            ) {
                .number($0.pings.slowest?.frame)
            },
            .init("reordered", "Reordered", .count, "answered pings of which bytes came out of order") {
                .number($0.pings.reordered)
            },
        ]

    let headValue: Void = ()
    let rows: [Row]

    init(_ view: View) {
        var rows: [Row] = []
        for connection in view.connections {
            for side in [connection.first, connection.first.opposite] {
                let pings = connection.tally(.ping, of: side) ?? RequestTally()
                let facts = connection.facts?[side]
                let isHeard = connection.facts?[side.opposite].hasBareAcknowledgement == true
                let segments = isHeard ? facts?.roundTrips ?? Samples() : Samples()
                guard pings.requests > 0 || segments.count > 0 || facts?.synRoundTrip != nil else { continue }
                rows.append(
                    Row(
                        stream: connection.number, from: connection.end(side), to: connection.end(side.opposite),
                        measures: view.measures(askedBy: side, in: connection), pings: pings, segments: segments,
                        synRoundTrip: facts?.synRoundTrip, decimals: view.decimals))
            }
        }
        self.rows = rows
    }

    /// Who left pings unanswered comes first, then who was slowest.
    func appendTable(_ view: View, to output: ByteOutput) {
        let ordered = rows.enumerated().sorted { ($1.element.slowness, $0.offset) < ($0.element.slowness, $1.offset) }
        let order = rows.count > 1 ? ["Most pings unanswered first, then the slowest pong."] : []
        appendTable(ordered.map(\.element), view, notes: rows.isEmpty ? [] : order + view.nodeNotes, to: output)
    }
}

extension LatencyQuestion.Row {
    /// By which rows of a table are ordered.
    fileprivate var slowness: Slowness {
        Slowness(unanswered: pings.unanswered, greatest: pings.times.greatest ?? -1)
    }

    fileprivate struct Slowness: Comparable {
        let unanswered: UInt64
        let greatest: Int64

        static func < (left: Slowness, right: Slowness) -> Bool {
            (left.unanswered, left.greatest) < (right.unanswered, right.greatest)
        }
    }
}

extension RowValue {
    /// Null in data; a table asks the reader.
    static var unknown: RowValue {
        var shown = TextBuffer()
        shown.append("?")
        return .label(nil, shown: shown)
    }
}
