import BitcoinP2P
import Fields
import Foundation
import Testing

/// Transactions that nodes sent each other, and large ones.
@Suite struct RecordedTransactionTests {
    /// The payloads of `captures/message-capture`, as Core's `-capturemessages` wrote them.
    private static func recorded(_ commands: Set<String>) throws -> [(command: String, payload: [UInt8])] {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        folder.appendPathComponent("captures/message-capture/node-a")
        var found: [(String, [UInt8])] = []
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == "dat" {
            var left = Array(try Data(contentsOf: file))[...]
            while left.count >= 24 {
                let header = Array(left.prefix(24))
                let command = String(decoding: header[8..<20].prefix { $0 != 0 }, as: UTF8.self)
                let length = header[20...].reversed().reduce(0) { $0 << 8 | Int($1) }
                left = left.dropFirst(24)
                if commands.contains(command) { found.append((command, Array(left.prefix(length)))) }
                left = left.dropFirst(length)
            }
        }
        return found
    }

    @Test func `every common type of output and input, and nothing wrong with any`() throws {
        var outputs: Set<String> = []
        var inputs: Set<String> = []
        let messages = try Self.recorded(["tx", "block", "blocktxn", "cmpctblock"])
        #expect(messages.filter { $0.command == "tx" }.count == 8)
        var heights: Set<Int> = []
        for (command, payload) in messages {
            let dissected = Dissected(command, payload, magic: Magic.regtest)
            #expect(dissected.annotations.isEmpty, "\(command)")
            #expect(dissected.tilingProblem() == nil && dissected.structureProblem() == nil)
            outputs.formUnion(dissected["bitcoin.tx.out.type"])
            inputs.formUnion(dissected["bitcoin.tx.in.type"])
            heights.formUnion(dissected["bitcoin.tx.coinbase.height"].compactMap { Int($0) })
            #expect(
                dissected["bitcoin.tx.out.address"].allSatisfy { $0.hasPrefix("bcrt1") || "mn2".contains($0.prefix(1)) }
            )
        }
        #expect(heights.isSuperset(of: 1...110))
        #expect(
            outputs == [
                "nulldata", "pubkeyhash", "scripthash", "witness_v0_keyhash", "witness_v0_scripthash",
                "witness_v1_taproot",
            ])
        #expect(inputs == ["P2WSH", "coinbase"])
    }

    @Test(
        .enabled(if: Files.hasVectors, "needs the shared reference files"),
        arguments: [
            ("mainnet_413567.raw", 413_567), ("mainnet_574200_segwit.raw", 574_200),
            ("mainnet_702861_segwit.raw", 702_861),
        ])
    func `no input or output of a mainnet block is unknown`(_ file: String, _ height: Int) throws {
        let dissected = Dissected("block", Array(try Files.vector("blocks/\(file)")))
        #expect(dissected["bitcoin.tx.coinbase.height"] == ["\(height)"])
        #expect(!dissected["bitcoin.tx.in.type"].contains("unknown"))
        #expect(dissected["bitcoin.tx.in.type"].filter { $0 == "coinbase" }.count == 1)
        let types = dissected["bitcoin.tx.out.type"]
        #expect(types.filter { $0 == "nonstandard" }.isEmpty)
        #expect(
            dissected["bitcoin.tx.out.address"].count == types.filter { !["nulldata", "pubkey"].contains($0) }.count)
        // What has bytes stands within the bytes of what it explains: structureProblem says so of every node.
        #expect(dissected.structureProblem() == nil)
    }

    @Test func `a hundred thousand inputs with witness, and as many outputs`() {
        var transaction = TransactionBuilder()
        let input = TransactionBuilder.Input(witness: [InputTypeTests.signature, InputTypeTests.key])
        transaction.inputs = Array(repeating: input, count: 100_000)
        transaction.outputs = Array(repeating: TransactionBuilder.Output(script: [0x51]), count: 100_000)
        let bytes = transaction.bytes
        let dissected = Dissected("tx", bytes)
        // Lists end where the tree is full; what they have is explained.
        #expect(dissected.nodes.count < 2_100_000)
        let allowed: Set<String> = ["bitcoin.tree.full", "bitcoin.message.ends_early", "bitcoin.trailing.ignored"]
        #expect(Set(dissected.annotations.map(\.remark.name)).isSubset(of: allowed))
        #expect(dissected["bitcoin.tx.in.type"].allSatisfy { $0 == "P2WPKH" })
        #expect(dissected.annotations.contains { $0.remark.name == "bitcoin.tree.full" })
    }

    @Test func `a witness that is cut off`() {
        let whole = TransactionBuilder(
            inputs: [TransactionBuilder.Input(witness: [InputTypeTests.signature, InputTypeTests.key])])
        let bytes = whole.bytes
        for length in 0..<bytes.count {
            let dissected = Dissected("tx", Array(bytes[..<length]))
            #expect(dissected.outcome == .truncated && dissected.structureProblem() == nil)
            let isThere = length >= bytes.count - 4
            #expect(dissected["bitcoin.tx.in.type"].allSatisfy { $0 == (isThere ? "P2WPKH" : "unknown") })
        }
    }
}
