import ArgumentParser
import Dissector
import Fields

/// Fields by the names that users type.
enum FieldNames {
    /// The fields that `name` means; an error that names the nearest ones where it means none.
    static func fields(named name: String, for option: String) throws -> [Field] {
        let fields = RecordNames.fields(named: name)
        guard fields.isEmpty else { return fields }
        let advice = NearestNames.suggestion(for: name, among: RecordNames.all)
        throw ValidationError("\(option): there is no field '\(name)'.\(advice)")
    }
}
