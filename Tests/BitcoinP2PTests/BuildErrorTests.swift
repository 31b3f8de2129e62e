import BitcoinP2P
import Fields
import Support
import Testing

/// What is wrong with values is said: which field, what was given, what was needed; all of it at once.
@Suite struct BuildErrorTests {
    /// What is complained of, a line each; empty where a message was built.
    private static func complaints(
        _ command: String, fill: BuildFill = .nothing, _ tell: (inout BuildValues) -> Void
    ) -> [String] {
        guard let type = MessageType.named(command) else { return ["no type \(command)"] }
        var values = BuildValues()
        tell(&values)
        do throws(BuildError) {
            _ = try MessageBuilder(network: .mainnet, fill: fill).build(type, values)
            return []
        } catch {
            return error.description.split(separator: "\n").map(String.init)
        }
    }

    private static func item(_ values: inout BuildValues, type: String?, hash: [UInt8]?) {
        values.group(.written("item")) { item in
            if let type { item.add(.written("type"), text: type.utf8) }
            if let hash { item.add(.written("hash"), bytes: hash) }
        }
    }

    @Test func lengths() {
        let complaints = Self.complaints("inv") { values in
            Self.item(&values, type: "MSG_TX", hash: [UInt8](repeating: 1, count: 32))
            Self.item(&values, type: "1", hash: [UInt8](repeating: 1, count: 31))
            Self.item(&values, type: "4294967296", hash: [UInt8](repeating: 1, count: 33))
        }
        #expect(
            complaints == [
                "bitcoin.inv.hash at item[1]: 31 bytes, 32 needed",
                "bitcoin.inv.type at item[2]: 4294967296 does not fit 4 bytes: 0 to 4294967295",
                "bitcoin.inv.hash at item[2]: 33 bytes, 32 needed",
            ])
    }

    @Test func counts() {
        let complaints = Self.complaints("inv") { values in
            values.add(.written("count"), number: 5)
            for _ in 0..<3 { Self.item(&values, type: "1", hash: [UInt8](repeating: 1, count: 32)) }
        }
        #expect(complaints == ["bitcoin.inv.count: it says 5, 3 are given"])
        let few = Self.complaints("inv") { values in
            values.add(.written("count"), number: 1)
            for _ in 0..<3 { Self.item(&values, type: "1", hash: [UInt8](repeating: 1, count: 32)) }
        }
        #expect(few == ["bitcoin.inv.count: it says 1, 3 are given"])
    }

    @Test func allThatIsMissing() {
        let complaints = Self.complaints("addrv2") { values in
            values.group(.written("item")) { $0.add(.written("port"), number: 1) }
            values.group(.written("item")) { $0.add(.written("network"), text: "IPV4".utf8) }
        }
        #expect(
            complaints == [
                "missing: bitcoin.addrv2.timestamp at item[0], bitcoin.addrv2.services at item[0], "
                    + "bitcoin.addrv2.network at item[0], bitcoin.addrv2.port at item[1]"
            ])
    }

    @Test func namesThatNobodyTook() {
        #expect(
            Self.complaints("ping") { values in
                values.add(.written("nonce"), number: 1)
                values.add(.written("nonse"), number: 2)
            } == ["nonse: nothing in this message is called so. Did you mean nonce?"])
        // Twice is once too often.
        #expect(
            Self.complaints("ping") { values in
                for number in 1...2 as ClosedRange<UInt64> { values.add(.written("nonce"), number: number) }
            } == ["nonce: given 2 times, which is more often than the message has it"])
    }

    @Test func whatFollowsMustAgree() throws {
        let sample = try #require(Sample.of("tx").first)
        let type = try #require(MessageType.named("tx"))
        var sink = TreeSink(wantsInfo: false)
        let context = MessageContext(network: .mainnet, time: 0)
        type.dissect(sample.span.bytes, from: 0, context, into: &sink)
        var values = BuildValues()
        values.add(sink.tree, 0..<sink.tree.nodes.count, of: sample.span.bytes)
        let txid = Dissected("tx", sample)["bitcoin.tx.txid"].first ?? ""
        var right = values
        right.add(.written("txid"), text: txid.utf8)
        let built = try MessageBuilder(network: .mainnet).build(type, right)
        #expect(Array(built.payload) == sample)
        var wrong = values
        let other = String(repeating: "ab", count: 32)
        wrong.add(.written("txid"), text: other.utf8)
        do throws(BuildError) {
            _ = try MessageBuilder(network: .mainnet).build(type, wrong)
            Issue.record("a wrong txid was taken")
        } catch {
            #expect(error.description == "txid: \(other) was given, but the message built has \(txid)")
        }
        var builder = MessageBuilder(network: .mainnet)
        builder.updates = true
        #expect(try builder.build(type, wrong).outdated.count == 1)
    }

    /// A message that who reads it takes for another one is not built without a word.
    @Test func whatIsReadOtherwise() {
        // Of a transaction without inputs the count of the outputs is read as the flag of a witness.
        let complaints = Self.complaints("tx") { values in
            values.add(.written("version"), number: 1)
            values.group(.written("out")) { output in
                output.add(.written("value"), number: 1)
                output.add(.written("script"), text: "51".utf8)
            }
            values.add(.written("lock_time"), number: 0)
        }
        #expect(complaints.count == 1)
        #expect(complaints.first?.contains("a reader finds there") == true, "\(complaints)")
    }

    @Test(arguments: MessageTypes.standard.types.filter { !$0.isPrefix }.map(\.command.name))
    func everyTypeOfZeros(_ name: String) throws {
        let type = try #require(MessageType.named(name))
        let built = try MessageBuilder(network: .mainnet, fill: .zero).build(type, BuildValues())
        let dissected = Dissected(type, Array(built.payload))
        #expect(dissected.outcome == .complete)
        // A version of 0 is obsolete, also of reconciliation, and no hash is below a target of 0.
        let zero: Set<String> = [
            "bitcoin.version.obsolete", "bitcoin.version.fields_disagree", "bitcoin.target.invalid",
            "bitcoin.merkleblock.tree.wrong", "bitcoin.sendtxrcncl.version.too_low",
        ]
        #expect(Set(dissected.annotations.map(\.remark.name)).subtracting(zero) == [])
    }
}
