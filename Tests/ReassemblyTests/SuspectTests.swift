import Reassembly
import Testing

/// Segments that their receiver drops.
@Suite struct SuspectTests {
    /// Reasons for which a segment is set aside until its bytes are acknowledged.
    static let reasons: [UnusedReason] = [.checksum, .noAcknowledgement, .timestamp, .acknowledgement]

    /// A connection whose SYNs have timestamps, and of which each side has sent something.
    private func open() -> Harness {
        var harness = Harness()
        harness.handshake { $0.options.timestamp = 100 }
        harness.send(.forward, 1000, text("abcd"), ack: 5000) { $0.options.timestamp = 200 }
        harness.send(.backward, 5000, text("x"), ack: 1004) { $0.options.timestamp = 200 }
        return harness
    }

    /// Sends "FAKE" at number 1004 in a segment that has the fault.
    private func forge(_ reason: UnusedReason, in harness: inout Harness, flags: Segment.Flags = []) {
        switch reason {
        case .checksum: harness.send(.forward, 1004, text("FAKE"), flags: flags) { $0.isChecksumWrong = true }
        case .noAcknowledgement: harness.send(.forward, 1004, text("FAKE"), flags: flags, isBare: true)
        case .timestamp: harness.send(.forward, 1004, text("FAKE"), flags: flags) { $0.options.timestamp = 150 }
        case .acknowledgement:
            harness.send(.forward, 1004, text("FAKE"), flags: flags) { $0.acknowledgement = 900_000_000 }
        default: Issue.record("no such forgery")
        }
    }

    @Test(arguments: reasons) func aBetterCopyIsUsed(_ reason: UnusedReason) {
        var harness = open()
        forge(reason, in: &harness)
        #expect(harness.sink[0]?.data == text("abcd"))
        harness.send(.forward, 1004, text("REAL"), ack: 5001)
        #expect(harness.sink[0]?.data == text("abcdREAL"))
        harness.send(.backward, 5001, ack: 1008)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdREAL") && harness.sink.doubts.isEmpty)
        #expect(harness.statistics.unused[reason] == 4 && harness.statistics.unused.total == 4)
    }

    /// The acknowledgement was captured ahead of the better copy.
    /// Linux takes what acknowledges too much or too little, if it comes in order: so such a one is not waited for.
    @Test(arguments: reasons.dropLast()) func aBetterCopyWithinTheGraceIsUsed(_ reason: UnusedReason) {
        var harness = open()
        forge(reason, in: &harness)
        harness.send(.backward, 5001, ack: 1008)
        harness.pass(second / 10)
        harness.send(.forward, 1004, text("REAL"), ack: 5001)
        harness.pass(second)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdREAL") && harness.sink.doubts.isEmpty)
        #expect(harness.statistics.unused[reason] == 4)
    }

    @Test(arguments: reasons) func withoutABetterCopyItIsUsedWithDoubt(_ reason: UnusedReason) {
        var harness = open()
        forge(reason, in: &harness)
        harness.send(.backward, 5001, ack: 1008)
        harness.pass(second / 10)
        #expect(harness.sink[0]?.data == text(reason == .acknowledgement ? "abcdFAKE" : "abcd"))
        harness.pass(second / 10)
        #expect(harness.sink[0]?.data == text("abcdFAKE"))
        #expect(harness.sink.doubts.map(\.range) == [4..<8] && harness.sink.doubts.map(\.reason) == [reason])
        harness.finishAndCheck()
        #expect(harness.statistics.unused.total == 0 && harness.statistics.missingBytes == 0)
    }

    @Test(arguments: reasons) func withoutAnAcknowledgementItIsNotUsed(_ reason: UnusedReason) {
        var harness = open()
        forge(reason, in: &harness)
        // The receiver is heard, and does not acknowledge it.
        harness.send(.backward, 5000, ack: 1004)
        harness.pass(100 * second)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcd"))
        #expect(harness.statistics.unused[reason] == 4 && harness.statistics.missingBytes == 0)
    }

    @Test(arguments: reasons) func itsFINEndsNothing(_ reason: UnusedReason) {
        var harness = open()
        forge(reason, in: &harness, flags: .fin)
        harness.send(.forward, 1004, text("REAL"), ack: 5001)
        harness.send(.forward, 1008, text("more"))
        harness.send(.backward, 5001, ack: 1012)
        #expect(harness.sink[0]?.closed == nil && harness.sink[0]?.data == text("abcdREALmore"))
        harness.finishAndCheck()
    }

    /// Where all sums are wrong it is the capture's fault.
    @Test func wrongSumsAloneAreNoSign() {
        var harness = Harness()
        harness.handshake { $0.isChecksumWrong = true }
        for index in UInt32(0)..<3 {
            harness.send(.forward, 1000 + index * 4, text("abcd")) { $0.isChecksumWrong = true }
        }
        // The other direction has right ones: each is known by its own.
        harness.send(.backward, 5000, text("x"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdabcdabcd") && harness.statistics.unused.total == 0)
    }

    /// Timestamps that were not negotiated, or that a segment does not have, say nothing.
    @Test(arguments: ["not negotiated", "absent", "ahead of its turn"]) func timestampsThatSayNothing(_ what: String) {
        var harness = Harness()
        harness.handshake { $0.options.timestamp = what == "not negotiated" ? nil : 100 }
        if what == "ahead of its turn" {
            harness.send(.forward, 1008, text("ijkl")) { $0.options.timestamp = 300 }
            harness.send(.forward, 1000, text("abcd")) { $0.options.timestamp = 200 }
            harness.send(.forward, 1004, text("efgh")) { $0.options.timestamp = 201 }
        } else {
            harness.send(.forward, 1000, text("abcd")) { $0.options.timestamp = 200 }
            harness.send(.forward, 1004, text("efgh")) { $0.options.timestamp = what == "absent" ? nil : 150 }
            harness.send(.forward, 1008, text("ijkl")) { $0.options.timestamp = 201 }
        }
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdefghijkl") && harness.statistics.unused.total == 0)
    }

    /// The acknowledged bytes were captured behind the acknowledgement.
    @Test func acknowledgementsCapturedAheadAreNoSign() {
        var harness = Harness()
        harness.handshake()
        harness.send(.backward, 5000, text("x"))
        harness.send(.forward, 1000, text("abcd"), ack: 5009)
        harness.send(.backward, 5001, text("response"))
        harness.send(.backward, 5009, ack: 1004)
        #expect(harness.sink[0]?.data == text("abcd"))
        harness.finishAndCheck()
        #expect(harness.sink.doubts.isEmpty && harness.statistics.unused.total == 0)
        #expect(harness.sink[0, .backward]?.data == text("xresponse") && harness.statistics.missingBytes == 0)
    }

    /// The attacker has guessed what the other side will send.
    @Test func anAcknowledgementAheadThatBecomesTrue() {
        var harness = Harness()
        harness.handshake()
        harness.send(.backward, 5000, text("x"))
        harness.send(.forward, 1000, text("FAKE"), ack: 5009)
        harness.send(.backward, 5001, text("response"), ack: 1000)
        harness.send(.forward, 1000, text("REAL"), ack: 5009)
        harness.send(.backward, 5009, ack: 1004)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("REAL") && harness.statistics.unused[.acknowledgement] == 4)
    }

    /// Where pure acknowledgements are captured ahead of the bytes, data may be so, too.
    @Test func whereAcknowledgementsOutrunBytesTheyAreNoSign() {
        var harness = Harness()
        harness.handshake()
        harness.send(.backward, 5000, text("x"))
        harness.send(.forward, 1000, ack: 5009)
        harness.send(.backward, 5001, text("response"))
        harness.send(.forward, 1000, text("abcd"), ack: 5013)
        #expect(harness.sink[0]?.data == text("abcd"))
        harness.finishAndCheck()
        #expect(harness.sink.doubts.isEmpty && harness.statistics.missingBytes == 4)
    }

    @Test func anAcknowledgementFarBack() {
        var harness = Harness()
        harness.handshake()
        harness.send(.backward, 5000, text("x"))
        harness.send(.forward, 1000, text("FAKE"), ack: 3000)
        harness.send(.forward, 1000, text("REAL"), ack: 5001)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("REAL") && harness.statistics.unused[.acknowledgement] == 4)
    }

    @Test(arguments: [true, false]) func bytesOfASYN(_ areAcknowledged: Bool) {
        var harness = Harness()
        harness.send(.forward, 999, text("FAKE"), flags: .syn)
        harness.send(.backward, 4999, ack: areAcknowledged ? 1004 : 1000, flags: .syn)
        harness.send(.forward, areAcknowledged ? 1004 : 1000, text("REAL"), ack: 5000)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text(areAcknowledged ? "FAKEREAL" : "REAL"))
        #expect(harness.statistics.unused[.synData] == (areAcknowledged ? 0 : 4))
        #expect(harness.sink.doubts.isEmpty && harness.statistics.missingBytes == 0)
    }

    @Test func bytesOfASYNOfOneSideAlone() {
        var harness = Harness()
        harness.send(.forward, 999, text("abcd"), flags: .syn)
        harness.send(.forward, 1004, text("efgh"), ack: 5000)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdefgh") && harness.statistics.unused.total == 0)
    }

    @Test func bytesOfASYNWithinAConnection() {
        var harness = open()
        harness.send(.forward, 2_000_000_000, text("FAKE"), flags: .syn)
        harness.send(.backward, 5001, ack: 1004)
        harness.send(.forward, 1004, text("REAL"), ack: 5001)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdREAL") && harness.statistics.unused[.syn] == 4)
        #expect(harness.statistics.connections == 1)
    }

    @Test func bytesOfARST() {
        var harness = open()
        harness.send(.forward, 1004, text("because"), flags: .rst)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcd") && harness.statistics.unused[.reset] == 7)
    }

    @Test func anUrgentByteIsTakenOut() {
        var harness = open()
        harness.send(.forward, 1004, text("ef!gh"), flags: .urg) { $0.urgentPointer = 3 }
        harness.send(.forward, 1009, text("ij"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdefghij") && harness.sink[0]?.position == 10)
        #expect(harness.statistics.unused[.urgent] == 1 && harness.statistics.missingBytes == 0)
    }

    @Test func anUrgentByteAheadOfItsTurn() {
        var harness = open()
        harness.send(.forward, 1008, text("ij!kl"), flags: .urg) { $0.urgentPointer = 3 }
        harness.send(.forward, 1004, text("efgh"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdefghijkl") && harness.statistics.unused[.urgent] == 1)
    }

    /// More than there is room for: the oldest go, and nothing traps.
    @Test func manySuspects() {
        var harness = open()
        for index in UInt32(0)..<1000 {
            harness.send(.forward, 1004 + index, [UInt8](repeating: 1, count: 1400)) { $0.isChecksumWrong = true }
        }
        #expect(harness.assembler.bufferedBytes < 2 << 20)
        harness.send(.forward, 1004, text("REAL"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdREAL") && harness.statistics.unused[.checksum] == 1_400_000)
    }
}
