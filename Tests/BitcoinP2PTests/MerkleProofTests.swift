import Fields
import Foundation
import Testing

@testable import BitcoinP2P

/// `merkleblock`: the partial tree, walked.
@Suite struct MerkleProofTests {
    private static let sample = Sample.of("merkleblock")[0]

    @Test func `the transaction that a merkleblock proves`() {
        let dissected = Dissected("merkleblock", Self.sample)
        #expect(dissected["bitcoin.merkleblock.root.status"] == ["Good"])
        #expect(dissected["bitcoin.merkleblock.root.calculated"].isEmpty)
        #expect(
            dissected["bitcoin.merkleblock.match"] == [
                "220ebc64e21abece964927322cba69180ed853bb187fbc6923bac7d010b9d87a"
            ])
        #expect(dissected["bitcoin.merkleblock.match.position"] == ["3"])
        #expect(dissected["bitcoin.merkleblock.pow.status"] == ["Good"])
        #expect(dissected.annotations.isEmpty)
    }

    @Test func `another hash makes another root`() {
        for hash in 0..<5 {
            var bytes = Self.sample
            bytes[85 + 32 * hash] ^= 0x40
            let dissected = Dissected("merkleblock", bytes)
            #expect(dissected["bitcoin.merkleblock.root.status"] == ["Bad"])
            #expect(dissected.annotations.map(\.remark.name) == ["bitcoin.merkle_root.wrong"])
            #expect(dissected["bitcoin.merkleblock.root.calculated"].count == 1)
            #expect(dissected.structureProblem() == nil)
        }
    }

    /// Flags and counts that Core refuses; 80 bytes of header, then the count of transactions.
    @Test func `trees that are none`() {
        let header = Self.sample[..<80]
        let hashes = Self.sample[85..<245]
        func tree(_ count: [UInt8], _ hashes: [UInt8], _ flags: [UInt8]) -> Dissected {
            Dissected(
                "merkleblock",
                header + count + [UInt8(hashes.count / 32)] + hashes + [UInt8(flags.count)] + flags)
        }
        let nine: [UInt8] = [9, 0, 0, 0]
        let refused = [
            // No transactions; more than a block can have, up to 2^32 - 1; more hashes than transactions.
            tree([0, 0, 0, 0], [], []), tree([0x1b, 0x41, 0, 0], Array(hashes), [0x57, 0]),
            tree([0xff, 0xff, 0xff, 0xff], Array(hashes), [0x57, 0]), tree([4, 0, 0, 0], Array(hashes), [0x57, 0]),
            // Fewer bits than hashes, none at all, more bytes of flags than are used; a hash too few, a hash too many.
            tree(nine, Array(hashes), []), tree(nine, [], []), tree(nine, Array(hashes), [0x57, 0, 0]),
            tree(nine, Array(hashes.dropLast(32)), [0x57, 0]),
            tree(nine, Array(hashes) + Array(hashes.prefix(32)), [0x57, 0]),
            // All bits set, so that all hashes are wanted; none, so that one is.
            tree(nine, Array(hashes), [0xff, 0xff]), tree(nine, Array(hashes), [0, 0]),
            // Both halves equal.
            tree([2, 0, 0, 0], Array(hashes.prefix(32)) + Array(hashes.prefix(32)), [0x03]),
        ]
        for (index, dissected) in refused.enumerated() {
            #expect(dissected.outcome == .complete)
            #expect(
                dissected.annotations("bitcoin.merkleblock.root.status") == ["bitcoin.merkleblock.tree.wrong"],
                "\(index)")
            #expect(dissected["bitcoin.merkleblock.root.status"] == ["Bad"])
            #expect(dissected["bitcoin.merkleblock.match"].isEmpty)
        }
    }

    /// Trees over every set of matches of up to nine transactions, built as BIP 37 says.
    @Test func `every tree of up to nine transactions`() throws {
        for count in 1...9 {
            let leaves = (0..<count).map { DoubleSHA256.hash([UInt8($0)].span.bytes) }
            var row = ContiguousArray(leaves)
            var isMutated = false
            let root = MerkleTree.root(&row, isMutated: &isMutated)
            for wanted in 0..<1 << count {
                var builder = Builder(leaves: leaves, wanted: wanted)
                builder.build()
                let bytes = builder.hashes + builder.flags
                var tree = try #require(
                    PartialMerkleTree(
                        transactions: UInt32(count), hashes: 0..<builder.hashes.count,
                        flags: builder.hashes.count..<bytes.count))
                #expect(tree.walk(bytes.span.bytes) == root)
                #expect(tree.matches.map(\.position) == (0..<count).filter { wanted >> $0 & 1 == 1 })
                #expect(tree.matches.allSatisfy { leaves[$0.position] == $0.txid })
            }
            #expect(!isMutated)
        }
    }

    /// 16,666 transactions that all match: the greatest tree there can be.
    @Test func `the greatest tree`() throws {
        let leaves = (0..<16_666).map { number in
            DoubleSHA256.hash([UInt8(number & 0xff), UInt8(number >> 8)].span.bytes)
        }
        var builder = Builder(leaves: leaves, wanted: nil)
        builder.build()
        var header = [UInt8](Self.sample[..<80])
        var row = ContiguousArray(leaves)
        var isMutated = false
        let root = MerkleTree.root(&row, isMutated: &isMutated)
        header.replaceSubrange(36..<68, with: Builder.bytes(root))
        let flags = UInt16(builder.flags.count)
        let payload =
            header + [0x1a, 0x41, 0, 0, 0xfd, 0x1a, 0x41] + builder.hashes
            + [0xfd, UInt8(flags & 0xff), UInt8(flags >> 8)] + builder.flags
        let dissected = Dissected("merkleblock", payload)
        #expect(dissected["bitcoin.merkleblock.root.status"] == ["Good"])
        #expect(dissected["bitcoin.merkleblock.match.position"] == (0..<16_666).map { "\($0)" })
        #expect(dissected.annotations.map(\.remark.name) == ["bitcoin.proof_of_work.wrong"])
    }

    /// What a server does. `wanted` has a bit for each transaction; nil stands for all.
    private struct Builder {
        let leaves: [Hash256]
        let wanted: Int?
        var hashes: [UInt8] = []
        var flags: [UInt8] = []
        private var bits = 0

        init(leaves: [Hash256], wanted: Int?) {
            self.leaves = leaves
            self.wanted = wanted
        }

        static func bytes(_ hash: Hash256) -> [UInt8] { hash.bytes.withUnsafeBytes { Array($0) } }

        mutating func build() {
            var rows = [leaves]
            while let last = rows.last, last.count > 1 {
                rows.append(
                    stride(from: 0, to: last.count, by: 2).map {
                        MerkleTree.node(last[$0], last[min($0 + 1, last.count - 1)])
                    })
            }
            visit(rows, rows.count - 1, 0)
        }

        private mutating func visit(_ rows: [[Hash256]], _ height: Int, _ position: Int) {
            let below = position << height..<min(leaves.count, (position + 1) << height)
            let leads = below.contains { index in wanted.map { $0 >> index & 1 == 1 } ?? true }
            if bits % 8 == 0 { flags.append(0) }
            if leads { flags[flags.count - 1] |= 1 << UInt8(bits % 8) }
            bits += 1
            guard leads, height > 0 else { return hashes += Self.bytes(rows[height][position]) }
            visit(rows, height - 1, position * 2)
            if position * 2 + 1 < rows[height - 1].count { visit(rows, height - 1, position * 2 + 1) }
        }
    }
}
