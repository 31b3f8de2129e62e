import Dissector
import Support
import Testing

/// Recorded captures with faults put in: nothing is made up, nothing that was captured whole is lost, and every byte is
/// accounted for.
@Suite struct FaultTests {
    private static let captures = [
        "handshake.pcap", "relay.pcap", "relay-ipv6.pcap", "addrv2.pcap", "bloom-filter.pcap", "block-filters.pcap",
        "txreconciliation.pcap",
    ]
    private static let faults = [
        Faults(), Faults(drop: 0.01), Faults(drop: 0.1), Faults(drop: 0.5), Faults(duplicate: 0.3),
        Faults(reorder: 0.3), Faults(duplicate: 0.2, reorder: 0.8, distance: 3), Faults(truncate: 0.05),
        Faults(truncate: 0.7), Faults(drop: 0.02, duplicate: 0.02, reorder: 0.05, truncate: 0.02),
        Faults(drop: 0.2, duplicate: 0.3, reorder: 0.3, truncate: 0.3), Faults(delay: 0.02), Faults(delay: 0.4),
        Faults(split: 0.5), Faults(merge: 0.5), Faults(split: 0.3, merge: 0.8), Faults(overlap: 0.5),
        Faults(reorder: 0.3, distance: 3, overlap: 0.5, merge: 0.3),
        Faults(drop: 0.05, duplicate: 0.1, reorder: 0.1, delay: 0.1, split: 0.3, merge: 0.3, truncate: 0.05),
    ]

    private func counted(_ records: [Seen]) -> [Reference.Message: Int] {
        Dictionary(records.map { (Reference.Message(flow: $0.flow, bytes: $0.bytes), 1) }, uniquingKeysWith: +)
    }

    /// Every message of `some` is among `all`, as often.
    private func excess(
        of some: [Reference.Message: Int], over all: [Reference.Message: Int]
    ) -> [(flow: Flow, command: String, length: Int)] {
        some.filter { all[$0.key, default: 0] < $0.value }.map {
            ($0.key.flow, String(decoding: $0.key.bytes[4..<16].prefix { $0 != 0 }, as: UTF8.self), $0.key.bytes.count)
        }
    }

    @Test(arguments: captures, faults)
    func streamsWithTheirBeginnings(_ name: String, _ faults: Faults) throws {
        let reference = try Reference(name)
        var options = PipelineOptions()
        options.ports = reference.ports
        for seed in 0..<3 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed &* 1_000_003 &+ UInt64(name.utf8.count))
            let packets = faults.apply(to: reference.packets, &generator)
            let result = try dissect(packets, options)
            let good = counted(result.records.filter { $0.status == 1 })
            let captured = reference.captured(in: packets)

            try #require(excess(of: good, over: reference.all).isEmpty, "never sent; seed \(seed)")
            try #require(excess(of: reference.whole(captured), over: good).isEmpty, "captured, not told; seed \(seed)")
            try #require(result.records.allSatisfy { $0.status == 1 || $0.status == 2 }, "seed \(seed)")
            try #require(result.counts.encryptedStreams == 0, "seed \(seed)")

            // Every byte is in a message, or missing, or skipped.
            let extent = captured.values.reduce(0) { $0 + $1.end }
            let told = result.records.reduce(0) { $0 + $1.bytes.count }
            // Whether the last number acknowledged is a byte's or the FIN's is not known where that was not captured.
            let sum = told + Int(result.counts.missingBytes + result.counts.skippedBytes)
            let play = reference.openEnds(in: packets)
            try #require((extent - play...extent + play).contains(sum), "bytes; seed \(seed)")
            try #require(result.missing <= result.counts.missingBytes, "seed \(seed)")
            try #require(result.skipped <= result.counts.skippedBytes, "seed \(seed)")
            // The counts are those of the gaps that are told.
            try #require(result.counts.gaps == UInt64(result.gaps.count), "seed \(seed)")
            try #require(
                result.counts.missingBytes == result.gaps.reduce(0) { $0 + ($1.gap?.length ?? 0) }, "seed \(seed)")
            for (flow, gaps) in Dictionary(grouping: result.gaps, by: \.flow) {
                let ranges = gaps.compactMap { $0.gap.map { $0.offset..<$0.offset + $0.length } }
                try #require(
                    zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound },
                    "\(flow); seed \(seed)")
                try #require(
                    ranges.last?.upperBound ?? 0 <= (captured[flow]?.end ?? 0) + (play > 0 ? 1 : 0),
                    "\(flow); seed \(seed)")
            }
            for (flow, records) in Dictionary(grouping: result.records, by: \.flow) {
                let bytes = records.reduce(0) { $0 + $1.bytes.count + Int($1.missing + $1.skipped) }
                try #require(bytes <= captured[flow]?.end ?? 0, "\(flow); seed \(seed)")
            }
        }
    }

    /// Ports are not known and SYNs fall as other frames do: then a stream may begin late, but nothing is made up.
    @Test(arguments: captures, [0.02, 0.3])
    func streamsWithoutTheirBeginnings(_ name: String, _ rate: Double) throws {
        let reference = try Reference(name)
        let faults = Faults(
            drop: rate, duplicate: rate, reorder: rate, delay: rate, split: rate, merge: rate, truncate: rate,
            keepsStarts: false)
        for seed in 0..<3 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed &* 77_003 &+ UInt64(name.utf8.count))
            let result = try dissect(faults.apply(to: reference.packets, &generator))
            let good = counted(result.records.filter { $0.status == 1 })
            try #require(excess(of: good, over: reference.all).isEmpty, "never sent; seed \(seed)")
            try #require(result.missing <= result.counts.missingBytes, "seed \(seed)")
            try #require(result.skipped <= result.counts.skippedBytes, "seed \(seed)")
            try #require(result.counts.encryptedStreams == 0, "seed \(seed)")
        }
    }

    /// Bits turned over anywhere in the frames: whatever comes of it, it is no message with a right checksum that was
    /// not sent, and no crash; and what came before it is told.
    @Test(
        arguments: captures,
        [
            Faults(corrupt: 0.003), Faults(corrupt: 0.02), Faults(corrupt: 0.1), Faults(corrupt: 0.5),
            Faults(drop: 0.05, duplicate: 0.1, reorder: 0.2, delay: 0.05, split: 0.3, merge: 0.3, corrupt: 0.05),
        ])
    func damagedFrames(_ name: String, _ faults: Faults) throws {
        let reference = try Reference(name)
        let sent = Set(reference.all.keys.map { $0.bytes[24...] })
        var options = PipelineOptions()
        options.ports = reference.ports
        for seed in 0..<3 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed &* 40_009 &+ 5)
            let sound = faults.apply(to: reference.packets, &generator)
            let packets = faults.corrupted(sound, &generator)
            let result = try dissect(packets, options)
            let good = result.records.filter { $0.status == 1 }
            // A header may be damaged where its checksum does not cover it.
            try #require(good.allSatisfy { sent.contains($0.bytes[24...]) }, "never sent; seed \(seed)")
            let first = packets.indices.first { packets[$0].bytes != sound[$0].bytes } ?? packets.endIndex
            let before = reference.whole(reference.captured(in: Array(sound[..<first])))
            try #require(excess(of: before, over: counted(good)).isEmpty, "captured, not told; seed \(seed)")
            try #require(result.missing <= result.counts.missingBytes, "seed \(seed)")
            try #require(result.skipped <= result.counts.skippedBytes, "seed \(seed)")
        }
    }

    /// Bits turned over in payloads only: those messages are told as bad, all others as they were.
    @Test(arguments: captures, [0.005, 0.05, 0.5])
    func damagedPayloads(_ name: String, _ rate: Double) throws {
        let reference = try Reference(name)
        for seed in 0..<3 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed &* 9_001 &+ 3)
            let damage = Damage(reference, rate, in: .payload, &generator)
            let result = try dissect(damage.apply(to: reference.packets))
            try #require(counted(result.records.filter { $0.status == 1 }) == damage.spared, "seed \(seed)")
            try #require(result.records.count(where: { $0.status == 0 }) == damage.count, "seed \(seed)")
            try #require(result.records.count == reference.all.values.reduce(0, +), "seed \(seed)")
        }
    }

    /// Bits turned over in headers: all other messages are told as they were, but for those that a damaged length claims.
    @Test(
        arguments: captures,
        [
            (0.005, .headerWithoutLength), (0.05, .headerWithoutLength), (0.5, .headerWithoutLength),
            (0.005, .length), (0.05, .length), (0.5, .length),
        ] as [(Double, Damage.Part)])
    func damagedHeaders(_ name: String, _ how: (rate: Double, part: Damage.Part)) throws {
        let reference = try Reference(name)
        let sent = Set(reference.all.keys.map { $0.bytes[24...] })
        var options = PipelineOptions()
        options.ports = reference.ports
        for seed in 0..<3 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed &* 7_001 &+ 3)
            let damage = Damage(reference, how.rate, in: how.part, &generator)
            let result = try dissect(damage.apply(to: reference.packets), options)
            let good = counted(result.records.filter { $0.status == 1 })
            try #require(excess(of: damage.sparedAndUnclaimed, over: good).isEmpty, "seed \(seed)")
            try #require(good.keys.allSatisfy { sent.contains($0.bytes[24...]) }, "never sent; seed \(seed)")
            let length = reference.sent.values.reduce(0) { $0 + $1.reduce(0) { $0 + $1.bytes.count } }
            let told = result.records.reduce(0) { $0 + $1.bytes.count }
            try #require(told + Int(result.counts.missingBytes + result.counts.skippedBytes) == length, "seed \(seed)")
        }
    }
}
