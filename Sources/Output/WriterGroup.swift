import Dissection

/// Several writers over the same records, such as lines and statistics.
public final class WriterGroup: RecordWriter {
    private let writers: [any RecordWriter]

    public init(_ writers: [any RecordWriter]) { self.writers = writers }

    public var detail: Detail { writers.map(\.detail).max() ?? .summary }
    public var wantsInfo: Bool { writers.contains(where: \.wantsInfo) }
    public var wantsOutcome: Bool { writers.contains(where: \.wantsOutcome) }
    public var namedFields: Set<Field> { writers.reduce(into: []) { $0.formUnion($1.namedFields) } }
    public var wantsFrames: Bool { writers.contains(where: \.wantsFrames) }
    public func begin() { for writer in writers { writer.begin() } }
    public func end() { for writer in writers { writer.end() } }

    public func write(_ record: borrowing Record, _ bytes: RawSpan) {
        for writer in writers { writer.write(record, bytes) }
    }
}
