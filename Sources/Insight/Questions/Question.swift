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

    /// Answers it.
    init(_ view: View)

    var headValue: Head { get }
    var rows: [Row] { get }
    /// The table, between lines of `=`.
    func appendTable(_ view: View, to output: ByteOutput)
}

extension Question {
    /// What stands under the table beside the question's own notes.
    static func notes(_ view: View, _ own: [String] = []) -> [TextBuffer] {
        var notes = own
        if let until = view.completeUntil {
            var time = TextBuffer()
            TimeText.append(nanoseconds: until, decimals: 1, to: &time)
            notes.append("From \(time.string) s on figures are partial: more at once than is remembered.")
        }
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
        }
    }

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
        text.append(",\"node\":")
        text.append(json: .optional(view.node?.text), .text)
        text.append(",\"node_source\":")
        text.append(json: .optional(view.node?.source.rawValue), .text)
        text.append(",\"complete_until_seconds\":")
        text.append(json: .nanoseconds(view.completeUntil, decimals: view.decimals), .seconds)
        Self.append(headValue, Self.head, isFirst: false, to: &text)
    }

    private static func append<Value>(
        _ value: Value, _ columns: [ValuedColumn<Value>], isFirst: Bool, to text: inout TextBuffer
    ) {
        var isFirst = isFirst
        for column in columns {
            if !isFirst { text.append(",") }
            isFirst = false
            text.append("\"")
            text.append(column.column.key)
            text.append("\":")
            text.append(json: column.value(value) ?? .number(nil), column.column.unit)
        }
    }
}

extension RowValue {
    /// Text of our own, or of the wire and made safe; nil where nobody knows it.
    static func optional(_ text: String?) -> RowValue { text.map { .printable($0) } ?? .text(nil) }
    static func optional(_ word: StaticString?) -> RowValue { word.map { .word($0) } ?? .text(nil) }
    static func optional(_ number: (some BinaryInteger)?) -> RowValue { .number(number.map { UInt64(clamping: $0) }) }
}
