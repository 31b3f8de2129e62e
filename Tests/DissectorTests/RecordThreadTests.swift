import BitcoinP2P
import DisplayFilter
import Dissector
import Fields
import Keys
import Output
import Records
import Support
import Testing

/// Records made on a thread of their own are those made on one: the same, in the same order, with the same counts.
@Suite struct RecordThreadTests {
    private static let captures = [
        "handshake.pcap", "relay.pcap", "relay-ipv6.pcap", "addrv2.pcap", "bloom-filter.pcap", "block-filters.pcap",
        "txreconciliation.pcap", "relay-v2-encrypted.pcap",
    ]
    /// Of one message each, of a few, of all.
    private static let batchSizes = [1, 5_000, 1 << 18]

    init() { Pipeline.declareFields() }

    private func compare(
        _ packets: [Packet], _ options: PipelineOptions = PipelineOptions(), depth: Depth = .tree,
        batchSizes: [Int] = batchSizes, _ what: String = "", _ location: SourceLocation = #_sourceLocation
    ) throws {
        let expected = try dissect(packets, options, depth: depth)
        for size in batchSizes {
            var options = options
            options.usesRecordThread = true
            options.recordBatchSize = size
            let found = try dissect(packets, options, depth: depth)
            let isSame = found.all == expected.all
            #expect(isSame, "\(what), batches of \(size)", sourceLocation: location)
            #expect(found.counts == expected.counts, "\(what), batches of \(size)", sourceLocation: location)
        }
    }

    private func options(filter text: String) throws -> PipelineOptions {
        var options = PipelineOptions()
        options.filter = try Filter(text, resolve: RecordNames.fields(named:), names: { RecordNames.all })
        return options
    }

    @Test(arguments: captures, [Depth.summary, .header, .tree])
    func capturesAsTheyAre(_ name: String, _ depth: Depth) throws {
        try compare(packets(name), depth: depth)
    }

    @Test(arguments: captures)
    func capturesWithFaults(_ name: String) throws {
        let faults = [
            Faults(drop: 0.05, duplicate: 0.1, reorder: 0.2, truncate: 0.05),
            Faults(drop: 0.3, reorder: 0.3, truncate: 0.3, keepsStarts: false),
        ]
        let packets = try packets(name)
        for (index, faults) in faults.enumerated() {
            for seed in 0..<3 as Range<UInt64> {
                var generator = SeededGenerator(seed: seed)
                try compare(
                    faults.apply(to: packets, &generator), batchSizes: [1, 5_000], "faults \(index), seed \(seed)")
            }
        }
    }

    /// A byte turned over in each twentieth frame: checksums are bad, lengths wrong.
    @Test func damagedPayloads() throws {
        var generator = SeededGenerator(seed: 1)
        var packets = try packets("relay.pcap")
        for index in packets.indices where index % 20 == 7 && packets[index].bytes.count > 100 {
            let place = Int.random(in: 70..<packets[index].bytes.count, using: &generator)
            packets[index].bytes[place] ^= 0x10
        }
        #expect(try dissect(packets).counts.badChecksums > 5)
        try compare(packets)
        try compare(packets, depth: .summary)
    }

    /// The thread looks at the checksums of messages that others follow.
    @Test func badChecksumsBeforeOtherMessages() throws {
        var talk = Talk()
        for _ in 0..<50 {
            talk.send(.client, framed("tx", filler(50), checksum: 1) + framed("ping", filler(8)))
            talk.send(.server, framed("inv", filler(37)) + framed("inv", filler(37), checksum: 2) + framed("verack"))
        }
        #expect(try dissect(talk.packets).counts.badChecksums == 100)
        try compare(talk.packets)
        try compare(talk.packets, depth: .summary)
    }

    @Test func filters() throws {
        let packets = try packets("relay.pcap")
        for text in ["tcp.srcport == 8333", "bitcoin.inv or bitcoin.getdata", "not bitcoin.tx"] {
            try compare(packets, options(filter: text), text)
            try compare(packets, options(filter: text), depth: .summary, text)
        }
    }

    /// A packet without a message is told between those with one.
    @Test func decryptedPackets() throws {
        let keys = KeyLog(path: folder("captures/relay-v2-encrypted.keys"))
        try keys.refresh()
        var options = PipelineOptions()
        options.keys = keys
        #expect(try dissect(packets("relay-v2-encrypted.pcap"), options).counts.decryptedStreams == 2)
        try compare(packets("relay-v2-encrypted.pcap"), options)
    }

    /// It is not copied, and stays in its place.
    @Test func aMessageTooLargeForTheThread() throws {
        var talk = Talk()
        talk.send(.client, framed("ping", filler(8)) + framed("tx", filler(20)))
        talk.send(.client, framed("tx", filler(5_000_000)), size: 60_000)
        talk.send(.client, framed("ping", filler(8)) + framed("block", filler(4_300_000)), size: 60_000)
        talk.send(.client, framed("verack"))
        #expect(try dissect(talk.packets).commands == ["ping", "tx", "tx", "ping", "block", "verack"])
        try compare(talk.packets, batchSizes: [1, 1 << 18])
    }

    /// Nothing is counted beyond the record that reaches the limit.
    @Test func aLimitOfRecords() throws {
        for filter in [nil, "bitcoin.ping or bitcoin.pong"] {
            var options = try filter.map(options(filter:)) ?? PipelineOptions()
            options.recordLimit = 3
            #expect(try dissect(packets("relay.pcap"), options).records.count == 3)
            try compare(packets("relay.pcap"), options)
        }
    }

    /// A pipeline that is given up ends its thread, which lets go of the writer.
    @Test func withoutAnEnd() throws {
        weak var writer: CollectingWriter?
        try give(packets("handshake.pcap")) { writer = $0 }
        #expect(writer == nil)
    }

    private func give(_ packets: [Packet], _ show: (CollectingWriter) -> Void) throws {
        let writer = CollectingWriter()
        show(writer)
        var options = PipelineOptions()
        options.usesRecordThread = true
        var pipeline = Pipeline(options, writer: writer)
        try pipeline.receive(packets)
    }
}
