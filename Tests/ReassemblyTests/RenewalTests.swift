import Reassembly
import Testing

/// When a SYN begins another connection between the same endpoints.
@Suite struct RenewalTests {
    /// A connection in which both sides have sent, and acknowledged, four bytes.
    private func open() -> Harness {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"), ack: 5000)
        harness.send(.backward, 5000, text("wxyz"), ack: 1004)
        harness.send(.forward, 1004, ack: 5004)
        return harness
    }

    private func goOn(_ harness: inout Harness) {
        harness.send(.forward, 1004, text("efgh"), ack: 5004)
        harness.send(.backward, 5004, text("stuv"), ack: 1008)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdefgh") && harness.sink[0, .backward]?.data == text("wxyzstuv"))
        #expect(harness.statistics.connections == 1 && harness.statistics.missingBytes == 0)
    }

    @Test(arguments: [2000, 60 << 20, 2_290_000_000] as [UInt32], [true, false])
    func aForgedSYNRenewsNothing(_ number: UInt32, _ isChallenged: Bool) {
        var harness = open()
        harness.send(.forward, number, flags: .syn)
        // RFC 5961, 4.2: it acknowledges what it expects.
        if isChallenged { harness.send(.backward, 5004, ack: 1004) }
        goOn(&harness)
    }

    @Test func aForgedSYNOfTheServerRenewsNothing() {
        var harness = open()
        harness.send(.backward, 2_290_000_000, flags: .syn)
        harness.send(.forward, 1004, ack: 5004)
        goOn(&harness)
    }

    @Test func aForgedSYNACKRenewsNothing() {
        var harness = open()
        harness.send(.backward, 2_290_000_000, ack: 1004, flags: .syn)
        harness.send(.forward, 1004, ack: 5004)
        goOn(&harness)
    }

    /// A SYN and data at its number are both forged: the other side acknowledges neither.
    @Test func forgedDataBehindAForgedSYN() {
        var harness = open()
        harness.send(.forward, 2_290_000_000, flags: .syn)
        harness.send(.forward, 2_290_000_001, text("FAKE"), ack: 5004)
        harness.send(.backward, 5004, ack: 1004)
        goOn(&harness)
    }

    @Test func aThousandForgedSYNs() {
        var harness = open()
        for index in UInt32(0)..<1000 { harness.send(.forward, index &* 4_000_037, flags: .syn) }
        goOn(&harness)
    }

    private func again(_ harness: inout Harness, _ first: UInt32) {
        harness.send(.forward, first, text("new"), ack: 90_001)
        harness.send(.backward, 90_001, text("yes"), ack: first &+ 3)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcd") && harness.sink[0]?.closed == .replaced)
        #expect(harness.sink[1]?.data == text("new") && harness.sink[1]?.start == 0)
        #expect(harness.sink[1, .backward]?.data == text("yes"))
        #expect(harness.statistics.connections == 2 && harness.statistics.missingBytes == 0)
    }

    @Test(arguments: [2000, 60 << 20, 2_290_000_000] as [UInt32]) func anAnsweredSYNRenews(_ number: UInt32) {
        var harness = open()
        harness.send(.forward, number, flags: .syn)
        #expect(harness.sink[0]?.closed == nil && harness.statistics.connections == 1)
        harness.send(.backward, 90_000, ack: number + 1, flags: .syn)
        #expect(harness.sink[0]?.closed == .replaced && harness.statistics.connections == 2)
        again(&harness, number + 1)
    }

    /// Linux refuses first, where it still holds the old one; the client resets it and asks again.
    @Test func aRefusedSYNThatIsSentAgain() {
        var harness = open()
        harness.send(.forward, 2_290_000_000, flags: .syn)
        harness.send(.backward, 5004, ack: 1004)
        harness.send(.forward, 1004, flags: .rst)
        harness.send(.forward, 2_290_000_000, flags: .syn)
        harness.send(.backward, 90_000, ack: 2_290_000_001, flags: .syn)
        harness.send(.forward, 2_290_000_001, text("new"), ack: 90_001)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.closed == .reset && harness.sink[1]?.data == text("new"))
        #expect(harness.statistics.connections == 2)
    }

    /// Its answer was not captured: data at its number that the other side acknowledges.
    @Test func dataAtItsNumberThatIsAcknowledgedRenews() {
        var harness = open()
        harness.send(.forward, 2_290_000_000, flags: .syn)
        harness.send(.forward, 2_290_000_001, text("new"), ack: 90_001)
        #expect(harness.statistics.connections == 1)
        harness.send(.backward, 90_001, ack: 2_290_000_004)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcd") && harness.sink[0]?.closed == .replaced)
        #expect(harness.sink[1]?.data == text("new") && harness.statistics.connections == 2)
    }

    /// Nothing of the other side is captured: the segments decide.
    @Test func oneSideAlone() {
        var harness = Harness()
        harness.send(.forward, 999, flags: .syn)
        harness.send(.forward, 1000, text("abcd"), ack: 5000)
        harness.send(.forward, 2_290_000_000, flags: .syn)
        harness.send(.forward, 2_290_000_001, text("new"), ack: 90_001)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcd") && harness.sink[1]?.data == text("new"))
        #expect(harness.statistics.connections == 2 && harness.statistics.missingBytes == 0)
    }

    @Test func aForgedSYNOfOneSideAlone() {
        var harness = Harness()
        harness.send(.forward, 999, flags: .syn)
        harness.send(.forward, 1000, text("abcd"), ack: 5000)
        harness.send(.forward, 2_290_000_000, flags: .syn)
        harness.send(.forward, 1004, text("efgh"), ack: 5000)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdefgh") && harness.statistics.connections == 1)
    }

    /// The number of a connection is given when it is confirmed.
    @Test func numbersAreGivenInOrderOfConfirmation() {
        var harness = open()
        harness.send(.forward, 2_290_000_000, flags: .syn)
        let other = Endpoint(ipv4: 77, port: 7)
        #expect(harness.send(.forward, 1, flags: .syn, client: other).connection == 1)
        harness.send(.backward, 90_000, ack: 2_290_000_001, flags: .syn)
        #expect(harness.send(.forward, 2_290_000_001, text("new"), ack: 90_001).connection == 2)
    }
}
