import BitcoinP2P
import Fields
import Foundation
import Support
import Testing

/// Bloom filters (BIP 37) and compact filters (BIP 157).
@Suite struct FilterTests {
    private static let genesis = "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943"

    @Test func `filterload`() {
        let dissected = Dissected("filterload", Sample.of("filterload")[0])
        #expect(dissected.info == " 3 bytes 5 functions tweak 0x00000000 flags BLOOM_UPDATE_ALL")
        #expect(
            dissected.listing == [
                "bitcoin.filterload",
                "  bitcoin.filterload.filter.length 3",
                "  bitcoin.filterload.filter 614e9b",
                "  bitcoin.filterload.nhashfunc 5",
                "  bitcoin.filterload.ntweak 0x00000000",
                "  bitcoin.filterload.nflags BLOOM_UPDATE_ALL",
                "  bitcoin.filterload.bits_set 12 (generated)",
                "  bitcoin.filterload.false_positives 3.1250 % (1 in 32) (generated)",
            ])
        // The share of the sample's bits that are set, as a number to compare with.
        let chance = dissected.indexes("bitcoin.filterload.false_positives").map { dissected.nodes[$0].value }
        #expect(chance == [Double(3.125).bitPattern])
        // Two bits count; the whole byte is told where there are more.
        let flags = Dissected("filterload", Array(hex: "03614e9b050000000000000005"))
        #expect(flags["bitcoin.filterload.nflags"] == ["BLOOM_UPDATE_ALL"])
        #expect(flags["bitcoin.filterload.nflags.sent"] == ["0x05"])
        #expect(dissected["bitcoin.filterload.nflags.sent"].isEmpty)
        // protocol.md section 13.6, then with more functions than Core takes and flags of which two bits count.
        let tweaked = Dissected("filterload", Array(hex: "03ce4299050000000100008001"))
        #expect(tweaked["bitcoin.filterload.ntweak"] == ["0x80000001"])
        let odd = Dissected("filterload", Array(hex: "01ff3300000001000080fe"))
        #expect(odd.annotations("bitcoin.filterload.nhashfunc") == ["bitcoin.filterload.over_limit"])
        #expect(odd.info == " 1 byte 51 functions tweak 0x80000001 flags BLOOM_UPDATE_P2PUBKEY_ONLY")
    }

    @Test func `filteradd`() {
        let dissected = Dissected("filteradd", Sample.of("filteradd")[0])
        #expect(dissected.info == " 20 bytes")
        #expect(dissected["bitcoin.filteradd.data.length"] == ["20"])
        #expect(dissected["bitcoin.filteradd.data"] == ["99108ad8ed9bb6274d3980bab5a85c048f0950c8"])
        let long = Dissected("filteradd", [0xfd, 0x09, 0x02] + [UInt8](repeating: 0, count: 521))
        #expect(long.annotations("bitcoin.filteradd.data.length") == ["bitcoin.filteradd.over_limit"])
    }

    @Test func `merkleblock`() {
        let dissected = Dissected("merkleblock", Sample.of("merkleblock")[0])
        #expect(dissected.info == " 0000…f7af 9 tx 5 hashes")
        #expect(
            dissected["bitcoin.merkleblock.hash"] == [
                "0000000000013b8ab2cd513b0261a14096412195a72a0c4827d229dcc7e0f7af"
            ])
        #expect(dissected["bitcoin.merkleblock.version"] == ["1"])
        #expect(dissected["bitcoin.merkleblock.timestamp"] == ["1293625051"])
        #expect(dissected["bitcoin.merkleblock.num_transactions"] == ["9"])
        #expect(dissected["bitcoin.merkleblock.hashes.count"] == ["5"])
        let hashes = dissected["bitcoin.merkleblock.hashes.hash"]
        #expect(hashes.count == 5)
        #expect(hashes[2] == "220ebc64e21abece964927322cba69180ed853bb187fbc6923bac7d010b9d87a")
        #expect(dissected["bitcoin.merkleblock.flags.count"] == ["2"])
        #expect(dissected["bitcoin.merkleblock.flags.data"] == ["5700"])
        #expect(dissected.annotations.isEmpty)
        // More transactions than a block can have; more hashes than transactions.
        var bytes = Sample.of("merkleblock")[0]
        bytes.replaceSubrange(80..<84, with: [0x1b, 0x41, 0, 0])
        #expect(
            Dissected("merkleblock", bytes).annotations("bitcoin.merkleblock.num_transactions") == [
                "bitcoin.count.over_limit"
            ])
        bytes.replaceSubrange(80..<84, with: [4, 0, 0, 0])
        #expect(
            Dissected("merkleblock", bytes).annotations("bitcoin.merkleblock.hashes.count") == [
                "bitcoin.count.over_limit"
            ])
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `the merkleblock of the vectors is the sample`() throws {
        let text = String(decoding: try Files.vector("blocks/merkleblock_13b8a.hex"), as: UTF8.self)
        let dissected = Dissected("merkleblock", Array(hex: text))
        #expect(dissected.outcome == .complete)
        #expect(dissected.bytes == Sample.of("merkleblock")[0])
    }

    @Test(arguments: ["getcfilters", "getcfheaders"])
    func `getcfilters and getcfheaders`(_ command: String) {
        let dissected = Dissected(command, Sample.of(command)[0])
        #expect(dissected.info == " basic from height 0 to 0000…4943")
        #expect(
            dissected.listing == [
                "bitcoin.\(command)",
                "  bitcoin.\(command).filter_type BASIC",
                "  bitcoin.\(command).start_height 0",
                "  bitcoin.\(command).stop_hash \(Self.genesis)",
            ])
    }

    @Test func `cfilter`() {
        let dissected = Dissected("cfilter", Sample.of("cfilter")[0])
        #expect(dissected.info == " basic 0000…4943 4 bytes")
        #expect(
            dissected.listing == [
                "bitcoin.cfilter",
                "  bitcoin.cfilter.filter_type BASIC",
                "  bitcoin.cfilter.block_hash \(Self.genesis)",
                "  bitcoin.cfilter.num_filter_bytes 4",
                "  bitcoin.cfilter.filter_bytes 019dfca8",
                "  bitcoin.cfilter.num_elements 1 (generated)",
                "  bitcoin.cfilter.filter_hash c03705b2d6fb76a59664f1d63fe8fdbb2dc076d18175fdc51d11c43afaf78a4c (generated)",
            ])
    }

    @Test func `cfheaders`() {
        let dissected = Dissected("cfheaders", Sample.of("cfheaders")[0])
        #expect(dissected.info == " basic 1 hash to 0000…4943")
        #expect(
            dissected.listing == [
                "bitcoin.cfheaders",
                "  bitcoin.cfheaders.filter_type BASIC",
                "  bitcoin.cfheaders.stop_hash \(Self.genesis)",
                "  bitcoin.cfheaders.previous_filter_header \(String(repeating: "0", count: 64))",
                "  bitcoin.cfheaders.filter_hashes_length 1",
                "  bitcoin.cfheaders.filter_hashes c03705b2d6fb76a59664f1d63fe8fdbb2dc076d18175fdc51d11c43afaf78a4c",
                "  bitcoin.cfheaders.header 21584579b7eb08997773e5aeff3a7f932700042d0ed2a6129012b7d7ae81b750 (generated)",
            ])
    }

    @Test func `getcfcheckpt and cfcheckpt`() {
        let asked = Dissected("getcfcheckpt", Sample.of("getcfcheckpt")[0])
        #expect(asked.info == " basic to 0000…4943")
        #expect(asked["bitcoin.getcfcheckpt.filter_type"] == ["BASIC"])
        #expect(asked["bitcoin.getcfcheckpt.stop_hash"] == [Self.genesis])
        let answered = Dissected("cfcheckpt", Sample.of("cfcheckpt")[0])
        #expect(answered.info == " basic 1 header to 0000…4943")
        #expect(
            answered.listing == [
                "bitcoin.cfcheckpt",
                "  bitcoin.cfcheckpt.filter_type BASIC",
                "  bitcoin.cfcheckpt.stop_hash \(Self.genesis)",
                "  bitcoin.cfcheckpt.filter_headers_length 1",
                "  bitcoin.cfcheckpt.filter_headers 21584579b7eb08997773e5aeff3a7f932700042d0ed2a6129012b7d7ae81b750",
                "  bitcoin.cfcheckpt.height 1000 (generated)",
            ])
    }
}
