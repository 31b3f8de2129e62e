import ArgumentParser
import Dissector
import Fields
import Output

/// Fields by the names that users type.
enum FieldNames {
    /// The column of that name, as `-e` has it.
    ///
    /// - Parameter columns: Those that `gui.column.format` names, which are `_ws.col.TITLE`.
    static func column(named name: String, among columns: [SummaryColumn]) throws -> FieldColumn {
        if let column = columns.first(where: { "_ws.col.\($0.title)" == name }) {
            let fields = column.fields { RecordNames.fields(named: $0) }
            guard fields.isEmpty else { return FieldColumn(name: name, fields: fields) }
            throw ValidationError("-e: a summary line alone has the column '\(column.title)': leave out -T and -e.")
        }
        if let column = RecordNames.column(named: name) { return column }
        return FieldColumn(name: name, fields: try fields(named: name, for: "-e"))
    }

    /// The fields that `name` means; an error that names the nearest ones where it means none.
    static func fields(named name: String, for option: String) throws -> [Field] {
        let fields = RecordNames.fields(named: name)
        guard fields.isEmpty else { return fields }
        let advice = NearestNames.suggestion(forField: name, among: RecordNames.all)
        throw ValidationError("\(option): there is no field '\(name)'.\(advice)")
    }
}
