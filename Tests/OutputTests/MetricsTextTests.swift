import Fields
import Support
import Testing

@testable import Output

@Suite struct MetricsTextTests {
    private struct Row {
        var name: String?
        var number: UInt64? = 1
        var isSteady = true
        var times: [Int64] = []
    }

    private static let columns: [ValuedColumn<Row>] = [
        .init("name", "Name", .text, "what it is called", metric: .label) { row in
            row.name.map { .printable($0) } ?? .text(nil)
        },
        .init("other.name-2", nil, .count, "a \\ in a line\nand a \"quote\"") { .number($0.number) },
        .init("open", nil, .count, "it may fall", metric: .gauge) { .number($0.number) },
        .init("share_percent", nil, .percent, "a share") { .quotient(.percent(1, of: $0.number ?? 0)) },
        .init("height", nil, .number, "it may be negative", metric: .gauge) { .negative($0.number ?? 0) },
        .init("frame", nil, .number, "no metric") { .number($0.number) },
        .init("networks", nil, .count, "of each", metric: .counters(by: "network")) {
            .numbers([(name: "main", number: $0.number ?? 0), (name: "a\"b\\c\nd", number: 7)])
        },
        .init("seconds", nil, .samples, "times") { row in
            .distribution(
                Distribution(
                    counts: Distribution.bounds.map { bound in UInt64(row.times.count { $0 <= bound }) },
                    count: UInt64(row.times.count), sum: row.times.reduce(0) { $0 + Int128($1) }, decimals: 9))
        },
    ]

    private func text(_ rows: [Row]) -> String {
        written { MetricsText("a,b", Self.columns, isSteady: \.isSteady).append(rows, to: $0) }
    }

    @Test func values() throws {
        let text = text([Row(name: "x", number: 3), Row(name: "y", number: nil), Row(name: nil, number: 0)])
        #expect(
            text.hasPrefix(
                """
                # HELP btcshark_a_b_other_name_2_total a \\\\ in a line\\nand a "quote"
                # TYPE btcshark_a_b_other_name_2_total counter
                btcshark_a_b_other_name_2_total{name="x"} 3
                btcshark_a_b_other_name_2_total 0
                # HELP btcshark_a_b_open it may fall
                # TYPE btcshark_a_b_open gauge
                btcshark_a_b_open{name="x"} 3
                btcshark_a_b_open 0
                # HELP btcshark_a_b_share_percent a share
                # TYPE btcshark_a_b_share_percent gauge
                btcshark_a_b_share_percent{name="x"} 33.33
                # HELP btcshark_a_b_height it may be negative
                # TYPE btcshark_a_b_height gauge
                btcshark_a_b_height{name="x"} -3

                """), "\(text)")
        let metrics = try PrometheusText(text)
        #expect(metrics.value("btcshark_a_b_networks_total", ["name": "x", "network": "main"]) == 3)
        #expect(!text.contains("frame") && !text.contains("_seconds"))
    }

    /// Whatever stands in a text, it is read as it was.
    @Test func texts() throws {
        let hostile = "\\n \"},{le=\"1\"} 5 \\\" = , \\\\ µ\n# TYPE x counter"
        let metrics = try PrometheusText(text([Row(name: hostile)]))
        #expect(metrics.value("btcshark_a_b_open", ["name": hostile]) == 1)
        #expect(metrics.value("btcshark_a_b_networks_total", ["name": hostile, "network": "a\"b\\c\nd"]) == 7)
    }

    @Test func whatMayFall() throws {
        let rows = [Row(name: "x"), Row(name: "y", isSteady: false, times: [5])]
        let metrics = try PrometheusText(text(rows))
        #expect(metrics["btcshark_a_b_other_name_2_total"]?.samples.count == 1)
        #expect(metrics["btcshark_a_b_other_name_2"]?.type == "gauge")
        #expect(metrics.value("btcshark_a_b_other_name_2", ["name": "y"]) == 1)
        #expect(metrics["btcshark_a_b_open"]?.samples.count == 2)
        #expect(metrics["btcshark_a_b_seconds"] == nil)
    }

    @Test func times() throws {
        let text = text([Row(name: "x", times: [100_000, 100_001, 99_999_999_999, 100_000_000_001, .max])])
        let metrics = try PrometheusText(text)
        let times = try #require(metrics["btcshark_a_b_seconds"])
        #expect(
            times.samples.compactMap { $0["le"] } == [
                "0.0001", "0.0002", "0.0005", "0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5",
                "1.0", "2.0", "5.0", "10.0", "20.0", "50.0", "100.0", "+Inf",
            ])
        func bucket(_ bound: String) -> Double? {
            metrics.value("btcshark_a_b_seconds_bucket", ["name": "x", "le": bound])
        }
        #expect(bucket("0.0001") == 1 && bucket("0.0002") == 2 && bucket("50.0") == 2 && bucket("100.0") == 3)
        #expect(bucket("+Inf") == 5)
        #expect(text.contains("btcshark_a_b_seconds_sum{name=\"x\"} 9223372236.854975808\n"), "\(text)")
    }

    /// Where it is not known how many were shorter, it is known how many there are.
    @Test func timesWithoutCounts() throws {
        let columns: [ValuedColumn<Void>] = [
            .init("seconds", nil, .samples, "times") { _ in
                .distribution(Distribution(counts: nil, count: 2, sum: 3_000_000_000, decimals: 6))
            }
        ]
        let text = written { MetricsText("q", columns).append(CollectionOfOne(()), to: $0) }
        #expect(
            text == """
                # HELP btcshark_q_seconds times
                # TYPE btcshark_q_seconds histogram
                btcshark_q_seconds_bucket{le="+Inf"} 2
                btcshark_q_seconds_sum 3.000000
                btcshark_q_seconds_count 2

                """)
        _ = try PrometheusText(text)
    }

    /// The reader that the tests have refuses what a server does.
    @Test(arguments: [
        "a 1\n", "# HELP a x\n# TYPE a gauge\na 1", "# HELP a x\n# TYPE a gauge\na 1\na 2\n",
        "# HELP a x\n# TYPE a gauge\na{b=\"\\t\"} 1\n", "# HELP a x\n# TYPE a counter\na 1\n",
        "# HELP a x\n# TYPE a gauge\na{b=\"1\",b=\"2\"} 1\n", "# HELP a x\n# TYPE a gauge\n",
        "# HELP a x\n# TYPE a gauge\nb 1\n", "# HELP a x\n# TYPE a histogram\na_sum 1\na_count 1\n",
        "# HELP a x\n# TYPE a gauge\na{b=\"1} 1\n", "# HELP a-b x\n# TYPE a-b gauge\na-b 1\n",
    ])
    func theReaderIsStrict(text: String) {
        #expect(throws: PrometheusText.Problem.self) { try PrometheusText(text) }
    }
}
