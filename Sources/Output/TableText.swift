import Fields

/// The rows of a statistic as a table in the manner of tshark's.
package struct TableText<Row> {
    package enum Style {
        /// Between lines of `=`, under a title; columns are as wide as the widest of their cells.
        case framed(StaticString)
        /// Under a heading with a line of `=`; columns have the widths of their declarations, and all but the last are
        /// moved to the right.
        case underlined(TextBuffer)
        /// As framed, without title and lines.
        case bare
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
        append(rows, into: output.width, to: &output.buffer) { output.drainIfFull(&$0) }
    }

    /// - Parameters:
    ///   - room: Columns of the terminal into which the table is fitted; nil where all is shown.
    ///   - drain: Called after each row.
    package func append(
        _ rows: some Collection<Row>, into room: Int?, to text: inout TextBuffer,
        draining drain: (inout TextBuffer) -> Void = { _ in }
    ) {
        if hidesEmpty {
            let table = TableText(style, shownColumns(of: rows), notes: notes, order: ())
            return table.append(rows, into: room, to: &text, draining: drain)
        }
        let fit = TableFit(
            columns.map(\.column), widths: widths(of: rows, isFitted: room != nil), gaps: gaps, into: room)
        let width = min(fit.total, room ?? .max)
        switch style {
        case .framed(let title):
            rule(0x3d, width, to: &text)
            text.append(title)
            text.append("\n")
            appendTitles(fit, to: &text)
            rule(0x2d, width, to: &text)
        case .underlined(let heading):
            text.append(heading)
            text.append("\n")
            rule(0x3d, heading.columns(), to: &text)
            appendTitles(fit, to: &text)
        case .bare: appendTitles(fit, to: &text)
        }
        for row in rows {
            appendLine(fit, to: &text) { $1.append(cell: $0.value(row), $0.column.unit) }
            drain(&text)
        }
        let start = text.count
        for note in notes + [noteOfFit(fit, room)].compactMap(\.self) {
            text.append(note)
            text.append("\n")
        }
        if let room { LineFitter(.folded(after: 0, indent: 2), into: room).fit(&text, from: start) }
        if case .framed = style { rule(0x3d, width, to: &text) }
    }

    /// What has no room.
    private func noteOfFit(_ fit: TableFit, _ room: Int?) -> TextBuffer? {
        // What is drawn again each second has no room for it.
        if case .bare = style { return nil }
        guard let room else { return nil }
        let leftOut = columns.indices.filter { !fit.shown.contains($0) }.map(name)
        let shortened = fit.shown.filter(fit.isShortened).map(name)
        guard !leftOut.isEmpty || !shortened.isEmpty else { return nil }
        var parts: [String] = []
        if !leftOut.isEmpty { parts.append("left out: " + leftOut.joined(separator: ", ")) }
        if !shortened.isEmpty { parts.append("shortened: " + shortened.joined(separator: ", ")) }
        var note = TextBuffer()
        note.append("For \(room) columns \(parts.joined(separator: "; ")). --full shows all.")
        return note
    }

    /// The title of a column; its key where it has none, or others have the same.
    private func name(of index: Int) -> String {
        let title = "\(columns[index].column.title ?? "")"
        let isOwn = columns.count { "\($0.column.title ?? "")" == title } == 1
        return isOwn && !title.isEmpty ? title : "\(columns[index].column.key)".replacing("_", with: " ")
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

    /// Spaces before each column but the first.
    private var gaps: [Int] {
        columns.indices.map { index in
            if case .underlined = style, index < columns.count - 1 { 0 } else { 2 }
        }
    }

    /// - Parameter isFitted: Of columns with widths of their own the last needs as much as the widest of its cells.
    private func widths(of rows: some Collection<Row>, isFitted: Bool) -> [Int] {
        var measured = Array(columns.indices)
        var widths = columns.map { column in
            var title = TextBuffer()
            title.append(column.column.title ?? "")
            return title.columns()
        }
        if case .underlined = style {
            measured = isFitted ? measured.suffix(1) : []
            for index in columns.indices.dropLast() { widths[index] = columns[index].column.width }
        }
        guard !measured.isEmpty else { return widths }
        var cell = TextBuffer()
        for row in rows {
            for index in measured {
                cell.removeAll()
                cell.append(cell: columns[index].value(row), columns[index].column.unit)
                widths[index] = max(widths[index], cell.columns())
            }
        }
        return widths
    }

    private func rule(_ character: UInt8, _ width: Int, to text: inout TextBuffer) {
        text.bytes.append(contentsOf: repeatElement(character, count: width))
        text.append("\n")
    }

    private func appendTitles(_ fit: TableFit, to text: inout TextBuffer) {
        appendLine(fit, to: &text) { $1.append($0.column.title ?? "") }
    }

    private func appendLine(
        _ fit: TableFit, to text: inout TextBuffer, _ cell: (ValuedColumn<Row>, inout TextBuffer) -> Void
    ) {
        let gaps = gaps
        for index in fit.shown {
            let column = columns[index]
            let isLast = index == fit.shown.last
            let isLeft = if case .underlined = style { index == columns.count - 1 } else { column.column.unit.isLeft }
            if index != fit.shown.first { text.append(spaces: gaps[index]) }
            let start = text.count
            cell(column, &text)
            var width = text.columns(from: start)
            if fit.isShortened(index), width > fit.widths[index] {
                let all = text.bytes[start...]
                text.bytes.removeSubrange(start...)
                text.append(all, cutTo: fit.widths[index])
                width = text.columns(from: start)
            }
            let padding = max(0, fit.widths[index] - width)
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
