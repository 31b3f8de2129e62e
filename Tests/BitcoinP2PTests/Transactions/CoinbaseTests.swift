import BitcoinP2P
import Fields
import Foundation
import Support
import Testing

/// Coinbases, and when transactions are valid.
@Suite struct CoinbaseTests {
    @Test(
        arguments: [
            ("03904f0607", Magic.main, "413584"), ("039b7a03", Magic.main, "227995"),
            ("035b7a03", Magic.main, "227931"),
            // Before BIP 34 was the rule, four bytes of bits, not as short as can be, no push.
            ("035a7a03", Magic.main, nil), ("04ffff001d0104", Magic.main, nil), ("03ff7f00ff", Magic.main, nil),
            ("0400000100", Magic.main, nil), ("4c03904f06", Magic.main, nil), ("ac904f06", Magic.main, nil),
            ("03904f86", Magic.main, nil), ("03904f", Magic.main, nil),
            ("027752", Magic.testnet3, "21111"), ("027652", Magic.testnet3, nil), ("5151", Magic.signet, "1"),
            ("6000", Magic.testnet4, "16"), ("011100", Magic.regtest, "17"), ("011000", Magic.regtest, nil),
            ("028000", Magic.regtest, "128"), ("027f00", Magic.regtest, nil), ("03008000", Magic.regtest, "32768"),
        ] as [(String, UInt32, String?)])
    func `heights`(_ script: String, _ magic: UInt32, _ height: String?) {
        let dissected = TransactionBuilder.coinbase(Array(hex: script), magic: magic)
        #expect(dissected["bitcoin.tx.coinbase.height"] == (height.map { [$0] } ?? []))
        #expect(dissected["bitcoin.tx.in.type"] == ["coinbase"])
        #expect(dissected.headings("bitcoin.tx.in") == ["coinbase"])
        #expect(dissected["bitcoin.tx.replaceable"].isEmpty)
        // Nothing runs the script, so a push past its end is no flaw.
        #expect(dissected.annotations.isEmpty)
        #expect(dissected.tilingProblem() == nil && dissected.structureProblem() == nil)
    }

    @Test func `texts`() throws {
        let text = Array("/Foo/ abc\u{0}xyz\u{1}鱼鱼鱼鱼\u{7f}".utf8) + [0xff] + Array("tail".utf8)
        let dissected = TransactionBuilder.coinbase([3, 0x90, 0x4f, 0x06] + text)
        #expect(dissected["bitcoin.tx.coinbase.text"] == ["/Foo/ abc", "鱼鱼鱼鱼", "tail"])
        #expect(dissected.tilingProblem() == nil && dissected.structureProblem() == nil)
        let genesis = Dissected("block", try Self.genesis())
        #expect(
            genesis["bitcoin.tx.coinbase.text"] == [
                "EThe Times 03/Jan/2009 Chancellor on brink of second bailout for banks"
            ])
        #expect(genesis["bitcoin.tx.coinbase.height"].isEmpty)
        let many = TransactionBuilder.coinbase(Array(repeating: Array("text\u{0}".utf8), count: 1000).flatMap { $0 })
        #expect(many["bitcoin.tx.coinbase.text"].count == 16)
        #expect(many.annotations("bitcoin.tx.in.sig_script") == ["bitcoin.coinbase.length_wrong"])
        #expect(
            TransactionBuilder.coinbase([1]).annotations("bitcoin.tx.in.sig_script") == [
                "bitcoin.coinbase.length_wrong"
            ])
    }

    private static func genesis() throws -> [UInt8] {
        struct Genesis: Decodable { let block: String }
        let blocks = try JSONDecoder().decode([String: Genesis].self, from: Files.sample("genesis_blocks.json"))
        return Array(hex: try #require(blocks["mainnet"] ?? blocks["main"]).block)
    }

    @Test func `witness commitment and signet solution`() {
        let head: [UInt8] = [0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed]
        let first = [UInt8](repeating: 1, count: 32)
        let last = [UInt8](repeating: 2, count: 32)
        let solution: [UInt8] = [0, 1, 2, 3, 4]
        let tail = push([9, 9, 9, 9, 9]) + push([0xec, 0xc7, 0xda, 0xa2] + solution)
        let outputs = [
            TransactionBuilder.Output(script: [0x51]), TransactionBuilder.Output(value: 0, script: head + first),
            TransactionBuilder.Output(value: 0, script: head + last + tail),
            TransactionBuilder.Output(value: 0, script: head + last.dropLast()),
        ]
        let reserved = [UInt8](repeating: 0, count: 32)
        let dissected = TransactionBuilder.coinbase(
            [0x51, 0x51], outputs: outputs, witness: [reserved], magic: Magic.signet)
        // The last one counts.
        #expect(dissected["bitcoin.tx.out.witness_commitment"] == [last.hex])
        #expect(dissected["bitcoin.tx.out.signet_solution"] == [solution.hex])
        #expect(dissected["bitcoin.tx.coinbase.witness_reserved_value"] == [reserved.hex])
        #expect(dissected.headings("bitcoin.tx.out")[2] == "witness commitment")
        #expect(dissected.headings("bitcoin.tx.out")[1]?.hasPrefix("OP_RETURN aa21") == true)
        #expect(dissected.headings("bitcoin.tx.witness") == ["coinbase"])
        #expect(dissected.tilingProblem() == nil && dissected.structureProblem() == nil)
        // Sent without witness it is found all the same; in another transaction there is none.
        #expect(
            TransactionBuilder.coinbase([0x51, 0x51], outputs: outputs)["bitcoin.tx.out.witness_commitment"] == [
                last.hex
            ])
        #expect(TransactionBuilder.paying(head + first, 0)["bitcoin.tx.out.witness_commitment"].isEmpty)
    }

    @Test func `an input that spends nothing beside others`() {
        var transaction = TransactionBuilder()
        let nothing = [UInt8](repeating: 0, count: 32) + [0xff, 0xff, 0xff, 0xff]
        transaction.inputs = [TransactionBuilder.Input(), TransactionBuilder.Input(outpoint: nothing)]
        let dissected = Dissected("tx", transaction.bytes)
        #expect(dissected.annotations("bitcoin.tx.in.prev_output.index") == ["bitcoin.prevout.null"])
        #expect(dissected["bitcoin.tx.in.type"] == ["empty", "empty"])
    }

    @Test(
        arguments: [
            (0xffff_ffff, 2, "final"), (0xffff_fffe, 2, "lock time applies"),
            (0xffff_fffd, 2, "lock time applies, replaceable (BIP 125)"),
            (0x8000_0000, 2, "lock time applies, replaceable (BIP 125)"),
            (144, 1, "lock time applies, replaceable (BIP 125)"),
            (144, 2, "lock time applies, replaceable (BIP 125), relative lock of 144 blocks (BIP 68)"),
            (0x0001_0001, 3, "lock time applies, replaceable (BIP 125), relative lock of 1 block (BIP 68)"),
            (0x0040_0003, 2, "lock time applies, replaceable (BIP 125), relative lock of 1536 seconds (BIP 68)"),
            (0, 2, "lock time applies, replaceable (BIP 125), no relative lock time"),
        ] as [(UInt32, UInt32, String)])
    func `sequences`(_ sequence: UInt32, _ version: UInt32, _ meaning: String) {
        var transaction = TransactionBuilder()
        transaction.version = version
        transaction.inputs = [TransactionBuilder.Input(), TransactionBuilder.Input(sequence: sequence)]
        let dissected = Dissected("tx", transaction.bytes)
        #expect(dissected["bitcoin.tx.in.seq.meaning"] == ["final", meaning])
        #expect(dissected["bitcoin.tx.replaceable"] == [sequence < 0xffff_fffe ? "true" : "false"])
    }

    @Test(
        arguments: [
            (0, .max, "none"), (17, 0xffff_fffe, "only in blocks above height 17"),
            (499_999_999, 0, "only in blocks above height 499999999"),
            (17, .max, "only in blocks above height 17: ignored, as all inputs are final"),
            (500_000_000, 0, "only in blocks whose median time past is after 1985-11-05 00:53:20 UTC"),
            (1_231_006_505, 0, "only in blocks whose median time past is after 2009-01-03 18:15:05 UTC"),
            (1_709_208_000, 0, "only in blocks whose median time past is after 2024-02-29 12:00:00 UTC"),
            (.max, 0, "only in blocks whose median time past is after 2106-02-07 06:28:15 UTC"),
        ] as [(UInt32, UInt32, String)])
    func `lock times`(_ time: UInt32, _ sequence: UInt32, _ meaning: String) {
        var transaction = TransactionBuilder()
        transaction.inputs = [TransactionBuilder.Input(sequence: sequence)]
        transaction.lockTime = time
        #expect(Dissected("tx", transaction.bytes)["bitcoin.tx.lock_time.meaning"] == [meaning])
    }
}
