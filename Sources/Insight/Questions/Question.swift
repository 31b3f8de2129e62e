import Fields
import Output

/// A question about a whole capture, declared once: its columns make the table, the object of JSON, the lines of ndjson,
/// the metrics and the manual's section.
protocol Question {
    /// What stands beside the rows.
    associatedtype Head
    associatedtype Row

    static var name: StaticString { get }
    /// Of the table.
    static var title: StaticString { get }
    /// One line for people.
    static var meaning: StaticString { get }
    static var head: [ValuedColumn<Head>] { get }
    /// Each has a value in every row, null where nobody knows it.
    static var columns: [ValuedColumn<Row>] { get }

    /// What, beside connections, makes its figures partial where there is too much of it.
    static var sensitivity: Set<Loss.Kind> { get }
    /// Rows of one kind have no members that only those of another have; else such members are null.
    static var omitsAbsent: Bool { get }
    /// Words that a column may have, and what they mean.
    static var words: [ColumnWords] { get }
    /// Whether counts of that row never fall while a capture goes on. Metrics have others as gauges.
    static func isSteady(_ row: Row) -> Bool

    /// Answers it.
    init(_ view: View)

    var headValue: Head { get }
    var rows: [Row] { get }
    /// The table, between lines of `=`.
    func appendTable(_ view: View, to output: ByteOutput)
}

/// The words that a column may have.
public struct ColumnWords: Sendable {
    /// The column's.
    public let key: StaticString
    /// What they are, for a heading.
    public let title: StaticString
    public let words: [(word: String, meaning: String)]
}

extension Question {
    static var sensitivity: Set<Loss.Kind> { [] }
    static var omitsAbsent: Bool { false }
    static var words: [ColumnWords] { [] }
    static func isSteady(_ row: Row) -> Bool { true }

    /// What every question has before its own head.
    static var common: [ValuedColumn<View>] {
        let kinds = sensitivity
        return [
            .init("node", nil, .text, "the node that the capture is of, null where it is not known") {
                .optional($0.node?.text)
            },
            .init(
                "node_source", nil, .text,
                "how the node is known: option, interface, capture, address or endpoint, see THE NODE"
            ) { .optional($0.node?.source.rawValue) },
            .init(
                "complete_until_seconds", nil, .seconds,
                "from when on figures are partial, since the first frame; null if they are complete"
            ) { .nanoseconds($0.losses(of: kinds).completeUntil, decimals: $0.decimals) },
        ]
    }

    /// What stands under the table beside the question's own notes.
    static func notes(_ view: View, _ own: [String] = []) -> [TextBuffer] {
        var notes = own
        if let node = view.node, node.source == .option, !view.connections.isEmpty,
            view.connections.allSatisfy({ $0.nodeSide == nil })
        {
            notes.append("No connection has \(node.text) at one end.")
        }
        if let sentence = view.losses(of: sensitivity).sentence { notes.append(sentence) }
        return notes.map { note in
            var text = TextBuffer()
            text.append(note)
            return text
        }
    }

    /// The table of the columns that have a title.
    func appendTable(
        _ rows: [Row], _ view: View, notes: [String] = [], to output: ByteOutput
    ) {
        var notes = notes
        if rows.isEmpty { notes.insert("Nothing seen.", at: 0) }
        TableText(.framed(Self.title), Self.columns, notes: Self.notes(view, notes), hidesEmpty: !rows.isEmpty)
            .append(rows, to: output)
    }
}

/// How an answer is written.
public enum AnswerFormat: Sendable {
    /// A table.
    case table
    /// One object.
    case json
    /// A line for the summary and one for each row.
    case ndjson
    /// Prometheus' text.
    case metrics
}

extension Question {
    /// Writes the answer.
    func append(_ view: View, as format: AnswerFormat, to output: ByteOutput) {
        switch format {
        case .table: appendTable(view, to: output)
        case .json:
            appendHead(view, kind: nil, to: &output.buffer)
            output.buffer.append(",\"rows\":[")
            for (index, row) in rows.enumerated() {
                if index > 0 { output.buffer.append(",") }
                output.buffer.append("{")
                Self.append(row, Self.columns, isFirst: true, to: &output.buffer)
                output.buffer.append("}")
                output.flushIfFull()
            }
            output.buffer.append("]}\n")
        case .ndjson:
            appendHead(view, kind: "summary", to: &output.buffer)
            output.buffer.append("}\n")
            for row in rows {
                Self.appendName(to: &output.buffer)
                Self.append(row, Self.columns, isFirst: false, to: &output.buffer)
                output.buffer.append("}\n")
                output.flushIfFull()
            }
        case .metrics:
            MetricsText(Self.name, Self.common).append(CollectionOfOne(view), to: output)
            MetricsText(Self.name, Self.head).append(CollectionOfOne(headValue), to: output)
            MetricsText(Self.name, Self.columns, isSteady: Self.isSteady)
                .append(rows.prefix(Self.mostRowsOfMetrics), to: output)
        }
    }

    /// Both sides of the connections that have rows: peers make up commands, and a collector of metrics keeps all.
    private static var mostRowsOfMetrics: Int { 20_000 }

    private static func appendName(to text: inout TextBuffer) {
        text.append("{\"statistic\":\"")
        text.append(name)
        text.append("\",\"schema\":1")
    }

    private func appendHead(_ view: View, kind: StaticString?, to text: inout TextBuffer) {
        Self.appendName(to: &text)
        if let kind {
            text.append(",\"row\":\"")
            text.append(kind)
            text.append("\"")
        }
        Self.append(view, Self.common, isFirst: false, to: &text)
        Self.append(headValue, Self.head, isFirst: false, to: &text)
    }

    private static func append<Value>(
        _ value: Value, _ columns: [ValuedColumn<Value>], isFirst: Bool, to text: inout TextBuffer
    ) {
        var isFirst = isFirst
        for column in columns where column.column.isMember {
            let member = column.value(value)
            if member == nil, omitsAbsent { continue }
            if !isFirst { text.append(",") }
            isFirst = false
            text.append("\"")
            text.append(column.column.key)
            text.append("\":")
            text.append(json: member ?? .number(nil), column.column.unit)
        }
    }
}

extension RowValue {
    /// Text of our own, or of the wire and made safe; nil where nobody knows it.
    static func optional(_ text: String?) -> RowValue { text.map { .printable($0) } ?? .text(nil) }
    static func optional(_ word: StaticString?) -> RowValue { word.map { .word($0) } ?? .text(nil) }
    static func optional(_ number: (some BinaryInteger)?) -> RowValue { .number(number.map { UInt64(clamping: $0) }) }
}
