import Fields
import Records

/// `-z expert`: how often each remark occurred, the worst first.
public final class ExpertStatistics: RecordSink {
    private let output: ByteOutput
    private let format: Statistic.Format
    private let declarations: [RemarkDeclaration]
    private var counts: [UInt64]

    public init(_ output: ByteOutput, _ format: Statistic.Format = .table) {
        self.output = output
        self.format = format
        declarations = Catalog.remarks
        counts = Array(repeating: 0, count: declarations.count)
    }

    public var wants: Wants { Wants(.tree) }
    public func begin() {}

    public func write(_ record: borrowing Record, _: RawSpan) {
        for index in record.tree.annotations.indices { counts[Int(record.tree.annotations[index].remark.id)] += 1 }
    }

    public func end() {
        switch format {
        case .table: writeTables()
        case .ndjson: writeLines()
        }
        output.flush()
    }

    /// What occurred of that severity and how often: the most frequent first, then in the order of the texts.
    private func remarks(_ severity: Severity) -> [(remark: RemarkDeclaration, count: UInt64)] {
        zip(declarations, counts).filter { $0.severity == severity && $1 > 0 }
            .sorted { ($1.1, $0.0.summary) < ($0.1, $1.0.summary) }
            .map { (remark: $0, count: $1) }
    }

    private func writeTables() {
        var isFirst = true
        for severity in Severity.allCases.reversed() {
            let remarks = remarks(severity)
            guard !remarks.isEmpty else { continue }
            if !isFirst { output.buffer.append("\n") }
            isFirst = false
            append(severity, remarks)
        }
        if isFirst { output.buffer.append("Expert info: nothing to remark.\n") }
    }

    private func writeLines() {
        for severity in Severity.allCases.reversed() {
            for (remark, count) in remarks(severity) {
                var line = StatisticLine(.expert)
                line.append("severity", text: TableText.cell { $0.append(severity.name) })
                line.append("group", text: TableText.cell { $0.append(remark.group.name) })
                line.append("summary", text: TableText.cell { $0.append(remark.summary) })
                line.append("count", count)
                line.end(to: output)
            }
        }
    }

    private func append(_ severity: Severity, _ remarks: [(remark: RemarkDeclaration, count: UInt64)]) {
        let title = "\(severity.name)s (\(remarks.reduce(0) { $0 + $1.count }))"
        output.buffer.append("\(title)\n")
        output.buffer.append(String(repeating: "=", count: title.count))
        output.buffer.append("\n   Frequency      Group  Summary\n")
        for (remark, count) in remarks {
            output.buffer.append(rightAligned: 12) { $0.append(decimal: count) }
            output.buffer.append(rightAligned: 11) { $0.append(remark.group.name) }
            output.buffer.append("  ")
            output.buffer.append(remark.summary)
            output.buffer.append("\n")
        }
    }
}
