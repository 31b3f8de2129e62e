import Fields

/// The rows of a statistic as a table in the manner of tshark's.
package struct TableText<Row> {
    package enum Style {
        /// Between lines of `=`, under a title; columns are as wide as the widest of their cells.
        case framed(StaticString)
        /// Under a heading with a line of `=`; columns have the widths of their declarations, and all but the last are
        /// moved to the right.
        case underlined(TextBuffer)
    }

    private let style: Style
    /// Those the table has, from the left.
    private var columns: [ValuedColumn<Row>]
    /// Lines between the rows and the frame.
    private let notes: [TextBuffer]
    /// Columns are left out where no row has anything in them, except for what names a row.
    private let hidesEmpty: Bool

    package init(
        _ style: Style, _ columns: [ValuedColumn<Row>], notes: [TextBuffer] = [], hidesEmpty: Bool = false
    ) {
        self.hidesEmpty = hidesEmpty
        self.style = style
        self.notes = notes
        let shown = columns.filter { $0.column.title != nil }
        var ordered = shown.filter { $0.column.place == nil }
        // From the left: each has those before it in their places.
        for column in shown.sorted(by: { ($0.column.place ?? 0) < ($1.column.place ?? 0) }) {
            guard let place = column.column.place else { continue }
            ordered.insert(column, at: min(max(place, 0), ordered.count))
        }
        self.columns = ordered
    }

    /// - Parameter rows: Where the widths depend on them they are gone through twice: a large table takes no memory if
    ///   they are made when they are needed.
    package func append(_ rows: some Collection<Row>, to output: ByteOutput) {
        guard !hidesEmpty else {
            var table = self
            table = TableText(style, shownColumns(of: rows), notes: notes, order: ())
            return table.append(rows, to: output)
        }
        switch style {
        case .framed(let title):
            let widths = widths(of: rows)
            let width = widths.reduce(0, +) + 2 * max(0, columns.count - 1)
            rule(0x3d, width, to: &output.buffer)
            output.buffer.append(title)
            output.buffer.append("\n")
            appendTitles(widths, to: &output.buffer)
            rule(0x2d, width, to: &output.buffer)
            append(rows, widths, to: output)
            for note in notes {
                output.buffer.append(note)
                output.buffer.append("\n")
            }
            rule(0x3d, width, to: &output.buffer)
        case .underlined(let heading):
            let widths = columns.map(\.column.width)
            output.buffer.append(heading)
            output.buffer.append("\n")
            rule(0x3d, heading.width(from: 0), to: &output.buffer)
            appendTitles(widths, to: &output.buffer)
            append(rows, widths, to: output)
        }
    }

    /// For columns that are in their order.
    private init(_ style: Style, _ columns: [ValuedColumn<Row>], notes: [TextBuffer], order: Void) {
        self.style = style
        self.columns = columns
        self.notes = notes
        hidesEmpty = false
    }

    /// Those that name a row, the first count, and those that say something in any row.
    private func shownColumns(of rows: some Collection<Row>) -> [ValuedColumn<Row>] {
        let firstCount = columns.firstIndex { if case .count = $0.column.unit { true } else { false } }
        return columns.enumerated().filter { index, column in
            if column.column.unit.isLabel || index == firstCount { return true }
            var cell = TextBuffer()
            return rows.contains { row in
                cell.removeAll()
                cell.append(cell: column.value(row), column.column.unit)
                return !cell.bytes.isEmpty && cell.string != "-" && cell.string != "0"
            }
        }
        .map(\.element)
    }

    private func widths(of rows: some Collection<Row>) -> [Int] {
        var cell = TextBuffer()
        var widths = columns.map { column in
            cell.removeAll()
            cell.append(column.column.title ?? "")
            return cell.width(from: 0)
        }
        for row in rows {
            for (index, column) in columns.enumerated() {
                cell.removeAll()
                cell.append(cell: column.value(row), column.column.unit)
                widths[index] = max(widths[index], cell.width(from: 0))
            }
        }
        return widths
    }

    private func rule(_ character: UInt8, _ width: Int, to text: inout TextBuffer) {
        text.bytes.append(contentsOf: repeatElement(character, count: width))
        text.append("\n")
    }

    private func appendTitles(_ widths: [Int], to text: inout TextBuffer) {
        appendLine(widths, to: &text) { $1.append($0.column.title ?? "") }
    }

    private func append(_ rows: some Collection<Row>, _ widths: [Int], to output: ByteOutput) {
        for row in rows {
            appendLine(widths, to: &output.buffer) { $1.append(cell: $0.value(row), $0.column.unit) }
            output.flushIfFull()
        }
    }

    private func appendLine(
        _ widths: [Int], to text: inout TextBuffer, _ cell: (ValuedColumn<Row>, inout TextBuffer) -> Void
    ) {
        for (index, column) in columns.enumerated() {
            let isLast = index == columns.count - 1
            let (isLeft, isApart) =
                switch style {
                case .framed: (column.column.unit.isLeft, true)
                case .underlined: (isLast, isLast)
                }
            if index > 0, isApart { text.append("  ") }
            let start = text.count
            cell(column, &text)
            let padding = max(0, widths[index] - text.width(from: start))
            if !isLeft {
                text.bytes.insert(contentsOf: repeatElement(0x20, count: padding), at: start)
            } else if !isLast {
                // No spaces at the end of a line.
                text.append(spaces: padding)
            }
        }
        while text.bytes.last == 0x20 { text.bytes.removeLast() }
        text.append("\n")
    }
}

extension TextBuffer {
    /// How many characters there are from `start` on, each taken to be one column wide.
    fileprivate func width(from start: Int) -> Int {
        bytes[start...].reduce(0) { $1 & 0xc0 == 0x80 ? $0 : $0 + 1 }
    }
}
