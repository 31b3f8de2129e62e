import DisplayFilter
import Fields
import Records

/// Hands on the records that a filter lets through.
final class FilteredSink: RecordSink {
    private let sink: any RecordSink
    private let filter: Filter
    let wants: Wants

    init(_ sink: any RecordSink, _ filter: Filter) {
        self.sink = sink
        self.filter = filter
        var wants = sink.wants
        wants.fields.formUnion(filter.fields)
        self.wants = wants
    }

    func begin() { sink.begin() }
    func end() { sink.end() }

    func write(_ record: borrowing Record, _ bytes: RawSpan) {
        if filter.matches(record.tree, bytes) { sink.write(record, bytes) }
    }
}
