import Reassembly
import Testing

/// Bytes that come after their hole was given up.
@Suite struct LateTests {
    /// A hole of four bytes that was acknowledged and given up.
    private func holed() -> Harness {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1008, text("ijkl"))
        harness.send(.backward, 5000, ack: 1012)
        harness.pass(second / 5)
        #expect(harness.sink[0]?.missing == [4..<8] && harness.statistics.missingBytes == 4)
        return harness
    }

    @Test func lateBytesAreNoLongerMissing() {
        var harness = holed()
        harness.pass(second / 10)
        harness.send(.forward, 1004, text("efgh"))
        #expect(harness.statistics.missingBytes == 0 && harness.statistics.lateBytes == 4)
        // Counted from the acknowledgement, as the grace is.
        #expect(harness.statistics.lateness == second / 5 + second / 10)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdijkl"))
    }

    @Test func aLongerGraceReadsThem() {
        var harness = Harness { $0.grace = second / 5 + second / 10 + 1 }
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1008, text("ijkl"))
        harness.send(.backward, 5000, ack: 1012)
        harness.pass(second / 5 + second / 10)
        harness.send(.forward, 1004, text("efgh"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdefghijkl") && harness.statistics.lateBytes == 0)
    }

    @Test func theSameAgainIsNotLateTwice() {
        var harness = holed()
        for _ in 0..<3 { harness.send(.forward, 1004, text("efgh")) }
        harness.finishAndCheck()
        #expect(harness.statistics.lateBytes == 4 && harness.statistics.retransmittedBytes == 8)
        #expect(harness.statistics.missingBytes == 0)
    }

    /// A late segment has bytes on both sides of the gap, and in it.
    @Test func partsOfASegment() {
        var harness = holed()
        harness.send(.forward, 1002, text("cdefghijklmn"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdijklmn"))
        #expect(harness.statistics.lateBytes == 4 && harness.statistics.retransmittedBytes == 6)
    }

    @Test func aHoleThatTimedOutHasNoLateness() {
        var harness = Harness()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1008, text("ijkl"))
        harness.pass(11 * second)
        harness.send(.forward, 1004, text("efgh"))
        harness.finishAndCheck()
        #expect(harness.statistics.lateBytes == 4 && harness.statistics.lateness == 0)
        #expect(harness.statistics.missingBytes == 0)
    }

    @Test func cutBytesThatComeWhole() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("ab"), wire: 8)
        harness.send(.forward, 1008, text("ijkl"))
        harness.send(.forward, 1000, text("abcdefgh"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abijkl"))
        #expect(harness.statistics.lateBytes == 6 && harness.statistics.retransmittedBytes == 2)
        #expect(harness.statistics.missingBytes == 0)
    }

    /// Without a SYN, and with a header first, a stream begins with its first segment.
    @Test func bytesBeforeTheFirstOnes() {
        var harness = Harness()
        harness.send(.forward, 1004, text("efgh"))
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1008, text("ijkl"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("efghijkl"))
        #expect(harness.statistics.lateBytes == 4 && harness.statistics.missingBytes == 0)
    }

    /// Without a header first it floats for a grace.
    @Test(arguments: [true, false]) func bytesBeforeTheFirstOnesOfAFloatingStream(_ isInTime: Bool) {
        var harness = Harness()
        harness.sink.floats = true
        harness.send(.forward, 1004, text("efgh"))
        harness.send(.forward, 1008, text("ijkl"))
        #expect(harness.sink[0]?.data == [])
        harness.pass(isInTime ? second / 10 : second / 5)
        #expect(harness.sink[0]?.data == (isInTime ? [] : text("efghijkl")))
        harness.send(.forward, 1000, text("abcd"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text(isInTime ? "abcdefghijkl" : "efghijkl"))
        #expect(harness.statistics.lateBytes == (isInTime ? 0 : 4) && harness.statistics.missingBytes == 0)
    }

    @Test func aFloatingStreamWithAHole() {
        var harness = Harness()
        harness.sink.floats = true
        harness.send(.forward, 1008, text("ijkl"))
        harness.send(.forward, 1000, text("abcd"))
        harness.pass(second / 5)
        #expect(harness.sink[0]?.data == text("abcd") && harness.sink[0]?.gaps.isEmpty == true)
        harness.send(.forward, 1004, text("efgh"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdefghijkl"))
    }

    /// Copies that differ are told while it floats, too.
    @Test func aFloatingStreamWithTwoCopies() {
        var harness = Harness()
        harness.sink.floats = true
        harness.send(.forward, 1004, text("efgh"))
        harness.send(.forward, 1000, text("abcdeXgh"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdeXgh") && harness.sink[0]?.conflicts.count == 1)
        #expect(harness.statistics.differingBytes == 1 && harness.statistics.retransmittedBytes == 3)
    }
}
