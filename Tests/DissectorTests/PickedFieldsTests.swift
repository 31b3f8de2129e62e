import BitcoinP2P
import DisplayFilter
import Fields
import Keys
import Output
import Records
import Support
import Testing

@testable import Dissector

/// Where only some fields are asked for no more is laid out than is needed: what is written of them is that of the whole
/// tree.
@Suite struct PickedFieldsTests {
    /// The first ones are of payloads alone; then neither origin nor header is laid out.
    private static let choices = [
        ["bitcoin.tx.txid", "bitcoin.tx.out.value"], ["bitcoin.version.user_agent", "bitcoin.inv.hash"],
        ["bitcoin.ping.nonce", "bitcoin.trailing"], ["bitcoin.block.hash"],
        // With one of what stands before the payload, of the bytes or beside them.
        ["bitcoin.tx.txid", "bitcoin.command"], ["bitcoin.tx.txid", "tcp.srcport"],
        ["bitcoin.inv.hash", "bitcoin.frame"], ["bitcoin.inv.hash", "bitcoin"],
        ["bitcoin.ping.nonce", "bitcoin.checksum"], ["bitcoin.tx.txid", "bitcoin.v2.session_id"],
        ["bitcoin.inv.hash", "bitcoin.missing"], ["bitcoin.tx.txid", "ip.ttl"],
        ["bitcoin.tx.txid", "bitcoin.response_to"],
    ]
    private static let filters = [nil, "bitcoin.tx.out.value > 0 or bitcoin.inv", "tcp.srcport == 8333"]

    private typealias MakeWriter = (ByteOutput, [FieldColumn], Depth) -> any RecordSink

    private static var writers: [(name: String, make: MakeWriter)] {
        [
            ("fields", { FieldsWriter($0, columns: $1, format: FieldsFormat(), depth: $2) }),
            ("json", { JSONWriter($0, columns: $1, depth: $2) }), ("ek", { EKWriter($0, columns: $1, depth: $2) }),
            ("ndjson", { NDJSONWriter($0, columns: $1, depth: $2) }),
        ]
    }

    init() { Pipeline.declareFields() }

    private func run(_ packets: [Packet], _ options: PipelineOptions, into writer: any RecordSink) throws {
        var pipeline = Pipeline(options, writer: writer)
        writer.begin()
        try pipeline.receive(packets)
        pipeline.finish()
        writer.end()
    }

    /// - Parameter hasAll: Each first column has a value somewhere.
    private func compare(
        _ packets: [Packet], _ what: String, _ options: PipelineOptions = PipelineOptions(), hasAll: Bool = false
    ) throws {
        for (choice, filter) in Self.choices.flatMap({ choice in Self.filters.map { (choice, $0) } }) {
            let columns = choice.map { FieldColumn(name: $0, fields: RecordNames.fields(named: $0)) }
            for column in columns { #expect(!column.fields.isEmpty, "\(choice): no such field") }
            var options = options
            options.filter = try filter.map {
                try Filter($0, resolve: RecordNames.fields(named:), names: { RecordNames.all })
            }
            for (name, make) in Self.writers {
                func text(_ depth: Depth) throws -> [UInt8] {
                    let output = ByteOutput(inMemory: .max)
                    try run(packets, options, into: make(output, columns, depth))
                    return output.kept
                }
                let written = try text(.fields)
                let isSame = try written == text(.tree)
                #expect(isSame, "\(what): \(choice), \(name), \(filter ?? "no filter")")
                guard hasAll, filter == nil, name == "fields" else { continue }
                let hasValue = written.split(separator: 0x0a).contains { $0.first != 0x09 }
                #expect(hasValue, "\(what): \(choice)")
            }
        }
    }

    @Test(arguments: ["relay.pcap", "handshake.pcapng"])
    func ofPlainMessages(_ name: String) throws {
        try compare(packets(name), name, hasAll: name == "relay.pcap")
    }

    private func withKeys() throws -> PipelineOptions {
        let keys = KeyLog(path: folder("captures/relay-v2-encrypted.keys"))
        try keys.refresh()
        var options = PipelineOptions()
        options.keys = keys
        return options
    }

    @Test func ofDecryptedMessages() throws {
        try compare(packets("relay-v2-encrypted.pcap"), "decrypted", withKeys())
    }

    @Test func ofDamagedMessages() throws {
        var generator = SeededGenerator(seed: 1)
        let faults = Faults(drop: 0.1, duplicate: 0.1, reorder: 0.2, truncate: 0.05)
        try compare(faults.apply(to: packets("relay.pcap"), &generator), "damaged")
    }

    /// The last message is cut within its header, or right behind.
    @Test(arguments: [20, 22, 23, 24, 25]) func ofACutHeader(_ count: Int) throws {
        var talk = Talk()
        let ping = framed("ping", filler(8))
        talk.send(.client, ping + ping.prefix(count))
        talk.finish(.client)
        try compare(talk.packets, "cut after \(count)")
    }

    // MARK: What else is looked at

    /// Collects the fields and remarks of each record's tree.
    private final class TreeCollector: RecordSink {
        struct Found {
            var fields: Set<String> = []
            var remarks: Set<String> = []
            /// Fields that stand outside of a payload.
            var outside: [Field] = []
        }

        let wants: Wants
        private(set) var records: [Found] = []

        init(_ wants: Wants) { self.wants = wants }

        func begin() {}
        func end() {}

        func write(_ record: borrowing Record, _ bytes: RawSpan) {
            var found = Found()
            let payload = record.command.flatMap { MessageTypes.standard[$0]?.message }
            var end = 0
            for (index, node) in record.tree.nodes.enumerated() {
                found.fields.insert(node.field.declaration.name)
                if index >= end, node.field == payload { end = Int(node.end) }
                if index >= end { found.outside.append(node.field) }
            }
            found.remarks = Set(record.tree.annotations.map(\.remark.name))
            records.append(found)
        }
    }

    /// Who looks at the header has it, also where a filter, or another writer, names fields of payloads alone.
    @Test func headerIsThereForWhoLooksAtIt() throws {
        let nonces = Set(RecordNames.fields(named: "bitcoin.ping.nonce"))
        let filter = try Filter(
            "bitcoin.ping.nonce > 0", resolve: RecordNames.fields(named:), names: { RecordNames.all })
        var filtered = PipelineOptions()
        filtered.filter = filter
        let grouped = Wants(.header).union(Wants(.fields, fields: nonces))
        for (wants, options) in [(Wants(.header), filtered), (grouped, PipelineOptions()), (grouped, filtered)] {
            let sink = TreeCollector(wants)
            try run(packets("relay.pcap"), options, into: sink)
            let haveHeader = sink.records.allSatisfy { $0.fields.isSuperset(of: ["bitcoin.command", "tcp.srcport"]) }
            #expect(!sink.records.isEmpty && haveHeader)
        }
        let sink = TreeCollector(Wants(.fields, fields: nonces))
        try run(packets("relay.pcap"), filtered, into: sink)
        let haveNone = sink.records.allSatisfy { $0.fields.isDisjoint(with: ["bitcoin.command", "tcp.srcport"]) }
        #expect(!sink.records.isEmpty && haveNone)
    }

    /// Remarks that are looked at are made on the header, too.
    @Test func remarksOnTheHeader() throws {
        var talk = Talk()
        var ping = framed("ping", filler(8))
        ping[ping.count - 1] ^= 1
        talk.send(.client, framed("ping", filler(8)) + ping)
        let remark = try #require(Remark(named: "bitcoin.checksum.bad"))
        let nonces = Set(RecordNames.fields(named: "bitcoin.ping.nonce"))
        let sink = TreeCollector(Wants(.fields, fields: nonces, remarks: [remark]))
        try run(talk.packets, PipelineOptions(), into: sink)
        #expect(sink.records.map { $0.remarks.contains(remark.name) } == [false, true])
    }

    /// What is called a record's own is all that stands outside of payloads.
    @Test(arguments: ["relay.pcap", "relay-ipv6.pcap", "handshake.pcapng", "relay-v2-encrypted.pcap"])
    func ownFieldsAreAllOutsideOfPayloads(_ name: String) throws {
        let sink = TreeCollector(Wants(.tree, packets: true))
        try run(packets(name), withKeys(), into: sink)
        let missing = Set(sink.records.flatMap(\.outside).filter { !RecordFields.own.contains($0) })
        #expect(missing.isEmpty, "\(missing.map(\.declaration.name).sorted())")
    }
}
