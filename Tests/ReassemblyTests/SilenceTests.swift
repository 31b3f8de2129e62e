import Reassembly
import Testing

/// What the other side acknowledges and was not captured is missing.
@Suite struct SilenceTests {
    @Test func behindTheLastCapturedByte() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.backward, 5000, ack: 1100)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.missing == [4..<100] && harness.sink[0]?.reasons == [.close])
        #expect(harness.statistics.missingBytes == 96)
    }

    @Test func aLastNumberIsThatOfTheFIN() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.backward, 5000, ack: 1005)
        harness.finishAndCheck()
        #expect(harness.statistics.missingBytes == 0 && harness.sink[0]?.gaps.isEmpty == true)
    }

    /// The other side's FIN came last: then the last number is that of this side's FIN.
    @Test func bytesAndAFIN() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.backward, 5000, ack: 1101, flags: .fin)
        harness.send(.forward, 1101, ack: 5001)
        harness.finishAndCheck()
        #expect(harness.statistics.missingBytes == 96)
    }

    @Test func aDirectionOfWhichNothingWasCaptured() {
        var harness = Harness()
        harness.handshake()
        for index in UInt32(0)..<10 {
            harness.send(.forward, 1000 + index * 4, text("abcd"), ack: 5000 + index * 100)
        }
        harness.finishAndCheck()
        #expect(harness.sink[0, .backward]?.missing == [0..<900] && harness.statistics.missingBytes == 900)
    }

    /// Nor its SYN: what was acknowledged first came before the capture.
    @Test func aDirectionOfWhichNotEvenTheSYNWasCaptured() {
        var harness = Harness()
        for index in UInt32(0)..<10 {
            harness.send(.forward, 1000 + index * 4, text("abcd"), ack: 5000 + index * 100)
        }
        harness.finishAndCheck()
        #expect(harness.statistics.missingBytes == 900)
        #expect(harness.sink[0, .backward]?.missing.map(\.count) == [900])
    }

    @Test func aDirectionThatIsNotWanted() {
        var harness = Harness()
        harness.sink.wanted = { payload, _ in !payload.isEmpty }
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"), ack: 5900)
        harness.finishAndCheck()
        #expect(harness.sink[0, .backward] == nil && harness.statistics.missingBytes == 0)
    }

    @Test func aDirectionWithoutBytes() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"), ack: 5000)
        harness.send(.backward, 5000, ack: 1004)
        harness.finishAndCheck()
        #expect(harness.sink[0, .backward] == nil && harness.statistics.missingBytes == 0)
    }

    /// Between its captured bytes, and behind them: all is counted once.
    @Test func holesAndAnEnd() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1010, text("abcd"))
        harness.send(.forward, 1020, text("efgh"))
        harness.send(.backward, 5000, ack: 1024)
        harness.pass(second)
        harness.send(.backward, 5000, ack: 1050)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.missing == [0..<10, 14..<20, 24..<50] && harness.statistics.missingBytes == 42)
        #expect(harness.statistics.gaps == 3)
    }
}
