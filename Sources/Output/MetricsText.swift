import Fields

/// The rows of a question in Prometheus' text format, version 0.0.4: all values of a metric stand together.
package struct MetricsText<Row> {
    private let question: StaticString
    private let columns: [ValuedColumn<Row>]
    /// Whether counters of that row never fall. Of others they are gauges, and there is no histogram.
    private let isSteady: (Row) -> Bool

    package init(
        _ question: StaticString, _ columns: [ValuedColumn<Row>], isSteady: @escaping (Row) -> Bool = { _ in true }
    ) {
        self.question = question
        self.columns = columns
        self.isSteady = isSteady
    }

    /// What names a row, as it stands between the braces, and the row.
    private struct Labelled {
        let row: Row
        let labels: TextBuffer
    }

    package func append(_ rows: some Collection<Row>, to output: ByteOutput) {
        var (steady, unsteady): ([Labelled], [Labelled]) = ([], [])
        for row in rows {
            let labelled = Labelled(row: row, labels: labels(of: row))
            if isSteady(row) { steady.append(labelled) } else { unsteady.append(labelled) }
        }
        for column in columns {
            switch column.column.metric {
            case .label, .absent: break
            case .counter, .counters:
                append(column, as: .counter, steady, to: output)
                append(column, as: .gauge, unsteady, to: output)
            case .gauge: append(column, as: .gauge, steady + unsteady, to: output)
            case .histogram: append(column, as: .histogram, steady, to: output)
            }
        }
    }

    private func labels(of row: Row) -> TextBuffer {
        var text = TextBuffer()
        for column in columns {
            guard case .label = column.column.metric, let value = column.value(row) else { continue }
            text.append(label: column.column.key, value)
        }
        return text
    }

    private func append(
        _ column: ValuedColumn<Row>, as kind: MetricName.Kind, _ rows: [Labelled], to output: ByteOutput
    ) {
        let name = MetricName(question, column.column.key, kind)
        var hasHead = false
        for row in rows {
            guard let value = column.value(row.row) else { continue }
            var lines = TextBuffer()
            lines.append(value, of: name, row.labels, column.column)
            guard !lines.isEmpty else { continue }
            if !hasHead {
                output.buffer.append(headOf: name, column.column.meaning)
                hasHead = true
            }
            output.buffer.append(lines)
            output.flushIfFull()
        }
    }
}

/// The name of a metric: `btcshark_QUESTION_KEY`, of a counter with `_total` at its end.
public struct MetricName: Sendable {
    public enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    public let text: String
    public let kind: Kind

    package init(_ question: StaticString, _ key: StaticString, _ kind: Kind) {
        let name = "btcshark_\(question)_\(key)\(kind == .counter ? "_total" : "")"
        text = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        self.kind = kind
    }
}

extension Column {
    /// The name of its metric; nil where it has none.
    package func metricName(of question: StaticString) -> MetricName? {
        switch metric {
        case .label, .absent: nil
        case .counter, .counters: MetricName(question, key, .counter)
        case .gauge: MetricName(question, key, .gauge)
        case .histogram: MetricName(question, key, .histogram)
        }
    }
}

extension TextBuffer {
    fileprivate mutating func append(headOf name: MetricName, _ meaning: StaticString) {
        append("# HELP \(name.text) ")
        var help = TextBuffer()
        help.append(meaning)
        append(escaped: help.bytes, quotes: false)
        append("\n# TYPE \(name.text) \(name.kind.rawValue)\n")
    }

    /// One label with its value, after a comma where another stands before it; nothing where nobody knows the value.
    fileprivate mutating func append(label name: StaticString, _ value: RowValue) {
        var text = TextBuffer()
        switch value {
        case .number(let number?): text.append(decimal: number)
        case .negative(let number):
            text.append("-")
            text.append(decimal: number)
        case .flag(let flag): text.append(flag ? "true" : "false")
        case .word(let word): text.append(word)
        case .text(let known?), .label(let known?, _): text.append(known)
        case .number, .text, .label, .quotient, .nanoseconds, .list, .numbers, .objects, .distribution: return
        }
        append(label: name, text.bytes)
    }

    private mutating func append(label name: StaticString, _ value: [UInt8]) {
        if !isEmpty { append(",") }
        append(name)
        append("=\"")
        append(escaped: value, quotes: true)
        append("\"")
    }

    /// - Parameter quotes: Quotes are escaped, too.
    private mutating func append(escaped text: [UInt8], quotes: Bool) {
        for byte in text {
            switch byte {
            case 0x5c: append("\\\\")
            case 0x0a: append("\\n")
            case 0x22 where quotes: append("\\\"")
            default: append(ascii: byte)
            }
        }
    }

    /// The lines of one row; nothing where nobody knows the value.
    fileprivate mutating func append(
        _ value: RowValue, of name: MetricName, _ labels: TextBuffer, _ column: Column
    ) {
        switch value {
        case .number(nil), .nanoseconds(nil, _), .text, .label, .list, .objects, .word: break
        case .numbers(let numbers):
            guard case .counters(let label) = column.metric else { return }
            for (key, number) in numbers {
                var labels = labels
                labels.append(label: label, Array(key.utf8))
                append(line: name.text, labels) { $0.append(decimal: number) }
            }
        case .distribution(let distribution): append(distribution, of: name, labels)
        case .number, .negative, .quotient, .nanoseconds, .flag:
            var number = TextBuffer()
            if case .flag(let flag) = value {
                number.append(flag ? "1" : "0")
            } else {
                number.append(json: value, column.unit)
            }
            // Nothing can be divided by nothing.
            guard number.string != "null" else { return }
            append(line: name.text, labels) { $0.append(number) }
        }
    }

    private mutating func append(_ distribution: Distribution, of name: MetricName, _ labels: TextBuffer) {
        guard distribution.count > 0 else { return }
        for (bound, count) in zip(Distribution.bounds, distribution.counts ?? []) {
            append(bucket: name, labels, "\(Double(bound) / 1e9)", count)
        }
        append(bucket: name, labels, "+Inf", distribution.count)
        append(line: name.text + "_sum", labels) {
            TimeText.append(nanoseconds: distribution.sum, decimals: distribution.decimals, to: &$0)
        }
        append(line: name.text + "_count", labels) { $0.append(decimal: distribution.count) }
    }

    private mutating func append(bucket name: MetricName, _ labels: TextBuffer, _ bound: String, _ count: UInt64) {
        var labels = labels
        labels.append(label: "le", Array(bound.utf8))
        append(line: name.text + "_bucket", labels) { $0.append(decimal: count) }
    }

    private mutating func append(line name: String, _ labels: TextBuffer, _ value: (inout TextBuffer) -> Void) {
        append(name)
        if !labels.isEmpty {
            append("{")
            append(labels)
            append("}")
        }
        append(" ")
        value(&self)
        append("\n")
    }
}
