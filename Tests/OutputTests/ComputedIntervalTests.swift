import Fields
import Records
import Testing

@testable import Output

/// `-z io,stat` of what is computed, in tshark's box.
@Suite struct ComputedIntervalTests {
    /// Values at 0, 1 and 2.5 seconds; the last message has none.
    private func text(interval: Int64, _ columns: [ComputedIntervals.Column]) -> String {
        _ = Kinds.all
        return written { output in
            let writer = ComputedIntervals(output, interval: interval, columns, depth: .tree)
            writer.begin()
            for (time, values) in [(0, [3, 5]), (1_000_000_000, [-2]), (2_500_000_000, [])] as [(Int64, [Int64])] {
                let record = makeRecord(time: time) {
                    for value in values {
                        $0.leaf(Kinds.signed, at: 0, length: 8, value: UInt64(bitPattern: value), flags: [])
                        $0.leaf(Kinds.span, at: 0, length: 8, value: UInt64(bitPattern: value), flags: [])
                    }
                }
                writer.write(record, RawSpan())
            }
            writer.end()
        }
    }

    private func column(_ function: ComputedIntervals.Function, _ field: Field? = nil) -> ComputedIntervals.Column {
        .init(function.rawValue, function, field.map { [$0] } ?? [], filterFields: []) { _, _ in true }
    }

    @Test func tsharksBox() {
        let columns = [column(.frames), column(.sum, Kinds.signed)]
        #expect(
            text(interval: 1_000_000_000, columns) == """

                ===========================
                | IO Statistics           |
                |                         |
                | Duration: 2.500000 secs |
                | Interval: 1 secs        |
                |                         |
                | Col 1: FRAMES           |
                |     2: SUM              |
                |-------------------------|
                |          |1       |2    |
                | Interval | FRAMES | SUM |
                |-------------------------|
                |  0 <> 1  |      1 |   8 |
                |  1 <> 2  |      1 |  -2 |
                |  2 <> Dur|      1 |   0 |
                ===========================

                """)
    }

    /// Each function, over all the time there is.
    @Test func functions() {
        let all: [(ComputedIntervals.Function, String)] = [
            (.count, "3"), (.sum, "6"), (.least, "-2"), (.most, "5"), (.average, "2"), (.frames, "3"), (.bytes, "183"),
        ]
        for (function, value) in all {
            let shown = text(interval: 0, [column(function, function.needsField ? Kinds.signed : nil)])
            let row = shown.split(separator: "\n").first { $0.contains("<>") }
            #expect(row?.split(separator: "|").dropFirst().first?.contains(" \(value) ") == true, "\(shown)")
        }
        #expect(text(interval: 0, [column(.most, Kinds.span)]).contains(" 0.000000 "))
    }

    /// What is beyond 64 bits stays at their end, and hostile times make no more rows than the limit.
    @Test func bounds() {
        let text = written { output in
            let writer = ComputedIntervals(output, interval: 1_000, [column(.sum, Kinds.signed)], depth: .tree)
            for time in [0, 0, Int64.max] {
                let record = makeRecord(time: time) {
                    $0.leaf(Kinds.signed, at: 0, length: 8, value: UInt64(Int64.max), flags: [])
                }
                writer.write(record, RawSpan())
            }
            writer.end()
        }
        #expect(text.contains(" \(Int64.max) ") && text.split(separator: "\n").count < IntervalStatistics.limit + 20)
        #expect(text.contains("1 messages came after"))
    }
}
