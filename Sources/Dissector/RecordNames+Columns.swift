import Fields
import Output

extension RecordNames {
    /// The column that `-e` asks for by that name: of a field, or with `.name` or `.epoch` after it of what stands
    /// beside its value in ndjson; nil if there is no such name.
    public static func column(named name: String) -> FieldColumn? {
        let fields = fields(named: name)
        if !fields.isEmpty { return FieldColumn(name: name, fields: fields) }
        for companion in FieldCompanion.allCases where name.hasSuffix(".\(companion.rawValue)") {
            let fields = self.fields(named: String(name.dropLast(companion.rawValue.utf8.count + 1)))
                .filter { companion.fits($0.declaration.kind) }
            if !fields.isEmpty { return FieldColumn(name: name, fields: fields, companion: companion) }
        }
        return nil
    }
}
