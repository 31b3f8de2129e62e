import BitcoinP2P
import Fields
import Foundation
import Support
import Testing

@Suite struct TxTests {
    @Test func `a legacy transaction`() {
        let dissected = Dissected("tx", Array(hex: Self.legacy))
        #expect(dissected.info == " d4a7…93e2 1 in 2 out 258 vB 33.59 BTC")
        #expect(
            dissected.listing == [
                "bitcoin.tx",
                "  bitcoin.tx.version 1",
                "  bitcoin.tx.input_count 1",
                "  bitcoin.tx.in [0] «2936…bd6d:0, P2PKH»",
                "    bitcoin.tx.in.prev_output",
                "      bitcoin.tx.in.prev_output.hash 2936ee6a0db4e4901988503bb6e966128dd5fa01bcf08451f78a1d5b08dbbd6d",
                "      bitcoin.tx.in.prev_output.index 0",
                "    bitcoin.tx.in.script_length 139",
                "    bitcoin.tx.in.sig_script \(Self.legacy.dropFirst(84).prefix(278))",
                "      bitcoin.tx.in.asm \(Self.signature)[ALL] \(Self.key) (generated)",
                "      bitcoin.tx.in.signature \(Self.signature)01",
                "        bitcoin.tx.in.signature.r 00f3581e1972ae8ac7c7367a7a253bc1135223adb9a468bb3a59233f45bc578380",
                "        bitcoin.tx.in.signature.s 59af01ca17d00e41837a1d58e97aa31bae584edec28d35bd96923690913bae9a",
                "        bitcoin.tx.in.signature.sighash ALL",
                "      bitcoin.tx.in.pubkey \(Self.key)",
                "        bitcoin.tx.in.pubkey.form uncompressed (generated)",
                "    bitcoin.tx.in.seq 4294967295",
                "      bitcoin.tx.in.seq.meaning final (generated)",
                "    bitcoin.tx.in.type P2PKH (generated)",
                "  bitcoin.tx.output_count 2",
                "  bitcoin.tx.out [0] «0.05000000 BTC to 13RoCeq4K8ddPW6ugcheFoXK4GC2BLVuET»",
                "    bitcoin.tx.out.value 5000000",
                "    bitcoin.tx.out.script_length 25",
                "    bitcoin.tx.out.script 76a9141aa0cd1cbea6e7458a7abad512a9d9ea1afb225e88ac",
                "      bitcoin.tx.out.asm OP_DUP OP_HASH160 1aa0cd1cbea6e7458a7abad512a9d9ea1afb225e OP_EQUALVERIFY OP_CHECKSIG (generated)",
                "      bitcoin.tx.out.type pubkeyhash (generated)",
                "      bitcoin.tx.out.address 13RoCeq4K8ddPW6ugcheFoXK4GC2BLVuET (generated)",
                "      bitcoin.tx.out.pubkey_hash 1aa0cd1cbea6e7458a7abad512a9d9ea1afb225e",
                "  bitcoin.tx.out [1] «33.54000000 BTC to 12LZjvQBy31ABRpqvMZQbu7S9K5SxaifjW»",
                "    bitcoin.tx.out.value 3354000000",
                "    bitcoin.tx.out.script_length 25",
                "    bitcoin.tx.out.script 76a9140eab5bea436a0484cfab12485efda0b78b4ecc5288ac",
                "      bitcoin.tx.out.asm OP_DUP OP_HASH160 0eab5bea436a0484cfab12485efda0b78b4ecc52 OP_EQUALVERIFY OP_CHECKSIG (generated)",
                "      bitcoin.tx.out.type pubkeyhash (generated)",
                "      bitcoin.tx.out.address 12LZjvQBy31ABRpqvMZQbu7S9K5SxaifjW (generated)",
                "      bitcoin.tx.out.pubkey_hash 0eab5bea436a0484cfab12485efda0b78b4ecc52",
                "  bitcoin.tx.lock_time 0",
                "    bitcoin.tx.lock_time.meaning none (generated)",
                "  bitcoin.tx.replaceable false (generated)",
                "  bitcoin.tx.total_out 3359000000 (generated)",
                "  bitcoin.tx.txid d4a73f51ab7ee7acb4cf0505d1fab34661666c461488e58ec30281e2becd93e2 (generated)",
                "  bitcoin.tx.wtxid d4a73f51ab7ee7acb4cf0505d1fab34661666c461488e58ec30281e2becd93e2 (generated)",
                "  bitcoin.tx.size 258 (generated)",
                "  bitcoin.tx.stripped_size 258 (generated)",
                "  bitcoin.tx.weight 1032 (generated)",
                "  bitcoin.tx.vsize 258 (generated)",
            ])
    }

    /// protocol.md section 13.4.
    @Test(arguments: [true, false])
    func `names and sizes with witness`(_ hashed: Bool) {
        let first = Dissected("tx", Array(hex: Self.mixed), hashed: hashed)
        #expect(first.info == " e815…4609 2 in 2 out 261 vB 3.3579 BTC")
        #expect(
            first.listing.suffix(6) == [
                "  bitcoin.tx.txid e8151a2af31c368a35053ddd4bdb285a8595c769a3ad83e0fa02314a602d4609 (generated)",
                "  bitcoin.tx.wtxid c36c38370907df2324d9ce9d149d191192f338b37665a82e78e76a12c909b762 (generated)",
                "  bitcoin.tx.size 343 (generated)",
                "  bitcoin.tx.stripped_size 233 (generated)",
                "  bitcoin.tx.weight 1042 (generated)",
                "  bitcoin.tx.vsize 261 (generated)",
            ])
        #expect(first["bitcoin.tx.flag"] == ["0001"])
        #expect(first["bitcoin.tx.input_count"] == ["2"])
        #expect(first["bitcoin.tx.in.prev_output.index"] == ["0", "1"])
        #expect(first["bitcoin.tx.in.seq"] == ["4294967278", "4294967295"])
        #expect(first["bitcoin.tx.witness.component_count"] == ["0", "2"])
        #expect(first["bitcoin.tx.witness.component.length"] == ["71", "33"])
        #expect(
            first["bitcoin.tx.witness.component.data"].last
                == "025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee6357")
        #expect(first["bitcoin.tx.lock_time"] == ["17"])

        let second = Dissected("tx", Sample.of("tx")[1], hashed: hashed)
        #expect(second.info == " ef48…0c23 1 in 2 out 170 vB 9.999966 BTC")
        #expect(
            second["bitcoin.tx.txid"] == ["ef48d9d0f595052e0f8cdcf825f7a5e50b6a388a81f206f3f4846e5ecd7a0c23"])
        #expect(
            second["bitcoin.tx.wtxid"] == ["680f483b2bf6c5dcbf111e69e885ba248a41a5e92070cfb0afec3cfc49a9fabb"])
        #expect(second["bitcoin.tx.size"] == ["251"])
        #expect(second["bitcoin.tx.stripped_size"] == ["142"])
        #expect(second["bitcoin.tx.weight"] == ["677"])
        #expect(second["bitcoin.tx.vsize"] == ["170"])
    }

    @Test func `a payload's hash is no txid where other bytes follow`() {
        let dissected = Dissected("tx", Array(hex: Self.legacy) + [0])
        #expect(
            dissected["bitcoin.tx.txid"] == ["d4a73f51ab7ee7acb4cf0505d1fab34661666c461488e58ec30281e2becd93e2"])
        #expect(dissected.info.hasPrefix(" d4a7…93e2 "))
    }

    @Test func `transactions without inputs`() {
        // Neither inputs nor outputs: the second zero is no flag.
        let empty = Dissected("tx", Array(hex: "0200000000000a000000"))
        #expect(empty.outcome == .complete)
        #expect(empty["bitcoin.tx.flag"].isEmpty)
        #expect(empty["bitcoin.tx.input_count"] == ["0"])
        #expect(empty["bitcoin.tx.output_count"] == ["0"])
        #expect(empty["bitcoin.tx.lock_time"] == ["10"])
        #expect(empty["bitcoin.tx.size"] == ["10"])
        // The flag, then no inputs, one output: no stack can hold anything.
        let marked = Dissected("tx", Array(hex: "02000000000100010100000000000000000a000000"))
        #expect(marked.outcome == .complete)
        #expect(marked["bitcoin.tx.flag"] == ["0001"])
        #expect(marked["bitcoin.tx.out.value"] == ["1"])
        #expect(marked.annotations.map(\.remark.name) == ["bitcoin.tx.witness.empty"])
        #expect(marked["bitcoin.tx.stripped_size"] == ["19"])
    }

    @Test func `witnesses that Core refuses`() {
        var bytes = [UInt8](hex: Self.mixed)
        // Both stacks empty.
        let stack = 343 - 4 - 1 - 107
        bytes.replaceSubrange(stack + 1..<343 - 4, with: [0])
        let superfluous = Dissected("tx", bytes)
        #expect(superfluous.outcome == .complete)
        #expect(superfluous["bitcoin.tx.witness.component_count"] == ["0", "0"])
        #expect(superfluous.annotations("bitcoin.tx.witness.component_count") == ["bitcoin.tx.witness.empty"])
        // Another bit of the flag beside that of the witness.
        var other = [UInt8](hex: Self.mixed)
        other[5] = 3
        #expect(Dissected("tx", other).outcome == .complete)
        #expect(Dissected("tx", other).annotations("bitcoin.tx.flag") == ["bitcoin.tx.flag.unknown"])
        // Such a bit alone: no witness.
        let alone = Dissected("tx", [1, 0, 0, 0, 0, 2] + [UInt8](hex: Self.legacy)[4...])
        #expect(alone.outcome == .complete)
        #expect(alone["bitcoin.tx.witness"].isEmpty)
        #expect(alone.annotations.map(\.remark.name) == ["bitcoin.tx.flag.unknown"])
    }

    @Test func `counts and lengths without end cost nothing`() {
        let endless = [UInt8](repeating: 0xff, count: 9)
        let inputs = Dissected("tx", [1, 0, 0, 0] + endless + [UInt8](repeating: 0, count: 20))
        #expect(inputs.outcome == .truncated)
        #expect(inputs.annotations("bitcoin.tx.input_count") == ["bitcoin.count.over_limit"])
        let script = Dissected("tx", [1, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 36) + endless)
        #expect(script.outcome == .truncated)
        #expect(script.nodes.count < 12)
        let stack = Dissected("tx", Array(hex: Self.mixed).dropLast(4 + 1 + 106) + endless)
        #expect(stack.outcome == .truncated)
        #expect(stack.tilingProblem() == nil)
    }

    @Test func `a hundred thousand inputs`() throws {
        let count = 100_000
        let header: [UInt8] = [1, 0, 0, 0, 0xfe, 0xa0, 0x86, 1, 0]
        let bytes = header + [UInt8](repeating: 0, count: 41 * count) + [0] + [0, 0, 0, 0]
        let type = try #require(MessageType.named("tx"))
        #expect(Dissected.skim(type, bytes).info.hasSuffix(" 100000 in 0 out 4100014 vB"))
        let dissected = Dissected(type, bytes)
        #expect(dissected.outcome == .complete)
        #expect(dissected.indexes("bitcoin.tx.in").count == count)
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `Core's transactions are read to the last byte`() throws {
        var hexes: [String] = []
        for (file, place, number) in [("tx_valid", 1, 139), ("tx_invalid", 1, 104), ("sighash", 0, 500)] {
            let json = try JSONSerialization.jsonObject(with: Files.vector("core/\(file).json"))
            // Rows with fewer entries are comments, and so is the heading of sighash.json.
            let rows = try #require(json as? [[Any]]).filter { $0.count > 2 }
            let found = rows.compactMap { $0[place] as? String }.filter { $0.allSatisfy(\.isHexDigit) }
            #expect(found.count == number, "\(file)")
            hexes += found
        }
        let type = try #require(MessageType.named("tx"))
        for hex in hexes {
            let bytes = [UInt8](hex: hex)
            let dissected = Dissected(type, bytes)
            #expect(dissected.outcome == .complete && dissected["bitcoin.trailing"].isEmpty, "\(hex)")
            #expect(dissected.structureProblem() == nil && dissected.tilingProblem() == nil, "\(hex)")
            let skimmed = Dissected.skim(type, bytes)
            #expect(skimmed.outcome == .complete && skimmed.info == dissected.info, "\(hex)")
        }
    }

    /// Without the byte that says what it covers.
    private static let signature = legacy.dropFirst(86).prefix(142)
    private static let key = legacy.dropFirst(232).prefix(130)
    private static let legacy = """
        01000000016dbddb085b1d8af75184f0bc01fad58d1266e9b63b50881990e4b40d6aee3629000000008b483045022100f3581e1972ae8ac7c7\
        367a7a253bc1135223adb9a468bb3a59233f45bc578380022059af01ca17d00e41837a1d58e97aa31bae584edec28d35bd96923690913bae9a\
        0141049c02bfc97ef236ce6d8fe5d94013c721e915982acd2b12b65d9b7d59e20a842005f8fc4e02532e873d37b96f09d6d4511ada8f14042f\
        46614a4c70c0f14beff5ffffffff02404b4c00000000001976a9141aa0cd1cbea6e7458a7abad512a9d9ea1afb225e88ac80fae9c700000000\
        1976a9140eab5bea436a0484cfab12485efda0b78b4ecc5288ac00000000
        """

    private static let mixed = """
        01000000000102fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f00000000494830450221008b9d1dc26ba6a9\
        cb62127b02742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f9281a99f2b1c0a19c0489bc22ede944ccf4ecbab4cc618e\
        f3ed01eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb20600000000\
        1976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa81\
        5988ac000247304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c4518331561406f9030\
        0e8f3358f51928d43c212a8caed02de67eebee0121025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee6357110000\
        00
        """
}
