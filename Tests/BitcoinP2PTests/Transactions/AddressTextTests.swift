import BitcoinP2P
import Fields
import Foundation
import Support
import Testing

/// Addresses of output scripts, on each network.
@Suite struct AddressTextTests {
    /// protocol.md section 13.5.
    @Test(arguments: [
        ("0014751e76e8199196d454941c45d1b3a323f1433bd6", Magic.main, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
        (
            "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262", Magic.testnet3,
            "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7"
        ),
        (
            "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", Magic.main,
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
        ),
        ("6002751e", Magic.main, "bc1sw50qgdz25j"),
        ("5210751e76e8199196d454941c45d1b3a323", Magic.main, "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs"),
        ("51024e73", Magic.main, "bc1pfeessrawgf"), ("51024e73", Magic.testnet4, "tb1pfees9rn5nz"),
        ("51024e73", Magic.signet, "tb1pfees9rn5nz"), ("51024e73", Magic.regtest, "bcrt1pfeesnyr2tx"),
    ])
    func `known answers`(_ script: String, _ magic: UInt32, _ address: String) {
        #expect(TransactionBuilder.paying(Array(hex: script), magic: magic)["bitcoin.tx.out.address"] == [address])
    }

    @Test(arguments: [0x1122_3344, 0x161c_1412, 0x4649_5645] as [UInt32])
    func `networks whose addresses are not known have none`(_ magic: UInt32) {
        for script in [
            "0014751e76e8199196d454941c45d1b3a323f1433bd6", "a914eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee87",
        ] {
            let dissected = TransactionBuilder.paying(Array(hex: script), magic: magic)
            #expect(dissected["bitcoin.tx.out.address"].isEmpty)
            #expect(dissected.headings("bitcoin.tx.out")[0]?.contains("hash") == true)
        }
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `Core's addresses`() throws {
        let magics = ["main": Magic.main, "test": Magic.testnet3, "signet": Magic.signet, "regtest": Magic.regtest]
        let json = try JSONSerialization.jsonObject(with: Files.vector("core/key_io_valid.json"))
        let invalid = try #require(
            JSONSerialization.jsonObject(with: Files.vector("core/key_io_invalid.json")) as? [[String]]
        ).flatMap { $0 }
        #expect(invalid.count > 60)
        var seen = 0
        for row in try #require(json as? [[Any]]) {
            let about = try #require(row[2] as? [String: Any])
            if about["isPrivkey"] as? Bool == true { continue }
            let address = try #require(row[0] as? String)
            let script = try #require(row[1] as? String)
            let chain = try #require(about["chain"] as? String)
            let found = TransactionBuilder.paying(Array(hex: script), magic: try #require(magics[chain]))[
                "bitcoin.tx.out.address"]
            #expect(found == [address])
            // What Core refuses is never written.
            #expect(!found.contains { invalid.contains($0) })
            seen += 1
        }
        #expect(seen == 54)
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `segwit addresses`() throws {
        struct Vectors: Decodable {
            struct Valid: Decodable {
                let address: String
                let script_pubkey: String
            }
            let valid: [Valid]
        }
        let vectors = try JSONDecoder().decode(Vectors.self, from: Files.vector("segwit_addresses.json"))
        #expect(vectors.valid.count == 11)
        for vector in vectors.valid {
            let address = vector.address.lowercased()
            let magic = address.hasPrefix("bcrt") ? Magic.regtest : address.hasPrefix("bc") ? Magic.main : Magic.signet
            let found = TransactionBuilder.paying(Array(hex: vector.script_pubkey), magic: magic)
            #expect(found["bitcoin.tx.out.address"] == [address])
        }
    }

    @Test func `base58 keeps the zero bytes in front`() {
        let zeros = TransactionBuilder.paying(Array(hex: "76a914" + String(repeating: "00", count: 20) + "88ac"))
        #expect(zeros["bitcoin.tx.out.address"] == ["1111111111111111111114oLvT2"])
        let ones = TransactionBuilder.paying(Array(hex: "a914" + String(repeating: "ff", count: 20) + "87"))
        #expect(ones["bitcoin.tx.out.address"] == ["3R2cuenjG5nFubqX9Wzuukdin2YfBbQ6Kw"])
    }
}
