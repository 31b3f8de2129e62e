import Fields
import Records

/// `-z io,stat,SECONDS[,FILTER…]`: messages and bytes of each stretch of time, for each filter.
public final class IntervalStatistics: IntervalSink {
    /// Which messages are counted together.
    public struct Series {
        /// The filter's text; empty where all are counted.
        let name: String
        let fields: Set<Field>
        let matches: (borrowing Tree, RawSpan) -> Bool

        /// - Parameters:
        ///   - fields: Those that `matches` looks at.
        ///   - matches: Whether a message with that tree is counted.
        public init(name: String, fields: Set<Field>, matches: @escaping (borrowing Tree, RawSpan) -> Bool) {
            self.name = name
            self.fields = fields
            self.matches = matches
        }

        public static var all: Series { Series(name: "", fields: []) { _, _ in true } }
    }

    private struct Count {
        var messages: UInt64 = 0
        var bytes: UInt64 = 0
    }

    private let output: ByteOutput
    private let format: Statistic.Format
    /// In nanoseconds; 0 is all the time there is.
    private let interval: Int64
    private let series: [Series]
    /// For each series by the number of the interval, from 0.
    private var counts: [[Count]]
    /// Messages beyond the last interval that is kept.
    private var beyond: UInt64 = 0
    /// When the last message came, or the capture ended, since its first frame.
    private var last: Int64 = 0
    private var decimals = 6

    /// How many intervals are kept at most; of a longer capture it is said what they lack.
    static let limit = 250_000

    /// - Parameter interval: In nanoseconds; 0 is all the time there is.
    public init(_ output: ByteOutput, _ format: Statistic.Format, interval: Int64 = 0, _ series: [Series] = []) {
        self.output = output
        self.format = format
        self.interval = max(0, interval)
        self.series = series.isEmpty ? [.all] : series
        counts = self.series.map { _ in [] }
    }

    public func goOn(to duration: Int64) { last = max(last, duration) }

    public var wants: Wants {
        let fields = series.reduce(into: Set<Field>()) { $0.formUnion($1.fields) }
        return Wants(.summary, fields: fields)
    }

    public func begin() {}

    public func write(_ record: borrowing Record, _ span: RawSpan) {
        guard record.isNumbered else { return }
        decimals = record.timeDecimals
        // A clock may run backwards; what it puts before the beginning is of the first interval.
        let time = max(0, record.time &- record.captureStart)
        last = max(last, time)
        let place = interval > 0 ? Int(time / interval) : 0
        guard place < Self.limit else {
            beyond &+= 1
            return
        }
        for index in series.indices where series[index].matches(record.tree, span) {
            if counts[index].count <= place {
                counts[index] += repeatElement(Count(), count: place + 1 - counts[index].count)
            }
            counts[index][place].messages &+= 1
            counts[index][place].bytes &+= UInt64(clamping: record.length)
        }
    }

    public func end() {
        let intervals = interval > 0 ? min(Int(last / interval) + 1, Self.limit) : 1
        // Made when they are written: there may be many.
        let rows = (0..<intervals * series.count).lazy.map { [self] in row($0 / series.count, $0 % series.count) }
        switch format {
        case .table: TableText(.framed("Messages by time"), Self.columns, notes: notes).append(rows, to: output)
        case .ndjson: TableLines(.intervals, Self.columns).append(rows, to: output)
        case .json: TableLines(.intervals, Self.columns).append(object: rows, to: output)
        }
        output.flush()
    }

    private func row(_ place: Int, _ index: Int) -> Row {
        let count = place < counts[index].count ? counts[index][place] : Count()
        let start = Int64(place) &* interval
        return Row(
            start: start, end: interval > 0 ? start &+ interval : last, decimals: decimals, filter: series[index].name,
            messages: count.messages, bytes: count.bytes)
    }

    private var notes: [TextBuffer] {
        guard beyond > 0 else { return [Statistic.noteOfMessages] }
        var note = TextBuffer()
        note.append("\(beyond) messages came after these \(Self.limit) intervals: choose longer ones.")
        return [Statistic.noteOfMessages, note]
    }
}

extension IntervalStatistics {
    /// What a row is made of.
    struct Row {
        /// Nanoseconds since the capture's first frame.
        let start: Int64
        let end: Int64
        let decimals: Int
        let filter: String
        let messages: UInt64
        let bytes: UInt64

        var shownFilter: TextBuffer {
            var text = TextBuffer()
            text.append(wire: Array(filter.utf8).span.bytes)
            return text
        }
    }

    static let columns: [ValuedColumn<Row>] = [
        .init("start", "From", .seconds, "when the interval begins, since the capture's first frame", importance: .name)
        {
            .nanoseconds($0.start, decimals: $0.decimals)
        },
        .init(
            "end", "To", .seconds,
            "when it ends, which is no part of it; of all the time there is, the capture's or last message's end",
            importance: .name
        ) {
            .nanoseconds($0.end, decimals: $0.decimals)
        },
        .init(
            "filter", "Filter", .text, "which messages are counted, as -z has it; nothing where all are",
            importance: .name
        ) {
            .text($0.shownFilter)
        },
        .init("messages", "Messages", .count, "messages that were completed in it") { .number($0.messages) },
        .init("bytes", "Bytes", .bytes, "bytes of these: headers and payloads") { .number($0.bytes) },
    ]
}
