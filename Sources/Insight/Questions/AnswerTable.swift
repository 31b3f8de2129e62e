import Fields
import Output

/// The answer to a question as values by the keys of its columns, for who draws it: the same that every other form has.
package struct AnswerTable {
    package let head: AnswerRow
    package let rows: [AnswerRow]

    /// A line of JSON, with at most that number of rows; of more it says how many.
    package func append(json name: String, mostRows: Int, to text: inout TextBuffer) {
        text.append("\"\(name)\":{")
        head.append(to: &text)
        text.append(",\"rows\":[")
        for (index, row) in rows.prefix(mostRows).enumerated() {
            text.append(index > 0 ? ",{" : "{")
            row.append(to: &text)
            text.append("}")
        }
        text.append("]")
        if rows.count > mostRows {
            text.append(",\"more_rows\":")
            text.append(decimal: UInt64(rows.count - mostRows))
        }
        text.append("}")
    }
}

/// Values by the keys of columns, made when they are asked for.
package struct AnswerRow {
    private let columns: [Column]
    private let places: [String: Int]
    private let value: (Int) -> RowValue?

    fileprivate init(_ columns: [Column], _ places: [String: Int], _ value: @escaping (Int) -> RowValue?) {
        self.columns = columns
        self.places = places
        self.value = value
    }

    package subscript(key: String) -> RowValue? { places[key].flatMap(value) }

    package func number(_ key: String) -> UInt64? {
        if case .number(let number) = self[key] { number } else { nil }
    }

    package func nanoseconds(_ key: String) -> Int64? {
        if case .nanoseconds(let time, _) = self[key] { time } else { nil }
    }

    package func flag(_ key: String) -> Bool? { if case .flag(let flag) = self[key] { flag } else { nil } }

    /// Words of ours, and texts of the wire that are safe to print.
    package func text(_ key: String) -> TextBuffer? {
        switch self[key] {
        case .text(let text?): return text
        case .label(let text?, _): return text
        case .word(let word):
            var text = TextBuffer()
            text.append(word)
            return text
        default: return nil
        }
    }

    package func list(_ key: String) -> [String] { if case .list(let list) = self[key] { list } else { [] } }

    package func numbers(_ key: String) -> [(name: String, number: UInt64)] {
        if case .numbers(let numbers) = self[key] { numbers } else { [] }
    }

    /// As a table of text shows it.
    package func cell(_ key: String) -> TextBuffer {
        var text = TextBuffer()
        if let place = places[key] { text.append(cell: value(place), columns[place].unit) }
        return text
    }

    fileprivate func append(to text: inout TextBuffer) {
        var isFirst = true
        for (place, column) in columns.enumerated() where column.isMember {
            guard let member = value(place) else { continue }
            if !isFirst { text.append(",") }
            isFirst = false
            text.append("\"")
            text.append(column.key)
            text.append("\":")
            text.append(json: member, column.unit)
        }
    }
}

extension Question {
    /// The answer, by key.
    func table(_ view: View) -> AnswerTable {
        func places(_ columns: [Column]) -> [String: Int] {
            Dictionary(columns.enumerated().map { ("\($1.key)", $0) }, uniquingKeysWith: { first, _ in first })
        }
        let common = Self.common
        let heads = common.map(\.column) + Self.head.map(\.column)
        let columns = Self.columns.map(\.column)
        let (headPlaces, rowPlaces) = (places(heads), places(columns))
        let head = AnswerRow(heads, headPlaces) { place in
            place < common.count ? common[place].value(view) : Self.head[place - common.count].value(headValue)
        }
        let values = Self.columns
        return AnswerTable(
            head: head, rows: rows.map { row in AnswerRow(columns, rowPlaces) { values[$0].value(row) } })
    }
}
