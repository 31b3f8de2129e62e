import Fields
import Records

/// `-z expert`: how often each annotation occurred, the gravest first.
public final class ExpertStatistics: RecordSink {
    private let output: ByteOutput
    private let format: Statistic.Format
    private var counts: [UInt64]

    public init(_ output: ByteOutput, _ format: Statistic.Format = .table) {
        self.output = output
        self.format = format
        counts = Array(repeating: 0, count: AnnotationKind.allCases.count)
    }

    public var wants: Wants { Wants(.tree) }
    public func begin() {}

    public func write(_ record: borrowing Record, _: RawSpan) {
        for index in record.tree.annotations.indices { counts[Int(record.tree.annotations[index].kind.rawValue)] += 1 }
    }

    public func end() {
        switch format {
        case .table: writeTables()
        case .ndjson: writeLines()
        }
        output.flush()
    }

    /// What occurred of that severity, the most frequent first.
    private func kinds(_ severity: Severity) -> [AnnotationKind] {
        AnnotationKind.allCases.filter { $0.severity == severity && counts[Int($0.rawValue)] > 0 }
            .sorted { counts[Int($0.rawValue)] > counts[Int($1.rawValue)] }
    }

    private func writeTables() {
        var isFirst = true
        for severity in Severity.allCases.reversed() {
            let kinds = kinds(severity)
            guard !kinds.isEmpty else { continue }
            if !isFirst { output.buffer.append("\n") }
            isFirst = false
            append(severity, kinds)
        }
        if isFirst { output.buffer.append("Expert info: nothing to remark.\n") }
    }

    private func writeLines() {
        for severity in Severity.allCases.reversed() {
            for kind in kinds(severity) {
                var line = StatisticLine(.expert)
                line.append("severity", text: TableText.cell { $0.append(severity.name) })
                line.append("group", text: TableText.cell { $0.append(kind.group.name) })
                line.append("summary", text: TableText.cell { $0.append(kind.text(nil)) })
                line.append("count", counts[Int(kind.rawValue)])
                line.end(to: output)
            }
        }
    }

    private func append(_ severity: Severity, _ kinds: [AnnotationKind]) {
        let title = "\(severity.name)s (\(kinds.reduce(0) { $0 + counts[Int($1.rawValue)] }))"
        output.buffer.append("\(title)\n")
        output.buffer.append(String(repeating: "=", count: title.count))
        output.buffer.append("\n   Frequency      Group  Summary\n")
        for kind in kinds {
            output.buffer.append(rightAligned: 12) { $0.append(decimal: counts[Int(kind.rawValue)]) }
            output.buffer.append(rightAligned: 11) { $0.append(kind.group.name) }
            output.buffer.append("  ")
            output.buffer.append(kind.text(nil))
            output.buffer.append("\n")
        }
    }
}
