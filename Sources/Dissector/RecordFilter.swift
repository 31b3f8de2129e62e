import DisplayFilter
import Fields
import Output
import Records

/// A display filter, and how much of a record must be made to decide it.
///
/// A filter that names only what is known before the payload is looked at is decided without dissecting it.
struct RecordFilter {
    let filter: Filter
    let depth: Depth
    let wantsInfo: Bool

    init(_ filter: Filter) {
        self.filter = filter
        depth = Depth(holding: filter.fields)
        wantsInfo = filter.fields.contains(RecordFields.standard.columns.info)
    }
}
