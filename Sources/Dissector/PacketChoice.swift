import Fields
import Records

/// What records tell of packets and payloads, and to whom.
struct PacketChoice {
    /// What the writer is shown, in its place.
    var shown = FieldSet()
    /// The writer shows all there is.
    private(set) var isComplete = false
    /// What only the filter asks for.
    var asked = FieldSet()

    init() {}

    /// - Parameters:
    ///   - wants: Of the writer.
    ///   - filter: The fields that the filter names.
    init(_ wants: Wants?, _ filter: Set<Field>) {
        let fields = RecordFields.standard.packet
        let named = FieldSet((wants?.fields ?? []).filter(fields.all.contains))
        if wants?.packets == true {
            isComplete = true
            shown = fields.all
            shown.subtract(FieldSet([fields.payload]))
        }
        shown.formUnion(named)
        let shown = shown
        asked = FieldSet(filter.filter { fields.all.contains($0) && !shown.contains($0) })
    }

    var isEmpty: Bool { shown.isEmpty && asked.isEmpty }
    var all: FieldSet {
        var all = shown
        all.formUnion(asked)
        return all
    }
}
