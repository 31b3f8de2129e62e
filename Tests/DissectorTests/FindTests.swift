import Dissector
import Fields
import Output
import Records
import Support
import Testing

@testable import BitcoinP2P

/// What a message has, by its complete tree: the texts of all fields, without a search.
private struct Texts {
    let number: UInt64
    let command: String
    var texts: Set<String> = []
    /// Those of fields that are shown as bytes.
    var bytes: [String] = []
    /// Of each transaction.
    var names: [(txid: String, wtxid: String)] = []
    /// Of a compact block.
    var key: SipHash?
    /// Of outputs that have an address.
    var scripts: [String: String] = [:]
    /// Texts that people may look for, by the kind of field.
    var identifiers: Set<String> = []

    /// - Parameter names: Under which it is looked for, as hexadecimal digits, or one text of another kind.
    func has(_ names: [String], script: String?) -> Bool {
        for name in names {
            if texts.contains(name) { return true }
            guard name.count == 64 else { continue }
            if hasBytes(Self.reversed(name)) { return true }
            if let key, texts.contains(Self.shortID(name, key)) { return true }
        }
        return script.map(hasBytes) ?? false
    }

    /// Whether a field of bytes has these, as hexadecimal digits.
    private func hasBytes(_ digits: String) -> Bool {
        let wanted = Array(digits.utf8)
        return bytes.contains { field in
            guard field.contains(digits) else { return false }
            let digits = Array(field.utf8)
            // Not half a byte beside them.
            return stride(from: 0, through: digits.count - wanted.count, by: 2).contains { start in
                digits[start..<start + wanted.count].elementsEqual(wanted)
            }
        }
    }

    private static func decoded(_ digits: String) -> [UInt8] {
        let digits = Array(digits.utf8)
        return stride(from: 0, to: digits.count, by: 2).map { index in
            UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) ?? 0
        }
    }

    private static func reversed(_ digits: String) -> String { decoded(digits).reversed().map(hex).joined() }

    private static func hex(_ byte: UInt8) -> String { String(UInt16(byte) + 0x100, radix: 16).suffix(2).description }

    private static func shortID(_ name: String, _ key: SipHash) -> String {
        let name = Array(decoded(name).reversed())
        let id = key.hash(name.span.bytes) & 0xffff_ffff_ffff
        return "0x" + String(repeating: "0", count: 12 - String(id, radix: 16).count) + String(id, radix: 16)
    }
}

private final class TextCollector: RecordSink {
    let wants = Wants(.tree)
    private(set) var messages: [Texts] = []
    private let names = Catalog.declarations.map(\.name)
    private let kinds = Catalog.declarations.map(\.kind)

    func begin() {}
    func end() {}

    func write(_ record: borrowing Record, _ bytes: RawSpan) {
        guard record.isMessage else { return }
        var message = Texts(number: record.number, command: record.command?.name ?? "")
        var value = ValueText()
        var (k0, txid, script) = (UInt64(0), "", "")
        for index in record.protocolNode..<record.tree.nodes.count {
            let node = record.tree.nodes[index]
            let (name, kind) = (names[Int(node.fieldID)], kinds[Int(node.fieldID)])
            if kind == .group || kind == .layer { continue }
            var buffer = TextBuffer()
            value.append(node, kind, record.tree.bytes(of: node, in: bytes), .display, limit: .max, to: &buffer)
            let text = buffer.string
            message.texts.insert(text)
            if kind == .bytes, node.length >= 20 { message.bytes.append(text) }
            switch name {
            case "bitcoin.tx.txid": txid = text
            case "bitcoin.tx.wtxid": message.names.append((txid, text))
            case "bitcoin.cmpctblock.k0": k0 = node.value
            case "bitcoin.cmpctblock.k1": message.key = SipHash(k0: k0, k1: node.value)
            case "bitcoin.tx.out.script": script = text
            case "bitcoin.tx.out.address":
                message.scripts[text] = script
                message.identifiers.insert(text)
            case "bitcoin.cmpctblock.shortids", "bitcoin.address.text": message.identifiers.insert(text)
            case "bitcoin.addrv2.address":
                // Of a network that is not known it is hexadecimal.
                if text.contains(".") || text.contains(":") { message.identifiers.insert(text) }
            default:
                let isComputed = name.hasSuffix(".target") || name.hasSuffix(".calculated")
                if kind == .hash, !isComputed, text.count == 64 { message.identifiers.insert(text) }
            }
        }
        messages.append(message)
    }
}

private final class NumberCollector: RecordSink {
    let wants = Wants(.summary)
    private(set) var numbers: [UInt64] = []
    private(set) var places: [[String]] = []

    func begin() {}
    func end() {}
    func write(_ record: borrowing Record, _ bytes: RawSpan) {
        numbers.append(record.number)
        places.append(record.places.texts.map(\.string))
    }
}

/// `--find` finds the messages that have an identifier in any field of their complete trees, and no others.
@Suite struct FindTests {
    init() { Pipeline.declareFields() }

    private func run(_ packets: [Packet], _ options: PipelineOptions, _ writer: any RecordSink) throws {
        var pipeline = Pipeline(options, writer: writer)
        for (index, packet) in packets.enumerated() where !pipeline.isDone {
            try pipeline.receive(packet.header(number: index + 1), packet.bytes.span.bytes)
        }
        pipeline.finish()
    }

    private func find(_ text: String, _ packets: [Packet]) throws -> NumberCollector {
        var options = PipelineOptions()
        options.identifier = try Identifier(text)
        let writer = NumberCollector()
        try run(packets, options, writer)
        return writer
    }

    /// The numbers of the messages that have it, by their texts.
    private func expected(_ identifier: String, _ script: String?, _ messages: [Texts]) -> [UInt64] {
        var names = [identifier]
        var numbers: [UInt64] = []
        for message in messages {
            for (txid, wtxid) in message.names where names.contains(txid) != names.contains(wtxid) {
                names.append(names.contains(txid) ? wtxid : txid)
            }
            if message.has(names, script: script) { numbers.append(message.number) }
        }
        return numbers
    }

    @Test(
        arguments: [
            "relay.pcap", "relay-ipv6.pcap", "addrv2.pcap", "block-filters.pcap", "bloom-filter.pcap",
            "txreconciliation.pcap",
        ])
    func sameAsTheTrees(_ name: String) throws {
        let packets = try packets(name)
        let all = TextCollector()
        try run(packets, PipelineOptions(), all)
        let scripts = all.messages.reduce(into: [:]) { $0.merge($1.scripts) { one, _ in one } }
        let identifiers = all.messages.reduce(into: Set<String>()) { $0.formUnion($1.identifiers) }.sorted()
        #expect(!identifiers.isEmpty)
        // Some of each capture, the same each time.
        let step = max(1, identifiers.count / 35)
        for index in stride(from: 0, to: identifiers.count, by: step) {
            let identifier = identifiers[index]
            let found = try find(identifier, packets)
            let expected = expected(identifier, scripts[identifier], all.messages)
            #expect(found.numbers == expected, "\(identifier)")
            #expect(!expected.isEmpty && found.places.allSatisfy { !$0.isEmpty }, "\(identifier)")
            if found.numbers != expected { return }
        }
    }

    /// A transaction is found under both names from where it stands on, and where only its short id does.
    @Test func bothNamesAndShortIDs() throws {
        let packets = try packets("relay.pcap")
        let txid = try find("437d9eb5b3f19d094c3678cddc75c0a61bd247468d1724493278371fd5805d31", packets)
        #expect(
            txid.places == [
                ["Transaction ID", "Witness transaction ID (its wtxid)"], ["Short id 4 (of its wtxid)"],
            ])
        let wtxid = try find("aba4f8fc25d3e54af4143cb01629062e27346cb8a2e8c6f1d6dc6d6d728ce69c", packets)
        #expect(
            wtxid.places == [
                ["Inventory vector 2 › Data hash"], ["Inventory vector 2 › Data hash"],
                ["Transaction ID (its txid)", "Witness transaction ID"], ["Short id 4 (of this transaction)"],
            ])
    }

    /// What one reading learns of a transaction's wtxid, a second one searches for from the first message on.
    @Test func secondReadingKnowsTheWtxid() throws {
        let packets = try packets("relay.pcap")
        let wtxid = "aba4f8fc25d3e54af4143cb01629062e27346cb8a2e8c6f1d6dc6d6d728ce69c"
        var options = PipelineOptions()
        let others = OtherNames()
        options.otherNames = others
        options.identifier = try Identifier("437d9eb5b3f19d094c3678cddc75c0a61bd247468d1724493278371fd5805d31")
        let (first, second) = (NumberCollector(), NumberCollector())
        try run(packets, options, first)
        #expect(first.places.count == 2 && others.wtxids == [wtxid])
        try run(packets, options, second)
        #expect(second.numbers == (try find(wtxid, packets).numbers) && others.wtxids == [wtxid])
        #expect(second.places.first == ["Inventory vector 2 › Data hash (its wtxid)"])
        // Of a wtxid the announcements are found anyway.
        options.otherNames = OtherNames()
        options.identifier = try Identifier(wtxid)
        try run(packets, options, NumberCollector())
        #expect(options.otherNames?.wtxids == [])
    }

    /// A port belongs to the address before it.
    @Test func addressesWithPorts() throws {
        let packets = try packets("addrv2.pcap")
        let address = try find("123.123.123.4", packets).numbers
        #expect(address.count == 3)
        #expect(try find("123.123.123.4:8337", packets).numbers == address)
        #expect(try find("123.123.123.4:8336", packets).numbers == [])
    }

    @Test func limitCountsWhatIsFound() throws {
        let packets = try packets("addrv2.pcap")
        var options = PipelineOptions()
        options.identifier = try Identifier("123.123.123.4")
        options.recordLimit = 2
        let writer = NumberCollector()
        try run(packets, options, writer)
        #expect(writer.numbers.count == 2)
    }

    /// A payload full of what is looked for is read in linear time: each match within a node is looked at once a level.
    @Test func manyMatches() throws {
        let hash = [UInt8](repeating: 7, count: 32)
        let count = 50_000
        let vector: [UInt8] = [1, 0, 0, 0] + hash
        let vectors = [[UInt8]](repeating: vector, count: count).flatMap(\.self)
        let payload: [UInt8] = [0xfd, UInt8(count & 255), UInt8(count >> 8)] + vectors
        var search = MessageSearch(try Identifier(String(repeating: "07", count: 32)))
        let context = MessageContext(network: .known[0], time: 0)
        let isFound = search.finds(in: Command("inv"), payload.span.bytes, from: 0, context)
        #expect(isFound)
        #expect(search.places.texts.count == 1_000 && search.places.more == count - 1_000)
        #expect(search.places.texts.last?.string == "Inventory vector 999 › Data hash")
        let isFoundElsewhere = search.finds(in: Command("what"), payload.span.bytes, from: 0, context)
        #expect(isFoundElsewhere)
        #expect(search.places.texts.first?.string == "Byte 7 of the payload")
    }

    /// Any number of witnesses makes no more than some names.
    @Test func manyNames() throws {
        let body: [UInt8] =
            [1] + [UInt8](repeating: 3, count: 32) + [0, 0, 0, 0, 0, 255, 255, 255, 255] + [1]
            + [5, 0, 0, 0, 0, 0, 0, 0, 1, 0x51]
        let bare: [UInt8] = [2, 0, 0, 0] + body + [0, 0, 0, 0]
        let txid = DoubleSHA256.hash(bare.span.bytes)
        var text = TextBuffer()
        text.append(reversedHexadecimal: txid.bytes)
        var search = MessageSearch(try Identifier(text.string))
        let context = MessageContext(network: .known[0], time: 0)
        for witness in 0..<100 {
            let bytes: [UInt8] = [2, 0, 0, 0, 0, 1] + body + [1, 1, UInt8(witness)] + [0, 0, 0, 0]
            let isFound = search.finds(in: Command("tx"), bytes.span.bytes, from: 0, context)
            #expect(isFound)
            let wtxid = DoubleSHA256.hash(bytes.span.bytes)
            let inventory: [UInt8] = [1, 5, 0, 0, 0x40] + wtxid.bytes.withUnsafeBytes { Array($0) }
            let isFoundAgain = search.finds(in: Command("inv"), inventory.span.bytes, from: 0, context)
            #expect(isFoundAgain == (witness < 7), "\(witness)")
        }
    }
}
