import Fields
import Output
import Records

extension Depth {
    /// How much of a tree holds these fields: what says something of frame, IP, TCP and header is made without the
    /// payload.
    public init(holding fields: some Sequence<Field>) {
        if fields.allSatisfy({ RecordFields.early.contains($0) }) {
            self = .header
        } else {
            // Remarks are made on all fields.
            self = RemarkFields.areAmong(Set(fields)) ? .tree : .fields
        }
    }

    /// As much as that, and no less than `depth`.
    init(holding fields: Set<Field>, atLeast depth: Depth) {
        self = fields.isEmpty || depth == .tree ? depth : max(depth, Depth(holding: fields))
    }
}
