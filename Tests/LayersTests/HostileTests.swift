import Layers
import Support
import Testing

@Suite struct HostileTests {
    /// Every proper prefix of a frame, as a snap length cuts it: malformed while a header is incomplete, then as many
    /// payload bytes as are there.
    @Test(arguments: Sample.all)
    func prefixes(_ sample: Sample) {
        var parser = PacketParser()
        for count in 0..<sample.bytes.count {
            let cut = Array(sample.bytes.prefix(count))
            let parsed = parser.parse(cut, sample.linkType, original: sample.bytes.count)
            if count < sample.headers {
                #expect(parsed.outcome == .malformed, "\(count) bytes")
                #expect(parsed.packet == nil)
            } else {
                #expect(parsed.outcome == .tcp, "\(count) bytes")
                #expect(parsed.payload == Array(sample.payload.prefix(count - sample.headers)))
                #expect(parsed.packet?.wireLength == sample.payload.count)
                #expect(parsed.isInFrame || parsed.payload.isEmpty)
            }
        }
    }

    static let linkTypes: [Int32] = [
        0, 1, 9, 12, 14, 50, 51, 101, 108, 113, 228, 229, 276, 104, 105, 107, 109, 117, 127, 149, 192, 204, 205, 206,
        239,
        258, 281, 282, 284, 285,
    ]

    @Test func mutations() throws {
        var random = SeededGenerator(seed: 3)
        var parser = PacketParser(datagrams: 50, bytes: 1 << 20)
        let samples = Sample.all.map { ($0.linkType, $0.bytes) } + fragments
        var outcomes: [PacketOutcome: Int] = [:]
        for _ in 0..<150_000 {
            var (linkType, bytes) = samples[Int.random(in: 0..<samples.count, using: &random)]
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let place = Int.random(in: 0..<min(bytes.count, 120), using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2:
                    bytes[place] =
                        [0, 1, 4, 6, 41, 44, 47, 60, 0x45, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
                default: bytes.removeSubrange(place..<min(bytes.count, place + 3))
                }
                if bytes.isEmpty { bytes = [0] }
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
            }
            if Int.random(in: 0..<50, using: &random) == 0 {
                linkType = Self.linkTypes.randomElement(using: &random) ?? 1
            }
            outcomes[try check(&parser, bytes, linkType, &random), default: 0] += 1
        }
        for outcome: PacketOutcome in [.tcp, .notIP, .notTCP, .fragment, .malformed] {
            try #require(outcomes[outcome, default: 0] > 500, "\(outcome)")
        }
    }

    @Test func noise() throws {
        var random = SeededGenerator(seed: 4)
        var parser = PacketParser(datagrams: 50, bytes: 1 << 20)
        for _ in 0..<50_000 {
            var bytes = (0..<Int.random(in: 0...160, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let linkType = Self.linkTypes.randomElement(using: &random) ?? 1
            // Half of them with an IP version where the link type expects it.
            if let first = [12: 0, 101: 0, 228: 0, 229: 0][linkType], first < bytes.count, Bool.random(using: &random) {
                bytes[first] = linkType == 229 ? 0x60 : [0x45, 0x46, 0x60].randomElement(using: &random) ?? 0x45
            }
            _ = try check(&parser, bytes, linkType, &random)
        }
    }

    /// Fragments of IPv4 and IPv6, so that mutations meet the defragmenter.
    private var fragments: [(Int32, [UInt8])] {
        let datagram = Build.tcp((0..<200).map { UInt8($0) })
        return [false, true].flatMap { isSix in
            FragmentTests.pieces(datagram, size: 80, isSix: isSix).flatMap { [(Int32(101), $0), (Int32(101), $0)] }
        } + FragmentTests.pieces(Build.ipv4(datagram), size: 80, next: 4).map { (101, $0) }
    }

    private func check(
        _ parser: inout PacketParser, _ bytes: [UInt8], _ linkType: Int32, _ random: inout SeededGenerator
    ) throws -> PacketOutcome {
        let original = [bytes.count, bytes.count + 1000, 0, -1, .min, .max].randomElement(using: &random)
        let time = [0, 1, 1_700_000_000_000_000_000, .min, .max].randomElement(using: &random) ?? 0
        let parsed = parser.parse(bytes, linkType, original: original, time: Int64(time))
        try #require((parsed.outcome == .tcp) == (parsed.packet != nil))
        if let packet = parsed.packet {
            try #require(packet.wireLength >= parsed.payload.count)
            try #require(packet.wireLength <= max(bytes.count, PacketLayers.offloadLimit))
            try #require(parsed.isInFrame ? parsed.payload.count <= bytes.count : parsed.payload.count <= 65_535)
        }
        try #require(parser.defragmenter.count <= 50)
        try #require(parser.defragmenter.byteCount <= 1 << 20)
        return parsed.outcome
    }
}
