import BitcoinP2P
import Capture
import Foundation
import Glibc
import Insight
import Output
import Support
import Testing

@testable import Dissector

/// Metrics of every question, of recorded captures.
@Suite struct MetricsTests {
    private static let captures = [
        "addrv2.pcap", "block-filters.pcap", "bloom-filter.pcap", "handshake-sll2-nanosecond.pcap", "handshake.pcap",
        "relay-ipv6.pcap", "relay-v2-encrypted.pcap", "relay.pcap", "txreconciliation.pcap",
    ]

    /// Receives frames, and hands the answers on every so often and at the end.
    private func ask(
        _ packets: [Packet], every step: Int, as format: AnswerFormat = .metrics, node: Insight.Node? = nil,
        _ answer: (String) throws -> Void
    ) throws {
        let inquiry = Inquiry(QuestionName.allCases, node: node)
        var options = PipelineOptions()
        options.inquiry = inquiry
        options.observation = .bytes
        var pipeline = Pipeline(options, writer: nil)
        func answers(_ facts: CaptureFacts?) throws -> String {
            try written { inquiry.answer(QuestionName.allCases, facts, as: format, to: $0) }
        }
        for (index, packet) in packets.enumerated() {
            try pipeline.receive(packet.header(number: index + 1), packet.bytes.span.bytes)
            if index % step == step - 1 { try answer(answers(withCounts(pipeline))) }
        }
        pipeline.finish()
        try answer(answers(withCounts(pipeline)))
    }

    private func withCounts(_ pipeline: borrowing Pipeline) -> CaptureFacts? {
        guard var facts = pipeline.facts else { return nil }
        let counts = pipeline.counts
        facts.gaps = counts.gaps
        facts.missingBytes = counts.missingBytes
        facts.skippedBytes = counts.skippedBytes
        return facts
    }

    private func written(_ body: (ByteOutput) -> Void) throws -> String {
        let file = try #require(tmpfile())
        defer { fclose(file) }
        let output = ByteOutput(descriptor: fileno(file))
        body(output)
        output.flush()
        rewind(file)
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&part, 1, part.count, file)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += part.prefix(count)
        }
    }

    /// Whatever is lost on the way.
    private func expectSteady(_ packets: [Packet], node: Insight.Node? = nil, _ what: String) throws {
        var highest: [String: Double] = [:]
        try ask(packets, every: max(packets.count / 3, 1), node: node) { text in
            let metrics = try PrometheusText(text)
            for family in metrics.families where family.type != "gauge" {
                for sample in family.samples {
                    if let before = highest[sample.series], before > sample.value {
                        throw PrometheusText.Problem(
                            "\(what): \(sample.series) falls from \(before) to \(sample.value)")
                    }
                    highest[sample.series] = sample.value
                }
            }
        }
        #expect(!highest.isEmpty, "\(what)")
    }

    @Test(arguments: captures)
    func countersNeverFall(capture: String) throws { try expectSteady(packets(capture), capture) }

    @Test(arguments: captures.prefix(3))
    func countersNeverFallOfANode(capture: String) throws {
        try expectSteady(packets(capture), node: Insight.Node(["10.20.0.1", "127.0.0.1"], .option), capture)
    }

    /// Of captures from which frames are missing, or that come in another order.
    @Test(arguments: captures.prefix(3))
    func countersNeverFallOfDamagedCaptures(capture: String) throws {
        let seed: UInt64 = 15
        var generator = SeededGenerator(seed: seed)
        let whole = try packets(capture)
        var damaged = whole.filter { _ in generator.next() % 8 != 0 }
        for _ in 0..<damaged.count / 8 {
            let at = Int(generator.next() % UInt64(damaged.count))
            let other = min(at + 1 + Int(generator.next() % 3), damaged.count - 1)
            (damaged[at].bytes, damaged[other].bytes) = (damaged[other].bytes, damaged[at].bytes)
            (damaged[at].originalLength, damaged[other].originalLength) =
                (damaged[other].originalLength, damaged[at].originalLength)
        }
        try expectSteady(damaged, "\(capture), seed \(seed)")
        try expectSteady(Array(whole.dropFirst(whole.count / 3)), "the rest of \(capture)")
    }

    /// The example of the design.
    @Test func requests() throws {
        var text = ""
        try ask(packets("relay.pcap"), every: .max) { text = $0 }
        #expect(
            text.contains(
                """
                # TYPE btcshark_requests_answered_total counter
                btcshark_requests_answered_total{kind="tx",flow="from_initiator"} 4
                """))
        #expect(
            text.contains("\nbtcshark_requests_answered_total{kind=\"block\",flow=\"from_initiator\"} 110\n"))
        let metrics = try PrometheusText(text)
        let block = ["kind": "block", "flow": "from_initiator"]
        let times = try #require(metrics["btcshark_requests_seconds"])
        #expect(times.type == "histogram")
        func bucket(_ bound: String) -> Double? {
            metrics.value("btcshark_requests_seconds_bucket", block.merging(["le": bound]) { $1 })
        }
        // The fastest took 167 µs, half of them no more than 707 µs, the slowest 4.53 ms.
        #expect(bucket("0.0001") == 0)
        #expect(bucket("0.001").map { $0 >= 55 } == true)
        #expect(bucket("0.005") == 110 && bucket("100.0") == 110 && bucket("+Inf") == 110)
        #expect(metrics.value("btcshark_requests_seconds_count", block) == 110)
        let sum = try #require(metrics.value("btcshark_requests_seconds_sum", block))
        #expect(sum > 55 * 0.000167 + 55 * 0.000707 && sum < 110 * 0.00453)
        // Nothing was answered.
        #expect(metrics.value("btcshark_requests_seconds_count", ["kind": "addr", "flow": "from_initiator"]) == nil)
        #expect(metrics.value("btcshark_requests_open", ["kind": "addr", "flow": "from_initiator"]) == 1)
        #expect(metrics.value("btcshark_capture_networks_total", ["network": "regtest"]) == 1)
        #expect(metrics.value("btcshark_capture_kernel_dropped_total") == nil, "nobody knows it")
    }

    /// Every number is that of the object of JSON.
    @Test(arguments: captures)
    func metricsAreTheNumbersOfTheObjects(capture: String) throws {
        var (text, json) = ("", "")
        try ask(packets(capture), every: .max) { text = $0 }
        try ask(packets(capture), every: .max, as: .json) { json = $0 }
        let metrics = try PrometheusText(text)
        var values: [String: Double] = [:]
        for family in metrics.families where family.type != "histogram" {
            for sample in family.samples { values[sample.series] = sample.value }
        }
        var found: Set<String> = []
        for (question, line) in zip(QuestionName.allCases, json.split(separator: "\n")) {
            let parsed = try JSONSerialization.jsonObject(with: Data(line.utf8))
            let object = try #require(parsed as? [String: Any])
            let (head, rows) = question.columns
            let objects = [(head, object)] + (object["rows"] as? [[String: Any]] ?? []).map { (rows, $0) }
            for (columns, object) in objects {
                let labels = columns.compactMap { column -> PrometheusText.Label? in
                    guard case .label = column.metric, let value = object["\(column.key)"], !(value is NSNull) else {
                        return nil
                    }
                    return PrometheusText.Label(name: "\(column.key)", value: "\(value)")
                }
                for column in columns where column.isMember {
                    guard let name = question.metricName(of: column)?.text,
                        let value = object["\(column.key)"] as? NSNumber
                    else { continue }
                    let series = [name, String(name.trimmingSuffix("_total"))].map {
                        PrometheusText.Sample.series($0, labels)
                    }
                    let own = Set(series).filter { values[$0] != nil }
                    guard let line = own.first, own.count == 1 else {
                        Issue.record("\(capture): \(series[0]): \(own.count) lines")
                        return
                    }
                    // Foundation's reader is not exact in the last digit.
                    let difference = abs((values[line] ?? .infinity) - value.doubleValue)
                    #expect(difference <= abs(value.doubleValue) * 1e-14, "\(capture): \(series[0])")
                    found.insert(line)
                }
            }
        }
        // Networks are an object of their own.
        let others = values.keys.filter { !found.contains($0) && !$0.hasPrefix("btcshark_capture_networks_total") }
        #expect(others == [], "\(capture)")
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> Substring {
        hasSuffix(suffix) ? dropLast(suffix.count) : self[...]
    }
}
