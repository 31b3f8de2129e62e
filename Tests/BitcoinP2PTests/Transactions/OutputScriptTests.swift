import BitcoinP2P
import Fields
import Support
import Testing

/// Templates of output scripts, and how outputs are headed.
@Suite struct OutputScriptTests {
    private static let key = "02" + String(repeating: "ab", count: 32)
    private static let long = "04" + String(repeating: "cd", count: 64)
    private static let hash = String(repeating: "ee", count: 20)

    private static func multisig(_ required: String, _ keys: Int, _ count: String) -> String {
        required + String(repeating: "21" + key, count: keys) + count + "ae"
    }

    @Test(
        arguments: [
            ("a914\(hash)87", "scripthash", "1.00000000 BTC to 3PUNyaW7M55oKWJ3kDukwk9bsKvryra15j"),
            ("76a914\(hash)88ac", "pubkeyhash", "1.00000000 BTC to 1NnN431foAmRELbcd8FAX7nfioe9VzYebK"),
            ("0014\(hash)", "witness_v0_keyhash", nil), ("0020\(hash)\(hash.prefix(24))", "witness_v0_scripthash", nil),
            ("5120\(hash)\(hash.prefix(24))", "witness_v1_taproot", nil), ("51024e73", "anchor", nil),
            ("51024e74", "witness_unknown", nil), ("5220\(hash)\(hash.prefix(24))", "witness_unknown", nil),
            ("0015\(hash)ee", "nonstandard", "1.00000000 BTC to a nonstandard script"),
            ("6a", "nulldata", "1.00000000 BTC, OP_RETURN"), ("6a50", "nulldata", nil), ("6a61", "nonstandard", nil),
            ("21\(key)ac", "pubkey", "1.00000000 BTC to a public key"), ("41\(long)ac", "pubkey", nil),
            ("21\(long.prefix(66))ac", "nonstandard", nil), ("2103ac", "nonstandard", nil), ("ac", "nonstandard", nil),
            ("4c21\(key)ac", "nonstandard", nil),
            (multisig("51", 1, "51"), "multisig", "1.00000000 BTC to 1 of 1 keys"),
            (multisig("52", 3, "53"), "multisig", "1.00000000 BTC to 2 of 3 keys"),
            (multisig("60", 20, "0114"), "multisig", "1.00000000 BTC to 16 of 20 keys"),
            (multisig("0111", 17, "0111"), "multisig", nil),
            // Not as short as can be, more than 20, more needed than there are, another count, one byte more.
            (multisig("0101", 1, "51"), "nonstandard", nil), (multisig("51", 21, "0115"), "nonstandard", nil),
            (multisig("53", 2, "52"), "nonstandard", nil), (multisig("51", 2, "53"), "nonstandard", nil),
            (multisig("51", 1, "5161"), "nonstandard", nil), ("5151ae", "nonstandard", nil),
            ("00ae", "nonstandard", nil),
            ("a914\(hash)8751", "nonstandard", nil), ("51", "nonstandard", nil), ("", "nonstandard", nil),
        ] as [(String, String, String?)])
    func `types`(_ script: String, _ type: String, _ heading: String?) {
        let dissected = TransactionBuilder.paying(Array(hex: script))
        #expect(dissected["bitcoin.tx.out.type"] == [type])
        if let heading { #expect(dissected.headings("bitcoin.tx.out") == [heading]) }
        #expect(dissected.tilingProblem() == nil && dissected.structureProblem() == nil)
        let isOverrun = ["2103ac"].contains(script)
        #expect(dissected.annotations.isEmpty == !isOverrun)
    }

    @Test func `what the templates hold`() {
        let keyHash = TransactionBuilder.paying(Array(hex: "76a914\(Self.hash)88ac"))
        #expect(keyHash["bitcoin.tx.out.pubkey_hash"] == [Self.hash])
        #expect(
            TransactionBuilder.paying(Array(hex: "a914\(Self.hash)87"))["bitcoin.tx.out.script_hash"] == [Self.hash])
        let program = TransactionBuilder.paying(Array(hex: "6002751e"))
        #expect(program["bitcoin.tx.out.witness_version"] == ["16"])
        #expect(program["bitcoin.tx.out.witness_program"] == ["751e"])
        let keys = TransactionBuilder.paying(Array(hex: Self.multisig("51", 2, "52")))
        #expect(keys["bitcoin.tx.out.multisig"] == ["1 of 2"])
        #expect(keys["bitcoin.tx.out.pubkey"] == [Self.key, Self.key])
        #expect(keys["bitcoin.tx.out.pubkey.form"] == ["compressed", "compressed"])
        let long = TransactionBuilder.paying(Array(hex: "41\(Self.long)ac"))
        #expect(long["bitcoin.tx.out.pubkey"] == [Self.long])
        #expect(long["bitcoin.tx.out.pubkey.form"] == ["uncompressed"])
    }

    @Test func `data that outputs carry`() {
        let hello = TransactionBuilder.paying([0x6a] + push(Array("hello world".utf8)), 0)
        #expect(hello.headings("bitcoin.tx.out") == ["OP_RETURN \"hello world\""])
        #expect(hello["bitcoin.tx.out.data"] == ["68656c6c6f20776f726c64"])
        #expect(hello["bitcoin.tx.out.data.text"] == ["hello world"])
        #expect(hello["bitcoin.tx.out.asm"] == ["OP_RETURN 68656c6c6f20776f726c64"])
        // Escapes, half a character: no text.
        for data in [Array("\u{1b}[31mred".utf8), Array("caf\u{e9}".utf8.dropLast()), Array("back\\slash".utf8)] {
            let dissected = TransactionBuilder.paying([0x6a] + push(data), 0)
            #expect(dissected["bitcoin.tx.out.data.text"].isEmpty)
            #expect(dissected.headings("bitcoin.tx.out") == ["OP_RETURN \(data.hex)"])
        }
        #expect(
            TransactionBuilder.paying([0x6a] + push(Array("naïve 鱼".utf8)), 5).headings("bitcoin.tx.out")
                == ["0.00000005 BTC, OP_RETURN \"naïve 鱼\""])
        let two = TransactionBuilder.paying([0x6a, 0x51] + push(Array("one!".utf8)) + push([1, 2, 3, 4, 5]), 0)
        #expect(two.headings("bitcoin.tx.out") == ["OP_RETURN \"one!\" …"])
        #expect(two["bitcoin.tx.out.data"] == ["6f6e6521", "0102030405"])
        let endless = TransactionBuilder.paying([0x6a] + [UInt8](repeating: 1, count: 10_000), 0)
        #expect(endless["bitcoin.tx.out.data"].count == 16)
    }

    @Test func `amounts`() {
        var transaction = TransactionBuilder()
        let most: Int64 = 2_100_000_000_000_000
        transaction.outputs = [1, 2, 3].map { TransactionBuilder.Output(value: $0, script: [0x51]) }
        let small = Dissected("tx", transaction.bytes)
        #expect(small["bitcoin.tx.total_out"] == ["6"])
        #expect(small.info.hasSuffix(" 1 in 3 out 81 vB 0.00000006 BTC"))
        #expect(small.annotations.isEmpty)
        transaction.outputs = [TransactionBuilder.Output(value: most, script: [0x51])]
        #expect(Dissected("tx", transaction.bytes).annotations.isEmpty)
        #expect(Dissected("tx", transaction.bytes).info.hasSuffix(" 21000000 BTC"))
        transaction.outputs.append(TransactionBuilder.Output(value: 1))
        #expect(
            Dissected("tx", transaction.bytes).annotations("bitcoin.tx.total_out") == ["bitcoin.amount.out_of_range"])
        for wrong in [most + 1, -1, .min, .max] {
            transaction.outputs = [most, wrong, wrong, .max].map { TransactionBuilder.Output(value: $0) }
            let dissected = Dissected("tx", transaction.bytes)
            #expect(dissected.annotations("bitcoin.tx.out.value").count == 3)
            #expect(dissected["bitcoin.tx.total_out"].isEmpty && dissected.info.hasSuffix(" vB"))
        }
        #expect(
            TransactionBuilder.paying([], 7).headings("bitcoin.tx.out")[0]?.hasPrefix("0.00000007 BTC to any") == true)
    }
}
