import Fields
import Foundation
import Support
import Testing

@testable import BitcoinP2P

/// Targets and what is reckoned with them (protocol.md sections 9 and 13.7).
@Suite struct TargetTests {
    private static func difficulty(_ bits: UInt32) -> String? {
        var text = TextBuffer()
        CompactTarget(bits)?.appendDifficulty(to: &text)
        return text.isEmpty ? nil : text.string
    }

    private static func target(_ bits: UInt32) -> String? {
        CompactTarget(bits).map { target in
            var text = TextBuffer()
            let bytes = target.value.littleEndian
            text.append(reversedHexadecimal: bytes.span.bytes)
            return text.string
        }
    }

    /// Of 170ed0eb the table has a double with eight decimals, which is right to its sixteenth digit; ours is exact.
    @Test(
        arguments: [
            (0x1d00_ffff, "00000000ffff", 52, "1.00000000"),
            (0x1b04_04cb, "00000000000404cb", 48, "16307.42093852"),
            (0x1a0f_ffff, "0000000000000fffff", 46, "1048560.99998569"),
            (0x170e_d0eb, "0000000000000000000ed0eb", 40, "18997641161758.95347724"),
            (0x1e03_77ae, "00000377ae", 54, "0.00112652"),
            (0x207f_ffff, "7fffff", 58, "4.65654237e-10"),
        ] as [(UInt32, String, Int, String)])
    func `the targets of the table`(_ bits: UInt32, _ head: String, _ zeros: Int, _ difficulty: String) {
        #expect(Self.target(bits) == head + String(repeating: "0", count: zeros))
        #expect(Self.difficulty(bits) == difficulty)
    }

    @Test func `targets that Core refuses`() {
        // Negative; zero, also by shifting; over 256 bits.
        for bits: UInt32 in [
            0x1d80_0001, 0x1dff_ffff, 0x0180_0001, 0, 0x1d00_0000, 0x0100_7fff, 0x0000_ffff, 0x0200_00ff,
        ] {
            #expect(CompactTarget(bits) == nil, "\(String(bits, radix: 16))")
        }
        for bits: UInt32 in [0x2300_0001, 0xff00_0001, 0x2200_0100, 0x2101_0000] {
            #expect(CompactTarget(bits) == nil, "\(String(bits, radix: 16))")
        }
        // The greatest and the least that are none of these.
        #expect(Self.target(0x2200_00ff) == "ff" + String(repeating: "0", count: 62))
        #expect(Self.target(0x2100_ffff) == "ffff" + String(repeating: "0", count: 60))
        #expect(Self.difficulty(0x2200_00ff) == "2.33740138e-10")
        #expect(Self.target(0x0101_0000) == String(repeating: "0", count: 63) + "1")
        #expect(Self.target(0x0200_8000)?.hasSuffix("0080") == true)
        #expect(Self.target(0x037f_ffff)?.hasSuffix("007fffff") == true)
        // 0xffff × 2^208, all 68 digits.
        #expect(
            Self.difficulty(0x0101_0000)
                == "26959535291011309493156476344723991336010898738574164086137773096960.00000000")
    }

    /// Where both have the digits, ours agree with a double's.
    @Test func `difficulties agree with floating point`() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let bits =
                UInt32.random(in: 1...32, using: &random) << 24 | UInt32.random(in: 1..<0x80_0000, using: &random)
            guard let text = Self.difficulty(bits) else { continue }
            let size = Double(bits >> 24)
            let mantissa = (Double(bits & 0x7f_ffff) * pow(256, min(0, size - 3))).rounded(.down)
            let expected = 65535 / mantissa * pow(2, 208 - 8 * max(0, size - 3))
            let number = try #require(Double(text))
            try #require(
                abs(number - expected) <= max(expected * 1e-8, 0.000_000_006), "\(String(bits, radix: 16)) \(text)")
        }
    }

    @Test func `numbers of 256 bits`() throws {
        let one = UInt256(1)
        #expect(one << 255 > one << 254)
        #expect((one << 64).littleEndian[1] == 1)
        #expect((UInt256(.max) << 60).littleEndian[1] == UInt64.max >> 4)
        #expect((one << 256).isZero && (one << 1000).isZero)
        let (quotient, remainder) = try #require(((one << 200) &+ 5).dividing(by: 1 << 40))
        #expect(quotient == one << 160)
        #expect(remainder == 5)
        #expect(one.dividing(by: 0) == nil)
        var text = TextBuffer()
        text.append(decimal: one << 128)
        #expect(text.string == "340282366920938463463374607431768211456")
        // A carry through all words ends in nothing.
        var all = UInt256(.max)
        for _ in 0..<3 { all = (all << 64) &+ .max }
        #expect((all &+ 1).isZero)
        #expect(all > one << 255)
        text.removeAll()
        text.append(decimal: all)
        #expect(text.string == "115792089237316195423570985008687907853269984665640564039457584007913129639935")
    }

    /// A network's easiest target is that of its first block, where it has one (protocol.md section 13.1).
    @Test func `the easiest target of each network`() {
        let easiest = Network.known.map { $0.easiestTarget.map { $0.value.littleEndian[3] } }
        #expect(
            easiest == [
                0xffff_0000, 0xffff_0000, 0xffff_0000, 0x0000_0377_ae00_0000, 0x7fff_ff00_0000_0000,
                0x0000_0000_0000_0fff,
                0x7fff_ff00_0000_0000,
            ])
        #expect(Network(magic: 0x0102_0304).easiestTarget == nil)
    }

    @Test(
        arguments: [
            (0, "no rules of this number are known"), (1, "the first rules"), (2, "height in the coinbase (BIP 34)"),
            (3, "strict DER signatures (BIP 66)"), (4, "CHECKLOCKTIMEVERIFY (BIP 65)"),
            (5, "no rules of this number are known"), (0x2000_0000, "BIP 9: signals nothing"),
            (0x2000_0002, "BIP 9: signals bit 1"), (0x2000_1013, "BIP 9: signals bits 0, 1, 4, 12"),
            (0x3fff_e004, "BIP 9: signals bit 2; 0x1fffe000 of the bits that miners may roll (BIP 320)"),
            (0x2000_2000, "BIP 9: signals nothing; 0x00002000 of the bits that miners may roll (BIP 320)"),
            (0x4000_0000, "no rules of this number are known"), (0xffff_ffff, "no rules of this number are known"),
        ] as [(UInt32, String)])
    func `versions in words`(_ version: UInt32, _ expected: String) {
        var text = TextBuffer()
        BlockVersion.append(version, to: &text)
        #expect(text.string == expected)
    }
}
