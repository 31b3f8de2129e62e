import Fields
import Output
import Records

extension Depth {
    /// How much of a tree holds these fields: what tells of frame, IP, TCP and header is made without the payload.
    public init(holding fields: some Sequence<Field>) {
        let early = RecordFields.standard.early
        self = fields.allSatisfy(early.contains) ? .header : .tree
    }
}
