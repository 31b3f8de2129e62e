import BitcoinP2P
import Fields
import Testing

/// Messages of BIPs that Bitcoin Core 28.1 does not speak. Utreexo and the sharing of sets are in `UtreexoTests`.
@Suite struct ProposalTests {
    private static let genesis = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
    private static let coinbase = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"

    private func sample(_ command: String, _ index: Int = 0) -> Dissected {
        Dissected(command, Sample.of(command)[index])
    }

    @Test func `reconciliation (BIP 330)`() {
        let request = sample("reqrecon")
        #expect(request.info == " set of 30 q 0.1000")
        #expect(request["bitcoin.reqrecon.set_size"] == ["30"])
        #expect(request["bitcoin.reqrecon.q"] == ["3277"])
        #expect(request["bitcoin.reqrecon.q.coefficient"] == ["0.1000"])
        #expect(Dissected("reqrecon", [0, 0, 0xff, 0x7f]).info == " set of 0 q 1.0000")
        #expect(Dissected("reqrecon", [1, 0, 0xff, 0xff]).info == " set of 1 q 2.0000")
        let sketch = sample("sketch")
        #expect(sketch.info == " capacity 2")
        #expect(sketch["bitcoin.sketch.skdata"] == ["0001020304050607"])
        #expect(sketch["bitcoin.sketch.capacity"] == ["2"])
        let difference = sample("reconcildiff")
        #expect(difference.info == " success 2 short ids")
        #expect(difference["bitcoin.reconcildiff.ask_shortids"] == ["0x11223344", "0x55667788"])
        #expect(Dissected("reconcildiff", [0, 0]).info == " failure 0 short ids")
    }

    @Test func `package relay (BIP 331)`() {
        let offer = sample("sendpackages")
        #expect(offer.info == " PKG_RELAY_PKGTXNS PKG_RELAY_ANC")
        #expect(offer["bitcoin.sendpackages.versions.anc"] == ["true"])
        let unknown = Dissected("sendpackages", [2, 0, 0, 0, 0, 0, 0, 0x80])
        #expect(unknown.info == " PKG_RELAY_ANC 0x8000000000000002")
        #expect(unknown["bitcoin.sendpackages.versions.pkgtxns"] == ["false"])
        let wtxids = ["01", "02"].map { String(repeating: $0, count: 32) }
        #expect(sample("ancpkginfo")["bitcoin.ancpkginfo.txns"] == wtxids)
        #expect(sample("getpkgtxns")["bitcoin.getpkgtxns.txns"] == wtxids)
        #expect(sample("getpkgtxns").info == " 2 wtxids")
        let over = Dissected("getpkgtxns", [101] + Array(repeating: 0, count: 101 * 32))
        #expect(over.outcome == .complete)
        #expect(over.annotations("bitcoin.getpkgtxns.txns_length") == ["bitcoin.count.over_limit"])
        let package = sample("pkgtxns")
        #expect(package.info == " 2 tx")
        #expect(
            package["bitcoin.tx.txid"] == [
                Self.coinbase, "ef48d9d0f595052e0f8cdcf825f7a5e50b6a388a81f206f3f4846e5ecd7a0c23",
            ])
    }

    @Test func `feature (BIP 434)`() {
        let dissected = sample("feature")
        #expect(dissected.info == " BIP434")
        #expect(dissected["bitcoin.feature.featureid"] == ["BIP434"])
        #expect(dissected["bitcoin.feature.featuredata"] == [""])
        let hostile = Dissected("feature", [4, 0x41, 0x1b, 0x5b, 0x42, 2, 0xaa, 0xbb])
        #expect(hostile.info == " A\\x1b[B 2 bytes")
        let long = Dissected(
            "feature", [81] + Array(repeating: 0x41, count: 81) + [0xfd, 1, 2] + Array(repeating: 0, count: 513))
        #expect(long.annotations.map(\.remark.name) == ["bitcoin.count.over_limit", "bitcoin.count.over_limit"])
    }

    @Test func `unspent outputs (BIP 64)`() {
        let request = sample("getutxos")
        #expect(request.info == " 1 outpoint 4a5e…a33b:0")
        #expect(request["bitcoin.getutxos.check_mempool"] == ["true"])
        #expect(request["bitcoin.getutxos.outpoints.hash"] == [Self.coinbase])
        let answer = sample("utxos")
        #expect(answer.info == " at height 100 1 result")
        #expect(answer["bitcoin.utxos.chain_tip"] == [Self.genesis])
        #expect(answer["bitcoin.utxos.hit_bitmap"] == ["01"])
        #expect(answer["bitcoin.utxos.results.tx_version"] == ["1"])
        #expect(answer["bitcoin.utxos.results.height"] == ["0"])
        #expect(answer["bitcoin.utxos.results.in_mempool"] == ["false"])
        #expect(answer["bitcoin.utxos.results.value"] == ["5000000000"])
        #expect(answer["bitcoin.utxos.results.script"] == ["6a"])
        var waiting = Sample.of("utxos")[0]
        waiting.replaceSubrange(43..<47, with: [0xff, 0xff, 0xff, 0x7f])
        #expect(Dissected("utxos", waiting)["bitcoin.utxos.results.in_mempool"] == ["true"])
    }

    @Test func `stratized nodes (BIP 33)`() {
        let hash = "000102030405060708090a0b0c0d0e0f"
        #expect(sample("getoutputs").info == " " + hash)
        #expect(sample("getoutputs")["bitcoin.getoutputs.dest.payment_type"] == ["1"])
        let outputs = sample("outputs")
        #expect(outputs.info == " \(hash) 2 outputs")
        #expect(outputs["bitcoin.outputs.outpoints.index"] == ["0", "5"])
        #expect(sample("getspend").info == " 4a5e…a33b:0")
        #expect(sample("spend").info == " 4a5e…a33b:0 by 1212…1212:5")
        #expect(sample("spend")["bitcoin.spend.inpoint.index"] == ["5"])
    }

    @Test func `encryption of BIP 151`() {
        let request = sample("encinit")
        #expect(request.info == " chacha20-poly1305@openssh.com")
        #expect(request["bitcoin.encinit.ephemeral_pubkey"].first?.hasPrefix("0279be667e") == true)
        #expect(Dissected("encinit", Array(repeating: 2, count: 34)).info == " cipher 2")
        #expect(sample("encack").info.isEmpty)
        #expect(sample("encack")["bitcoin.encack.rekey"] == ["false"])
        #expect(sample("encack", 1).info == " rekey")
        #expect(sample("encack", 1)["bitcoin.encack.rekey"] == ["true"])
    }

    @Test func `proof of work for a connection (BIP 154)`() {
        let challenge = sample("challenge")
        #expect(challenge.info == " sha256 cuckoo-cycle algorithm 9")
        #expect(challenge["bitcoin.challenge.pow_id"] == ["sha256", "cuckoo-cycle", "9"])
        #expect(challenge["bitcoin.challenge.sha256.target"] == ["0x207fffff"])
        #expect(challenge["bitcoin.challenge.cuckoo.proofsize_max"] == ["228"])
        #expect(challenge["bitcoin.challenge.config"] == ["0102"])
        #expect(challenge["bitcoin.challenge.payload.length"] == ["0", "76", "1"])
        #expect(challenge["bitcoin.challenge.purpose_id"] == ["connect"])
        #expect(challenge["bitcoin.challenge.expiration"] == ["1491285696"])
        #expect(challenge["bitcoin.challenge.sign.length"] == ["70"])
        let solution = sample("solution")
        #expect(solution.info == " sha256 5 bytes")
        #expect(solution["bitcoin.solution.solution"] == ["0445230100"])
        #expect(solution.annotations("bitcoin.solution.solution") == ["bitcoin.layout.unsettled"])
        // A configuration of a length the algorithm does not have.
        let odd = Dissected("challenge", [1, 1, 0, 0, 0, 3, 7, 8, 9, 0] + Array(repeating: 0, count: 13))
        #expect(odd.outcome == .complete)
        #expect(odd["bitcoin.challenge.config"] == ["070809"])
        #expect(odd.indexes("bitcoin.challenge.sha256.target").isEmpty)
    }

    @Test func `dandelion (BIP 156)`() {
        let dissected = sample("dandeliontx")
        #expect(dissected.info == " ef48…0c23")
        #expect(
            dissected["bitcoin.tx.txid"] == ["ef48d9d0f595052e0f8cdcf825f7a5e50b6a388a81f206f3f4846e5ecd7a0c23"])
    }

    @Test func `fraud proofs (BIP 180)`() {
        let request = sample("getfraud")
        #expect(request.info == " 2 hashes")
        #expect(request["bitcoin.getfraud.locator"].first == Self.genesis)
        #expect(sample("fraud").info == " none of the blocks is known")
        #expect(sample("fraud", 1).info == " 0000…e26f VALID")
        let proof = sample("fraud", 2)
        #expect(proof.info == " 0000…e26f SIZE_EXCEEDED")
        #expect(proof["bitcoin.fraud.tx_depth"] == ["4"])
        #expect(proof["bitcoin.fraud.stripped.depth"] == ["0", "3"])
        #expect(proof["bitcoin.fraud.stripped.tx_size"] == ["300"])
        #expect(proof["bitcoin.fraud.stripped.chunk"] == ["0102030405"])
        #expect(proof["bitcoin.fraud.full.link"] == [String(repeating: "82", count: 32)])
        let unknown = sample("fraud", 3)
        #expect(unknown.info == " 0000…e26f type 7")
        #expect(unknown["bitcoin.fraud.proof"] == ["aabb"])
        #expect(unknown.annotations("bitcoin.fraud.proof") == ["bitcoin.layout.unsettled"])
    }

    @Test func `a block template (BIP 153)`() {
        let dissected = sample("template")
        #expect(dissected.info == " 0000…497b 12 short ids 3 prefilled")
        #expect(dissected["bitcoin.template.shortid_nonce"] == ["0x0102030405060708"])
        #expect(dissected["bitcoin.template.shortids"].first == "0xec805c9a10aa")
        #expect(dissected["bitcoin.template.prefilledtxn.index.absolute"] == ["0", "5", "6"])
        #expect(dissected["bitcoin.tx.txid"].count == 3)
    }
}
