import Fields
import Records

/// `-z expert`: how often each remark occurred, errors first, then warnings, notes and chats; `-z expert,warn` without
/// the last two.
public final class ExpertStatistics: RecordSink {
    private let output: ByteOutput
    private let format: Statistic.Format
    /// What matters less is not counted.
    private let least: Severity
    /// How often each remark of the catalog occurred; those after its end did not.
    private var counts: [UInt64] = []

    public init(_ output: ByteOutput, _ format: Statistic.Format = .table, from least: Severity = .chat) {
        self.output = output
        self.least = least
        self.format = format
    }

    public var wants: Wants { Wants(.tree) }
    public func begin() {}

    public func write(_ record: borrowing Record, _: RawSpan) {
        for index in record.tree.annotations.indices {
            let remark = Int(record.tree.annotations[index].remark.id)
            if remark >= counts.count { counts += repeatElement(0, count: remark &+ 1 &- counts.count) }
            counts[remark] &+= 1
        }
    }

    public func end() {
        let sections = Severity.allCases.reversed().filter { $0 >= least }.map { ($0, rows(of: $0)) }.filter {
            !$1.isEmpty
        }
        switch format {
        case .table: write(sections)
        case .ndjson:
            let lines = TableLines(.expert, Self.columns)
            for (_, rows) in sections { lines.append(rows, to: output) }
        case .json: TableLines(.expert, Self.columns).append(object: sections.flatMap(\.1), to: output)
        }
        output.flush()
    }

    /// What occurred of that severity and how often: the most frequent first, then in the order of the texts.
    private func rows(of severity: Severity) -> [Row] {
        zip(Catalog.remarks, counts).filter { $0.severity == severity && $1 > 0 }
            .sorted { ($1.1, $0.0.summary) < ($0.1, $1.0.summary) }
            .map { Row(remark: $0, count: $1) }
    }

    /// A table for each severity.
    private func write(_ sections: [(Severity, [Row])]) {
        if sections.isEmpty { output.buffer.append("Expert info: nothing to remark.\n") }
        for (index, (severity, rows)) in sections.enumerated() {
            if index > 0 { output.buffer.append("\n") }
            var heading = TextBuffer()
            heading.append("\(severity.name)s (\(rows.reduce(0) { $0 &+ $1.count }))")
            TableText(.underlined(heading), Self.columns).append(rows, to: output)
        }
    }
}

extension ExpertStatistics {
    /// What a row is made of.
    struct Row {
        let remark: RemarkDeclaration
        let count: UInt64
    }

    static let columns: [ValuedColumn<Row>] = [
        .init("severity", nil, .text, "how much the remark matters: Error, Warning, Note or Chat") {
            .printable($0.remark.severity.name)
        },
        .init("group", "Group", .text, "what the remark is about, in Wireshark's words", width: 11) {
            .printable($0.remark.group.name)
        },
        .init(
            "summary", "Summary", .longText(shown: 200), "the remark, with N for its number",
            importance: .name
        ) {
            .printable($0.remark.summary)
        },
        .init("count", "Frequency", .count, "how often it occurred", place: 0, width: 12, importance: .main) {
            .number($0.count)
        },
    ]
}
