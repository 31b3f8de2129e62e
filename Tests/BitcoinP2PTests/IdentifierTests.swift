import Fields
import Testing

@testable import BitcoinP2P

/// What people may look for, in every form, and what they are told of others.
struct IdentifierTests {
    private let hash = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

    private func patterns(_ text: String) throws -> [[UInt8]] {
        switch try Identifier(text).form {
        case .node(let patterns): patterns.map(\.bytes)
        case .script(let script): [script]
        case .hash(let hash): [hash.bytes.withUnsafeBytes { Array($0) }]
        case .shortID(let id): [(0..<6).map { UInt8(truncatingIfNeeded: id >> UInt64($0 * 8)) }]
        }
    }

    private func problem(_ text: String) -> String? {
        do throws(IdentifierError) {
            _ = try Identifier(text)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func hashesAndShortIDs() throws {
        let wire = Array((0..<32).map { UInt8($0) }.reversed())
        #expect(try patterns(hash) == [wire])
        #expect(try patterns(hash.uppercased()) == [wire])
        #expect(try patterns("0x" + hash) == [wire])
        #expect(try patterns("0x8307182c131f") == [[0x1f, 0x13, 0x2c, 0x18, 0x07, 0x83]])
        #expect(try patterns("8307182c131f") == patterns("0x8307182c131f"))
    }

    /// Of BIP 173, BIP 350 and the first block.
    @Test func bitcoinAddresses() throws {
        let keyHash: [UInt8] = [
            0x75, 0x1e, 0x76, 0xe8, 0x19, 0x91, 0x96, 0xd4, 0x54, 0x94, 0x1c, 0x45, 0xd1, 0xb3, 0xa3, 0x23, 0xf1, 0x43,
            0x3b, 0xd6,
        ]
        #expect(try patterns("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4") == [[0, 20] + keyHash])
        #expect(try patterns("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx") == [[0, 20] + keyHash])
        #expect(try patterns("bc1sw50qgdz25j") == [[0x60, 2, 0x75, 0x1e]])
        #expect(
            try patterns("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0").first?.prefix(4)
                == [0x51, 32, 0x79, 0xbe])
        let genesis: [UInt8] = [
            0x62, 0xe9, 0x07, 0xb1, 0x5c, 0xbf, 0x27, 0xd5, 0x42, 0x53, 0x99, 0xeb, 0xf6, 0xf0, 0xfb, 0x50, 0xeb, 0xb8,
            0x8f, 0x18,
        ]
        #expect(try patterns("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa") == [[0x76, 0xa9, 20] + genesis + [0x88, 0xac]])
        #expect(try patterns("3P14159f73E4gFr7JterCCQh9QjiTjiZrG").first?.prefix(2) == [0xa9, 20])
        #expect(try patterns("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn").first?.first == 0x76)
        #expect(
            try patterns("1111111111111111111114oLvT2").first == [0x76, 0xa9, 20] + [UInt8](repeating: 0, count: 20) + [
                0x88, 0xac,
            ])
    }

    @Test func nodes() throws {
        let mapped = [UInt8](repeating: 0, count: 10) + [0xff, 0xff, 192, 0, 2, 1]
        #expect(try patterns("192.0.2.1") == [mapped, [1, 4, 192, 0, 2, 1]])
        #expect(try patterns("::ffff:192.0.2.1") == patterns("192.0.2.1"))
        #expect(try patterns("192.0.2.1:8333") == [mapped + [0x20, 0x8d], [1, 4, 192, 0, 2, 1, 0x20, 0x8d]])
        let six: [UInt8] = [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [1]
        #expect(try patterns("2001:DB8::1") == [six] && patterns("[2001:db8::1]") == [six])
        #expect(try patterns("[2001:db8::1]:1") == [six + [0, 1]])
        let onion = "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion"
        let key = try #require(patterns(onion).first)
        #expect(key.count == 34 && key.prefix(4) == [4, 32, 0x1d, 0x04])
        #expect(try patterns(onion.uppercased()) == [key])
        #expect(try patterns(onion + ":80") == [key + [0, 80]])
        #expect(try patterns("expyuzz4wqqyqhjn.onion").map(\.count) == [16, 12])
        let i2p = String(repeating: "a", count: 51) + "q.b32.i2p"
        #expect(try patterns(i2p) == [[5, 32] + [UInt8](repeating: 0, count: 31) + [1]])
        #expect(try patterns("fc00::1").map(\.count) == [16])
    }

    @Test func problems() throws {
        for text in ["", "hello", "192.0.2", "version", "example.com:8333"] {
            #expect(problem(text)?.contains("is nothing that messages have") == true, "\(text)")
        }
        #expect(problem(String(hash.dropLast()))?.contains("has 63 hexadecimal digits") == true)
        #expect(problem("e6a3…d9fa")?.contains("--full") == true)
        #expect(problem("192.0.2.1:65536")?.contains("is no port") == true)
        #expect(problem("[2001:db8::1]x")?.contains("is no port") == true)
        #expect(problem("abc.onion")?.contains("has 56") == true)
        let wrong = [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            "bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "bc1q",
            // BIP 350: version 1 with the checksum of version 0.
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
            "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczae.onion",
        ]
        for text in wrong { #expect(problem(text)?.contains("its checksum is wrong") == true, "\(text)") }
    }
}

/// Matches of bytes, whatever they are made of.
struct BytePatternTests {
    private func matches(_ pattern: BytePattern, _ bytes: [UInt8], from start: Int = 0) -> [Int] {
        var found: [Int] = []
        pattern.forEachMatch(in: bytes.span.bytes, from: start) {
            found.append($0)
            return true
        }
        return found
    }

    @Test func everyMatch() {
        #expect(matches(BytePattern([7, 8]), [7, 8, 7, 8, 8]) == [0, 2])
        #expect(matches(BytePattern([7, 8]), [7, 8, 7, 8], from: 1) == [2])
        #expect(matches(BytePattern([0, 0]), [0, 0, 0]) == [0, 1])
        #expect(matches(BytePattern([0, 9]), [9, 9, 0]) == [])
        #expect(matches(BytePattern([0, 9]), [0, 9], from: 2) == [])
        #expect(matches(BytePattern([0, 9]), []) == [])
    }

    /// The same as a search that compares everything with everything.
    @Test func sameAsNaive() {
        var numbers = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let bytes = (0..<60).map { _ in UInt8.random(in: 0...2, using: &numbers) }
            let value = (0..<Int.random(in: 1...4, using: &numbers)).map { _ in UInt8.random(in: 0...2, using: &numbers)
            }
            let start = Int.random(in: 0...60, using: &numbers)
            let naive = (start..<61).filter { $0 + value.count <= 60 && Array(bytes[$0..<$0 + value.count]) == value }
            #expect(matches(BytePattern(value), bytes, from: start) == naive, "\(value) in \(bytes) from \(start)")
        }
    }
}
