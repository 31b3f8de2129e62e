import BitcoinP2P
import Fields
import Output
import Reassembly

/// `cmpctblock`: do compact blocks work?
struct CompactBlocksQuestion: Question {
    enum Row {
        case block(Compact)
        /// Compact blocks that have no row.
        case other(UInt64)

        fileprivate var compact: Compact? { if case .block(let compact) = self { compact } else { nil } }
    }

    struct Compact {
        let fact: CompactBlockFact
        let from: [UInt8]
        let to: [UInt8]
        let measures: StaticString?
        /// Of the whole block in a `block` message.
        let blockLength: UInt64?
        let result: CompactBlockResult
        let start: Int64?
        let decimals: Int

        /// What the receiver asked for then is known.
        var isRequestKnown: Bool { result != .unclear }
        var answer: CompactBlockFact.Answer? { fact.request?.answer.flatMap { $0.isBlock ? nil : $0 } }
    }

    static let name: StaticString = "cmpctblock"
    static let title: StaticString = "Compact Blocks"
    static let meaning: StaticString = "whether compact blocks work, and what had to be asked for"
    static let sensitivity: Set<Loss.Kind> = [.requests, .blocks, .shortIDs]
    static let head: [ValuedColumn<Void>] = []
    static let omitsAbsent = true
    static let columns: [ValuedColumn<Row>] = [
        .init(
            "row", nil, .text,
            "block: of one cmpctblock message; other: of all such messages beyond the 10,000 that have a row"
        ) {
            switch $0 {
            case .block: .word("block")
            case .other: .word("other")
            }
        },
        column("hash", "Block", .text, "the hash of the block", importance: .name) { .hash($0.fact.hash) },
        column("stream", nil, .number, "the connection") { .number($0.fact.side.connection) },
        column("from", "From", .text, "who sent it", importance: .main) { .printable($0.from) },
        column("to", "To", .text, "who received it") { .printable($0.to) },
        column("measures", nil, .text, "whose doing it shows: peer or node, null where that is not known") {
            .optional($0.measures)
        },
        column("frame", "Frame", .number, "the frame that completed the message", place: 13) {
            .number($0.fact.place.complete.frame)
        },
        column("time_seconds", nil, .seconds, "when it was complete") {
            .nanoseconds($0.fact.place.complete.time &- ($0.start ?? 0), decimals: $0.decimals)
        },
        column(
            "mode", "Mode", .text,
            "high-bandwidth, or low-bandwidth where it was asked for; null where nothing of the receiver was captured"
        ) {
            $0.fact.isReceiverHeard ? .word($0.fact.isAsked ? "low-bandwidth" : "high-bandwidth") : .text(nil)
        },
        column("short_ids", "Short ids", .count, "how many short ids it has") { .number($0.fact.shortIDs) },
        column("prefilled", "Prefilled", .count, "how many transactions it has") { .number($0.fact.prefilled) },
        column(
            "seen", "Seen before", .count,
            "short ids of exactly one transaction that an earlier tx message has, to or from anybody: the least that the receiver may have known; null where finding out would have taken too long"
        ) { .number($0.fact.seen) },
        column("ambiguous", "Ambiguous", .count, "short ids of more than one such transaction") {
            .number($0.fact.ambiguous)
        },
        column(
            "requested", "Requested", .count, "transactions that its getblocktxn asks for; null where that is not known"
        ) {
            .number($0.fact.request?.indexes ?? ($0.isRequestKnown ? 0 : nil))
        },
        column(
            "round_trip_seconds", "Round trip", .duration,
            "from the end of the getblocktxn to the blocktxn's first byte"
        ) { .nanoseconds($0.answer?.wait, decimals: $0.decimals) },
        column("bytes", "Bytes", .bytes, "of the message") { .number($0.fact.length) },
        column("blocktxn_bytes", "blocktxn", .bytes, "of the blocktxn; null where that is not known") {
            .number($0.answer?.length ?? ($0.isRequestKnown ? 0 : nil))
        },
        column("block_bytes", nil, .bytes, "of the block message with the same block, if any was captured") {
            .number($0.blockLength)
        },
        column("result", "Result", .text, "what became of it", importance: .main) { .word($0.result.name) },
        .init("blocks", nil, .count, "of other: how many messages it stands for", metric: .gauge) {
            if case .other(let count) = $0 { .number(count) } else { nil }
        },
    ]

    private static func column(
        _ key: StaticString, _ title: StaticString?, _ unit: Column.Unit, _ meaning: StaticString, place: Int? = nil,
        importance: Column.Importance? = nil, _ value: @escaping @Sendable (Compact) -> RowValue
    ) -> ValuedColumn<Row> {
        .init(key, title, unit, meaning, place: place, metric: .absent, importance: importance) {
            $0.compact.map(value)
        }
    }

    static var words: [ColumnWords] {
        [
            ColumnWords(
                key: "result", title: "Results, of which the first that fits is taken",
                words: CompactBlockResult.allCases.map { ("\($0.name)", "\($0.meaning)") })
        ]
    }

    let headValue: Void = ()
    let rows: [Row]

    init(_ view: View) {
        let judge = CompactBlockJudge(view)
        rows =
            view.blocks.compactBlocks.map { .block(judge.judge($0, view)) }
            + (view.blocks.otherCompactBlocks > 0 ? [.other(view.blocks.otherCompactBlocks)] : [])
    }

    func appendTable(_ view: View, to output: ByteOutput) {
        var rows = rows
        var notes: [String] = []
        if case .other(let count)? = rows.last {
            rows.removeLast()
            notes.append("Further compact blocks, \(count) together, have no row.")
        }
        appendTable(rows, view, notes: notes, to: output)
    }
}
