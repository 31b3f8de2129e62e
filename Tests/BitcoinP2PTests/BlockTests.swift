import BitcoinP2P
import Fields
import Foundation
import Support
import Testing

/// `block` and `headers`.
@Suite struct BlockTests {
    private struct Genesis: Decodable {
        let header: String
        let hash: String
        let merkle_root: String
        let time: Int
        let bits: String
        let nonce: Int
        let block: String
    }

    @Test func `genesis blocks`() throws {
        let blocks = try JSONDecoder().decode([String: Genesis].self, from: Files.sample("genesis_blocks.json"))
        #expect(blocks.count == 7)
        for (network, genesis) in blocks {
            let dissected = Dissected("block", Array(hex: genesis.block))
            #expect(dissected.outcome == .complete, "\(network)")
            #expect(dissected["bitcoin.block.hash"] == [genesis.hash])
            #expect(dissected["bitcoin.block.version"] == ["1"])
            #expect(dissected["bitcoin.block.prev_block"] == [String(repeating: "0", count: 64)])
            #expect(dissected["bitcoin.block.merkle_root"] == [genesis.merkle_root])
            #expect(dissected["bitcoin.block.timestamp"] == ["\(genesis.time)"])
            #expect(dissected["bitcoin.block.bits"] == ["0x" + genesis.bits])
            #expect(dissected["bitcoin.block.nonce"] == ["0x" + String(format: "%08x", genesis.nonce)])
            #expect(dissected["bitcoin.block.num_transactions"] == ["1"])
            #expect(dissected["bitcoin.tx.txid"] == [genesis.merkle_root])
            let short = "\(genesis.hash.prefix(4))…\(genesis.hash.suffix(4))"
            #expect(dissected.info == " \(short) 1 tx \(dissected.bytes.count) bytes")
            let header = Dissected("block", Array(hex: genesis.header))
            #expect(header.outcome == .complete)
            #expect(header.info == " \(short) header only")
            #expect(Dissected("block", header.bytes + [0]).outcome == .complete)
        }
    }

    @Test func `headers`() {
        let one = Sample.of("headers")[0]
        let dissected = Dissected("headers", one)
        #expect(dissected.info == " 0000…e26f")
        #expect(
            dissected.listing == [
                "bitcoin.headers",
                "  bitcoin.headers.count 1",
                "  bitcoin.headers.header [0]",
                "    bitcoin.headers.version 1",
                "      bitcoin.headers.version.text the first rules (generated)",
                "    bitcoin.headers.prev_block \(String(repeating: "0", count: 64))",
                "    bitcoin.headers.merkle_root 4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
                "    bitcoin.headers.timestamp 1231006505",
                "    bitcoin.headers.bits 0x1d00ffff",
                "      bitcoin.headers.target 00000000ffff\(String(repeating: "0", count: 52)) (generated)",
                "      bitcoin.headers.difficulty 1.00000000 (generated)",
                "    bitcoin.headers.nonce 0x7c2bac1d",
                "    bitcoin.headers.hash 000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f (generated)",
                "    bitcoin.headers.pow.status Good (generated)",
                "    bitcoin.headers.txn_count 0",
            ])
        #expect(Dissected("headers", [0]).info == " 0")
        #expect(Dissected("headers", [3] + one[1...] + one[1...] + one[1...]).info == " 3 from 0000…e26f to 0000…e26f")
        let many = Dissected("headers", [0xfd, 0xd1, 0x07])
        #expect(many.annotations("bitcoin.headers.count") == ["bitcoin.headers.over_limit"])
        #expect(many.outcome == .truncated)
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `headers that build on each other`() throws {
        let lines = String(decoding: try Files.vector("core/blockheader_testnet3.hex"), as: UTF8.self)
            .split(separator: "\n").filter { $0.allSatisfy(\.isHexDigit) }
        #expect(lines.count == 546)
        var bytes: [UInt8] = [0xfd, 0x22, 0x02]
        for line in lines { bytes += [UInt8](hex: line) + [0] }
        let dissected = Dissected("headers", bytes)
        #expect(dissected.outcome == .complete)
        let hashes = dissected["bitcoin.headers.hash"]
        #expect(hashes.count == 546)
        #expect(dissected["bitcoin.headers.prev_block"].dropFirst() == hashes.dropLast())
        let ends = [hashes[0], hashes[545]].map { "\($0.prefix(4))…\($0.suffix(4))" }
        #expect(dissected.info == " 546 from \(ends[0]) to \(ends[1])")
        let type = try #require(MessageType.named("headers"))
        #expect(Dissected.skim(type, bytes).info == dissected.info)
    }

    struct Vector: Sendable {
        let file: String
        let transactions: Int
        let hash: String?
        var weight: Int?
        var size: StaticString
        var segwit = true
    }

    /// vectors/README.md.
    private static let vectors = [
        Vector(file: "mainnet_413567.raw", transactions: 1557, hash: nil, size: "999.9 kB", segwit: false),
        Vector(
            file: "mainnet_574200_segwit.raw", transactions: 3315,
            hash: "0000000000000000001602407ac49862a7bca9d00f7f402db20b7be2f5de59d2", weight: 3_993_106, size: "1.25 MB"
        ),
        Vector(
            file: "mainnet_702861_segwit.raw", transactions: 2500,
            hash: "000000000000000000000c835b2adcaedc20fdf6ee440009c249452c726dafae", weight: 3_993_054, size: "1.38 MB"
        ),
        Vector(
            file: "testnet3_924634_segwit.raw", transactions: 15,
            hash: "000000000000045e0b1660b6445b5e5c5ab63c9a4f956be7e1e69be04fa4497b", size: "4.3 kB"),
        Vector(
            file: "mainnet_13b8a.hex", transactions: 9,
            hash: "0000000000013b8ab2cd513b0261a14096412195a72a0c4827d229dcc7e0f7af", size: "3.1 kB", segwit: false),
    ]

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"), arguments: Self.vectors)
    func `whole blocks`(_ vector: Vector) throws {
        let data = try Files.vector("blocks/\(vector.file)")
        let isHex = vector.file.hasSuffix(".hex")
        let bytes = isHex ? [UInt8](hex: String(decoding: data, as: UTF8.self)) : Array(data)
        let type = try #require(MessageType.named("block"))
        let dissected = Dissected(type, bytes)
        #expect(dissected.outcome == .complete)
        #expect(dissected.annotations.isEmpty)
        #expect(dissected["bitcoin.trailing"].isEmpty)
        #expect(dissected.structureProblem() == nil)
        #expect(dissected.tilingProblem() == nil)
        #expect(dissected["bitcoin.block.num_transactions"] == ["\(vector.transactions)"])
        #expect(dissected.indexes("bitcoin.tx").count == vector.transactions)
        let hash = dissected["bitcoin.block.hash"][0]
        #expect(vector.hash == nil || hash == vector.hash)
        #expect(hash.hasPrefix("0000000"))
        // The txids are those the header commits to.
        let txids = dissected["bitcoin.tx.txid"].map { Array([UInt8](hex: $0).reversed()) }
        #expect(Self.merkleRoot(txids) == Array([UInt8](hex: dissected["bitcoin.block.merkle_root"][0]).reversed()))
        if vector.segwit { try Self.expectCommitment(dissected) }
        let count = vector.transactions < 253 ? 1 : 3
        let weights = dissected.indexes("bitcoin.tx.weight").map { Int(dissected.nodes[$0].value) }
        #expect(vector.weight == nil || weights.reduce((80 + count) * 4, +) == vector.weight)
        let sizes = dissected.indexes("bitcoin.tx.size").map { Int(dissected.nodes[$0].value) }
        #expect(sizes.reduce(80 + count, +) == bytes.count)
        #expect(dissected.info == " \(hash.prefix(4))…\(hash.suffix(4)) \(vector.transactions) tx \(vector.size)")
        let skimmed = Dissected.skim(type, bytes)
        #expect(skimmed.outcome == .complete)
        #expect(skimmed.info == dissected.info)
    }

    private static func merkleRoot(_ leaves: [[UInt8]]) -> [UInt8] {
        var row = leaves
        while row.count > 1 {
            if row.count % 2 == 1 { row.append(row[row.count - 1]) }
            row = stride(from: 0, to: row.count, by: 2).map { dsha(row[$0] + row[$0 + 1]) }
        }
        return row.first ?? []
    }

    private static func dsha(_ bytes: [UInt8]) -> [UInt8] {
        let hash = DoubleSHA256.hash(bytes.span.bytes)
        return hash.bytes.withUnsafeBytes { Array($0) }
    }

    /// The wtxids are those the coinbase commits to (BIP 141).
    private static func expectCommitment(_ dissected: Dissected) throws {
        var wtxids = dissected["bitcoin.tx.wtxid"].map { Array([UInt8](hex: $0).reversed()) }
        wtxids[0] = [UInt8](repeating: 0, count: 32)
        let reserved = [UInt8](hex: try #require(dissected["bitcoin.tx.witness.component.data"].first))
        let commitment = dsha(merkleRoot(wtxids) + reserved).hex
        #expect(dissected["bitcoin.tx.out.script"].contains { $0.hasPrefix("6a24aa21a9ed" + commitment) })
    }
}
