import BitcoinP2P
import Support
import Testing

/// Known answers (protocol.md sections 1, 2.1 and 13).
@Suite struct HashTests {
    private func hash(_ bytes: [UInt8], at offset: Int) -> Hash256? { Hash256(bytes.span.bytes, at: offset) }

    private func bytes(of hash: Hash256) -> [UInt8] { hash.bytes.withUnsafeBytes { Array($0) } }

    @Test(arguments: [
        ("", 0x5df6_e0e2 as UInt32),
        ("01e215104d010000000000000000000000000000000000ffff0a000001208d", 0xed52_399b),
        ("736561726368000000000000123456789abcdef0", 0x73d5_5677),
    ])
    func checksumOfPayload(_ payload: String, _ checksum: UInt32) {
        #expect(doubleHash([UInt8](hex: payload)).checksum == checksum)
    }

    @Test func magicOfSignetIsTheHashOfItsChallenge() {
        let challenge = [UInt8](
            hex:
                "512103ad5e0edad18cb1f0fc0d28a3d4f1f3e445640337489abb10404f2d1e086be430210359ef5021964fe22d6f8e05b2463c9540"
                + "ce96883fe3b278760f048f5189f2e6c452ae")
        #expect(challenge.count == 71)
        #expect(doubleHash([71] + challenge).checksum == 0x0a03_cf40)
    }

    @Test(arguments: [
        (
            "4a29ab5f49ffff001d1dac2b7c", "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
        ),
        ("4adae5494dffff001d1aa4ae18", "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943"),
        ("4a008f4d5fae77031e8ad22203", "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6"),
        ("4adae5494dffff7f2002000000", "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"),
    ])
    func genesisBlock(_ tail: String, _ displayed: String) {
        let header = [UInt8](
            hex:
                "01000000" + String(repeating: "00", count: 32)
                + "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e" + tail)
        #expect(header.count == 80)
        let hash = doubleHash(header)
        let wire = bytes(of: hash)
        #expect(wire == [UInt8](hex: displayed).reversed())
        #expect(hash.checksum == wire.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
    }

    @Test func piecesAreAsOne() {
        let bytes = filler(1000)
        for cut in [0, 1, 63, 64, 65, 999, 1000] {
            var hasher = DoubleSHA256()
            hasher.update(bytes.span.bytes.extracting(0..<cut))
            hasher.update(bytes.span.bytes.extracting(cut..<bytes.count))
            let hash = hasher.finalize()
            #expect(hash == doubleHash(bytes))
        }
    }

    @Test func hashFromBytes() throws {
        let bytes = filler(40)
        let hash = try #require(self.hash(bytes, at: 8))
        #expect(self.bytes(of: hash) == Array(bytes[8...]))
        #expect(self.hash(bytes, at: 9) == nil)
        #expect(self.hash(bytes, at: -1) == nil)
        #expect(self.hash(bytes, at: 7) != hash)
        var changed = bytes
        changed[39] ^= 1
        #expect(self.hash(changed, at: 8) != hash)
    }
}
