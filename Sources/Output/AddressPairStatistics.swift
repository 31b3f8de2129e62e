import Fields
import Records

/// `-z conv,ip`: a row for two addresses that talk, over however many connections; those with most bytes first.
public final class AddressPairStatistics: RecordSink {
    private struct Key: Hashable {
        let one: [UInt8]
        let other: [UInt8]
    }

    private let output: ByteOutput
    private let format: Statistic.Format
    private let limit: Int
    private var rows: [Row] = []
    private var places: [Key: Int] = [:]
    private var captureStart: Int64?
    private var decimals = 6
    /// Records of pairs without a row.
    private var others: UInt64 = 0

    /// - Parameter limit: How many pairs get a row at most.
    public init(_ output: ByteOutput, _ format: Statistic.Format, limit: Int = 250_000) {
        self.output = output
        self.format = format
        self.limit = limit
    }

    public var wants: Wants { Wants(.summary) }
    public func begin() {}

    public func write(_ record: borrowing Record, _: RawSpan) {
        guard !record.source.isEmpty, record.isNumbered else { return }
        captureStart = record.captureStart
        decimals = record.timeDecimals
        let source = Array(ColumnsWriter.address(record.source))
        let destination = Array(ColumnsWriter.address(record.destination))
        let isInOrder = !destination.lexicographicallyPrecedes(source)
        let key = isInOrder ? Key(one: source, other: destination) : Key(one: destination, other: source)
        if places[key] == nil {
            guard rows.count < limit else {
                others &+= 1
                return
            }
            places[key] = rows.count
            rows.append(Row(first: source, second: destination, start: record.startTime, end: record.time))
        }
        guard let place = places[key] else { return }
        rows[place].start = min(rows[place].start, record.startTime)
        rows[place].end = max(rows[place].end, record.time)
        rows[place].streams.insert(record.stream, limit: 1 << 16)
        let size = UInt64(clamping: record.length)
        let count: UInt64 = record.isMessage ? 1 : 0
        if rows[place].first == source {
            rows[place].firstMessages &+= count
            rows[place].firstBytes &+= size
        } else {
            rows[place].secondMessages &+= count
            rows[place].secondBytes &+= size
        }
    }

    public func end() {
        let start = captureStart ?? 0
        var rows = rows
        rows.sort { ($1.bytes, $0.start) < ($0.bytes, $1.start) }
        for index in rows.indices {
            rows[index].captureStart = start
            rows[index].decimals = decimals
        }
        switch format {
        case .table: TableText(.framed("IP Conversations"), Self.columns, notes: notes).append(rows, to: output)
        case .ndjson: TableLines(.addressPairs, Self.columns).append(rows, to: output)
        case .json: TableLines(.addressPairs, Self.columns).append(object: rows, to: output)
        }
        output.flush()
    }

    private var notes: [TextBuffer] {
        guard others > 0 else { return [Statistic.noteOfMessages] }
        var note = TextBuffer()
        note.append("Further pairs, with \(others) messages, have no row.")
        return [Statistic.noteOfMessages, note]
    }
}

extension AddressPairStatistics {
    /// What a row is made of.
    struct Row {
        /// Safe to print.
        let first: [UInt8]
        let second: [UInt8]
        var start: Int64
        var end: Int64
        var streams = Streams()
        var firstMessages: UInt64 = 0
        var firstBytes: UInt64 = 0
        var secondMessages: UInt64 = 0
        var secondBytes: UInt64 = 0
        var captureStart: Int64 = 0
        var decimals = 6

        init(first: [UInt8], second: [UInt8], start: Int64, end: Int64) {
            self.first = first
            self.second = second
            self.start = start
            self.end = end
        }

        var bytes: UInt64 { firstBytes &+ secondBytes }
    }

    /// Counts connections, each once; their numbers rise, so only those still open are kept.
    struct Streams {
        private(set) var count: UInt64 = 0
        private var known: Set<UInt64> = []

        mutating func insert(_ stream: UInt64, limit: Int) {
            guard !known.contains(stream) else { return }
            count &+= 1
            if known.count >= limit { known.removeAll() }
            known.insert(stream)
        }
    }

    static let columns: [ValuedColumn<Row>] = [
        .init("address", "Address A", .text, "the one that was heard first", importance: .name) {
            .printable($0.first)
        },
        .init("other_address", "Address B", .text, "the other one", importance: .name) { .printable($0.second) },
        .init("connections", "Connections", .count, "connections between them that have a message") {
            .number($0.streams.count)
        },
        .init("messages", "Messages", .count, "messages of both sides", importance: .main) {
            .number($0.firstMessages &+ $0.secondMessages)
        },
        .init(
            "bytes", "Bytes", .bytes, "bytes of both sides: headers and payloads, or all that is encrypted",
            importance: .main
        ) {
            .number($0.bytes)
        },
        .init(
            "messages_from_address", "A->B", .count, "messages from the first address to the other",
            importance: .detail
        ) {
            .number($0.firstMessages)
        },
        .init(
            "bytes_from_address", "Bytes A->B", .bytes, "bytes from the first address to the other",
            importance: .detail
        ) {
            .number($0.firstBytes)
        },
        .init(
            "messages_from_other", "B->A", .count, "messages from the other address to the first",
            importance: .detail
        ) {
            .number($0.secondMessages)
        },
        .init(
            "bytes_from_other", "Bytes B->A", .bytes, "bytes from the other address to the first",
            importance: .detail
        ) {
            .number($0.secondBytes)
        },
        .init(
            "start", "Start", .seconds, "when their first message began, since the capture's first frame",
            importance: .detail
        ) {
            .nanoseconds($0.start &- $0.captureStart, decimals: $0.decimals)
        },
        .init("duration", "Duration", .seconds, "from then to the end of their last message") {
            .nanoseconds($0.end &- $0.start, decimals: $0.decimals)
        },
    ]
}
