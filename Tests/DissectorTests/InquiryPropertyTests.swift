import Dissector
import Insight
import Support
import Testing

/// What holds of the answers to questions whatever of a capture is missing.
@Suite struct InquiryPropertyTests {
    private struct Subject: Sendable {
        let capture: LastingCapture
        let whole: InquiryTrial

        init(_ name: String, keys: String? = nil) throws {
            capture = try LastingCapture(name, keys: keys)
            whole = try InquiryTrial(capture.with(capture.packets), keys: capture.keys, ports: capture.ports)
        }
    }

    private static let subjects: Result<[Subject], any Error> = Result {
        try [
            Subject("relay.pcap"), Subject("relay-ipv6.pcap"), Subject("bloom-filter.pcap"),
            Subject("block-filters.pcap"), Subject("addrv2.pcap"), Subject("txreconciliation.pcap"),
            Subject("relay-v2-encrypted.pcap", keys: "relay-v2-encrypted.keys"), Subject("relay-v2-encrypted.pcap"),
        ]
    }
    private static let kinds = RequestKind.allCases.map { "\($0.name)" }

    /// The captures that are damaged have requests without an answer, and all deadlines have passed.
    @Test func captures() throws {
        for subject in try Self.subjects.get() {
            let name = subject.capture.name
            if let violation = subject.whole.violation { Issue.record("\(name): \(violation)") }
            #expect(subject.whole.sum("open", of: "ping") == 0, "\(name)")
            #expect(subject.whole.sum("unclear", of: "ping") == 0, "\(name)")
        }
        let bloom = try Self.subjects.get()[2].whole
        #expect(bloom.sum("unanswered", of: "merkleblock") > 0)
    }

    /// Lost packets never make a side look silent that was not.
    @Test(arguments: 0..<200) func damaged(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let subject = try #require(try Self.subjects.get().randomElement(using: &generator))
        let (frames, what) = Self.damage(subject.capture.packets, &generator)
        let packets = subject.capture.with(frames)
        let trial = try InquiryTrial(packets, keys: subject.capture.keys, ports: subject.capture.ports)
        let place = "seed \(seed), \(subject.capture.name), \(what)"
        if let violation = trial.violation {
            Issue.record("\(place): \(violation)")
            return
        }
        for kind in Self.kinds {
            let (asked, whole) = (trial.sum("requests", of: kind), subject.whole.sum("requests", of: kind))
            let (silent, before) = (trial.sum("unanswered", of: kind), subject.whole.sum("unanswered", of: kind))
            if asked > whole || silent > before {
                Issue.record(
                    "\(place): \(asked) of \(whole) requests of \(kind), \(silent) and not \(before) unanswered")
                return
            }
        }
    }

    /// What was lost, and how.
    static func damage(
        _ packets: [Packet], _ generator: inout SeededGenerator
    ) -> (packets: [Packet], what: String) {
        var packets = packets
        var what: [String] = []
        if generator.chance(60) {
            let rate = Double.random(in: 0.005...0.05, using: &generator)
            packets = packets.filter { _ in Double.random(in: 0..<1, using: &generator) >= rate }
            what.append("loss of \(rate)")
        }
        if generator.chance(20) {
            let count = Int.random(in: 0...packets.count, using: &generator)
            packets.removeFirst(count)
            what.append("\(count) frames late")
        }
        if generator.chance(20) {
            let count = Int.random(in: 0...packets.count, using: &generator)
            packets.removeLast(count)
            what.append("without the last \(count)")
        }
        if generator.chance(20) {
            let fromLower = generator.chance(50)
            packets = packets.filter { packet in
                SegmentHeader(packet).map { ($0.flow.from < $0.flow.to) == fromLower } ?? true
            }
            what.append("one direction")
        }
        if generator.chance(20) {
            let length = Int.random(in: 40...400, using: &generator)
            for index in packets.indices { packets[index].bytes = Array(packets[index].bytes.prefix(length)) }
            what.append("\(length) bytes of each")
        }
        if generator.chance(30) {
            packets = packets.flatMap { generator.chance(10) ? [$0, $0] : [$0] }
            what.append("duplicates")
        }
        if generator.chance(30), packets.count > 8 {
            for index in 0..<packets.count - 8 where generator.chance(10) {
                // An answer that is captured before its request is not paired with it.
                let other = index + Int.random(in: 1...3, using: &generator)
                let flows = packets[index...other].compactMap { SegmentHeader($0)?.flow }
                if Set(flows).count == 1 { packets.swapAt(index, other) }
            }
            what.append("out of order")
        }
        return (packets, what.joined(separator: ", "))
    }

    /// Messages with a bit turned over neither ask nor answer: what they asked is not counted, and what they answered is
    /// not answered.
    @Test(arguments: 0..<20) func wrongChecksums(_ seed: UInt64) throws {
        let reference = try Reference("relay.pcap")
        var generator = SeededGenerator(seed: seed)
        let damage = Damage(reference, 0.2, in: .payload, &generator)
        let whole = try InquiryTrial(reference.packets)
        let trial = try InquiryTrial(damage.apply(to: reference.packets))
        if let violation = trial.violation {
            Issue.record("seed \(seed): \(violation)")
            return
        }
        let wrong = trial.answers["capture"]?["checksum_bad"] as? Int
        #expect(wrong == damage.count, "seed \(seed)")
        let asked = Self.kinds.map { (trial.sum("requests", of: $0), whole.sum("requests", of: $0)) }
        let answered = Self.kinds.map { (trial.sum("answered", of: $0), whole.sum("answered", of: $0)) }
        #expect((asked + answered).allSatisfy { $0.0 <= $0.1 }, "seed \(seed)")
        #expect(answered.reduce(0) { $0 + $1.0 } < answered.reduce(0) { $0 + $1.1 }, "seed \(seed)")
    }
}
