import Reassembly
import Support
import Testing

/// Overlapping segments are read as Linux's reader reads them.
@Suite struct OverlapTests {
    /// The forms that were recorded beside a real Linux TCP: what came in which order, and what was read.
    @Test(arguments: [
        ("cover", [(4, "FAKE"), (2, "REALREAL")], "abREALREAL"),
        ("same", [(2, "FAKEFAKE"), (2, "REALREAL")], "abFAKEFAKE"),
        ("engulf", [(4, "FAKE"), (2, "REALREALRE")], "abREALREALRE"),
        ("tail", [(6, "FAKE"), (2, "REALRE")], "abREALREKE"),
        ("head", [(2, "FAKE"), (4, "REALREAL")], "abFAKEALREAL"),
        ("within", [(2, "FAKEFAKE"), (4, "REAL")], "abFAKEFAKE"),
    ]) func asRecorded(_ name: String, _ ahead: [(Int, String)], _ read: String) {
        var harness = Harness()
        harness.handshake()
        for (start, bytes) in ahead { harness.send(.forward, 1000 + UInt32(start), text(bytes)) }
        harness.send(.forward, 1000, text("ab"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text(read) && harness.sink[0]?.conflicts.isEmpty == false, "\(name)")
    }

    @Test func inOrderBeatsHeld() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1002, text("FAKE"))
        harness.send(.forward, 1000, text("abREALREAL"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abREALREAL") && harness.sink[0]?.conflicts == [2..<6])
        #expect(harness.statistics.differingBytes == 4)
    }

    /// The receiver had what was held when it acknowledged it: only the capture had not got what is before.
    @Test func whatWasAcknowledgedStays() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1002, text("REAL"))
        harness.send(.backward, 5000, ack: 1006)
        harness.send(.forward, 1000, text("abFAKEefgh"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abREALefgh") && harness.sink[0]?.conflicts == [2..<6])
    }

    @Test func anAcknowledgedOneBeginsBehindANewOneAndEndsBehindIt() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1010, text("REALREAL"))
        harness.send(.backward, 5000, ack: 1018)
        harness.send(.forward, 1006, text("ghijFAKE"))
        harness.send(.forward, 1000, text("abcdef"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdefghijREALREAL") && harness.statistics.missingBytes == 0)
    }

    /// Random segments, most of them ahead of their turn, in copies that differ: against the model.
    @Test(arguments: 0..<4) func equalsLinux(_ group: UInt64) throws {
        for seed in group * 1000..<group * 1000 + 1000 {
            var generator = SeededGenerator(seed: seed)
            var reader = LinuxReader()
            var harness = Harness()
            let first = UInt32(truncatingIfNeeded: generator.next())
            harness.send(.forward, first &- 1, flags: .syn)
            harness.send(.backward, 4999, ack: first, flags: .syn)
            let extent = Int.random(in: 20...120, using: &generator)
            for _ in 0..<Int.random(in: 2...40, using: &generator) {
                let isInOrder = generator.chance(8)
                let start = isInOrder ? reader.next : Int.random(in: 0..<extent, using: &generator)
                let length = Int.random(in: 1...extent / 3, using: &generator)
                // Few letters, so that copies agree in parts.
                let bytes = (0..<length).map { _ in UInt8.random(in: 0x61...0x62, using: &generator) }
                harness.send(.forward, first &+ UInt32(start), bytes)
                reader.receive(start, bytes)
            }
            harness.finish()
            reader.finish()
            var problems = harness.sink.violations
            if (harness.sink[0]?.data ?? []) != reader.bytes { problems.append("other bytes") }
            let pieces = reader.read.map { UInt64($0.start)..<UInt64($0.end) }
            let told = harness.sink[0]?.pieces ?? []
            if pieces.reduce(0, { $0 + $1.count }) != told.reduce(0, { $0 + $1.count }) {
                problems.append("other places")
            }
            if harness.unaccounted != 0 { problems.append("\(harness.unaccounted) bytes not accounted for") }
            try #require(problems.isEmpty, "seed \(seed): \(problems)")
        }
    }
}
