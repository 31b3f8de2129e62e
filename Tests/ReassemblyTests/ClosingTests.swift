import Testing

@testable import Reassembly

/// What is told of a connection that both sides are closing.
@Suite struct ClosingTests {
    /// The client's FIN was captured, and lost on its way; the server's is acknowledged.
    @Test func aForgedSYNBetweenTheFINsRenewsNothing() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, ack: 5000, flags: .fin)
        harness.send(.backward, 5000, text("wxyz"), ack: 1000, flags: .fin)
        harness.send(.forward, 1001, ack: 5005)
        harness.send(.backward, 900_000, flags: .syn)
        harness.send(.forward, 1001, ack: 5005)
        harness.send(.forward, 1000, ack: 5005, flags: .fin)
        harness.send(.backward, 5005, ack: 1001)
        harness.finishAndCheck()
        #expect(harness.statistics.connections == 1 && harness.statistics.missingBytes == 0)
        #expect(harness.sink[0, .backward]?.data == text("wxyz"))
    }

    @Test func anAcknowledgementBeyondTheWindowForgetsNoFIN() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"), ack: 5000, flags: .fin)
        harness.send(.backward, 5000, ack: 1000 + 25 << 20)
        harness.send(.backward, 5000, ack: 1005)
        #expect(harness.sink[0]?.closed == .fin)
        harness.finishAndCheck()
        #expect(harness.statistics.missingBytes == 0)
    }

    /// It acknowledges more than the server has sent, and begins behind the client's FIN.
    @Test func nothingIsUsedBehindAnAcknowledgedFIN() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"), ack: 5000, flags: .fin)
        harness.send(.forward, 1005, text("FAKE"), ack: 6000)
        harness.send(.backward, 5000, ack: 1005)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcd") && harness.sink[0]?.closed == .fin)
        #expect(harness.statistics.missingBytes == 0 && harness.statistics.unused[.acknowledgement] == 4)
    }

    /// The server has acknowledged eight bytes twice, so the lower number is an old one.
    @Test func aLateAcknowledgementTakesNothingBack() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"), ack: 5000)
        harness.send(.backward, 5000, ack: 1008)
        harness.send(.backward, 5000, ack: 1008)
        harness.send(.backward, 5000, ack: 1002)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.missing == [4..<8])
    }

    /// A lone higher number is denied by a lower one, unless the sender says that it has sent so much.
    @Test(arguments: [true, false]) func aLoneAcknowledgementCountsIfTheSenderAgrees(_ agrees: Bool) {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"), ack: 5000)
        harness.send(.backward, 5000, ack: 1004)
        harness.send(.backward, 5000, ack: 1010)
        harness.send(.backward, 5000, ack: 1004)
        if agrees { harness.send(.forward, 1010, ack: 5000) }
        harness.finishAndCheck()
        #expect(harness.sink[0]?.missing == (agrees ? [4..<10] : []))
    }

    /// Of the payload nothing was captured: the segments themselves say how much was sent.
    @Test func bytesCutOffWholeAreMissing() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, ack: 5000, wire: 100)
        harness.send(.backward, 5000, ack: 1100, wire: 20)
        harness.send(.forward, 1100, ack: 5020, wire: 50)
        harness.finishAndCheck()
        #expect(harness.statistics.missingBytes == 170)
    }

    /// The server still asks for bytes that were lost behind the capture point, before it can ask for those of the hole.
    @Test func aHoleIsKeptWhileTheOtherSideHasYetToComeToIt() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"), ack: 5000)
        harness.send(.forward, 1008, text("ijkl"), ack: 5000)
        for _ in 0..<5 {
            harness.send(.backward, 5000, ack: 1000)
            harness.pass(6 * second)
            harness.send(.forward, 1000, text("ab"), ack: 5000)
        }
        harness.send(.backward, 5000, ack: 1002)
        harness.send(.forward, 1004, text("efgh"), ack: 5000)
        harness.send(.backward, 5000, ack: 1012)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdefghijkl") && harness.statistics.missingBytes == 0)
    }
}
