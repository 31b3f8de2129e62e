import BitcoinP2P
import Fields
import Foundation
import Support
import Testing

/// What is computed over whole blocks.
@Suite struct BlockCheckTests {
    struct Vector: Sendable {
        let file: String
        var magic: UInt32 = 0xf9be_b4d9
        var weight: Int?
        var height: Int?
        var commitment: String?
        var words: String
        var difficulty: String?
    }

    /// vectors/README.md; the heights are those of the file names.
    private static let vectors = [
        Vector(
            file: "mainnet_413567.raw", height: 413_567, words: "CHECKLOCKTIMEVERIFY (BIP 65)",
            difficulty: "199312067531.24300880"),
        Vector(
            file: "mainnet_574200_segwit.raw", weight: 3_993_106, height: 574_200, commitment: "Good",
            words: "BIP 9: signals nothing"),
        Vector(
            file: "mainnet_702861_segwit.raw", weight: 3_993_054, height: 702_861, commitment: "Good",
            words: "BIP 9: signals bit 2; 0x1fffe000 of the bits that miners may roll (BIP 320)",
            difficulty: "18997641161758.95347724"),
        Vector(
            file: "testnet3_924634_segwit.raw", magic: 0x0b11_0907, height: 924_634, commitment: "Good",
            words: "BIP 9: signals nothing"),
        Vector(file: "mainnet_13b8a.hex", words: "the first rules", difficulty: "14484.16236123"),
    ]

    private static func bytes(_ file: String) throws -> [UInt8] {
        let data = try Files.vector("blocks/\(file)")
        return file.hasSuffix(".hex") ? [UInt8](hex: String(decoding: data, as: UTF8.self)) : Array(data)
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"), arguments: Self.vectors)
    func `real blocks`(_ vector: Vector) throws {
        let bytes = try Self.bytes(vector.file)
        let dissected = Dissected("block", bytes, magic: vector.magic)
        #expect(dissected.annotations.isEmpty)
        #expect(dissected["bitcoin.block.merkle_root.status"] == ["Good"])
        #expect(dissected["bitcoin.block.merkle_root.calculated"].isEmpty)
        #expect(dissected["bitcoin.block.pow.status"] == ["Good"])
        #expect(dissected["bitcoin.block.witness_commitment.status"] == (vector.commitment.map { [$0] } ?? []))
        #expect(dissected["bitcoin.block.height"] == (vector.height.map { ["\($0)"] } ?? []))
        #expect(dissected["bitcoin.block.version.text"] == [vector.words])
        #expect(vector.difficulty == nil || dissected["bitcoin.block.difficulty"] == [vector.difficulty])
        #expect(dissected["bitcoin.block.size"] == ["\(bytes.count)"])
        let weight = try #require(dissected["bitcoin.block.weight"].first.flatMap { Int($0) })
        let stripped = try #require(dissected["bitcoin.block.stripped_size"].first.flatMap { Int($0) })
        #expect(weight == 3 * stripped + bytes.count)
        #expect(vector.weight == nil || weight == vector.weight)
        #expect(vector.commitment != nil || stripped == bytes.count)
        // What the outputs of the first transaction pay.
        let first = try #require(dissected.indexes("bitcoin.tx").first)
        let outputs = dissected.indexes("bitcoin.tx.out.value").filter { $0 < Int(dissected.nodes[first].end) }
        #expect(
            dissected["bitcoin.block.coinbase.reward"] == [
                "\(outputs.reduce(0) { $0 + Int(dissected.nodes[$1].value) })"
            ])
        #expect(dissected.structureProblem() == nil)
        #expect(dissected.tilingProblem() == nil)
    }

    private struct Statistics: Decodable {
        struct Block: Decodable {
            let blockhash: String
            let height: Int
            let subsidy: Int
            let totalfee: Int
            let total_weight: Int
            let total_size: Int
            let txs: Int
            let time: Int
        }
        let blocks: [String]
        let stats: [Block]
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `blocks of regtest and Core's statistics of them`() throws {
        let vector = try JSONDecoder().decode(Statistics.self, from: Files.vector("core/rpc_getblockstats.json"))
        #expect(vector.blocks.count == 104)
        var matched = 0
        for (index, hex) in vector.blocks.enumerated() {
            let dissected = Dissected("block", Array(hex: hex), magic: 0xfabf_b5da)
            #expect(dissected.annotations.isEmpty)
            #expect(dissected["bitcoin.block.merkle_root.status"] == ["Good"])
            #expect(dissected["bitcoin.block.pow.status"] == ["Good"])
            #expect(dissected["bitcoin.block.height"] == (index == 0 ? [] : ["\(index)"]))
            guard let stats = vector.stats.first(where: { [$0.blockhash] == dissected["bitcoin.block.hash"] }) else {
                continue
            }
            matched += 1
            #expect(dissected["bitcoin.block.height"] == ["\(stats.height)"])
            #expect(dissected["bitcoin.block.coinbase.reward"] == ["\(stats.subsidy + stats.totalfee)"])
            #expect(dissected["bitcoin.block.num_transactions"] == ["\(stats.txs)"])
            // Core leaves header, count and coinbase out of its totals.
            let weights = dissected["bitcoin.tx.weight"].compactMap { Int($0) }
            #expect(weights.dropFirst().reduce(0, +) == stats.total_weight)
            let weight = dissected["bitcoin.block.weight"].compactMap { Int($0) }
            #expect(weight == [weights.reduce(324, +)])
        }
        #expect(matched == vector.stats.count)
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `tampered blocks`() throws {
        let sound = try Self.bytes("testnet3_924634_segwit.raw")
        let whole = Dissected("block", sound, magic: 0x0b11_0907)
        // One bit of the last lock time: another txid.
        var bytes = sound
        bytes[bytes.count - 1] ^= 1
        var dissected = Dissected("block", bytes, magic: 0x0b11_0907)
        #expect(dissected["bitcoin.block.merkle_root.status"] == ["Bad"])
        #expect(dissected.annotations("bitcoin.block.merkle_root.status") == ["bitcoin.merkle_root.wrong"])
        #expect(dissected["bitcoin.block.merkle_root.calculated"].count == 1)
        #expect(dissected["bitcoin.block.merkle_root.calculated"] != dissected["bitcoin.block.merkle_root"])
        #expect(dissected["bitcoin.block.pow.status"] == ["Good"])
        // One bit of the reserved value in the coinbase's witness: the same txids, another commitment.
        bytes = sound
        let item = whole.nodes[try #require(whole.indexes("bitcoin.tx.witness.component.data").first)].range
        bytes[item.lowerBound] ^= 1
        dissected = Dissected("block", bytes, magic: 0x0b11_0907)
        #expect(dissected["bitcoin.block.merkle_root.status"] == ["Good"])
        #expect(dissected["bitcoin.block.witness_commitment.status"] == ["Bad"])
        #expect(dissected.annotations.map(\.remark.name) == ["bitcoin.witness_commitment.wrong"])
        let committed = try #require(
            whole["bitcoin.tx.out.script"].first { $0.hasPrefix("6a24aa21a9ed") }
        ).dropFirst(12).prefix(64)
        #expect(dissected["bitcoin.block.witness_commitment.calculated"].count == 1)
        #expect(dissected["bitcoin.block.witness_commitment.calculated"] != [String(committed)])
        // The nonce: no work.
        bytes = sound
        bytes[76] ^= 1
        dissected = Dissected("block", bytes, magic: 0x0b11_0907)
        #expect(dissected.annotations.map(\.remark.name) == ["bitcoin.proof_of_work.wrong"])
        // The reserved value made a byte longer: Core wants one item of 32 bytes.
        bytes = sound
        bytes[item.lowerBound - 1] = 33
        bytes.insert(0, at: item.lowerBound)
        dissected = Dissected("block", bytes, magic: 0x0b11_0907)
        #expect(dissected.outcome == .complete)
        #expect(dissected.annotations.map(\.remark.name) == ["bitcoin.witness_commitment.wrong"])
        #expect(dissected["bitcoin.block.witness_commitment.calculated"].isEmpty)
    }

    /// What a peer gets that does not ask for witnesses.
    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `a block without its witnesses`() throws {
        let sound = try Self.bytes("testnet3_924634_segwit.raw")
        let bytes = Self.stripped(sound)
        let dissected = Dissected("block", bytes, magic: 0x0b11_0907)
        #expect(dissected.annotations.isEmpty)
        #expect(dissected["bitcoin.block.witness_commitment.status"] == ["Unverified"])
        #expect(dissected["bitcoin.block.stripped_size"] == ["\(bytes.count)"])
        let whole = Dissected("block", sound, magic: 0x0b11_0907)
        #expect(whole["bitcoin.block.stripped_size"] == dissected["bitcoin.block.size"])
    }

    /// Without marker, flag and witness of each transaction.
    private static func stripped(_ block: [UInt8]) -> [UInt8] {
        let whole = Dissected("block", block)
        let gone = (whole.indexes("bitcoin.tx.flag") + whole.indexes("bitcoin.tx.witness")).map {
            whole.nodes[$0].range
        }
        return block.indices.filter { index in !gone.contains { $0.contains(index) } }.map { block[$0] }
    }

    /// Witnesses that no output commits to.
    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `a block that hides its commitment`() throws {
        var bytes = try Self.bytes("testnet3_924634_segwit.raw")
        let start = try #require(bytes.indices.first { Array(bytes[$0...].prefix(6)).hex == "6a24aa21a9ed" })
        bytes[start + 2] ^= 1
        let dissected = Dissected("block", bytes, magic: 0x0b11_0907)
        #expect(dissected["bitcoin.block.witness_commitment.status"] == ["Bad"])
        #expect(dissected["bitcoin.block.merkle_root.status"] == ["Bad"])
    }

    /// CVE-2012-2459: with the last two of six transactions repeated, the merkle root is that of the six.
    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `repeated transactions`() throws {
        let sound = try Self.bytes("mainnet_13b8a.hex")
        let ranges = Dissected("block", sound).indexes("bitcoin.tx").map { Dissected("block", sound).nodes[$0].range }
        #expect(ranges.count == 9)
        // Nine: the ninth stands alone in its row, so that repeating it changes nothing.
        let bytes = sound[..<80] + [10] + sound[81...] + sound[ranges[8]]
        let dissected = Dissected("block", Array(bytes))
        #expect(dissected.outcome == .complete)
        #expect(dissected["bitcoin.block.merkle_root.status"] == ["Good"])
        #expect(dissected.annotations.map(\.remark.name) == ["bitcoin.merkle_tree.mutated"])
        #expect(dissected.annotations("bitcoin.block.merkle_root.status") == ["bitcoin.merkle_tree.mutated"])
        // Repeated elsewhere, the root is another, and the pair is no pair.
        let other = Dissected("block", Array(sound[..<80] + [10] + sound[81...] + sound[ranges[0]]))
        #expect(other.annotations.map(\.remark.name) == ["bitcoin.merkle_root.wrong"])
    }

    private static func block(_ transactions: [[UInt8]], version: UInt8 = 1) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 80)
        header[0] = version
        header.replaceSubrange(72..<76, with: [0xff, 0xff, 0x7f, 0x20])
        let count = UInt32(transactions.count)
        return header + [0xfe] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * UInt32($0))) }
            + transactions.flatMap { $0 }
    }

    private static func coinbase(_ script: [UInt8], index: UInt8 = 0xff, value: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0])
        -> [UInt8]
    {
        [1, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 32) + [0xff, 0xff, 0xff, index, UInt8(script.count)] + script
            + [0, 0, 0, 0, 1] + value + [0, 0, 0, 0, 0]
    }

    private static func transaction(of size: Int) -> [UInt8] {
        let length = UInt32(size - 55)
        return [1, 0, 0, 0, 1] + [UInt8](repeating: 7, count: 36) + [0xfe]
            + (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * UInt32($0))) }
            + [UInt8](repeating: 0, count: size - 46)
    }

    @Test(
        arguments: [
            ([0x00], 0), ([0x51], 1), ([0x60], 16), ([1, 17], 17), ([1, 0x7f, 9], 127), ([2, 0x80, 0], 128),
            ([2, 0xff, 0x7f], 32767), ([3, 0xff, 0xff, 0], 65535), ([3, 0x38, 0x4f, 6], 413_496),
            ([4, 0xff, 0xff, 0xff, 0x7f], 0x7fff_ffff),
            // Not the shortest, negative, cut, no push of a number.
            ([1, 16], nil), ([1, 0x80], nil), ([2, 0x7f, 0], nil), ([2, 0, 0x80], nil), ([3, 1, 2], nil), ([], nil),
            ([9, 1, 2, 3, 4, 5, 6, 7, 8, 9], nil), ([0x4f], nil),
        ] as [([UInt8], Int?)])
    func `heights`(_ script: [UInt8], _ expected: Int?) {
        let transaction = Self.coinbase(script)
        let dissected = Dissected("block", Self.block([transaction], version: 2))
        #expect(dissected.outcome == .complete)
        #expect(dissected["bitcoin.block.height"] == (expected.map { ["\($0)"] } ?? []))
        // Version 1 promised none.
        #expect(Dissected("block", Self.block([transaction]))["bitcoin.block.height"].isEmpty)
        // Spends something: no coinbase.
        let other = Dissected("block", Self.block([Self.coinbase(script, index: 0)], version: 2))
        #expect(other["bitcoin.block.height"].isEmpty && other["bitcoin.block.coinbase.reward"].isEmpty)
    }

    @Test func `empty, heavy and endless blocks`() {
        let none = Dissected("block", Self.block([]))
        #expect(none.outcome == .complete)
        #expect(none["bitcoin.block.merkle_root.status"] == ["Good"])
        #expect(none["bitcoin.block.weight"] == ["340"])
        // A cut block is not summed up.
        let cut = Dissected("block", Array(Self.block([Self.coinbase([0])]).dropLast()))
        #expect(cut["bitcoin.block.weight"].isEmpty && cut["bitcoin.block.merkle_root.status"].isEmpty)
        // 65,536 transactions of ten bytes: the limit of the count, and the pairs of equals.
        let many = Dissected(
            "block", Self.block([[UInt8]](repeating: [1] + [UInt8](repeating: 0, count: 9), count: 65_536)))
        #expect(many.outcome == .complete)
        #expect(many.annotations("bitcoin.block.num_transactions") == ["bitcoin.count.over_limit"])
        #expect(
            many.annotations("bitcoin.block.merkle_root.status") == [
                "bitcoin.merkle_root.wrong", "bitcoin.merkle_tree.mutated",
            ])
        #expect(many["bitcoin.block.weight"] == ["\((85 + 655_360) * 4)"])
        // 4,000,000 weight units, and four more.
        for size in 1_000_000...1_000_001 {
            let coinbase = Self.coinbase([0])
            let heavy = Self.transaction(of: size - 85 - coinbase.count)
            let dissected = Dissected("block", Self.block([coinbase, heavy]))
            #expect(dissected.outcome == .complete)
            #expect(dissected["bitcoin.block.weight"] == ["\(size * 4)"])
            #expect(
                dissected.annotations("bitcoin.block.weight") == (size > 1_000_000 ? ["bitcoin.weight.over_limit"] : [])
            )
        }
        // Sums that do not fit are not shown.
        let huge: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]
        var rich = Self.coinbase([0], value: huge)
        rich.replaceSubrange(47..<48, with: [2])
        rich.insert(contentsOf: huge + [0], at: rich.count - 4)
        let dissected = Dissected("block", Self.block([rich]))
        #expect(dissected.outcome == .complete)
        #expect(dissected["bitcoin.tx.out.value"].count == 2)
        #expect(dissected["bitcoin.block.coinbase.reward"].isEmpty)
    }
}
