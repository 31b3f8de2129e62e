import Insight
import Output
import Testing

/// What the keys of questions promise.
struct ColumnTests {
    private func fits(_ key: String, _ unit: Column.Unit) -> Bool {
        let isOfSeconds = key.hasSuffix("_seconds")
        let isOfBytes = key == "bytes" || key.hasPrefix("bytes_from_") || key.hasSuffix("_bytes")
        let isOfPercent = key.hasSuffix("_percent")
        return switch unit {
        case .seconds, .duration: isOfSeconds
        case .samples: isOfSeconds || key == "seconds"
        case .bytes: isOfBytes
        case .percent: isOfPercent
        case .averageBytes, .perSecond: false
        case .text, .longText, .flag, .number, .count: !isOfSeconds && !isOfBytes && !isOfPercent
        }
    }

    @Test(arguments: QuestionName.allCases)
    func keysSayTheUnit(question: QuestionName) {
        let (head, rows) = question.columns
        for column in head + rows {
            let key = "\(column.key)"
            #expect(fits(key, column.unit), "\(question).\(key)")
            #expect(key.wholeMatch(of: /[a-z][a-z0-9_]*/) != nil, "\(question).\(key)")
            let meaning = "\(column.meaning)"
            #expect(!meaning.isEmpty && meaning.last != ".", "\(question).\(key)")
        }
    }

    /// A terminal that has no room for all columns has one that names the row.
    @Test(arguments: QuestionName.allCases)
    func aColumnNamesTheRow(question: QuestionName) {
        let shown = question.columns.rows.filter { $0.title != nil }
        #expect(shown.isEmpty || shown.contains { $0.importance == .name })
    }

    @Test(arguments: QuestionName.allCases)
    func noKeyTwice(question: QuestionName) {
        let (head, rows) = question.columns
        let common = ["statistic", "schema"]
        for columns in [head, rows] {
            let keys = common + columns.map { "\($0.key)" }
            #expect(Set(keys).count == keys.count, "\(question): \(keys)")
        }
        #expect(rows.isEmpty || "\(rows[0].key)" == "row")
        #expect(!head.contains { ["row", "rows"].contains("\($0.key)") })
    }

    /// Also where a counter is a gauge of the same name without its end.
    @Test func noMetricTwice() {
        var names: [String] = []
        for question in QuestionName.allCases {
            let (head, rows) = question.columns
            for column in head + rows {
                guard let name = question.metricName(of: column) else { continue }
                #expect(name.text.wholeMatch(of: /btcshark_[a-zA-Z0-9_]*/) != nil)
                switch name.kind {
                case .counter: names += [name.text, String(name.text.dropLast("_total".count))]
                case .gauge: names.append(name.text)
                case .histogram: names += [name.text] + ["_bucket", "_sum", "_count"].map { name.text + $0 }
                }
            }
        }
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: QuestionName.allCases)
    func wordsAreOfAColumn(question: QuestionName) {
        let (head, rows) = question.columns
        for list in question.words {
            #expect((head + rows).contains { "\($0.key)" == "\(list.key)" })
            #expect(Set(list.words.map(\.word)).count == list.words.count)
        }
    }
}
