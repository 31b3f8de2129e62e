import BitcoinP2P
import Fields
import Testing

/// What `version` implies: features, services, clock.
@Suite struct PeerTests {
    private static let sample = Sample.of("version")[0]
    private static let second: Int64 = 1_000_000_000
    /// The sample's own time.
    private static let then: Int64 = 1_735_689_600

    @Test(
        arguments: [
            (
                70017,
                "getheaders, pong, mempool, bloom filters, sendheaders, feefilter, compact blocks, wtxid relay and addrv2, feature"
            ),
            (70015, "getheaders, pong, mempool, bloom filters, sendheaders, feefilter, compact blocks"),
            (70012, "getheaders, pong, mempool, bloom filters, sendheaders"),
            (70002, "getheaders, pong, mempool, bloom filters"),
            (60001, "getheaders, pong"), (60000, "getheaders"), (31799, nil), (0, nil), (-1, nil),
        ] as [(Int32, String?)])
    func `features of the protocol number`(_ number: Int32, _ expected: String?) {
        var bytes = Self.sample
        withUnsafeBytes(of: number.littleEndian) { bytes.replaceSubrange(0..<4, with: $0) }
        let dissected = Dissected("version", bytes)
        #expect(dissected["bitcoin.version.features"] == (expected.map { [$0] } ?? []))
        #expect(dissected.structureProblem() == nil)
    }

    @Test(
        arguments: [
            (0, "client: no blocks"), (1, "full node: all blocks"),
            (0x408, "pruned node: the last 288 blocks, witnesses"),
            (0xc4d, "full node: all blocks, witnesses, bloom filters, compact filters, v2 transport"),
            (0x8, "client: no blocks, witnesses"), (UInt64(1) << 63, "client: no blocks"),
            (0x5001, "full node: all blocks, utreexo proofs, snapshots of unspent outputs"),
        ] as [(UInt64, String)])
    func `services in words`(_ services: UInt64, _ expected: String) {
        var bytes = Self.sample
        withUnsafeBytes(of: services.littleEndian) { bytes.replaceSubrange(4..<12, with: $0) }
        #expect(Dissected("version", bytes)["bitcoin.version.serves"] == [expected])
    }

    @Test(arguments: [0, 1, -1, 4200, -4200, 4201, -4201, 86_400] as [Int64])
    func `clocks`(_ seconds: Int64) {
        let dissected = Dissected("version", Self.sample, time: (Self.then - seconds) * Self.second)
        #expect(dissected["bitcoin.version.clock_offset"] == ["\(seconds * Self.second)"])
        let isOff = abs(seconds) > 4200
        #expect(dissected.annotations("bitcoin.version.clock_offset") == (isOff ? ["bitcoin.clock.off"] : []))
        #expect(dissected.annotations.map(\.value) == (isOff ? [UInt64(abs(seconds) / 60)] : []))
    }

    @Test func `clocks that cannot be`() {
        for stamp in [Int64.max, .min, 9_000_000_000_000, 253_402_300_800] {
            var bytes = Self.sample
            withUnsafeBytes(of: stamp.littleEndian) { bytes.replaceSubrange(12..<20, with: $0) }
            for time in [Self.then * Self.second, .max, .min] {
                let dissected = Dissected("version", bytes, time: time)
                // As it is, though 64 bits do not hold it in nanoseconds.
                let expected = Int128(stamp) * 1_000_000_000 - Int128(time)
                let found = dissected.indexes("bitcoin.version.clock_offset").map { index in
                    let node = dissected.nodes[index]
                    return node.nanoseconds(dissected.generated.span.bytes.extracting(node.range))
                }
                #expect(found == [expected])
                #expect(dissected.annotations("bitcoin.version.clock_offset") == ["bitcoin.clock.off"])
            }
        }
        // Where nobody knows the time of the capture there is no difference.
        #expect(Dissected("version", Self.sample)["bitcoin.version.clock_offset"].isEmpty)
    }
}
