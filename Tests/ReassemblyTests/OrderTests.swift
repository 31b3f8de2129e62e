import Reassembly
import Testing

@Suite struct OrderTests {
    @Test func inOrder() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("hello "))
        harness.send(.forward, 1006, text("world"))
        harness.send(.backward, 5000, text("yes"))
        #expect(harness.sink[0]?.data == text("hello world"))
        #expect(harness.sink[0]?.start == 0)
        #expect(harness.sink[0, .backward]?.data == text("yes"))
        #expect(harness.sink.calls == 3)
        // The digests of three segments.
        #expect(harness.assembler.bufferedBytes < 100)
    }

    @Test func outOfOrderIsHeldUntilItsTurn() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1006, text("world"))
        #expect(harness.sink[0]?.data == [])
        harness.send(.forward, 1000, text("hello "))
        #expect(harness.sink[0]?.data == text("hello world"))
        #expect(harness.sink[0]?.messages.map(\.completion) == [5, 5])
        #expect(harness.sink[0]?.messages.map(\.frames) == [[5], [4]])
        #expect(harness.sink[0]?.missing == [])
    }

    @Test func sequenceNumbersWrapAround() {
        var harness = Harness()
        harness.send(.forward, 0xffff_fffb, flags: .syn)
        harness.send(.forward, 0xffff_fffc, text("abcd"))
        harness.send(.forward, 4, text("ijkl"))
        harness.send(.forward, 0, text("efgh"))
        #expect(harness.sink[0]?.data == text("abcdefghijkl"))
        #expect(harness.sink[0]?.position == 12)
    }

    @Test func retransmissionsWithOtherBoundaries() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1002, text("cdef"))
        harness.send(.forward, 1000, text("abcdefgh"))
        harness.send(.forward, 1001, text("bc"))
        #expect(harness.sink[0]?.data == text("abcdefgh"))
        #expect(harness.assembler.statistics.retransmitted == 3)
        #expect(harness.assembler.statistics.conflicts == 0)
    }

    @Test func firstCopyWinsWhilePending() {
        var harness = Harness()
        harness.sink.appetite = .nothing(minimum: 12)
        harness.handshake()
        harness.send(.forward, 1000, text("abcdef"))
        harness.send(.forward, 1001, text("bXXe"))
        harness.send(.forward, 1001, text("bcde"))
        harness.send(.forward, 1004, text("eYgh"))
        #expect(harness.sink[0]?.conflicts == [2..<4, 5..<6])
        harness.sink.appetite = .all
        harness.send(.forward, 1008, text("ijkl"))
        #expect(harness.sink[0]?.data == text("abcdefghijkl"))
        #expect(harness.assembler.statistics.conflicts == 2)
    }

    @Test func ofCopiesAheadTheOneThatCoversTheOthersIsRead() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1004, text("ef"))
        harness.send(.forward, 1008, text("ij"))
        // It covers two and differs from both: one report for each.
        harness.send(.forward, 1003, text("dXfghYjk"))
        #expect(harness.sink[0]?.conflicts == [4..<5, 8..<9])
        // In order now, and over the held one.
        harness.send(.forward, 1000, text("abcZe"))
        #expect(harness.sink[0]?.conflicts == [4..<5, 8..<9, 3..<5])
        #expect(harness.sink[0]?.data == text("abcZefghYjk"))
        #expect(harness.unaccounted == 0)
    }

    @Test func keepAlivesAreHarmless() {
        var harness = Harness()
        harness.sink.appetite = .nothing(minimum: 100)
        harness.handshake()
        harness.send(.forward, 999, [0])
        harness.send(.forward, 1000, text("abcd"))
        harness.send(.forward, 1003, [0])
        harness.send(.forward, 1003)
        harness.send(.forward, 1004, text("e"))
        harness.finish()
        #expect(harness.sink[0]?.data == text("abcde"))
        #expect(harness.sink[0]?.conflicts == [])
        #expect(harness.sink[0]?.start == 0)
    }

    @Test func minimumIsRespected() {
        var harness = Harness()
        harness.sink.appetite = .messages(100)
        harness.handshake()
        var sent: [UInt8] = []
        for index in 0..<100 {
            let bytes = [UInt8](repeating: UInt8(index), count: 7)
            harness.send(.forward, 1000 + UInt32(sent.count), bytes)
            sent += bytes
        }
        // The first call with what there is, then one a message.
        #expect(harness.sink.calls == 8)
        #expect(harness.sink[0]?.data == sent)
        #expect(harness.sink[0]?.messages.first?.frames.count == 15)
        #expect(harness.sink[0]?.messages.last?.completion == harness.frame)
    }

    /// A sink that consumes one message a call is called again as long as another is there.
    @Test func sinkIsCalledAgainForWhatIsThere() {
        struct OneByOne: StreamSink, ~Copyable {
            var offsets: [UInt64] = []
            mutating func wants(
                _ payload: RawSpan, isFirst: Bool, of stream: StreamID, from: Endpoint, to: Endpoint
            ) -> Interest { .wanted }
            mutating func bytes(
                _ bytes: RawSpan, at offset: UInt64, of stream: StreamID, from provenance: borrowing Provenance
            ) -> Demand {
                guard bytes.byteCount >= 4 else { return Demand(consumed: 0, minimum: 4) }
                offsets.append(offset)
                return Demand(consumed: 4, minimum: 4)
            }
            mutating func gap(
                _ missing: Range<UInt64>, after pending: RawSpan, of stream: StreamID,
                from provenance: borrowing Provenance, reason: GapReason
            ) {}
            mutating func conflict(
                _ range: Range<UInt64>, with other: RawSpan, from origin: Origin, isDelivered: Bool,
                of stream: StreamID
            ) {}
            mutating func doubt(
                _ range: Range<UInt64>, _ reason: UnusedReason, from origin: Origin, of stream: StreamID
            ) {}
            mutating func close(
                _ stream: StreamID, pending: RawSpan, from provenance: borrowing Provenance, reason: CloseReason
            ) {}
        }
        var assembler = StreamAssembler()
        var sink = OneByOne()
        let payload = [UInt8](repeating: 1, count: 10)
        for index in 0..<2 {
            assembler.receive(
                Segment(sequence: UInt32(index) * 10, flags: .ack, wireLength: 10), payload.span.bytes, from: clientEnd,
                to: serverEnd, origin: Origin(frame: 1, time: 0), into: &sink)
        }
        #expect(sink.offsets == [0, 4, 8, 12, 16].map { $0 + unknownStart })
    }

    /// Past 4 GiB offsets go on; the way there is shortened by gaps that acknowledgements close.
    @Test func beyondFourGigabytes() {
        var harness = Harness { $0.window = 1 << 30 - 1 }
        harness.handshake()
        var sequence: UInt32 = 1000
        var offset: UInt64 = 0
        for _ in 0..<12 {
            harness.send(.forward, sequence, text("abcd"))
            let step = UInt32(900 << 20)
            harness.send(.forward, sequence &+ step, text("efgh"))
            harness.send(.backward, 5000, ack: sequence &+ step &+ 4)
            harness.send(.backward, 5000, ack: sequence &+ step &+ 4, after: second)
            sequence = sequence &+ step &+ 4
            offset += UInt64(step) + 4
            #expect(harness.sink[0]?.position == offset)
        }
        #expect(offset > 2 << 32)
        #expect(harness.sink[0]?.missing.count == 12)
        #expect(harness.sink[0]?.reasons.allSatisfy { $0 == .acknowledged } == true)
    }

    @Test func paddingIsNoPayload() {
        var harness = Harness()
        harness.handshake()
        harness.send(.forward, 1000, text("ab\0\0\0\0"), wire: 2)
        harness.send(.forward, 1002, text("\0\0\0\0\0\0"), wire: 0)
        harness.send(.forward, 1002, text("cd"))
        #expect(harness.sink[0]?.data == text("abcd"))
    }
}
