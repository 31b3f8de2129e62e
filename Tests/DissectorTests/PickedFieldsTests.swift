import Dissector
import Fields
import Keys
import Output
import Records
import Support
import Testing

/// Where only some fields are asked for no more is laid out than is needed: what is written of them is that of the whole
/// tree.
@Suite struct PickedFieldsTests {
    /// The first ones are of payloads alone; then neither origin nor header are laid out.
    private static let choices = [
        ["bitcoin.tx.txid", "bitcoin.tx.out.value"], ["bitcoin.version.user_agent", "bitcoin.inv.hash"],
        ["bitcoin.ping.nonce", "bitcoin.trailing"], ["bitcoin.block.hash"],
        // With one of what stands before the payload, of the bytes or beside them.
        ["bitcoin.tx.txid", "bitcoin.command"], ["bitcoin.tx.txid", "tcp.srcport"],
        ["bitcoin.inv.hash", "bitcoin.frame"], ["bitcoin.inv.hash", "bitcoin"],
        ["bitcoin.ping.nonce", "bitcoin.checksum"], ["bitcoin.tx", "bitcoin.v2.session_id"],
        ["bitcoin.inv.hash", "bitcoin.missing"], ["bitcoin.tx.txid", "ip.ttl"],
        ["bitcoin.tx.txid", "bitcoin.response_to"],
    ]

    private typealias MakeWriter = (ByteOutput, [FieldColumn], Depth) -> any RecordSink

    private static var writers: [(name: String, make: MakeWriter)] {
        [
            ("fields", { FieldsWriter($0, columns: $1, format: FieldsFormat(), depth: $2) }),
            ("json", { JSONWriter($0, columns: $1, depth: $2) }), ("ek", { EKWriter($0, columns: $1, depth: $2) }),
            ("ndjson", { NDJSONWriter($0, columns: $1, depth: $2) }),
        ]
    }

    init() { Pipeline.declareFields() }

    private func compare(_ packets: [Packet], _ what: String, _ options: PipelineOptions = PipelineOptions()) throws {
        for choice in Self.choices {
            let columns = choice.map { FieldColumn(name: $0, fields: RecordNames.fields(named: $0)) }
            for column in columns { #expect(!column.fields.isEmpty, "\(choice): no such field") }
            for (name, make) in Self.writers {
                func text(_ depth: Depth) throws -> [UInt8] {
                    let output = ByteOutput(inMemory: .max)
                    let writer = make(output, columns, depth)
                    var pipeline = Pipeline(options, writer: writer)
                    writer.begin()
                    for (index, packet) in packets.enumerated() {
                        try pipeline.receive(packet.header(number: index + 1), packet.bytes.span.bytes)
                    }
                    pipeline.finish()
                    writer.end()
                    return output.kept
                }
                let isSame = try text(.fields) == text(.tree)
                #expect(isSame, "\(what): \(choice), \(name)")
            }
        }
    }

    @Test(arguments: ["relay.pcap", "handshake.pcapng", "block-filters.pcap"])
    func ofPlainMessages(_ name: String) throws { try compare(packets(name), name) }

    @Test func ofDecryptedMessages() throws {
        let keys = KeyLog(path: folder("captures/relay-v2-encrypted.keys"))
        try keys.refresh()
        var options = PipelineOptions()
        options.keys = keys
        try compare(packets("relay-v2-encrypted.pcap"), "decrypted", options)
    }

    /// Messages that are cut, also within their headers.
    @Test func ofDamagedMessages() throws {
        let packets = try packets("relay.pcap")
        for seed in 0..<2 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let faults = Faults(drop: 0.1, duplicate: 0.1, reorder: 0.2, truncate: 0.05)
            try compare(faults.apply(to: packets, &generator), "seed \(seed)")
        }
    }
}
