import Fields
import Foundation
import Support
import Testing

@testable import BitcoinP2P

/// The short ids of `cmpctblock` (BIP 152), and the hash they are made with.
@Suite struct ShortIDTests {
    /// protocol.md section 13.6.
    @Test func `SipHash-2-4`() {
        let hash = SipHash(k0: 0x0706_0504_0302_0100, k1: 0x0f0e_0d0c_0b0a_0908)
        let bytes = (0..<32).map { UInt8($0) }
        #expect(hash.hash([UInt8]().span.bytes) == 0x726f_db47_dd0e_0e31)
        #expect(hash.hash(Array(bytes[..<15]).span.bytes) == 0xa129_ca61_49be_45e5)
        #expect(hash.hash(bytes.span.bytes) == 0x7127_512f_72f2_7cce)
    }

    private struct Vector: Decodable {
        let version: Int
        let block: String?
        let nonce: UInt64
        let cmpctblock: String?
        let k0: String
        let k1: String
        let shortids_as_integers: [String]?
    }

    private static func vectors() throws -> [Vector] {
        try JSONDecoder().decode([Vector].self, from: Files.vector("bip152.json"))
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `the compact block of BIP 152, with its keys`() throws {
        let vector = try Self.vectors()[0]
        let dissected = Dissected("cmpctblock", Array(hex: try #require(vector.cmpctblock)), magic: 0xfabf_b5da)
        #expect(dissected["bitcoin.cmpctblock.k0"] == ["0x" + vector.k0])
        #expect(dissected["bitcoin.cmpctblock.k1"] == ["0x" + vector.k1])
        #expect(dissected["bitcoin.cmpctblock.num_transactions"] == ["2"])
        #expect(dissected["bitcoin.cmpctblock.shortids.position"] == ["1"])
        #expect(dissected["bitcoin.cmpctblock.pow.status"] == ["Good"])
        #expect(dissected.annotations.isEmpty)
        // The short id is that of the block's second transaction.
        let block = Dissected("block", Array(hex: try #require(vector.block)), magic: 0xfabf_b5da)
        #expect(block.annotations.isEmpty)
        let key = SipHash(
            k0: try #require(UInt64(vector.k0, radix: 16)), k1: try #require(UInt64(vector.k1, radix: 16)))
        let wtxid = Array([UInt8](hex: block["bitcoin.tx.wtxid"][1]).reversed())
        let id = key.hash(wtxid.span.bytes) & 0xffff_ffff_ffff
        #expect(dissected.nodes[dissected.indexes("bitcoin.cmpctblock.shortids")[0]].value == id)
    }

    /// The sample has the block of vectors/blocks/testnet3_924634_segwit.raw with the transactions 0, 5 and 6.
    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `short ids and where they stand`() throws {
        let vector = try Self.vectors()[1]
        let ids = try #require(vector.shortids_as_integers).map { "0x\($0)" }
        let dissected = Dissected("cmpctblock", Sample.of("cmpctblock")[0])
        #expect(dissected["bitcoin.cmpctblock.k0"] == ["0x" + vector.k0])
        #expect(dissected["bitcoin.cmpctblock.k1"] == ["0x" + vector.k1])
        #expect(dissected["bitcoin.cmpctblock.num_transactions"] == ["15"])
        let positions = dissected["bitcoin.cmpctblock.shortids.position"].compactMap { Int($0) }
        #expect(positions == [1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 13, 14])
        #expect(dissected["bitcoin.cmpctblock.shortids"] == positions.map { ids[$0] })
        #expect(dissected["bitcoin.cmpctblock.prefilledtxn.shortid"] == [0, 5, 6].map { ids[$0] })
        #expect(dissected.tilingProblem() == nil)
        // Cut in the last transaction, nobody knows where the short ids stand.
        let cut = Dissected("cmpctblock", Sample.of("cmpctblock")[0].dropLast())
        #expect(cut["bitcoin.cmpctblock.shortids"].count == 12)
        #expect(cut["bitcoin.cmpctblock.shortids.position"].isEmpty)
        #expect(cut["bitcoin.cmpctblock.num_transactions"].isEmpty)
    }

    @Test func `65,535 short ids, prefilled without end`() {
        let header = Array(Sample.of("cmpctblock")[0][..<88])
        let ids = [0xfd, 0xff, 0xff] + [UInt8](repeating: 0xaa, count: 6 * 65_535)
        let full = Dissected("cmpctblock", header + ids + [0])
        #expect(full.outcome == .complete)
        #expect(full["bitcoin.cmpctblock.shortids.position"].last == "65534")
        #expect(full["bitcoin.cmpctblock.num_transactions"] == ["65535"])
        #expect(full.nodes.count < 3 * 65_535)
        // Counts that the bytes cannot hold.
        let endless: [UInt8] = [0xff] + [UInt8](repeating: 0xff, count: 8)
        for bytes in [header + endless, header + ids + endless, header + [0] + endless] {
            let dissected = Dissected("cmpctblock", bytes)
            #expect(dissected.outcome == .truncated)
            #expect(dissected.structureProblem() == nil)
        }
        // A position past 64 bits: the short id stays before it.
        let empty: [UInt8] = [1] + [UInt8](repeating: 0, count: 9)
        let far = Dissected(
            "cmpctblock", header + [1] + [UInt8](repeating: 1, count: 6) + [2] + endless + empty + endless + empty)
        #expect(far.outcome == .complete)
        #expect(far["bitcoin.cmpctblock.shortids.position"] == ["0"])
    }
}
