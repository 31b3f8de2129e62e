import Fields
import Output
import Records

extension Depth {
    /// How much of a tree holds these fields: what says something of frame, IP, TCP and header is made without the
    /// payload.
    public init(holding fields: some Sequence<Field>) {
        let early = RecordFields.early
        if fields.allSatisfy(early.contains) {
            self = .header
        } else {
            // Remarks are made on all fields.
            self = RemarkFields.areAmong(Set(fields)) ? .tree : .fields
        }
    }
}
