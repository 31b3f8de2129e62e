import BitcoinP2P
import Fields
import Foundation
import Support
import Testing

/// What is computed of block headers: proof of work, and how they hang together.
@Suite struct HeaderTests {
    private struct Genesis: Decodable {
        let magic: String
        let header: String
        let block: String
    }

    private static let mainnet = [UInt8](
        hex: """
            0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f61\
            7fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c
            """)

    @Test func `the first block of each network is sound on it`() throws {
        let blocks = try JSONDecoder().decode([String: Genesis].self, from: Files.sample("genesis_blocks.json"))
        #expect(blocks.count == 7)
        for (network, genesis) in blocks {
            let magic = try #require(UInt32(genesis.magic, radix: 16))
            for payload in [genesis.header, genesis.block] {
                let dissected = Dissected("block", Array(hex: payload), magic: magic)
                #expect(dissected.annotations.isEmpty, "\(network)")
                #expect(dissected["bitcoin.block.pow.status"] == ["Good"], "\(network)")
                #expect(dissected["bitcoin.block.version.text"] == ["the first rules"])
            }
            // On a network that we don't know nothing is too easy.
            #expect(Dissected("block", Array(hex: genesis.block), magic: 1).annotations.isEmpty)
        }
        // Signet's and regtest's targets are too easy for mainnet.
        for network in ["signet", "regtest"] {
            let header = Array<UInt8>(hex: try #require(blocks[network]).header)
            let dissected = Dissected("block", header)
            #expect(dissected.annotations("bitcoin.block.bits") == ["bitcoin.target.too_easy"])
            #expect(dissected["bitcoin.block.pow.status"] == ["Bad"])
            #expect(dissected.annotations.count == 1)
        }
    }

    @Test func `no work, no good`() {
        for bit in 0..<32 {
            var header = Self.mainnet
            header[76 + bit / 8] ^= 1 << (bit % 8)
            let dissected = Dissected("block", header)
            #expect(dissected["bitcoin.block.pow.status"] == ["Bad"])
            #expect(dissected.annotations("bitcoin.block.pow.status") == ["bitcoin.proof_of_work.wrong"])
            #expect(dissected.annotations.count == 1)
        }
    }

    @Test(arguments: [0x1d80_ffff, 0, 0xff00_ffff] as [UInt32])
    func `targets that are none`(_ bits: UInt32) {
        var header = Self.mainnet
        withUnsafeBytes(of: bits.littleEndian) { header.replaceSubrange(72..<76, with: $0) }
        let dissected = Dissected("block", header)
        #expect(dissected.annotations("bitcoin.block.bits") == ["bitcoin.target.invalid"])
        #expect(dissected.annotations.count == 1)
        #expect(dissected["bitcoin.block.target"].isEmpty)
        #expect(dissected["bitcoin.block.difficulty"].isEmpty)
        #expect(dissected["bitcoin.block.pow.status"] == ["Bad"])
        #expect(dissected.structureProblem() == nil)
    }

    private static func payload(_ headers: [[UInt8]]) -> [UInt8] {
        let count = UInt16(headers.count)
        return [0xfd, UInt8(count & 0xff), UInt8(count >> 8)] + headers.flatMap { $0 + [0] }
    }

    @Test(.enabled(if: Files.hasVectors, "needs the shared reference files"))
    func `headers of testnet3 connect, those of the fork do not`() throws {
        let lines = String(decoding: try Files.vector("core/blockheader_testnet3.hex"), as: UTF8.self)
            .split(separator: "\n")
        let chain = lines.filter { !$0.hasPrefix("fork:") }.map { [UInt8](hex: $0) }
        let fork = lines.filter { $0.hasPrefix("fork:") }.map { [UInt8](hex: $0.dropFirst(5)) }
        #expect((chain.count, fork.count) == (546, 2))
        let sound = Dissected("headers", Self.payload(chain), magic: 0x0b11_0907)
        #expect(sound.annotations.isEmpty)
        #expect(sound["bitcoin.headers.pow.status"] == [String](repeating: "Good", count: 546))
        #expect(sound["bitcoin.headers.difficulty"].allSatisfy { $0 == "1.00000000" })
        #expect(sound.structureProblem() == nil)
        // In its place in the chain the fork breaks twice, once each way; so does a header that is missing.
        let mixed = Dissected("headers", Self.payload(Array(chain[..<5]) + fork + chain[5...]), magic: 0x0b11_0907)
        let flagged = mixed.annotations.filter { $0.remark.name == "bitcoin.header.not_connected" }.map { Int($0.node) }
        let links = mixed.indexes("bitcoin.headers.prev_block")
        #expect(flagged.allSatisfy(links.contains))
        #expect(flagged.map { links.firstIndex(of: $0) } == (Self.follows(fork[1], fork[0]) ? [5, 7] : [5, 6, 7]))
        let gap = Dissected("headers", Self.payload(Array(chain[..<5]) + chain[6...]), magic: 0x0b11_0907)
        #expect(gap.annotations.map(\.remark.name) == ["bitcoin.header.not_connected"])
        #expect(gap.annotations("bitcoin.headers.prev_block") == ["bitcoin.header.not_connected"])
    }

    private static func follows(_ header: [UInt8], _ other: [UInt8]) -> Bool {
        DoubleSHA256.hash(other.span.bytes) == Hash256(header.span.bytes, at: 4)
    }

    @Test func `2000 headers that all break`() {
        let dissected = Dissected("headers", Self.payload([[UInt8]](repeating: Self.mainnet, count: 2000)))
        #expect(dissected.outcome == .complete)
        #expect(dissected.annotations.count == 1999)
        #expect(dissected.nodes.count == 2 + 2000 * 13)
        #expect(dissected.structureProblem() == nil)
    }
}
