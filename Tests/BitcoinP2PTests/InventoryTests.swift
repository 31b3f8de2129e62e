import BitcoinP2P
import Fields
import Testing

/// `inv`, `getdata`, `notfound`, `getblocks` and `getheaders`.
@Suite struct InventoryTests {
    private static let genesis = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
    private static let coinbase = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
    private static let segwit = "680f483b2bf6c5dcbf111e69e885ba248a41a5e92070cfb0afec3cfc49a9fabb"

    @Test func `a count of 2⁶⁴ is not shown as another number`() {
        let dissected = Dissected("inv", Array(repeating: 0xff, count: 9))
        #expect(dissected.info == " over 9223372036854775806")
        #expect(dissected.nodes.contains { $0.value == .max })
    }

    @Test func `inv`() {
        let dissected = Dissected("inv", Sample.of("inv")[0])
        #expect(dissected.info == " 1 × MSG_TX, 1 × MSG_BLOCK, 1 × MSG_WTX")
        #expect(
            dissected.listing == [
                "bitcoin.inv",
                "  bitcoin.inv.count 3",
                "  bitcoin.inv.item [0]",
                "    bitcoin.inv.type MSG_TX",
                "    bitcoin.inv.hash \(Self.coinbase)",
                "  bitcoin.inv.item [1]",
                "    bitcoin.inv.type MSG_BLOCK",
                "    bitcoin.inv.hash \(Self.genesis)",
                "  bitcoin.inv.item [2]",
                "    bitcoin.inv.type MSG_WTX",
                "    bitcoin.inv.hash \(Self.segwit)",
            ])
    }

    @Test func `getdata`() {
        let dissected = Dissected("getdata", Sample.of("getdata")[0])
        #expect(dissected["bitcoin.getdata.count"] == ["5"])
        #expect(
            dissected["bitcoin.getdata.type"] == [
                "MSG_WITNESS_TX", "MSG_WITNESS_BLOCK", "MSG_FILTERED_BLOCK", "MSG_CMPCT_BLOCK", "MSG_WTX",
            ])
        #expect(
            dissected["bitcoin.getdata.hash"] == [
                Self.coinbase, Self.genesis, Self.genesis, Self.genesis, Self.segwit,
            ])
        #expect(
            dissected.info
                == " 1 × MSG_WITNESS_TX, 1 × MSG_WITNESS_BLOCK, 1 × MSG_FILTERED_BLOCK, 1 × MSG_CMPCT_BLOCK, 1 other")
    }

    @Test func `notfound`() {
        let dissected = Dissected("notfound", Sample.of("notfound")[0])
        #expect(dissected.info == " 1 × MSG_TX 2222…2222")
        // All digits where somebody wants them.
        var sink = SkimSink()
        sink.wantsWholeHashes = true
        let context = MessageContext(network: Network(magic: 0xf9be_b4d9), time: 0)
        MessageType.named("notfound")?.skim(dissected.bytes.span.bytes, from: 0, context, into: &sink)
        #expect(sink.info.string == " 1 × MSG_TX " + String(repeating: "22", count: 32))
        #expect(dissected["bitcoin.notfound.hash"] == [String(repeating: "22", count: 32)])
    }

    @Test func `unknown types and counts without end`() {
        let unknown = Dissected("inv", [1, 8, 0, 0, 0] + [UInt8](repeating: 7, count: 32))
        #expect(unknown.info == " 1 × type 0x00000008 0707…0707")
        #expect(unknown.annotations("bitcoin.inv.type") == ["bitcoin.inv.type.unknown"])
        let endless = Dissected("inv", [UInt8](repeating: 0xff, count: 9))
        #expect(endless.outcome == .truncated)
        #expect(endless.annotations("bitcoin.inv.count") == ["bitcoin.entries.over_limit"])
        #expect(endless.nodes.count == 4)
        #expect(Dissected("inv", [0]).info == " 0")
        #expect(Dissected("inv", [0xfd, 0, 0]).annotations("bitcoin.inv.count") == ["bitcoin.compactsize.not_minimal"])
        let alike = Dissected("inv", [0xfd, 0x2c, 1] + [UInt8](repeating: 5, count: 300 * 36))
        #expect(alike.info == " 300 × type 0x05050505")
    }

    @Test(arguments: ["getblocks", "getheaders"])
    func `getblocks and getheaders`(_ command: String) {
        let bytes = Sample.of(command)[0]
        let dissected = Dissected(command, bytes)
        let zero = String(repeating: "0", count: 64)
        #expect(dissected.info == " from 0000…e26f, 2 hashes")
        #expect(
            dissected.listing == [
                "bitcoin.\(command)",
                "  bitcoin.\(command).version 70016",
                "  bitcoin.\(command).count 2",
                "  bitcoin.\(command).hash_start \(Self.genesis)",
                "  bitcoin.\(command).hash_start \(String(repeating: "1", count: 64))",
                "  bitcoin.\(command).hash_stop \(zero)",
            ])
        // No locator: exactly the stopping hash.
        let one = Dissected(command, Array(bytes[..<4]) + [0] + bytes[5..<37])
        #expect(one.outcome == .complete)
        #expect(one.info == " 0 hashes to 0000…e26f")
        let many = Dissected(command, [0, 0, 0, 0, 102] + [UInt8](repeating: 0, count: 103 * 32))
        #expect(many.annotations("bitcoin.\(command).count") == ["bitcoin.locator.over_limit"])
        #expect(many.outcome == .complete)
    }
}
