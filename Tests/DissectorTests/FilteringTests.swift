import DisplayFilter
import Dissector
import Output
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
        for detail in [Detail.summary, .header] {
            let others = try dissect(packets, options(text), detail: detail).records
            let isSame = others.map(\.bytes) == shown.map(\.bytes) && others.map(\.info) == shown.map(\.info)
            #expect(isSame, "\(text) \(detail)")
        }
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
