import BitcoinP2P
import Fields
import Support
import Testing

/// Utreexo (BIP 183 draft, fields as in utreexod) and the sharing of snapshots (BIP 452 draft).
@Suite struct UtreexoTests {
    private func sample(_ command: String, _ index: Int = 0) -> Dissected {
        Dissected(command, Sample.of(command)[index])
    }

    @Test func `the proof of a block`() {
        let proof = sample("uproof")
        #expect(proof.info == " 0000…e26f 2 hashes 2 targets 3 leaves")
        // These hashes are not shown reversed.
        #expect(proof["bitcoin.uproof.proof_hashes"] == ["a1", "a2"].map { String(repeating: $0, count: 32) })
        #expect(proof["bitcoin.uproof.targets"] == ["5", "70000"])
        #expect(proof["bitcoin.uproof.leafdatas.height"] == ["840000", "700001", "5"])
        #expect(proof["bitcoin.uproof.leafdatas.coinbase"] == ["true", "false", "false"])
        #expect(proof["bitcoin.uproof.leafdatas.amount"] == ["312500000", "1000", "7"])
        #expect(proof["bitcoin.uproof.leafdatas.script_type"] == ["OTHER", "P2PKH", "P2WSH"])
        #expect(proof["bitcoin.uproof.leafdatas.script"] == ["5120" + String(repeating: "99", count: 32)])
        let request = sample("getuproof")
        #expect(request["bitcoin.getuproof.flags.targets"] == ["true"])
        #expect(request["bitcoin.getuproof.flags.proof"] == ["false"])
        #expect(request["bitcoin.getuproof.flags.leaves"] == ["true"])
        #expect(request["bitcoin.getuproof.proof_bitmap"] == ["0d"])
        #expect(request["bitcoin.getuproof.leaf_bitmap"] == ["0103"])
    }

    @Test func `how long outputs live`() {
        let answer = sample("uttls")
        #expect(answer.info == " 2 blocks 1 hash")
        #expect(answer["bitcoin.uttls.ttls.block_height"] == ["100", "101"])
        #expect(answer["bitcoin.uttls.ttls.infos_length"] == ["2", "0"])
        #expect(answer["bitcoin.uttls.ttls.infos.ttl"] == ["10", "0"])
        #expect(answer["bitcoin.uttls.ttls.infos.death_position"] == ["20", "0"])
        let request = sample("getuttls")
        #expect(request.info == " from height 100 at most 2^6")
        #expect(request["bitcoin.getuttls.version"] == ["900000"])
    }

    @Test func `summary and roots`() {
        let summary = sample("usummary")
        #expect(summary.info == " 0000…e26f 2 targets")
        #expect(summary["bitcoin.usummary.num_adds"] == ["2500"])
        #expect(summary["bitcoin.usummary.targets"] == ["3", "4294967296"])
        let roots = sample("uroot")
        #expect(roots.info == " 0000…e26f 2 roots")
        #expect(roots["bitcoin.uroot.numleaves"] == ["3"])
        #expect(roots["bitcoin.uroot.target"] == ["12"])
        #expect(roots["bitcoin.uroot.roots"].count == 2)
        #expect(sample("geturoot").info == " 0000…e26f")
    }

    @Test func `a transaction whose indexes are shifted`() {
        let dissected = sample("utreexotx")
        #expect(dissected.info == " 3 in 1 out 2 targets")
        #expect(dissected["bitcoin.tx.in.prev_output.index"] == ["0", "7", "4"])
        #expect(dissected["bitcoin.utreexotx.index"] == ["0", "3", "2"])
        #expect(dissected["bitcoin.utreexotx.unconfirmed"] == ["false", "true", "false"])
        // One leaf each for the two that are confirmed; and no txid, as these bytes do not hash to it.
        #expect(dissected["bitcoin.utreexotx.leafdatas.height"] == ["840000", "700001"])
        #expect(dissected["bitcoin.tx.txid"].isEmpty)
    }

    @Test func `a snapshot's chunks`() {
        let tree = sample("utxotree")
        #expect(tree.info == " 0000…e26f 3 chunks")
        #expect(tree["bitcoin.utxotree.data_length"] == ["7800001"])
        #expect(tree["bitcoin.utxotree.chunk_hashes"].map { $0.prefix(2) } == ["01", "02", "03"])
        #expect(tree["bitcoin.utxotree.num_chunks"].isEmpty)
        let old = sample("utxotree", 1)
        #expect(old["bitcoin.utxotree.num_chunks"] == ["1"])
        #expect(old["bitcoin.utxotree.chunk_hashes"].map { $0.prefix(2) } == ["01"])
        #expect(sample("getutxotree").info == " 0000…e26f")
        #expect(sample("getutxoset").info == " 0000…e26f chunk 2")
        let chunk = sample("utxoset")
        #expect(chunk.info == " 0000…e26f chunk 2 7 bytes")
        #expect(chunk.annotations("bitcoin.utxoset.data") == ["bitcoin.layout.unsettled"])
    }

    /// Lengths of 2⁶⁴, of whole chunks, and of 300 chunks with the count of old drafts.
    @Test func `any length of a snapshot`() {
        let head = Array(Sample.of("utxotree")[0][..<34])
        #expect(Dissected("utxotree", head + Array(repeating: 0xff, count: 8)).outcome == .truncated)
        #expect(Dissected("utxotree", head + Array(repeating: 0, count: 8)).outcome == .complete)
        let length = littleEndian(UInt64(300 * 3_900_000))
        let hashes = Array(repeating: UInt8(9), count: 300 * 32)
        let counted = Dissected("utxotree", head + length + [0xfd, 0x2c, 0x01] + hashes)
        #expect(counted["bitcoin.utxotree.num_chunks"] == ["300"])
        #expect(counted["bitcoin.utxotree.chunk_hashes"].count == 300)
        #expect(counted["bitcoin.trailing"].isEmpty)
        #expect(Dissected("utxotree", head + length + hashes)["bitcoin.utxotree.chunk_hashes"].count == 300)
    }
}
