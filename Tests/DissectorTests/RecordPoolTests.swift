import BitcoinP2P
import Capture
import DisplayFilter
import Dissector
import Fields
import Keys
import Output
import Records
import Support
import Testing

/// What several threads write is what one writes, byte for byte.
@Suite struct RecordPoolTests {
    /// One way to write, for the reading's writer and for those of the threads.
    struct Form: Sendable, CustomTestStringConvertible {
        let name: String
        let makeWriter: @Sendable (ByteOutput, _ isPart: Bool) -> any RecordSink
        var testDescription: String { name }

        init(_ name: String, _ makeWriter: @escaping @Sendable (ByteOutput, _ isPart: Bool) -> any RecordSink) {
            self.name = name
            self.makeWriter = makeWriter
        }
    }

    private static let captures = [
        "handshake.pcap", "handshake-sll2-nanosecond.pcap", "handshake.pcapng", "relay.pcap", "relay-ipv6.pcap",
        "addrv2.pcap", "bloom-filter.pcap", "block-filters.pcap", "txreconciliation.pcap", "relay-v2-encrypted.pcap",
    ]
    private static let filters = [
        nil, "bitcoin.tx.out.value > 0", "bitcoin.inv or bitcoin.response_time", "tcp.srcport == 8333",
        "frame.number == 1",
    ]
    /// Of one message each, and of some.
    private static let batchSizes = [1, 3_000]

    static let forms: [Form] = [
        Form("lines") { output, _ in
            TextWriter(output, summary: SummaryLine(time: TimeColumn(.relative), colour: Colour(isOn: false)))
        },
        Form("trees") { output, _ in
            TextWriter(
                output, summary: nil, tree: TreeText(full: true, colour: Colour(isOn: false)), hex: true)
        },
        Form("tabs") { output, _ in
            ColumnsWriter(
                output, SummaryColumn.standard, style: .psml(creator: "test"), time: TimeColumn(.epoch),
                depth: .summary)
        },
        Form("fields") { output, _ in
            FieldsWriter(output, columns: columns, format: format, depth: .fields)
        },
        Form("json") { output, isPart in JSONWriter(output, .valuesAndRaw, isPart: isPart) },
        Form("json columns") { output, isPart in
            JSONWriter(output, columns: columns, depth: .fields, isPart: isPart)
        },
        Form("ek") { output, _ in EKWriter(output, raw: true) },
        Form("ek columns") { output, _ in EKWriter(output, columns: columns, depth: .fields) },
        Form("pdml") { output, _ in PDMLWriter(output, creator: "test", captureFile: nil) },
        Form("ndjson") { output, _ in NDJSONWriter(output) },
        Form("ndjson columns") { output, _ in NDJSONWriter(output, columns: columns, depth: .fields) },
    ]

    private static var columns: [FieldColumn] {
        ["bitcoin.tx.txid", "bitcoin.command", "frame.number", "bitcoin.response_time", "bitcoin.late_record"]
            .map { FieldColumn(name: $0, fields: RecordNames.fields(named: $0)) }
    }

    private static var format: FieldsFormat {
        var format = FieldsFormat()
        try? format.set("header=y")
        return format
    }

    init() { Pipeline.declareFields() }

    private struct Written: Equatable {
        var text: [UInt8] = []
        var counts = Counts()
    }

    private func write(
        _ packets: [Packet], _ form: Form, _ given: PipelineOptions, threads: Int, batchSize: Int = 1 << 18
    ) throws -> Written {
        let output = ByteOutput(inMemory: .max)
        let writer = form.makeWriter(output, false)
        var options = given
        options.usesRecordThread = threads > 1
        options.recordBatchSize = batchSize
        if threads > 1 {
            let makeWriter = form.makeWriter
            var shared = SharedWriting(threads: threads, output) { makeWriter($0, true) }
            // With so little, who makes records often waits for the turn to write them.
            if threads == 3 { shared.textPerThread = 1 }
            options.sharedWriting = shared
        }
        var pipeline = Pipeline(options, writer: writer)
        writer.begin()
        try pipeline.receive(packets)
        pipeline.finish()
        writer.end()
        return Written(text: output.kept, counts: pipeline.counts)
    }

    private func compare(
        _ packets: [Packet], _ form: Form, _ options: PipelineOptions, _ what: String,
        threads: [Int] = [2, 3, 8], _ location: SourceLocation = #_sourceLocation
    ) throws {
        let expected = try write(packets, form, options, threads: 1)
        for (place, count) in threads.enumerated() {
            let size = Self.batchSizes[place % Self.batchSizes.count]
            let found = try write(packets, form, options, threads: count, batchSize: size)
            let isSame = found == expected
            #expect(isSame, "\(what), \(form.name), \(count) threads, batches of \(size)", sourceLocation: location)
        }
    }

    private func options(filter text: String?) throws -> PipelineOptions {
        var options = PipelineOptions()
        options.filter = try text.map {
            try Filter($0, resolve: RecordNames.fields(named:), names: { RecordNames.all })
        }
        return options
    }

    @Test(arguments: captures, forms)
    func everyCapture(_ name: String, _ form: Form) throws {
        let packets = try packets(name)
        for filter in Self.filters { try compare(packets, form, options(filter: filter), "\(name), \(filter ?? "")") }
    }

    /// Gaps, cut messages and late records stand between others.
    @Test(arguments: ["relay.pcap", "bloom-filter.pcap"], forms)
    func withFaults(_ name: String, _ form: Form) throws {
        let packets = try packets(name)
        for seed in 0..<3 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let faults = Faults(drop: 0.1, duplicate: 0.1, reorder: 0.2, truncate: 0.05)
            try compare(faults.apply(to: packets, &generator), form, PipelineOptions(), "\(name), seed \(seed)")
        }
    }

    @Test(arguments: forms)
    func decryptedPackets(_ form: Form) throws {
        let keys = KeyLog(path: folder("captures/relay-v2-encrypted.keys"))
        try keys.refresh()
        var options = PipelineOptions()
        options.keys = keys
        try compare(packets("relay-v2-encrypted.pcap"), form, options, "decrypted")
    }

    /// A message that is too large to wait beside others, and some that are a batch each.
    @Test(arguments: forms)
    func largeMessages(_ form: Form) throws {
        var talk = Talk()
        for count in [20, 5_000_000, 20, 300_000, 300_000, 300_000, 20] {
            talk.send(.client, framed("tx", filler(20)) + framed("block", filler(count)), size: 60_000)
        }
        try compare(talk.packets, form, PipelineOptions(), "large messages", threads: [2, 3])
    }

    /// A pipeline that is given up ends its threads, which let go of what they have.
    @Test func withoutAnEnd() throws {
        weak var output: ByteOutput?
        try give(packets("relay.pcap")) { output = $0 }
        #expect(output == nil)
    }

    private func give(_ packets: [Packet], _ show: (ByteOutput) -> Void) throws {
        let output = ByteOutput(inMemory: .max)
        show(output)
        var options = PipelineOptions()
        options.usesRecordThread = true
        options.recordBatchSize = 1
        options.sharedWriting = SharedWriting(threads: 3, output) { NDJSONWriter($0) }
        var pipeline = Pipeline(options, writer: NDJSONWriter(output))
        try pipeline.receive(packets)
    }
}
