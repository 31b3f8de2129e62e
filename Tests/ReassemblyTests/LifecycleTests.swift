import Reassembly
import Testing

@Suite struct LifecycleTests {
    @Test func orderlyClose() {
        var harness = Harness()
        harness.handshake()
        let stream = harness.send(.forward, 1000, text("abcd"), flags: .fin)
        #expect(harness.sink[0]?.closed == nil)
        harness.send(.backward, 5000, text("xy"), ack: 1005, flags: .fin)
        #expect(harness.sink[0]?.closed == .fin && harness.sink[0, .backward]?.closed == nil)
        harness.send(.forward, 1005, ack: 5003)
        #expect(harness.sink[0, .backward]?.closed == .fin)
        // Late segments belong to the closed connection.
        #expect(harness.send(.forward, 1005, ack: 5003) == stream)
        #expect(harness.send(.forward, 1000, text("abcd"), flags: .fin).connection == 0)
        #expect(harness.send(.backward, 5000, text("xy"), after: 5 * second).connection == 0)
        #expect(harness.assembler.statistics.connections == 1)
        // As long as there is room it is remembered.
        harness.pass(1000 * second)
        harness.send(.forward, 1, client: Endpoint(ipv4: 9, port: 9))
        #expect(harness.assembler.statistics.open == 2)
        #expect(harness.assembler.endpoints(of: stream)?.from == clientEnd)
        #expect(harness.sink.closes.count == 2)
    }

    @Test func synWithDataAndItsRetransmission() {
        var harness = Harness()
        harness.send(.forward, 999, text("ab"), flags: .syn)
        harness.send(.forward, 999, text("ab"), flags: .syn)
        harness.send(.backward, 4999, ack: 1002, flags: .syn)
        harness.send(.forward, 1002, text("cd"))
        #expect(harness.sink[0]?.data == text("abcd"))
        #expect(harness.assembler.statistics.connections == 1)
    }

    @Test func simultaneousOpen() {
        var harness = Harness()
        harness.send(.forward, 999, flags: .syn)
        harness.send(.backward, 4999, flags: .syn)
        harness.send(.forward, 999, ack: 5000, flags: .syn)
        harness.send(.backward, 4999, ack: 1000, flags: .syn)
        harness.send(.backward, 5000, text("ab"))
        harness.send(.forward, 1000, text("cd"))
        #expect(harness.assembler.statistics.connections == 1)
        #expect(harness.sink[0]?.start == 0 && harness.sink[0, .backward]?.start == 0)
    }

    @Test func answerCapturedBeforeTheSYN() {
        var harness = Harness()
        let answer = harness.send(.backward, 4999, ack: 1000, flags: .syn)
        #expect(answer.direction == .backward)
        harness.send(.forward, 999, flags: .syn)
        harness.send(.forward, 1000, text("ab"))
        #expect(harness.assembler.statistics.connections == 1)
        #expect(harness.sink[0]?.start == 0)
    }

    @Test func dataCapturedBeforeTheSYN() {
        var harness = Harness()
        harness.sink.wanted = { payload, _ in payload.first == 0x61 }
        harness.send(.forward, 1000, ack: 5000)
        harness.send(.forward, 999, flags: .syn)
        harness.send(.backward, 4999, ack: 1000, flags: .syn)
        harness.send(.forward, 1000, text("ab"))
        #expect(harness.assembler.statistics.connections == 1)
        #expect(harness.sink[0]?.start == 0)
    }

    @Test(arguments: ["open", "closed", "reset"]) func portReuse(_ state: String) {
        var harness = Harness()
        harness.handshake()
        let first = harness.send(.forward, 1000, text("abcd"))
        if state == "reset" { harness.send(.forward, 1004, flags: .rst) }
        if state == "closed" {
            harness.send(.forward, 1004, flags: .fin)
            harness.send(.backward, 5000, ack: 1005, flags: .fin)
            harness.send(.forward, 1005, ack: 5001)
        }
        // While it is open, a SYN is no more than a proposal.
        #expect(harness.send(.forward, 70_000, flags: .syn).connection == (state == "open" ? 0 : 1))
        harness.send(.backward, 90_000, ack: 70_001, flags: .syn)
        let again = harness.send(.forward, 70_001, text("efgh"))
        #expect(again.connection == 1 && again.slot == first.slot)
        #expect(harness.sink[0]?.closed == (state == "open" ? .replaced : state == "closed" ? .fin : .reset))
        #expect(harness.sink[1]?.data == text("efgh"))
        #expect(harness.sink[1]?.start == 0)
        #expect(harness.assembler.statistics.connections == 2)
        #expect(harness.assembler.startWasSeen(again) && !harness.assembler.startWasSeen(first))
    }

    @Test func portReuseByTheOtherSide() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.backward, 123_456, flags: .syn)
        harness.send(.forward, 654_321, ack: 123_457, flags: .syn)
        let again = harness.send(.backward, 123_457, text("x"))
        #expect(again.connection == 1 && again.direction == .forward)
        #expect(harness.assembler.endpoints(of: again)?.from == serverEnd)
    }

    @Test func blindResetsAreIgnored() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 500_000_000, flags: .rst)
        harness.send(.backward, 3_000_000_000, flags: .rst)
        harness.send(.forward, 700_000_000, flags: .fin)
        harness.send(.forward, 1004, text("efgh"))
        #expect(harness.sink[0]?.closed == nil)
        #expect(harness.sink[0]?.data == text("abcdefgh"))
        harness.send(.backward, 5000, flags: .rst)
        harness.finish()
        #expect(harness.sink[0]?.closed == .reset)
    }

    /// What was on its way when the connection was reset is part of it.
    @Test func bytesBehindAReset() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.backward, 5000, text("x"))
        harness.send(.backward, 5001, flags: .rst)
        harness.send(.forward, 1008, text("ijkl"))
        harness.send(.forward, 1004, text("efgh"))
        harness.send(.backward, 5001, flags: .rst)
        #expect(harness.sink[0]?.data == text("abcdefghijkl"))
        #expect(harness.sink.closes.isEmpty)
        harness.finish()
        #expect(harness.sink.closes.map(\.direction) == [.forward, .backward])
        #expect(harness.sink[0]?.closed == .reset && harness.sink[0, .backward]?.closed == .reset)
        #expect(harness.assembler.statistics.connections == 1 && harness.assembler.statistics.missingBytes == 0)
    }

    /// Both sides go on: it was forged, or addressed to another.
    @Test func aResetThatNobodyBelieves() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        // Far ahead of all that was sent.
        harness.send(.forward, 1004 + 1_000_000, flags: .rst)
        for round in UInt32(0)..<5 {
            harness.send(.backward, 5000 + round, text("x"), after: round == 0 ? 0 : 60 * second)
            harness.send(.forward, 1004 + round, text("e"), after: second)
        }
        #expect(harness.sink[0]?.closed == nil)
        #expect(harness.sink[0]?.data == text("abcdeeeee") && harness.sink[0, .backward]?.data == text("xxxxx"))
        harness.finish()
        #expect(harness.assembler.statistics.connections == 1 && harness.assembler.statistics.missingBytes == 0)
        #expect(harness.sink.violations == [])
    }

    /// A forged number may be just where a segment ends, or lie in a hole that is given up.
    @Test(arguments: [4, 8, 100]) func aResetAheadThatNobodyBelieves(ahead: UInt32) {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1004 + ahead, flags: .rst)
        for round in UInt32(0)..<5 {
            harness.send(.forward, 1004 + 4 * round, text("efgh"), after: 2 * second)
            harness.send(.backward, 5000 + round, text("x"), after: 2 * second)
            if round == 2 { harness.pass(12 * second) }
        }
        harness.finish()
        #expect(harness.sink[0]?.data.count == 24 && harness.sink[0, .backward]?.data == text("xxxxx"))
        #expect(harness.assembler.statistics.connections == 1 && harness.assembler.statistics.missingBytes == 0)
        #expect(harness.sink.violations == [])
    }

    /// The sender of what was reset, which has ended, sends it again: nothing new.
    @Test func aRetransmissionRevivesNothing() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1004, flags: .fin)
        harness.send(.backward, 5000, text("x"))
        harness.send(.backward, 5001, flags: .rst)
        harness.send(.forward, 1000, text("abcd"), flags: .fin)
        harness.finish()
        #expect(harness.sink[0, .backward]?.closed == .reset)
    }

    /// After an outage of the capture, too, what both sides have ended is not begun by a retransmission.
    @Test func aRetransmissionAfterAJumpBeginsNothing() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.backward, 5000, text("x"))
        for round in UInt32(0)..<5 { harness.send(.forward, 200_000_000 + 4 * round, text("efgh")) }
        harness.pass(11 * second)
        harness.send(.backward, 5001, ack: 200_000_020, flags: .fin)
        harness.send(.forward, 200_000_020, ack: 5002, flags: .fin)
        harness.send(.backward, 5002, ack: 200_000_021)
        #expect(harness.send(.forward, 200_000_016, text("efgh")).connection == 0)
        #expect(harness.sink[0]?.closed == .fin)
    }

    /// Its SYN was not captured; late segments of the old one do not make another.
    @Test(arguments: [67_000, 900_000_000] as [UInt32]) func portReuseWithoutASYN(_ number: UInt32) {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1004, flags: .fin)
        harness.send(.backward, 5000, ack: 1005, flags: .fin)
        #expect(harness.send(.forward, 1000, text("abcd")).connection == 0)
        #expect(harness.send(.forward, 1005, ack: 5001).connection == 0)
        #expect(harness.send(.forward, number, text("efgh")).connection == 1)
        #expect(harness.sink[1]?.data == text("efgh") && harness.sink[1]?.start == unknownStart)
    }

    /// A SYN that the other side answers with an acknowledgement of what it expects.
    @Test func aForgedSYN() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 2_290_000_000, flags: .syn)
        harness.send(.backward, 5000, ack: 1004)
        harness.send(.forward, 1004, text("efgh"))
        harness.send(.backward, 5000, text("x"), ack: 1008)
        harness.finish()
        #expect(harness.sink[0]?.data == text("abcdefgh") && harness.sink[0, .backward]?.data == text("x"))
        #expect(harness.assembler.statistics.connections == 1 && harness.assembler.statistics.missingBytes == 0)
        #expect(harness.sink.violations == [])
    }

    @Test func refusedConnection() {
        var harness = Harness()
        harness.send(.forward, 999, flags: .syn)
        harness.send(.backward, 0, ack: 1000, flags: .rst)
        #expect(harness.send(.forward, 2999, flags: .syn).connection == 1)
    }

    @Test func dataBehindABogusFIN() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1006, flags: .fin)
        harness.send(.forward, 1004, text("efgh"))
        // Which of the two is not the stream's is for the other side to say.
        #expect(harness.sink[0]?.closed == nil && harness.sink[0]?.data == text("abcdef"))
        harness.send(.backward, 5000, ack: 1008)
        #expect(harness.sink[0]?.data == text("abcdefgh"))
        harness.send(.forward, 1008, flags: .fin)
        harness.send(.backward, 5000, ack: 1009)
        #expect(harness.sink[0]?.closed == .fin)
    }

    @Test func anEarlyFINIsIgnored() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1002, flags: .fin)
        harness.send(.forward, 1008, text("ijkl"))
        harness.send(.forward, 1006, flags: .fin)
        harness.send(.backward, 5000, ack: 1012)
        harness.send(.backward, 5000, ack: 1012, after: second)
        #expect(harness.sink[0]?.closed == nil)
        #expect(harness.sink[0]?.missing == [4..<8])
        #expect(harness.sink[0]?.data == text("abcdijkl"))
        harness.send(.forward, 1012, flags: .fin)
        harness.send(.backward, 5000, ack: 1013)
        #expect(harness.sink[0]?.closed == .fin)
    }

    @Test func aRefusalMustAcknowledgeTheSYN() {
        var harness = Harness()
        harness.send(.forward, 999, flags: .syn)
        harness.send(.backward, 0, ack: 500_000_000, flags: .rst)
        harness.send(.forward, 1000, text("ab"))
        #expect(harness.sink[0]?.data == text("ab"))
        harness.send(.backward, 0, ack: 1002, flags: .rst)
        harness.finish()
        #expect(harness.sink[0]?.closed == .reset)
    }

    @Test func startInMidStream() {
        var harness = Harness()
        harness.sink.wanted = { payload, _ in payload.first == 0x61 }
        harness.send(.backward, 5000, text("x"))
        harness.send(.backward, 5001, text("abc"))
        harness.send(.backward, 5000, text("x"))
        harness.send(.backward, 5004, text("d"))
        // The sender of the first segment counts as the client.
        #expect(harness.sink[0, .forward]?.data == text("abcd"))
        #expect(harness.sink[0, .forward]?.start == unknownStart)
        harness.finish()
        #expect(harness.sink[0]?.closed == .endOfInput)
    }

    @Test func wantedLateAfterASYN() {
        var harness = Harness()
        harness.sink.wanted = { payload, _ in payload.first == 0x61 }
        harness.handshake()
        harness.send(.forward, 1000, text("socks"))
        harness.send(.forward, 1005, text("abc"))
        harness.send(.backward, 5000, text("socks"))
        #expect(harness.sink[0]?.start == 5)
        #expect(harness.sink[0]?.data == text("abc"))
        #expect(harness.sink[0, .backward] == nil)
        // The other direction of the same connection may still be wanted.
        harness.send(.backward, 5005, text("abc"))
        #expect(harness.sink[0, .backward]?.start == 5)
    }

    @Test func firstSegmentLateAfterASYN() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1004, text("efgh"))
        harness.send(.forward, 1000, text("abcd"))
        #expect(harness.sink[0]?.data == text("abcdefgh"))
    }

    @Test func unwantedStreamsAreNeverDelivered() {
        var harness = Harness()
        harness.sink.wanted = { _, _ in false }
        harness.handshake()
        for index in UInt32(0)..<100 { harness.send(.forward, 1000 + index * 8, text("abcd")) }
        harness.send(.forward, 1800, flags: .fin)
        harness.send(.backward, 5000, flags: .fin)
        harness.finish()
        #expect(harness.sink.records.isEmpty && harness.sink.calls == 0 && harness.sink.closes.isEmpty)
        #expect(harness.assembler.bufferedBytes == 0)
    }

    @Test func nobodyIsForgottenForIdleness() {
        var harness = Harness()
        let quiet = Endpoint(ipv4: 7, port: 7)
        let busy = Endpoint(ipv4: 8, port: 8)
        harness.send(.forward, 1, text("abcd"), client: quiet)
        harness.send(.forward, 7, text("ijkl"), client: quiet)
        for index in UInt32(0)..<70 {
            harness.send(.forward, 1 + index * 4, text("ping"), client: busy, after: 120 * second)
        }
        #expect(harness.sink[0]?.closed == nil && harness.sink[1]?.closed == nil)
        #expect(harness.assembler.statistics.open == 2)
        #expect(harness.send(.forward, 11, text("mnop"), client: quiet).connection == 0)
        harness.finish()
        #expect(harness.sink[0]?.data == text("abcdijklmnop"))
    }

    @Test func finishClosesInOrderOfNumber() {
        var harness = Harness()
        for index in UInt32(0)..<50 {
            let client = Endpoint(ipv4: index &* 0x9e37_79b9, port: 1)
            harness.handshake(client: client)
            harness.send(.backward, 5000, text("ab"), client: client)
            harness.send(.forward, 1004, text("ab"), client: client)
        }
        harness.finish()
        #expect(harness.sink.closes.map(\.connection) == (0..<100).map { UInt64($0 / 2) })
        #expect(harness.sink.closes.prefix(2).map(\.direction) == [.forward, .backward])
        #expect(harness.sink[3]?.missing == [0..<4])
        #expect(harness.assembler.statistics.open == 0)
        // It can be used again.
        #expect(harness.send(.forward, 1, text("ab")).connection == 50)
    }

    @Test func anEndpointThatTalksToItself() {
        var harness = Harness()
        for sequence in [UInt32(1000), 1004] {
            harness.assembler.receive(
                Segment(sequence: sequence, flags: .ack, wireLength: 4), text("abcd").span.bytes, from: serverEnd,
                to: serverEnd,
                origin: Origin(frame: 1, time: 0), into: &harness.sink)
        }
        #expect(harness.sink[0]?.data == text("abcdabcd"))
    }
}
