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

    private func append(_ row: Row, to text: inout TextBuffer) {
        text.append("{\"statistic\":\"")
        text.append(statistic.rawValue)
        text.append("\"")
        for column in columns {
            guard let value = column.value(row) else { continue }
            text.append(",\"")
            text.append(column.column.key)
            text.append("\":")
            text.append(json: value, column.column.unit)
        }
        text.append("}\n")
    }
}
