import BitcoinP2P
import Foundation
import Support
import Testing

/// The seeds of the fuzzers of writers, framer, frames, streams and v2 (`Tests/Fuzz`), made from all samples and captures.
///
/// `UPDATE=1 Tests/run.sh --build DissectorTests.Corpus` writes them.
@Suite struct CorpusTests {
    typealias Seeds = [(name: String, bytes: [UInt8])]

    private static let captures = [
        "handshake.pcap", "handshake-sll2-nanosecond.pcap", "relay.pcap", "relay-ipv6.pcap", "addrv2.pcap",
        "bloom-filter.pcap", "block-filters.pcap", "txreconciliation.pcap", "relay-v2-encrypted.pcap",
    ]

    private func word(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 255), UInt8(value & 255)] }

    /// A sample of each command, the shortest.
    private func samples() throws -> [Sample] {
        let all = Dictionary(grouping: try Sample.all(), by: \.command)
        return all.values.compactMap { $0.min { $0.payload.count < $1.payload.count } }.sorted {
            $0.command < $1.command
        }
    }

    /// A number below 500 for a name, by FNV-1a. It does not depend on other names: so a new sample changes no other seed.
    private func number(_ name: String) -> Int {
        let hash = name.utf8.reduce(2_166_136_261 as UInt32) { ($0 ^ UInt32($1)) &* 16_777_619 }
        // The lowest bits of such a hash hardly mix.
        return Int((hash ^ hash >> 16) % 500)
    }

    // MARK: Targets

    /// Writer, options, columns; then messages with command, length and payload.
    private func writers() throws -> Seeds {
        let samples = try samples()
        func message(_ sample: Sample, _ bits: Int = 0) -> [UInt8] {
            let payload = sample.bytes.prefix(4000)
            return sample.name + word(payload.count | bits) + payload
        }
        let version = try #require(samples.first { $0.command == "version" })
        // A user agent that wants to be something else.
        let texts = Array("\u{1b}[2J\"',<b>&\n\u{202e}=1+1\u{9b}\\".utf8)
        let agent = Array(version.bytes.prefix(80)) + [UInt8(texts.count)] + texts + [0, 0, 0, 0, 1]
        let hostile = version.name + word(agent.count) + agent
        var seeds: Seeds = samples.map { sample in
            let index = number(sample.command)
            let head = [UInt8(index % 21), UInt8(index * 37 & 255)] + word(index * 1009 & 0xffff)
            return (sample.command, head + message(sample, index % 2 == 0 ? 0 : 0x8000))
        }
        for kind in 0..<18 {
            let head = [UInt8(kind), UInt8(kind * 11)] + word(kind * 4099)
            func other(_ salt: String) throws -> Sample {
                func rank(_ sample: Sample) -> Int { number("\(salt)\(kind)\(sample.command)") }
                return try #require(samples.max { rank($0) < rank($1) })
            }
            let rest = [message(version, 0x8000), message(try other("a")), message(try other("b"), 0x4000)]
            seeds.append(("writer-\(kind)", head + hostile + rest.joined()))
        }
        // Cells in double quotes, in single ones, and between commas without any.
        for (index, choice) in [0x10, 0x20, 0x04, 0x40].enumerated() {
            for number in 0..<4 {
                let head = [4, UInt8(choice)] + word(number * 257 + index)
                seeds.append(("fields-\(choice)-\(number)", head + hostile + message(version, 0x8000)))
            }
        }
        return seeds
    }

    /// Choices, pieces, perhaps a gap; then parts of the stream.
    private func framer() throws -> Seeds {
        try samples().map { sample in
            let index = number(sample.command)
            let flags = UInt8(index % 8)
            var seed = [flags, UInt8(index % 4)] + (0..<index % 4).map { UInt8(1 + index * 7 % 250 + $0 * 31 % 5) }
            if flags & 4 != 0 { seed += word(index * 131) }
            let payload = sample.bytes.prefix(200)
            for kind in [1, 3, 2, Int(index % 8), 1] {
                seed.append(UInt8(kind | index % 32 << 3))
                if kind == 4 { seed += word(index * 77) + [UInt8(index % 32)] }
                if kind != 7 { seed += [UInt8(payload.count)] + payload }
                if kind == 6 { seed.append(30) }
            }
            return (sample.command, seed)
        }
    }

    /// Link type, a quarter of the length, the frame, what the snap length cut off.
    private func frames() throws -> Seeds {
        let linkTypes: [Int32] = [
            0, 1, 9, 12, 14, 50, 51, 101, 108, 113, 228, 229, 276, 104, 105, 107, 109, 117, 127, 149, 192, 204, 205,
            206,
            239, 258, 281, 282, 283, 284,
        ]
        let faults = ["chdlc-in-ppp", "erspan-2", "l2tp", "nflog", "pktap", "vntag", "vxlan-gpe"]
        return try (Self.captures + faults.map { "../Tests/Faults/input/\($0).pcap" }).map { name in
            var seed: [UInt8] = []
            for packet in try packets(name).prefix(9) {
                let count = min(packet.bytes.count / 4, 255)
                let linkType = try #require(linkTypes.firstIndex(of: packet.linkType))
                seed += [UInt8(linkType), UInt8(count)] + packet.bytes.prefix(count * 4) + [0]
            }
            return (URL(fileURLWithPath: name).lastPathComponent, seed)
        }
    }

    /// Files, and files with other blocks after them.
    private func pcapngFiles() throws -> Seeds {
        let folder = URL(fileURLWithPath: folder("Tests/Faults/input"))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".pcapng") }
        let files: Seeds = try names.sorted().map { name in
            (name, [UInt8](try Data(contentsOf: folder.appendingPathComponent(name))))
        }
        func block(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
            let length = [UInt8(body.count + 12), 0, 0, 0]
            return [type, 0, 0, 0] + length + body + length
        }
        // A simple and an obsolete packet, statistics, names, secrets, and an interface with a clock of its own.
        let others: [(String, [UInt8])] = [
            ("simple", block(3, [5, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0])),
            (
                "obsolete",
                block(
                    2,
                    [0, 0, 2, 0, 0, 0, 0, 0, 9, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 2, 0, 0, 1, 0, 1, 0, 65, 0, 0, 0])
            ),
            ("statistics", block(5, [UInt8](repeating: 0, count: 12) + [5, 0, 8, 0, 7, 0, 0, 0, 0, 0, 0, 0])),
            ("names", block(4, [1, 0, 4, 0, 10, 0, 0, 1, 0, 0, 0, 0])),
            ("secrets", block(10, [0x4b, 0x53, 0x4c, 0x54, 3, 0, 0, 0, 35, 65, 10, 0])),
            (
                "clock",
                block(1, [1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, 0x85, 0, 0, 0, 14, 0, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0])
            ),
        ]
        let first = try #require(files.first { $0.name.contains("unused") })
        return files + others.map { ($0.0, first.bytes + $0.1 + first.bytes) }
    }

    /// Choices, place, acknowledgement, length and bytes of each segment.
    private func streams() throws -> Seeds {
        try Self.captures.compactMap { name in
            var seed: [UInt8] = []
            var origins: [Flow: UInt32] = [:]
            for packet in try packets(name).prefix(60) {
                guard let segment = SegmentHeader(packet) else { continue }
                let origin = origins[segment.flow] ?? segment.sequence
                origins[segment.flow] = origin
                let place = Int(segment.sequence &- origin) + 0xff
                guard place < 0x400, seed.count < 3000 else { continue }
                let flags: UInt8 = segment.flags.contains(.syn) ? (segment.flags.contains(.acknowledges) ? 5 : 4) : 3
                let payload = packet.bytes.dropFirst(segment.payloadStart).prefix(255)
                let side: UInt8 = segment.flow.from < segment.flow.to ? 1 : 0
                seed += [flags << 5 | side] + word(place) + word(0xff) + [UInt8(payload.count)] + payload
            }
            return seed.isEmpty ? nil : (name, seed)
        }
    }

    /// How many frames, and changes to them.
    private func encrypted() -> Seeds {
        (0..<12).map { number in
            var generator = SeededGenerator(seed: UInt64(number))
            let changes = number == 0 ? 0 : 1 << (number % 4)
            let seed = (0..<changes).flatMap { _ in
                [UInt8(number % 8)] + (0..<3).map { _ in UInt8.random(in: 0...255, using: &generator) }
            }
            return ("changes-\(number)", [UInt8(number * 6)] + seed)
        }
    }

    /// Whether it is of a file and which type is named; then the text.
    private func pastes() -> Seeds {
        let texts = (PastedTextTests.hexadecimal + PastedTextTests.others + PastedTextTests.dumps).map(\.text)
        return texts.enumerated().map { index, text in ("text-\(index)", [UInt8(index * 37 & 255)] + Array(text.utf8)) }
    }

    @Test func everySampleIsASeed() throws {
        let targets = [
            ("fuzz-writers", try writers()), ("fuzz-framer", try framer()), ("fuzz-frame", try frames()),
            ("fuzz-stream", try streams()), ("fuzz-v2", encrypted()), ("fuzz-pcapng", try pcapngFiles()),
            ("fuzz-paste", pastes()),
        ]
        for (target, seeds) in targets {
            #expect(seeds.count >= 8 && seeds.allSatisfy { $0.bytes.count <= 1 << 14 })
            let path = URL(fileURLWithPath: folder("Tests/Fuzz/Corpus/" + target))
            if ProcessInfo.processInfo.environment["UPDATE"] == "1" {
                try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
                for seed in seeds { try Data(seed.bytes).write(to: path.appendingPathComponent(seed.name)) }
            }
            for seed in seeds {
                let file = try? Data(contentsOf: path.appendingPathComponent(seed.name))
                let isSame = file.map(Array.init) == seed.bytes
                #expect(isSame, "\(target)/\(seed.name): run UPDATE=1 Tests/run.sh --build DissectorTests.Corpus")
            }
        }
    }
}
