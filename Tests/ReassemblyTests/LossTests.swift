import Reassembly
import Testing

@Suite struct LossTests {
    @Test func acknowledgedHoleBecomesAGapAfterTheGrace() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1008, text("ijkl"))
        harness.send(.backward, 5000, ack: 1012)
        harness.send(.backward, 5000, ack: 1012, after: second / 10)
        #expect(harness.sink[0]?.gaps.isEmpty == true)
        // A segment of another connection is enough.
        let other = Endpoint(ipv4: 9, port: 9)
        harness.send(.forward, 1, client: other, after: second / 10)
        #expect(harness.sink[0]?.missing == [4..<8])
        #expect(harness.sink[0]?.reasons == [.acknowledged])
        #expect(harness.sink[0]?.data == text("abcdijkl"))
        #expect(harness.assembler.statistics.missingBytes == 4)
        // What comes now is late.
        harness.send(.forward, 1004, text("efgh"))
        #expect(harness.sink[0]?.data == text("abcdijkl"))
    }

    /// On a quiet interface no segment tells the time.
    @Test func timeAloneClosesHoles() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1008, text("ijkl"))
        harness.send(.backward, 5000, ack: 1012)
        harness.assembler.pass(to: harness.time + second / 10, into: &harness.sink)
        #expect(harness.sink[0]?.gaps.isEmpty == true)
        harness.assembler.pass(to: harness.time + second / 2, into: &harness.sink)
        #expect(harness.sink[0]?.missing == [4..<8])
        #expect(harness.sink[0]?.data == text("abcdijkl"))
    }

    @Test func acknowledgementCapturedAheadOfTheData() {
        var harness = Harness()
        harness.handshake()
        harness.send(.backward, 5000, ack: 1012)
        harness.send(.forward, 1008, text("ijkl"), after: second / 10)
        harness.send(.forward, 1000, text("abcdefgh"), after: second / 20)
        harness.send(.backward, 5000, ack: 1012, after: second)
        #expect(harness.sink[0]?.data == text("abcdefghijkl"))
        #expect(harness.sink[0]?.gaps.isEmpty == true)
    }

    /// With a loss every 10 ms the gaps keep up: none waits for the grace of the one before.
    @Test func manyHolesDoNotQueueUp() {
        var harness = Harness()
        harness.handshake()
        for index in UInt32(0)..<1000 {
            harness.send(.forward, 1000 + index * 10, text("abcde"), after: second / 100)
            harness.send(.backward, 5000, ack: 1000 + index * 10 + 5)
        }
        // At most twice the grace behind.
        #expect((harness.sink[0]?.missing.count ?? 0) >= 955)
    }

    @Test func unacknowledgedHoleWaitsForTheTimeout() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1008, text("ijkl"))
        harness.pass(9 * second)
        #expect(harness.sink[0]?.gaps.isEmpty == true)
        harness.pass(second)
        #expect(harness.sink[0]?.missing == [0..<8])
        #expect(harness.sink[0]?.reasons == [.timeout])
    }

    /// Timers of the sender grow to minutes where a network has been down.
    @Test(arguments: [1000, 1006] as [UInt32])
    func holeThatTheOtherSideAsksForWaitsLonger(ack: UInt32) {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1008, text("ijkl"))
        harness.send(.backward, 5000, ack: ack)
        harness.pass(140 * second)
        #expect(harness.sink[0]?.gaps.isEmpty == true)
        harness.send(.forward, 1000, text("abcdefgh"))
        #expect(harness.sink[0]?.gaps.isEmpty == true)
        #expect(harness.sink[0]?.data == text("abcdefghijkl"))
        // Of the next hole nobody has asked for anything.
        harness.send(.forward, 1016, text("qrst"))
        harness.pass(11 * second)
        #expect(harness.sink[0]?.missing == [12..<16])
    }

    @Test func holeThatTheOtherSideAsksForInVain() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1008, text("ijkl"))
        harness.send(.backward, 5000, ack: 1000)
        harness.pass(149 * second)
        #expect(harness.sink[0]?.gaps.isEmpty == true)
        harness.pass(2 * second)
        #expect(harness.sink[0]?.reasons == [.timeout])
    }

    @Test func oneDirectionOnly() {
        var harness = Harness()
        for index in UInt32(0)..<100 where index % 10 != 5 {
            harness.send(.forward, 1000 + index * 4, text("abcd"), after: second)
        }
        // Each hole waits ten seconds since the bytes behind it came.
        #expect(harness.sink[0]?.missing.count == 8 || harness.sink[0]?.missing.count == 9)
        harness.send(.forward, 1400, flags: .fin)
        harness.pass(11 * second)
        #expect(harness.sink[0]?.closed == nil)
        #expect(harness.sink[0]?.missing.count == 10)
        harness.finish()
        // Nothing followed the FIN.
        #expect(harness.sink[0]?.closed == .fin)
        #expect(harness.sink[0]?.data.count == 90 * 4)
    }

    @Test func cutSegmentIsAGapAtOnce() {
        var harness = Harness()
        harness.sink.appetite = .nothing(minimum: 100)
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"), wire: 10)
        harness.send(.forward, 1010, text("klmn"))
        #expect(harness.sink[0]?.missing == [4..<10])
        #expect(harness.sink[0]?.gaps.first?.pending == 4)
        #expect(harness.sink[0]?.reasons == [.cut])
        harness.finish()
        #expect(harness.sink[0]?.data == text("abcdklmn"))
    }

    @Test func cutSegmentAheadOfItsTurn() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1004, text("ef"), wire: 6)
        harness.send(.forward, 1010, text("klmn"), wire: 10)
        // Another copy brings what the first one lacks.
        harness.send(.forward, 1006, text("gh"), wire: 4)
        harness.send(.forward, 1008, text("ij"))
        harness.send(.forward, 1000, text("abcd"))
        #expect(harness.sink[0]?.data == text("abcdefghijklmn"))
        #expect(harness.sink[0]?.missing == [14..<20])
    }

    @Test func segmentWithoutAnyCapturedByte() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("a"))
        harness.send(.forward, 1001, [], wire: 1448)
        harness.send(.forward, 2449, text("b"))
        #expect(harness.sink[0]?.missing == [1..<1449])
        #expect(harness.sink[0]?.data == text("ab"))
    }

    @Test func finWaitsForTheHole() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1008, text("ij"), flags: .fin)
        #expect(harness.sink[0]?.closed == nil)
        harness.send(.forward, 1004, text("efgh"))
        #expect(harness.sink[0]?.closed == nil)
        harness.send(.backward, 5000, ack: 1011)
        #expect(harness.sink[0]?.closed == .fin)
        #expect(harness.sink[0]?.data == text("abcdefghij"))
    }

    @Test func finWithoutItsDataEndsByAcknowledgement() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1010, flags: .fin)
        harness.send(.backward, 5000, ack: 1011)
        harness.send(.backward, 5000, after: second)
        #expect(harness.sink[0]?.closed == .fin)
        #expect(harness.sink[0]?.missing == [4..<10])
    }

    /// The hole before the FIN has its own time, not that of the hole before it.
    @Test func finBehindASecondHoleWaitsForItsTimeout() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1004, text("efgh"))
        harness.pass(5 * second)
        harness.send(.forward, 1020, flags: .fin)
        harness.pass(6 * second)
        #expect(harness.sink[0]?.missing == [0..<4])
        harness.send(.forward, 1008, text("ijklmnopqrst"))
        harness.send(.backward, 5000, ack: 1021)
        #expect(harness.sink[0]?.closed == .fin)
        #expect(harness.sink[0]?.missing == [0..<4])
    }

    @Test func resetClosesHoles() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1008, text("ijkl"))
        harness.send(.backward, 5000, text("x"))
        harness.send(.forward, 1020, flags: .rst)
        harness.pass(11 * second)
        // Nobody knows whether anything was sent between the last bytes and the RST.
        #expect(harness.sink[0]?.missing == [4..<8])
        #expect(harness.sink[0]?.closed == nil)
        harness.finish()
        #expect(harness.sink[0]?.closed == .reset)
        #expect(harness.sink[0, .backward]?.closed == .reset)
        #expect(harness.sink.closes.map(\.direction) == [.forward, .backward])
    }

    @Test func straySegmentsAreIgnored() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1000 &+ 1 << 31, text("stray"))
        harness.send(.forward, 1000 &+ 1 << 30, text("stray"))
        harness.send(.forward, 0 &- 1 << 30, text("stray"))
        for _ in 0..<10 { harness.send(.forward, 3_000_000_000, text("the same again")) }
        harness.send(.forward, 1004, text("efgh"))
        #expect(harness.sink[0]?.data == text("abcdefgh"))
        harness.finish()
        #expect(harness.sink[0]?.data == text("abcdefgh") && harness.statistics.missingBytes == 0)
        #expect(harness.statistics.unused[.window] == 3 * 5 + 14 && harness.statistics.retransmittedBytes == 9 * 14)
        #expect(harness.unaccounted == 0)
    }

    @Test(arguments: [UInt32(100 << 20), 1 << 30, 2 << 30, 3 << 30]) func outageOfTheCapture(_ jump: UInt32) {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1008, text("ijkl"))
        for index in UInt32(0)..<6 { harness.send(.forward, 1000 &+ jump &+ index * 4, text("wxyz")) }
        harness.pass(9 * second)
        #expect(harness.sink[0]?.data == text("abcd"))
        harness.pass(2 * second)
        #expect(harness.sink[0]?.data == text("abcdijklwxyzwxyzwxyzwxyzwxyzwxyz"))
        harness.send(.forward, 1000 &+ jump &+ 24, flags: .fin)
        harness.send(.backward, 5000, ack: 1000 &+ jump &+ 25)
        #expect(harness.sink[0]?.missing == [4..<8, 12..<UInt64(jump)])
        #expect(harness.sink[0]?.reasons == [.timeout, .jump])
        #expect(harness.sink[0]?.closed == .fin)
    }

    @Test func acknowledgedStraysAreBelievedSooner() {
        var harness = Harness { $0.strayAgreement = 3 }
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 2_000_001_000, text("wxyz"))
        harness.send(.backward, 5000, ack: 2_000_001_004)
        harness.pass(second)
        harness.send(.forward, 2_000_001_004, text("wxyz"))
        #expect(harness.sink[0]?.data == text("abcdwxyzwxyz"))
    }

    @Test func timesThatJumpBackHarmNothing() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1008, text("ijkl"))
        harness.time -= 1_000_000 * second
        harness.send(.forward, 1012, text("mnop"))
        harness.time = .max
        harness.send(.forward, 1016, text("qrst"))
        harness.time = .min
        harness.send(.forward, 1004, text("efgh"))
        #expect(harness.sink[0]?.gaps.isEmpty == true)
        harness.time = 5 * second
        harness.send(.forward, 1000, text("abcd"))
        #expect(harness.sink[0]?.data == text("abcdefghijklmnopqrst"))
    }
}
