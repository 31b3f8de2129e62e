import BitcoinP2P
import Fields
import Support
import Testing

/// What holds for every type of message, over every sample there is of it.
@Suite struct SampleTests {
    @Test(arguments: MessageTypes.standard.types.map(\.name))
    func `every registered type has a sample`(_ name: String) {
        #expect(Sample.all.contains { MessageType.named($0.command)?.name == name })
    }

    @Test(arguments: Sample.all)
    func `every sample is what it says, and of a registered type`(_ sample: Sample) {
        #expect(MessageType.named(sample.command) != nil)
        #expect(sample.length == sample.bytes.count)
        var checksum = TextBuffer()
        checksum.append(hexadecimal: UInt64(DoubleSHA256.hash(sample.bytes.span.bytes).checksum), digits: 8)
        #expect(sample.checksum == checksum.string)
    }

    @Test(arguments: Sample.all)
    func `samples are read to the last byte`(_ sample: Sample) {
        let dissected = Dissected(sample.command, sample.bytes)
        #expect(dissected.outcome == .complete)
        #expect(dissected["bitcoin.trailing"].isEmpty)
        // Where a specification leaves bytes open it is said, and nothing else.
        #expect(dissected.annotations.allSatisfy { $0.remark.name == "bitcoin.layout.unsettled" })
        #expect(dissected.structureProblem() == nil)
        #expect(dissected.tilingProblem() == nil)
    }

    @Test(arguments: Sample.all)
    func `every prefix gives a sound tree that is flagged`(_ sample: Sample) throws {
        let type = try #require(MessageType.named(sample.command))
        let bytes = sample.bytes
        let whole = Self.legalEnds(type, sample)
        for length in 0..<bytes.count {
            let prefix = Array(bytes[..<length])
            let dissected = Dissected(type, prefix)
            #expect(dissected.outcome == (whole.contains(length) ? .complete : .truncated), "prefix of \(length)")
            #expect(dissected.isCutCleanly)
            #expect(dissected.structureProblem() == nil, "prefix of \(length)")
            #expect(dissected.tilingProblem() == nil, "prefix of \(length)")
            let skimmed = Dissected.skim(type, prefix)
            #expect(skimmed.outcome == dissected.outcome, "prefix of \(length)")
            #expect(skimmed.info == dissected.info, "prefix of \(length)")
            #expect(skimmed.isMalformed == dissected.isMalformed, "prefix of \(length)")
        }
    }

    @Test(arguments: Sample.all)
    func `bytes after the last field are shown as such`(_ sample: Sample) {
        let dissected = Dissected(sample.command, sample.bytes + [1, 2, 3])
        let before = Dissected(sample.command, sample.bytes)
        // Where an optional field is missing, as in an old ping, these bytes are part of it.
        if let field = Self.optionalFields[sample.command], before.onWire(field) == nil {
            #expect(dissected.onWire(field) == sample.bytes.count)
            return
        }
        #expect(dissected.outcome == .complete)
        if before.indexes("bitcoin.trailing").isEmpty, let last = Self.openField(sample), dissected.onWire(last) != nil
        {
            #expect(dissected[last].first?.hasSuffix("010203") == true)
            #expect(dissected.tilingProblem() == nil)
            return
        }
        #expect(dissected["bitcoin.trailing"] == ["010203"])
        #expect(dissected.annotations("bitcoin.trailing") == ["bitcoin.trailing.ignored"])
        #expect(dissected.tilingProblem() == nil)
    }

    @Test(arguments: Sample.all)
    func `skimming gives the same outcome and summary line`(_ sample: Sample) throws {
        let type = try #require(MessageType.named(sample.command))
        for hashed in [true, false] {
            let dissected = Dissected(type, sample.bytes, hashed: hashed)
            let skimmed = Dissected.skim(type, sample.bytes, hashed: hashed)
            #expect(skimmed.outcome == dissected.outcome)
            #expect(skimmed.info == dissected.info)
            #expect(skimmed.info.isEmpty || skimmed.info.hasPrefix(" "))
        }
    }

    /// A pick of any of its fields has the nodes that the tree has of it, with the same bytes and values.
    @Test(arguments: Sample.all)
    func `picking gives the nodes of the tree`(_ sample: Sample) throws {
        let type = try #require(MessageType.named(sample.command))
        let dissected = Dissected(type, sample.bytes)
        let names = Catalog.declarations
        var problem: String?
        for field in Set(dissected.nodes.map(\.field)) {
            if !type.fields.contains(field) { problem = "\(names[Int(field.id)].name) is none of the type's fields" }
            let whole = dissected.values(of: field)
            let picked = dissected.picked(type, field)
            if whole != picked { problem = "\(names[Int(field.id)].name): \(whole) in the tree, \(picked) picked" }
        }
        let none = Dissected.pick(type, sample.bytes, wanted: FieldSet())
        if none.info != dissected.info || none.outcome != dissected.outcome || none.isMalformed != dissected.isMalformed
        {
            problem = "picking nothing gives another summary or outcome"
        }
        #expect(problem == nil)
    }

    @Test func `a sink that wants no summary line gets none`() throws {
        for sample in Sample.all {
            let type = try #require(MessageType.named(sample.command))
            let context = MessageContext(network: Network(magic: 0xf9be_b4d9), time: 0)
            var skim = SkimSink(wantsInfo: false)
            type.skim(sample.bytes.span.bytes, from: 0, context, into: &skim)
            var tree = TreeSink(wantsInfo: false)
            type.dissect(sample.bytes.span.bytes, from: 0, context, into: &tree)
            let lengths = (skim.info.count, tree.info.count)
            #expect(lengths == (0, 0), "\(sample)")
        }
    }

    /// 100,000 payloads made from the samples by a few changes each.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `no change of bytes breaks the tree`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let types = MessageTypes.standard.types
        for round in 0..<25_000 {
            guard let sample = Sample.all.randomElement(using: &random) else { return }
            let bytes = mutated(sample.bytes, &random)
            // Now and then as another type than it was made for.
            let type =
                Int.random(in: 0..<8, using: &random) == 0
                ? types.randomElement(using: &random) : MessageType.named(sample.command)
            guard let type else { return }
            let dissected = Dissected(type, bytes, hashed: false)
            let skimmed = Dissected.skim(type, bytes, hashed: false)
            let problem = dissected.structureProblem() ?? dissected.tilingProblem()
            if problem != nil || skimmed.outcome != dissected.outcome || skimmed.info != dissected.info
                || skimmed.isMalformed != dissected.isMalformed
            {
                Issue.record("seed \(seed) round \(round) \(type.command.name) \(bytes.hex): \(problem ?? "skim")")
                return
            }
        }
    }

    /// Fields that may be missing at a payload's end.
    private static let optionalFields = [
        "ping": "bitcoin.ping.nonce", "version": "bitcoin.version.relay", "reject": "bitcoin.reject.data",
        "reply": "bitcoin.reply.script.length", "fraud": "bitcoin.fraud.hash",
    ]

    /// The last field of a payload where it takes all the bytes there are.
    private static func openField(_ sample: Sample) -> String? {
        switch sample.command {
        case "review": "bitcoin.review.object"
        case "publish": "bitcoin.publish.object"
        case "solution": "bitcoin.solution.solution"
        case "fraud": "bitcoin.fraud.proof"
        case "utxoset": "bitcoin.utxoset.data"
        case _ where sample.command.hasPrefix("_"): "bitcoin.service.subpayload"
        default: MessageType.named(sample.command)?.standing == .foreign ? "bitcoin.foreign.data" : nil
        }
    }

    /// Lengths at which a shorter message of the type legally ends.
    private static func legalEnds(_ type: MessageType, _ sample: Sample) -> Set<Int> {
        let bytes = sample.bytes
        let dissected = Dissected(type, bytes)
        var ends: Set<Int> = []
        if let field = optionalFields[sample.command], let start = dissected.onWire(field) { ends.insert(start) }
        if let field = openField(sample), let start = dissected.onWire(field) { ends.formUnion(start...bytes.count) }
        switch sample.command {
        // The header alone, from the first client.
        case "block": ends.insert(80)
        // Entries without time, from peers before version 31402: here one entry.
        case "addr": ends.insert(1 + 26)
        // After addr_recv, after nonce, after the user agent, after the height: older versions end there.
        case "version": ends.formUnion([46, 80, 81 + Int(bytes[80]), 85 + Int(bytes[80])])
        // Without the count that old drafts have: the number of bytes tells.
        case "utxotree": if dissected.onWire("bitcoin.utxotree.num_chunks") != nil { ends.insert(bytes.count - 1) }
        // What is no wallet transaction of the layout we know is shown as bytes.
        case "checkorder", "submitorder": ends.formUnion(32...bytes.count)
        default: break
        }
        return ends
    }
}
