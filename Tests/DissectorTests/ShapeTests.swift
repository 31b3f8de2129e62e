import BitcoinP2P
import Capture
import Dissector
import Fields
import Foundation
import Records
import Support
import Testing

@testable import Output

/// The shape of a key in `-T ndjson`, a value or an array, follows from its field, and never from how many there are.
@Suite struct ShapeTests {
    /// Looks for fields that occur several times in an object without having said so.
    private final class Repetitions: RecordSink {
        let wants = Wants(.tree)
        private let declarations: [FieldDeclaration]
        /// The object and the field, once each.
        private(set) var unsaid: Set<String> = []
        /// Of the fields that say that they repeat, those that stood alone, and those of which there were several.
        private(set) var alone: Set<String> = []
        private(set) var several: Set<String> = []

        init() {
            Pipeline.declareFields()
            declarations = Catalog.declarations
        }

        func begin() {}
        func end() {}
        func write(_ record: borrowing Record, _: RawSpan) {
            look(0..<record.tree.nodes.count, "", record.tree)
        }

        /// - Parameter range: The nodes of one object.
        private func look(_ range: Range<Int>, _ place: String, _ tree: borrowing Tree) {
            var counts: [UInt16: (count: Int, isSaid: Bool)] = [:]
            var index = range.lowerBound
            while index < range.upperBound {
                let node = tree.nodes[index]
                let declaration = declarations[Int(node.fieldID)]
                let isSaid = declaration.repeats || !node.flags.isDisjoint(with: [.listEntry, .listed])
                let before = counts[node.fieldID]
                if let before, !before.isSaid { unsaid.insert("\(place)/\(declaration.name)") }
                counts[node.fieldID] = ((before?.count ?? 0) + 1, before?.isSaid ?? isSaid)
                if declaration.kind == .group || declaration.kind == .layer {
                    look(index + 1..<Int(node.end), declaration.name, tree)
                    index = Int(node.end)
                } else {
                    index += 1
                }
            }
            for (field, found) in counts where declarations[Int(field)].repeats {
                if found.count == 1 { alone.insert(declarations[Int(field)].name) }
                if found.count > 1 { several.insert(declarations[Int(field)].name) }
            }
        }
    }

    /// The shapes of all keys that were seen, by the keys that lead there.
    private struct Shapes {
        private(set) var isArray: [String: Bool] = [:]
        private(set) var changing: Set<String> = []

        mutating func add(_ text: some StringProtocol) throws {
            try add(JSONReader.read(Substring(text)), "")
        }

        private mutating func add(_ json: DissectorTests.JSON, _ place: String) {
            for member in json.members {
                let key = place + "/" + member.key
                let isArray = if case .array = member.value { true } else { false }
                if self.isArray.updateValue(isArray, forKey: key) ?? isArray != isArray { changing.insert(key) }
                for element in member.value.elements { add(element, key) }
            }
        }
    }

    private static let network = Network(magic: 0xf9be_b4d9)

    private static func paste(_ messages: [(command: String, payload: [UInt8])], into sink: any RecordSink) {
        var pasted = PastedMessages(writer: sink)
        for message in messages {
            guard let command = Command(name: message.command) else { continue }
            pasted.dissect(payload: message.payload.span.bytes, as: command, network: network)
        }
    }

    private static func samples() throws -> [(command: String, payload: [UInt8])] {
        try Sample.all().map { ($0.command, $0.bytes) }
    }

    /// What `body` writes, as ndjson.
    private static func written(_ body: (any RecordSink) throws -> Void) throws -> String {
        Pipeline.declareFields()
        let file = try #require(tmpfile())
        defer { fclose(file) }
        let writer = NDJSONWriter(ByteOutput(descriptor: fileno(file)))
        writer.begin()
        try body(writer)
        writer.end()
        var bytes = [UInt8](repeating: 0, count: Int(lseek(fileno(file), 0, SEEK_END)))
        #expect(pread(fileno(file), &bytes, bytes.count, 0) == bytes.count)
        return try #require(String(validating: bytes, as: UTF8.self))
    }

    private static func read(_ name: String, into sink: any RecordSink) throws {
        var pipeline = Pipeline(PipelineOptions(), writer: sink)
        var files = CaptureFiles(paths: [folder("captures/\(name)")])
        var failure: (any Error)?
        while try files.next({ header, bytes in
            do { try pipeline.receive(header, bytes) } catch { failure = error }
        }) {}
        pipeline.finish()
        if let failure { throw failure }
    }

    private static let captures = [
        "handshake.pcap", "handshake.pcapng", "relay.pcap", "relay-ipv6.pcap", "bloom-filter.pcap", "addrv2.pcap",
        "block-filters.pcap", "txreconciliation.pcap", "relay-v2-encrypted.pcap",
    ]

    // MARK: Tests

    /// Of samples, of messages that samples became by changes, of messages made for this, and of captures.
    @Test func whatRepeatsSaysSo() throws {
        let repetitions = Repetitions()
        let samples = try Self.samples()
        Self.paste(samples, into: repetitions)
        Self.paste(Self.made, into: repetitions)
        var random = SeededGenerator(seed: 19)
        let short = samples.filter { $0.payload.count < 20_000 }
        for _ in 0..<40 {
            Self.paste(short.map { ($0.command, mutated($0.payload, &random)) }, into: repetitions)
            Self.paste(Self.made.map { ($0.command, mutated($0.payload, &random)) }, into: repetitions)
        }
        for name in Self.captures { try Self.read(name, into: repetitions) }
        #expect(repetitions.unsaid.sorted() == [])
        // Each field of a message that says it repeats was seen both ways, or this would prove nothing of it.
        let ofMessages = MessageTypes.standard.types.reduce(into: Set<String>()) { $0.formUnion($1.fields.names) }
        let saying = ofMessages.filter { Catalog.field(named: $0)?.declaration.repeats == true }
        #expect(saying.count > 15)
        #expect(saying.subtracting(repetitions.alone).sorted() == [], "never alone")
        #expect(saying.subtracting(repetitions.several).sorted() == [], "never several")
        #expect(repetitions.alone.contains("bitcoin.frame") && repetitions.several.contains("bitcoin.frame"))
    }

    @Test func noKeyChangesItsShape() throws {
        var shapes = Shapes()
        let text = try Self.written { sink in
            Self.paste(try Self.samples(), into: sink)
            Self.paste(Self.made, into: sink)
            for name in Self.captures { try Self.read(name, into: sink) }
        }
        for line in text.split(separator: "\n") { try shapes.add(line) }
        #expect(shapes.changing.sorted() == [])
        #expect(shapes.isArray.values.count { $0 } > 50)
        for declaration in Catalog.declarations where declaration.repeats {
            let bare = shapes.isArray.filter { !$0.value && $0.key.hasSuffix("/" + declaration.name) }
            #expect(bare.isEmpty, "\(declaration.name)")
        }
    }

    /// Each sample with one entry in each of its lists, and with twice as many, has the shapes that it has itself.
    @Test(arguments: [true, false])
    func shapesAreThoseOfOneEntry(_ isOne: Bool) throws {
        let text = Array(try Self.written { Self.paste(try Self.samples(), into: $0) }.utf8)
        var pieces = [text[...]]
        var stream = JSONStream { pieces.popLast() ?? [] }
        var shapes = Shapes()
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") { try shapes.add(line) }
        var changed: [(command: String, payload: [UInt8])] = []
        var refused: [String] = []
        while let json = try stream.next() {
            let other = Self.changed(json) { isOne ? Array($0.prefix(1)) : $0 + $0 }
            guard other != json, let written = try? WrittenMessage(other, as: nil) else { continue }
            var builder = MessageBuilder(network: Self.network)
            // What follows from the entries, such as their number, is made again.
            builder.updates = true
            builder.checks = false
            guard let built = try? builder.build(written.type, written.values, command: written.command) else {
                refused.append(written.command.name)
                continue
            }
            changed.append((written.command.name, Array(built.bytes.dropFirst(24))))
        }
        // Some lists have a fixed number of entries, or entries that others count.
        #expect(changed.count > 20 && refused.count < changed.count / 2, "\(changed.count) built, not \(refused)")
        for line in try Self.written({ Self.paste(changed, into: $0) }).split(separator: "\n") { try shapes.add(line) }
        #expect(shapes.changing.sorted() == [])
    }

    private static func changed(
        _ json: Output.JSON, _ change: ([Output.JSON]) -> [Output.JSON]
    ) -> Output.JSON {
        switch json {
        case .array(let elements): .array(change(elements).map { changed($0, change) })
        case .object(let members):
            .object(members.map { .init(key: $0.key, value: changed($0.value, change)) })
        default: json
        }
    }

    // MARK: Made messages

    /// One and two of whatever repeats in transactions and proofs.
    private static let made: [(command: String, payload: [UInt8])] =
        [
            spending([push(signature)]), spending([push(signature) + push(key)]),
            spending([push(signature) + push(signature) + push(key) + push(key)]),
            spending([[]], witness: [signature, key]), spending([[]], witness: [signature, twoKeys]),
            spending([[]], witness: [tapscript(1), control(1)]),
            spending([[], []], witness: [signature, tapscript(2), control(2)]),
            paying([0x6a] + push(text)), paying([0x6a] + push(text) + push(text)),
            paying(push(key) + [0xac]), paying(twoKeys),
            coinbase(push(text)), coinbase(push(text) + [0] + push(text)),
        ].map { ("tx", $0) } + [
            ("merkleblock", proving(1)), ("merkleblock", proving(2)),
            ("utreexotx", [0, 0] + spending([[]])),
        ]

    private static let signature: [UInt8] =
        [0x30, 0x44, 0x02, 0x20] + filler(32, from: 1) + [0x02, 0x20] + filler(32, from: 40) + [0x01]
    private static let key: [UInt8] = [0x02] + filler(32)
    private static let text = Array("some text".utf8)
    private static let twoKeys: [UInt8] = [0x51] + push(key) + push(key) + [0x52, 0xae]

    private static func push(_ data: [UInt8]) -> [UInt8] { [UInt8(data.count)] + data }

    private static func control(_ nodes: Int) -> [UInt8] { [0xc0] + filler(32) + filler(32 * nodes, from: 7) }

    /// As many inscriptions, each with as many tags of a kind.
    private static func tapscript(_ count: Int) -> [UInt8] {
        let tags = [3, 5, 13].flatMap { tag in (0..<count).flatMap { _ in push([tag]) + push(filler(32)) } }
        let envelope = [0x00, 0x63] + push(Array("ord".utf8)) + tags + [0x00] + push(text) + [0x68]
        return (0..<count).flatMap { _ in envelope } + [0x51]
    }

    private static func transaction(
        _ inputs: [(outpoint: [UInt8], script: [UInt8])], _ outputs: [[UInt8]], _ witness: [[UInt8]]
    ) -> [UInt8] {
        var bytes: [UInt8] = [2, 0, 0, 0] + (witness.isEmpty ? [] : [0, 1]) + compactSize(inputs.count)
        for input in inputs {
            bytes += input.outpoint + compactSize(input.script.count) + input.script + [0xff, 0xff, 0xff, 0xff]
        }
        bytes += compactSize(outputs.count)
        for script in outputs { bytes += littleEndian(1000 as Int64) + compactSize(script.count) + script }
        if !witness.isEmpty {
            for _ in inputs {
                bytes += compactSize(witness.count)
                for item in witness { bytes += compactSize(item.count) + item }
            }
        }
        return bytes + [0, 0, 0, 0]
    }

    private static func spending(_ scripts: [[UInt8]], witness: [[UInt8]] = []) -> [UInt8] {
        transaction(scripts.map { (filler(32) + [1, 0, 0, 0], $0) }, [[0x51]], witness)
    }

    private static func paying(_ script: [UInt8]) -> [UInt8] {
        transaction([(filler(32) + [1, 0, 0, 0], [])], [script], [])
    }

    private static func coinbase(_ script: [UInt8]) -> [UInt8] {
        transaction([([UInt8](repeating: 0, count: 32) + [0xff, 0xff, 0xff, 0xff], script)], [[0x51]], [])
    }

    /// A block of as many transactions, all of which match.
    private static func proving(_ count: Int) -> [UInt8] {
        let hashes = (0..<count).flatMap { filler(32, from: $0 + 1) }
        return filler(80) + littleEndian(UInt32(count)) + compactSize(count) + hashes
            + compactSize(1) + [count == 1 ? 1 : 7]
    }
}
