import BitcoinP2P
import Fields
import Support
import Testing

/// What a layout reads it also builds: decode, values, build gives the same bytes.
@Suite struct BuildTests {
    private static let network = Network(magic: 0xf9be_b4d9)

    /// The values that a payload's tree has on the wire.
    private static func values(
        _ type: MessageType, _ payload: [UInt8], keepsWire: Bool, leavingOut: FieldSet = FieldSet()
    ) -> BuildValues {
        var sink = TreeSink(wantsInfo: false)
        let message = payload.span.bytes
        type.dissect(message, from: 0, MessageContext(network: network, time: 0), into: &sink)
        var values = BuildValues()
        values.add(
            sink.tree, 0..<sink.tree.nodes.count, of: message, keepsWire: keepsWire, leavingOut: leavingOut)
        return values
    }

    /// What differs where the payload is built again; nil where nothing does.
    private static func difference(
        _ type: MessageType, _ payload: [UInt8], keepsWire: Bool, leavingOut: FieldSet = FieldSet()
    ) -> String? {
        let values = values(type, payload, keepsWire: keepsWire, leavingOut: leavingOut)
        do throws(BuildError) {
            let built = try MessageBuilder(network: network).build(type, values)
            if Array(built.payload) == payload { return nil }
            return "\(built.payload.count) bytes instead of \(payload.count): \(Array(built.payload).hex)"
        } catch {
            return error.description
        }
    }

    @Test(arguments: Sample.all)
    func `a sample is built again of its bytes`(_ sample: Sample) throws {
        let type = try #require(MessageType.named(sample.command))
        #expect(Self.difference(type, sample.bytes, keepsWire: true) == nil)
    }

    /// A message may end anywhere.
    @Test(arguments: Sample.all)
    func `the beginning of a sample is built again of its bytes`(_ sample: Sample) throws {
        let type = try #require(MessageType.named(sample.command))
        // The length of what is signed stands before the part that the message ends in.
        if sample.command == "alert" { return }
        for length in 0..<min(sample.bytes.count, 600) {
            let problem = Self.difference(type, Array(sample.bytes[..<length]), keepsWire: true)
            #expect(problem == nil, "\(length) bytes")
            if problem != nil { return }
        }
    }

    @Test(arguments: Sample.all)
    func `a sample is built again of its values`(_ sample: Sample) throws {
        let type = try #require(MessageType.named(sample.command))
        #expect(Self.difference(type, sample.bytes, keepsWire: false) == nil)
    }

    /// CompactSizes that count nothing in their message.
    private static let numbers: Set<String> = [
        "bitcoin.fraud.tx_depth", "bitcoin.fraud.stripped.depth", "bitcoin.fraud.full.depth",
        "bitcoin.fraud.stripped.tx_size", "bitcoin.fraud.full.tx_size", "bitcoin.cmpctblock.prefilledtxn.index",
        "bitcoin.template.prefilledtxn.index", "bitcoin.getblocktxn.indexes", "bitcoin.uproof.targets",
        "bitcoin.utreexotx.targets", "bitcoin.uroot.numleaves", "bitcoin.uroot.target", "bitcoin.usummary.num_adds",
        "bitcoin.usummary.targets",
        // Whether it is there is given by its being there.
        "bitcoin.utxotree.num_chunks",
    ]

    @Test(arguments: Sample.all)
    func `counts and lengths follow from the rest`(_ sample: Sample) throws {
        let type = try #require(MessageType.named(sample.command))
        var counts = FieldSet()
        for (id, declaration) in Catalog.declarations.enumerated() where declaration.kind == .count {
            guard let field = Catalog.field(named: declaration.name), Int(field.id) == id else { continue }
            if !Self.numbers.contains(declaration.name) { counts.insert(field) }
        }
        #expect(Self.difference(type, sample.bytes, keepsWire: false, leavingOut: counts) == nil)
    }

    @Test func `no field is both on the wire and computed`() throws {
        var wire: Set<Field> = []
        var computed: Set<Field> = []
        for sample in Sample.all {
            let type = try #require(MessageType.named(sample.command))
            for length in Set([sample.bytes.count, sample.bytes.count - 1, 85, 46]) where length <= sample.bytes.count {
                let bytes = Array(sample.bytes[..<max(0, length)])
                for node in Dissected(type, bytes).nodes {
                    if node.flags.contains(.generated) {
                        computed.insert(node.field)
                    } else if !node.flags.contains(.partOfParent) {
                        wire.insert(node.field)
                    }
                }
            }
        }
        #expect(wire.intersection(computed).map(\.declaration.name).sorted() == [])
    }

    /// 100,000 payloads made from the samples by a few changes each, or as many as `BTCSHARK_BUILD_ROUNDS` says.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `a changed payload is built again of its bytes`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<25_000 {
            guard let sample = Sample.all.randomElement(using: &random) else { return }
            let payload = mutated(sample.bytes, &random)
            guard let type = MessageType.named(sample.command) else { return }
            // The length of what is signed is given before the part that the message ends in.
            if sample.command == "alert" { continue }
            guard let problem = Self.difference(type, payload, keepsWire: true) else { continue }
            Issue.record("seed \(seed) round \(round) \(sample.command) \(payload.hex): \(problem)")
            return
        }
    }
}
