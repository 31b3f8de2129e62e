import Fields
import Records

/// Several writers over the same records, such as lines and statistics.
public final class WriterGroup: RecordSink {
    private let writers: [any RecordSink]

    public init(_ writers: [any RecordSink]) { self.writers = writers }

    public var wants: Wants { writers.reduce(Wants(.summary)) { $0.union($1.wants) } }
    public func begin() { for writer in writers { writer.begin() } }
    public func end() { for writer in writers { writer.end() } }

    public func write(_ record: borrowing Record, _ bytes: RawSpan) {
        for writer in writers { writer.write(record, bytes) }
    }
}
