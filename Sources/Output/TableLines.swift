import Fields

/// The rows of a statistic as lines of JSON, a member for each column.
struct TableLines<Row> {
    private let statistic: Statistic
    private let columns: [ValuedColumn<Row>]

    init(_ statistic: Statistic, _ columns: [ValuedColumn<Row>]) {
        self.statistic = statistic
        self.columns = columns
    }

    func append(_ rows: some Collection<Row>, to output: ByteOutput) {
        for row in rows {
            append(row, to: &output.buffer)
            output.flushIfFull()
        }
    }

    /// All rows, and more of them, in one object on one line.
    func append(object rows: some Collection<Row>, _ more: [Row] = [], to output: ByteOutput) {
        output.buffer.append("{\"statistic\":\"")
        output.buffer.append(statistic.rawValue)
        output.buffer.append("\",\"rows\":[")
        var isFirst = true
        for row in rows {
            if !isFirst { output.buffer.append(",") }
            isFirst = false
            append(row, isFirst: true, to: &output.buffer)
            output.flushIfFull()
        }
        for row in more {
            if !isFirst { output.buffer.append(",") }
            isFirst = false
            append(row, isFirst: true, to: &output.buffer)
        }
        output.buffer.append("]}\n")
    }

    private func append(_ row: Row, to text: inout TextBuffer) {
        text.append("{\"statistic\":\"")
        text.append(statistic.rawValue)
        text.append("\"")
        append(row, isFirst: false, to: &text)
        text.append("\n")
    }

    /// The members of a row, and the end of the object.
    private func append(_ row: Row, isFirst: Bool, to text: inout TextBuffer) {
        if isFirst { text.append("{") }
        var isFirst = isFirst
        for column in columns {
            guard let value = column.value(row) else { continue }
            text.append(isFirst ? "\"" : ",\"")
            isFirst = false
            text.append(column.column.key)
            text.append("\":")
            text.append(json: value, column.column.unit)
        }
        text.append("}")
    }
}
