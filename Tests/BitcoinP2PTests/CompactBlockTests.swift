import BitcoinP2P
import Fields
import Foundation
import Support
import Testing

/// `cmpctblock`, `getblocktxn` and `blocktxn`.
@Suite struct CompactBlockTests {
    private static let hash = "000000000000045e0b1660b6445b5e5c5ab63c9a4f956be7e1e69be04fa4497b"

    @Test func `cmpctblock`() {
        let dissected = Dissected("cmpctblock", Sample.of("cmpctblock")[0])
        #expect(dissected.info == " 0000…497b 12 short ids 3 prefilled")
        #expect(dissected["bitcoin.cmpctblock.hash"] == [Self.hash])
        #expect(dissected["bitcoin.cmpctblock.version"] == ["536870912"])
        #expect(dissected["bitcoin.cmpctblock.timestamp"] == ["1472004949"])
        #expect(dissected["bitcoin.cmpctblock.bits"] == ["0x1a06d450"])
        #expect(dissected["bitcoin.cmpctblock.nonce"] == ["0x700ad94e"])
        #expect(dissected["bitcoin.cmpctblock.shortid_nonce"] == ["0x0102030405060708"])
        #expect(dissected["bitcoin.cmpctblock.shortids_length"] == ["12"])
        // Those of bip152.json at the positions that are not prefilled.
        let ids = """
            ec805c9a10aa 2574a7c4eeb7 dd5693ac8940 d2e83ce322c1 a350eb8457ae 54a3a28befd7 be733682ebed 36ad743919a0 \
            0d376e05c8ec 99e24fcb7f23 a43b2706dc66 8beddde048fe
            """
        #expect(dissected["bitcoin.cmpctblock.shortids"] == ids.split(separator: " ").map { "0x\($0)" })
        #expect(dissected["bitcoin.cmpctblock.prefilledtxn_length"] == ["3"])
        #expect(dissected["bitcoin.cmpctblock.prefilledtxn.index"] == ["0", "4", "0"])
        #expect(dissected["bitcoin.cmpctblock.prefilledtxn.index.absolute"] == ["0", "5", "6"])
        #expect(dissected["bitcoin.tx.size"] == ["222", "334", "191"])
        #expect(dissected.annotations.isEmpty)
    }

    @Test func `getblocktxn`() {
        let block = String(repeating: "00", count: 32)
        let dissected = Dissected("getblocktxn", Sample.of("getblocktxn")[0])
        #expect(dissected.info == " 0000…497b 3 tx")
        #expect(
            dissected.listing == [
                "bitcoin.getblocktxn",
                "  bitcoin.getblocktxn.blockhash \(Self.hash)",
                "  bitcoin.getblocktxn.indexes_length 3",
                "  bitcoin.getblocktxn.indexes 1",
                "  bitcoin.getblocktxn.indexes.absolute 1 (generated)",
                "  bitcoin.getblocktxn.indexes 0",
                "  bitcoin.getblocktxn.indexes.absolute 2 (generated)",
                "  bitcoin.getblocktxn.indexes 9",
                "  bitcoin.getblocktxn.indexes.absolute 12 (generated)",
            ])
        // protocol.md section 13.6.
        let four = Dissected("getblocktxn", Array(hex: block + "040005010a"))
        #expect(four["bitcoin.getblocktxn.indexes.absolute"] == ["0", "6", "8", "19"])
        let three = Dissected("getblocktxn", Array(hex: block + "030000fd0001"))
        #expect(three["bitcoin.getblocktxn.indexes.absolute"] == ["0", "1", "258"])
        // Past 65,535, and past 64 bits.
        let far = Dissected("getblocktxn", Array(hex: block + "03fdffff00ffffffffffffffffff"))
        #expect(
            far["bitcoin.getblocktxn.indexes.absolute"] == ["65535", "65536", "18446744073709551615"])
        #expect(
            far.annotations.map(\.remark.name) == [
                "bitcoin.count.over_limit", "bitcoin.count.over_limit", "bitcoin.count.over_limit",
            ])
        let endless = Dissected("getblocktxn", Array(hex: block + "02ffffffffffffffffffffffffffffffffffff"))
        #expect(endless.outcome == .complete)
    }

    @Test func `blocktxn`() {
        let dissected = Dissected("blocktxn", Sample.of("blocktxn")[0])
        #expect(dissected.info == " 0000…497b 3 tx")
        #expect(dissected["bitcoin.blocktxn.blockhash"] == [Self.hash])
        #expect(dissected["bitcoin.blocktxn.transactions_length"] == ["3"])
        #expect(dissected["bitcoin.tx.size"] == ["226", "332", "452"])
        let entries = dissected.indexes("bitcoin.tx").map { dissected.nodes[$0] }
        #expect(entries.map(\.value) == [0, 1, 2])
        #expect(entries.allSatisfy { $0.flags.contains(.listEntry) })
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `the compact block of BIP 152`() throws {
        struct Vector: Decodable {
            let cmpctblock: String?
            let nonce: UInt64
            let shortid_wire_of_tx1: String?
        }
        let vector = try #require(try JSONDecoder().decode([Vector].self, from: Files.vector("bip152.json")).first)
        let dissected = Dissected("cmpctblock", Array(hex: try #require(vector.cmpctblock)))
        #expect(dissected.outcome == .complete)
        #expect(dissected["bitcoin.trailing"].isEmpty)
        let nonce = dissected.nodes[dissected.indexes("bitcoin.cmpctblock.shortid_nonce")[0]]
        #expect(nonce.value == vector.nonce)
        let id = dissected.nodes[dissected.indexes("bitcoin.cmpctblock.shortids")[0]]
        #expect(Array(dissected.bytes[id.range]).hex == vector.shortid_wire_of_tx1)
        #expect(id.value == 0x4571_e979_690a)
    }

    /// The transactions of the sample are those of the block, so their wtxids are.
    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `prefilled transactions stand where they say`() throws {
        let block = Dissected("block", Array(try Files.vector("blocks/testnet3_924634_segwit.raw")))
        let wtxids = block["bitcoin.tx.wtxid"]
        let compact = Dissected("cmpctblock", Sample.of("cmpctblock")[0])
        let places = compact.indexes("bitcoin.cmpctblock.prefilledtxn.index.absolute").map { compact.nodes[$0].value }
        #expect(compact["bitcoin.tx.wtxid"] == places.map { wtxids[Int($0)] })
        let asked = Dissected("getblocktxn", Sample.of("getblocktxn")[0])
        let answered = Dissected("blocktxn", Sample.of("blocktxn")[0])
        let wanted = asked.indexes("bitcoin.getblocktxn.indexes.absolute").map { asked.nodes[$0].value }
        #expect(answered["bitcoin.tx.wtxid"] == wanted.map { wtxids[Int($0)] })
    }
}
