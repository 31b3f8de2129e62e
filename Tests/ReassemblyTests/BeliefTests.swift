import Reassembly
import Testing

/// Which segments ahead are believed.
@Suite struct BeliefTests {
    private let far: UInt32 = 1000 + 60 << 20

    @Test func bytesInOrderNeedNoAcknowledgement() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1004, text("efgh"))
        #expect(harness.sink[0]?.data == text("abcdefgh"))
        harness.finishAndCheck()
    }

    @Test func anIslandIsBelievedAtTheEnd() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1010, text("klmn"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdklmn") && harness.sink[0]?.missing == [4..<10])
    }

    /// While the other side asks for what is before, nothing is given up.
    @Test func aForgedIslandHidesNothing() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000 + 100_000, text("x"))
        for round in UInt32(0)..<100 {
            harness.send(.forward, 1000 + round * 4, text("ping"), after: second)
            harness.send(.backward, 5000, ack: 1004 + round * 4)
        }
        #expect(harness.sink[0]?.data.count == 400)
        #expect(harness.sink[0]?.gaps.isEmpty == true)
    }

    @Test(arguments: [1, 4]) func segmentsBeyondTheWindowHideNothing(_ count: UInt32) {
        var harness = Harness()
        harness.handshake()
        for index in 0..<count { harness.send(.forward, far + index, text("x")) }
        harness.pass(8 * second)
        for round in UInt32(0)..<100 {
            harness.send(.forward, 1000 + round * 4, text("ping"), after: second)
            if round % 2 == 0 { harness.send(.backward, 5000, ack: 1004 + round * 4) }
        }
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data.count == 400 && harness.sink[0]?.gaps.isEmpty == true)
        #expect(harness.statistics.unused[.window] == UInt64(count))
        #expect(harness.statistics.missingBytes == 0)
    }

    @Test func beyondTheWindowByAnAcknowledgement() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, far, text("wxyz"))
        harness.send(.backward, 5000, ack: far + 4)
        harness.pass(second / 10)
        #expect(harness.sink[0]?.data == [])
        harness.pass(second / 10)
        #expect(harness.sink[0]?.data == text("wxyz") && harness.sink[0]?.reasons == [.jump])
        // What the other side sends and acknowledges there is believed as before.
        harness.send(.backward, 5000, text("pong"), ack: far + 4)
        harness.send(.forward, far + 4, text("ping"), ack: 5004)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("wxyzping") && harness.sink[0, .backward]?.data == text("pong"))
        #expect(harness.statistics.unused.total == 0)
    }

    @Test func beyondTheWindowByASelectiveAcknowledgement() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, far, text("wxyz"))
        harness.send(.backward, 5000, ack: 1000) {
            $0.options.blockCount = 1
            $0.options.blockEdges[0] = far
            $0.options.blockEdges[1] = far + 4
        }
        harness.send(.forward, 1000, text("abcd"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdwxyz"))
        #expect(harness.statistics.missingBytes == UInt64(60 << 20) - 4)
    }

    /// Without any word of the other side four segments in order are enough, after ten seconds.
    @Test func beyondTheWindowUnopposed() {
        var harness = Harness()
        harness.send(.forward, 1000, text("abcd"))
        for index in UInt32(0)..<3 { harness.send(.forward, far + index * 4, text("wxyz")) }
        harness.pass(20 * second)
        #expect(harness.sink[0]?.data == text("abcd"))
        harness.send(.forward, far + 12, text("wxyz"))
        harness.pass(second)
        #expect(harness.sink[0]?.data == text("abcdwxyzwxyzwxyzwxyz"))
        harness.finishAndCheck()
    }

    /// The other side, heard at the old place, opposes them.
    @Test func beyondTheWindowOpposed() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        for index in UInt32(0)..<8 { harness.send(.forward, far + index * 4, text("wxyz")) }
        harness.send(.backward, 5000, ack: 1004)
        harness.pass(20 * second)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcd") && harness.statistics.missingBytes == 0)
        #expect(harness.statistics.unused[.window] == 32)
    }

    /// Segments at the old place: the jump was none.
    @Test func goesBack() {
        var harness = Harness()
        harness.send(.forward, 1000, text("abcd"))
        for index in UInt32(0)..<4 { harness.send(.forward, far + index * 4, text("wxyz")) }
        harness.pass(11 * second)
        #expect(harness.sink[0]?.data == text("abcdwxyzwxyzwxyzwxyz"))
        harness.send(.forward, 1004, text("efgh"))
        harness.send(.forward, 1008, text("ijkl"))
        #expect(harness.sink[0]?.data == text("abcdwxyzwxyzwxyzwxyzefghijkl"))
        harness.finishAndCheck()
    }

    /// The bytes between are not captured, though a number behind them was acknowledged: it may be forged.
    @Test(arguments: [1012, 1000 + 1 << 20] as [UInt32])
    func aForgedAcknowledgementClosesNothing(_ number: UInt32) {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1008, text("ijkl"))
        harness.send(.backward, 5000, ack: number)
        harness.send(.backward, 5000, ack: 1000, after: second / 10)
        harness.pass(5 * second)
        #expect(harness.sink[0]?.gaps.isEmpty == true)
        harness.send(.forward, 1000, text("abcdefgh"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcdefghijkl") && harness.statistics.missingBytes == 0)
    }

    @Test func aForgedAcknowledgementInventsNothing() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        for number in [1 << 30, 2 << 30, 3 << 30, 1004 + 15 << 20] as [UInt32] {
            harness.send(.backward, 5000, ack: number)
        }
        harness.send(.backward, 5000, ack: 1004)
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == text("abcd") && harness.statistics.missingBytes == 0)
    }

    /// The window as the two SYNs and the receiver's segments have it.
    @Test(arguments: [(100_000, true), (140_000, false)]) func theWindowThatWasOffered(_ ahead: Int, _ isHeld: Bool) {
        var harness = Harness()
        harness.handshake { $0.options.windowShift = 1 }
        harness.send(.backward, 5000, ack: 1000) { $0.window = 65_535 }
        harness.send(.forward, 1000 + UInt32(ahead), text("x"))
        // The receiver says at once that it has not taken it, or that it lacks what is before.
        harness.send(.backward, 5000, ack: 1000) { $0.window = 65_535 }
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data == (isHeld ? text("x") : []))
        #expect(harness.statistics.unused[.window] == (isHeld ? 0 : 1))
    }

    @Test func aFINBehindWhichAcknowledgementsGoOnWasNone() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1004, flags: .fin)
        harness.send(.backward, 5000, ack: 1008)
        harness.send(.forward, 1004, text("efgh"))
        harness.send(.forward, 1008, text("ijkl"))
        harness.send(.backward, 5000, ack: 1012)
        #expect(harness.sink[0]?.closed == nil && harness.sink[0]?.data == text("abcdefghijkl"))
        harness.finishAndCheck()
    }

    /// Behind 2 GiB numbers no longer compare with the first one.
    @Test func longStreamsAreBelieved() {
        var harness = Harness()
        harness.handshake()
        var sequence: UInt32 = 1000
        for _ in 0..<300 {
            sequence = sequence &+ 15 << 20
            harness.send(.forward, sequence, text("abcd"))
            sequence = sequence &+ 4
            harness.send(.backward, 5000, ack: sequence)
            harness.pass(second / 2)
        }
        harness.send(.backward, 5000, text("xyz"), ack: sequence)
        #expect(harness.sink[0, .backward]?.data == text("xyz"))
        harness.finishAndCheck()
        #expect(harness.sink[0]?.data.count == 1200 && harness.statistics.missingBytes == 300 * 15 << 20)
    }
}
