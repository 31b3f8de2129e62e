import BitcoinP2P
import Fields
import Output
import Reassembly

/// `blocks`: who brings them, how?
struct BlocksQuestion: Question {
    enum Row {
        case block(Announced)
        case sync(Sync)
        /// Blocks that have no row.
        case other(UInt64)

        fileprivate var announced: Announced? { if case .block(let announced) = self { announced } else { nil } }
        fileprivate var sync: Sync? { if case .sync(let sync) = self { sync } else { nil } }
    }

    /// A block that was announced before it came.
    struct Announced {
        let hash: Hash256
        /// The first announcement.
        let first: BlockPart
        let form: BlockForm
        let firstBy: [UInt8]
        let announcers: UInt64
        /// From the first announcement to those of others.
        let lags: Samples
        let body: WholeBlock?
        let bodyBy: [UInt8]?
        let start: Int64?
        let decimals: Int
    }

    /// Blocks that a side delivered and nobody had announced.
    struct Sync {
        let stream: UInt64
        let from: [UInt8]
        let to: [UInt8]
        let measures: StaticString?
        let tally: SyncTally
        let start: Int64?
        let decimals: Int
    }

    static let name: StaticString = "blocks"
    static let title: StaticString = "Bitcoin Blocks"
    static let meaning: StaticString = "who brings blocks first, and in which way they come"
    static let sensitivity: Set<Loss.Kind> = [.requests, .blocks]
    static let head: [ValuedColumn<Void>] = []
    static let omitsAbsent = true
    static let columns: [ValuedColumn<Row>] =
        [
            .init(
                "row", nil, .text,
                "block: of a block that was announced; sync: of a side that delivered blocks which nobody had announced; other: of all blocks beyond the 10,000 that have a row; what the node itself announced or sent is in none"
            ) {
                switch $0 {
                case .block: .word("block")
                case .sync: .word("sync")
                case .other: .word("other")
                }
            },
            announced("hash", "Block", .text, "the hash of the block", importance: .name) { .hash($0.hash) },
            announced("first_seen_seconds", "First seen", .seconds, "when its first announcement was complete") {
                $0.seconds($0.first.announced.time)
            },
            announced("first_stream", nil, .number, "the connection of that announcement") {
                .number($0.first.side.connection)
            },
            announced("first_by", "First by", .text, "who announced it first", importance: .main) {
                .printable($0.firstBy)
            },
            announced("first_how", "How", .text, "in which message: inv, headers, cmpctblock or block") {
                .word($0.form.name)
            },
            announced("first_frame", nil, .number, "the frame that completed it") { .number($0.first.announced.frame) },
            announced("announcers", "Announcers", .count, "how many sides of connections announced it") {
                .number($0.announcers)
            },
            lag("lag_min_seconds", "from the first announcement to that of the next side") { $0.least },
            lag("lag_p50_seconds", "half of the other sides were no later; null of fewer than five") {
                $0.percentile(50)
            },
            lag("lag_p95_seconds", "95 of 100 were no later; null of fewer than five") { $0.percentile(95) },
            lag("lag_max_seconds", "to that of the last side") { $0.greatest },
            announced("body_stream", nil, .number, "the connection on which all of it came first") {
                .number($0.body?.side.connection)
            },
            announced("body_by", "Body by", .text, "who sent it then", importance: .main) { .end($0.bodyBy) },
            announced("path", "Path", .text, "how it came then") { .optional($0.body?.path.name) },
            announced("body_bytes", "Bytes", .bytes, "of the messages that brought it") { .number($0.body?.bytes) },
            announced("transactions", "Tx", .count, "how many transactions it has") { .number($0.body?.transactions) },
            announced("body_frame", "Frame", .number, "the frame with which it was complete", place: 11) {
                .number($0.body?.complete.frame)
            },
            announced("complete_seconds", nil, .seconds, "when it was complete") {
                $0.body.map(\.complete.time).map($0.seconds) ?? .number(nil)
            },
            announced(
                "wait_seconds", "Wait", .duration, "from its first announcement until it was complete",
                importance: .main
            ) { announced in
                let wait = announced.body.map { $0.complete.time &- announced.first.announced.time }
                return .nanoseconds(wait.flatMap { $0 < 0 ? nil : $0 }, decimals: announced.decimals)
            },
            announced(
                "header_epoch_seconds", nil, .seconds, "when its header says that it was made, by the miner's clock"
            ) { .number($0.body.map { UInt64($0.headerTime) }) },
            announced(
                "age_seconds", "Age", .duration,
                "from that time until it was complete; the clocks differ, so that it may be negative"
            ) { .nanoseconds($0.body?.age, decimals: $0.decimals) },
        ] + [
            sync("stream", .number, "of sync: the connection", metric: .label) { .number($0.stream) },
            sync("from", .text, "the side that delivered", metric: .label) { .printable($0.from) },
            sync("to", .text, "the other side", metric: .label) { .printable($0.to) },
            sync("measures", .text, "whose doing it shows: peer or node, null where that is not known") {
                .optional($0.measures)
            },
            .init(
                "blocks", nil, .count, "how many blocks it delivered that nobody had announced; of other all blocks",
                metric: .gauge
            ) {
                switch $0 {
                case .block: nil
                case .sync(let sync): .number(sync.tally.blocks)
                case .other(let count): .number(count)
                }
            },
            sync("bytes", .bytes, "of their messages", metric: .gauge) { .number($0.tally.bytes) },
            sync("start_seconds", .seconds, "when the first byte of the first one came") {
                .nanoseconds($0.tally.start &- ($0.start ?? 0), decimals: $0.decimals)
            },
            sync("duration_seconds", .seconds, "from there until the last one was complete") {
                .nanoseconds($0.tally.end &- $0.tally.start, decimals: $0.decimals)
            },
        ]

    private static func announced(
        _ key: StaticString, _ title: StaticString?, _ unit: Column.Unit, _ meaning: StaticString, place: Int? = nil,
        importance: Column.Importance? = nil, _ value: @escaping @Sendable (Announced) -> RowValue
    ) -> ValuedColumn<Row> {
        .init(key, title, unit, meaning, place: place, metric: .absent, importance: importance) {
            $0.announced.map(value)
        }
    }

    private static func lag(
        _ key: StaticString, _ meaning: StaticString, _ value: @escaping @Sendable (Samples) -> Int64?
    ) -> ValuedColumn<Row> {
        announced(key, nil, .duration, meaning) { .nanoseconds(value($0.lags), decimals: $0.decimals) }
    }

    private static func sync(
        _ key: StaticString, _ unit: Column.Unit, _ meaning: StaticString, metric: Column.Metric = .absent,
        _ value: @escaping @Sendable (Sync) -> RowValue
    ) -> ValuedColumn<Row> {
        .init(key, nil, unit, meaning, metric: metric) { $0.sync.map(value) }
    }

    static var words: [ColumnWords] {
        [
            ColumnWords(
                key: "path", title: "How a block comes",
                words: [
                    ("block", "in a block message"),
                    ("cmpctblock high-bandwidth", "in a compact block that was not asked for"),
                    ("cmpctblock low-bandwidth", "in a compact block that was asked for"),
                    (
                        "cmpctblock high-bandwidth, blocktxn",
                        "in a compact block, and in a blocktxn with what the receiver lacked"
                    ),
                    ("cmpctblock low-bandwidth, blocktxn", "the same of one that was asked for"),
                ])
        ]
    }

    /// How many sides that delivered historic blocks a table names.
    private static let mostNotes = 20

    let headValue: Void = ()
    let rows: [Row]
    private let byNode: (announced: UInt64, sent: UInt64)

    init(_ view: View) {
        let judge = BlockJudge(view)
        byNode = judge.byNode
        rows =
            judge.announced.map { .block($0) } + judge.sync.map { .sync($0) }
            + (view.blocks.otherBlocks > 0 ? [.other(view.blocks.otherBlocks)] : [])
    }

    private static func blocks(_ count: UInt64) -> String { count == 1 ? "1 block" : "\(count) blocks" }

    func appendTable(_ view: View, to output: ByteOutput) {
        var notes: [String] = []
        let delivered = rows.compactMap(\.sync)
        for sync in delivered.prefix(Self.mostNotes) {
            var text = TextBuffer()
            text.append("Historic: \(sync.tally.blocks) \(sync.tally.blocks == 1 ? "block" : "blocks"), ")
            text.append("\(sync.tally.bytes) bytes from ")
            text.bytes.append(contentsOf: sync.from)
            text.append(" in ")
            text.append(duration: sync.tally.end &- sync.tally.start, decimals: sync.decimals)
            text.append(".")
            notes.append(text.string)
        }
        if delivered.count > Self.mostNotes {
            notes.append("Historic blocks came from \(delivered.count - Self.mostNotes) more sides of connections.")
        }
        if case .other(let count)? = rows.last { notes.append("Further blocks, \(count) together, have no row.") }
        if byNode.announced > 0 || byNode.sent > 0 {
            notes.append(
                "Not in the rows is what the node did itself: it announced \(Self.blocks(byNode.announced)) and sent "
                    + "\(Self.blocks(byNode.sent)).")
        }
        let announced = rows.filter { $0.announced != nil }
        if announced.isEmpty, !notes.isEmpty {
            TableText(.framed(Self.title), Self.columns, notes: Self.notes(view, notes), hidesEmpty: false)
                .append(announced, to: output)
        } else {
            appendTable(announced, view, notes: notes, to: output)
        }
    }
}

extension BlocksQuestion.Announced {
    fileprivate func seconds(_ time: Int64) -> RowValue { .nanoseconds(time &- (start ?? 0), decimals: decimals) }
}

extension WholeBlock {
    /// From the time of its header until it was complete.
    fileprivate var age: Int64 { complete.time &- Int64(headerTime) * 1_000_000_000 }
}

extension RowValue {
    /// A hash, as Bitcoin shows it; a table has the ends of it.
    static func hash(_ hash: Hash256) -> RowValue {
        var (whole, short) = (TextBuffer(), TextBuffer())
        whole.append(reversedHexadecimal: hash.bytes)
        short.bytes = whole.bytes[..<4] + Array("…".utf8) + whole.bytes.suffix(8)
        return .label(whole, shown: short)
    }
}
