import DisplayFilter
import Dissector
import Output
import Records
import Testing

/// A filter shows the same messages whatever the writer looks at, and the records it shows are those of no filter.
@Suite struct FilteringTests {
    init() { Pipeline.declareFields() }

    private func options(_ text: String) throws -> PipelineOptions {
        var options = PipelineOptions()
        options.filter = try Filter(text, resolve: RecordNames.fields(named:), names: { RecordNames.all })
        return options
    }

    @Test func sameForEveryWriter() throws {
        try compare("tcp.srcport == 8333") { $0.from.hasSuffix(":8333") }
        try compare("frame.number < 60 and bitcoin.command != \"block\"") { $0.frame < 60 && $0.command != "block" }
        try compare("bitcoin.inv or bitcoin.getdata") { ["inv", "getdata"].contains($0.command) }
        try compare("not bitcoin.tx") { !["tx", "block", "blocktxn", "cmpctblock"].contains($0.command) }
        try compare("count(bitcoin.frame) > 1") { $0.frames.count > 1 }
    }

    private func compare(_ text: String, _ isExpected: (Seen) -> Bool) throws {
        let packets = try packets("relay.pcap")
        let all = try dissect(packets).records
        let shown = try dissect(packets, options(text)).records
        #expect(!shown.isEmpty && shown.count < all.count, "\(text)")
        let isExact = shown.map(\.bytes) == all.filter(isExpected).map(\.bytes)
        #expect(isExact, "\(text)")
        for depth in [Depth.summary, .header] {
            let others = try dissect(packets, options(text), depth: depth).records
            let isSame = others.map(\.bytes) == shown.map(\.bytes) && others.map(\.info) == shown.map(\.info)
            #expect(isSame, "\(text) \(depth)")
            if depth == .header { #expect(others.map(\.command) == shown.map(\.command), "\(text)") }
        }
    }

    /// Numbers that are worked out are compared as numbers.
    @Test func computedNumbers() throws {
        func count(_ text: String, _ capture: String) throws -> Int {
            try dissect(packets(capture), options(text)).records.count
        }
        // Difficulty 4.65654237e-10, that of regtest.
        let blocks = try count("bitcoin.block", "relay.pcap")
        #expect(blocks > 100)
        #expect(try count("bitcoin.block.difficulty > 1", "relay.pcap") == 0)
        #expect(try count("bitcoin.block.difficulty < 1e-9", "relay.pcap") == blocks)
        #expect(try count("bitcoin.block.difficulty == 4.65654237e-10", "relay.pcap") == blocks)
        let filters = try count("bitcoin.filterload", "bloom-filter.pcap")
        // Four have all their bits set, the others hardly any.
        #expect(filters == 9)
        #expect(try count("bitcoin.filterload.false_positives > 5", "bloom-filter.pcap") == 4)
        #expect(try count("bitcoin.filterload.false_positives <= 1e-4", "bloom-filter.pcap") == 5)
    }

    @Test func limitCountsWhatIsShown() throws {
        var options = try options("bitcoin.ping or bitcoin.pong")
        options.recordLimit = 3
        let findings = try dissect(packets("relay.pcap"), options)
        #expect(findings.commands.count == 3)
        #expect(Set(findings.commands).isSubset(of: ["ping", "pong"]))
        #expect(findings.counts.shown == 3)
    }
}
