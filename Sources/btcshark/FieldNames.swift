import ArgumentParser
import Dissector
import Fields
import Output

/// Fields by the names that users type.
enum FieldNames {
    /// The column of that name, as `-e` has it.
    static func column(named name: String) throws -> FieldColumn {
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
