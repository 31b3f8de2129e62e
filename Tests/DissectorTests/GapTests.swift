import Dissector
import Fields
import Support
import Testing

/// Segments lost for good: what is cut, what is told of the loss, and where the stream is read again.
@Suite struct GapTests {
    private let version = framed("version", [UInt8](repeating: 0, count: 86))
    private let ping = framed("ping", filler(8))
    private let long = framed("zzzz", filler(500))

    /// A stream in segments of 100 bytes, some of which are not captured.
    private func play(_ stream: [UInt8], losing lost: Set<Int>, settle: Bool = true) throws -> Findings {
        var talk = Talk()
        talk.send(.client, stream, size: 100, losing: lost)
        if settle { talk.settle() }
        talk.finish(.client)
        talk.finish(.server)
        let result = try dissect(talk.packets)
        // All that was sent is accounted for.
        let captured = result.records.reduce(0) { $0 + $1.bytes.count }
        #expect(captured + Int(result.counts.missingBytes + result.counts.skippedBytes) == stream.count)
        #expect(result.missing <= result.counts.missingBytes)
        #expect(result.skipped <= result.counts.skippedBytes)
        return result
    }

    @Test func middleOfAMessage() throws {
        // version: 0..<110, zzzz: 110..<634, ping: 634..<666
        let result = try play(version + long + ping, losing: [3])
        try #require(result.commands == ["version", "zzzz", "ping"])
        let cut = result.records[1]
        #expect(cut.bytes == Array(long[..<190]))
        #expect(cut.captured == 166)
        #expect(cut.missing == 100)
        #expect(cut.skipped == 234)
        #expect(cut.status == 2)
        #expect(cut.hasProblem)
        #expect(
            cut.notes.isSuperset(of: [
                "bitcoin.message.cut", "bitcoin.bytes.missing", "bitcoin.bytes.skipped", "bitcoin.checksum.unverified",
            ]))
        #expect(cut.info.hasSuffix("[166 of 500 payload bytes] [100 bytes missing] [234 bytes skipped]"))
        #expect(cut.length == 524)
        #expect(!result.records[2].hasProblem)
        #expect(result.counts.gaps == 1)
        #expect(result.counts.missingBytes == 100)
        #expect(result.counts.skippedBytes == 234)
        #expect(result.counts.cutMessages == 1)
    }

    @Test func endOfAMessageAndBeginningOfTheNext() throws {
        // version: 0..<110, zzzz: 110..<634, then another: 634..<1158, then ping
        let result = try play(version + long + long + ping, losing: [6])
        try #require(result.commands == ["version", "zzzz", "ping"])
        #expect(result.records[1].captured == 466)
        #expect(result.records[1].missing == 34)
        #expect(result.records[1].skipped == 0)
        #expect(result.records[2].bytes == ping)
        #expect(result.records[2].missing == 66)
        #expect(result.records[2].skipped == 458)
        #expect(result.records[2].info.hasSuffix("[before it 66 bytes missing] [before it 458 bytes skipped]"))
    }

    @Test func betweenMessages() throws {
        // 76 bytes fill the first segment behind the version and its padding.
        let first = framed("aaaa", filler(76))
        let second = framed("bbbb", filler(76))
        let result = try play(first + second + first + ping, losing: [1])
        try #require(result.commands == ["aaaa", "aaaa", "ping"])
        #expect(result.records.map(\.missing) == [0, 100, 0])
        #expect(result.records.map(\.skipped) == [0, 0, 0])
        #expect(result.counts.cutMessages == 0)
    }

    @Test func severalMessages() throws {
        var stream = version
        for _ in 0..<30 { stream += ping }
        let result = try play(stream + long, losing: [2, 3, 4, 5])
        // 200..<600 is lost: of the pings 2 are whole before it, the third is cut, and from 622 on 14 are whole.
        #expect(
            result.commands == ["version", "ping", "ping", "ping"] + [String](repeating: "ping", count: 14) + ["zzzz"])
        #expect(result.records[3].captured == 2)
        #expect(result.records[3].missing == 6)
        #expect(result.records[4].missing == 394)
        #expect(result.records[4].skipped == 22)
        #expect(result.missing == 400)
        #expect(result.skipped == 22)
    }

    /// What begins with a magic right behind a gap may be anything: it must look like a header to be believed.
    @Test(arguments: [framed("in\u{7f}", filler(60)), framed("", filler(60)), framed("zzzz", filler(60), length: .max)])
    func falseHeaderRightBehindTheGap(_ fake: [UInt8]) throws {
        let first = framed("aaaa", filler(76))
        let result = try play(first + first + fake + ping + ping, losing: [1])
        try #require(result.commands == ["aaaa", "ping", "ping"])
        #expect(result.records.map(\.missing) == [0, 100, 0])
        #expect(result.records.map(\.skipped) == [0, 84, 0])
    }

    @Test func severalGapsInOneMessage() throws {
        let result = try play(version + framed("zzzz", filler(2000)) + ping, losing: [3, 7, 8, 15])
        try #require(result.commands == ["version", "zzzz", "ping"])
        #expect(result.records[1].captured == 166)
        #expect(result.records[1].missing == 400)
        #expect(result.records[1].skipped == 1434)
        #expect(result.counts.gaps == 3)
        #expect(result.counts.cutMessages == 1)
    }

    @Test func theVersionItself() throws {
        let result = try play(version + ping + ping, losing: [0])
        try #require(result.commands == ["ping", "ping"])
        #expect(result.records[0].missing == 100)
        #expect(result.records[0].skipped == 10)
    }

    @Test func firstMessageAloneIsCut() throws {
        let result = try play(long + ping, losing: [1])
        try #require(result.commands == ["zzzz", "ping"])
        #expect(result.records[0].captured == 76)
        #expect(result.records[0].missing == 100)
    }

    /// No message follows with which the loss could be told: only the gap's own record tells of it.
    @Test func nothingBehindTheGap() throws {
        let result = try play(version + framed("zzzz", filler(66)) + ping + ping + ping, losing: [2])
        try #require(result.commands == ["version", "zzzz"])
        #expect(result.missing + result.skipped == 0)
        #expect(result.gaps.map(\.gap?.length) == [96])
        #expect(result.counts.missingBytes == 96)
    }

    @Test func messageInTheGapIsToldAtTheEnd() throws {
        var talk = Talk()
        talk.send(.client, version + framed("zzzz", filler(5000)), size: 100, losing: [3])
        // The stream goes on past the gap, but not to the message's end.
        talk.client.sent = 1100
        talk.packets.removeAll { $0.time > 1_700_000_000_012_000_000 }
        talk.settle()
        let result = try dissect(talk.packets)
        try #require(result.commands == ["version", "zzzz"])
        let cut = result.records[1]
        #expect(cut.captured == 166)
        #expect(cut.missing == 100)
        #expect(cut.skipped == result.counts.skippedBytes)
        #expect(cut.skipped == 700)
        #expect(cut.frame == 13)
    }

    /// What is kept of cut messages is limited, their frames included: one that gets too many is told before its end.
    @Test func framesOfACutMessageCountAsMemory() throws {
        let stream = framed("zzzz", filler(1 << 20), length: 4_000_000)
        func begun(_ count: Int, from port: UInt16) -> Talk {
            var talk = Talk(from: port)
            talk.send(.client, Array(stream[..<count]), size: 60_000)
            // A byte that is not captured.
            talk.packet(.client, [0], at: count, snap: 54)
            talk.lose(.client, 1)
            return talk
        }
        // They leave 64 KiB of the 16 MiB for the frames of another, 16 bytes each.
        let packets = (0..<16 as Range<UInt16>).flatMap {
            begun($0 < 15 ? 1 << 20 : 15 << 16, from: 50_000 + $0).packets
        }
        let room = 4096
        var talk = begun(1000, from: 60_000)
        for _ in 0..<room + 2000 { talk.send(.client, [7]) }
        let result = try dissect(packets + talk.packets)
        #expect(result.records.count == 17)
        let frames = result.records.map(\.frames.count).max() ?? 0
        #expect(frames > room - 1000 && frames < room, "\(frames)")
    }

    /// A gap is declared when the other side has acknowledged past it: the messages behind it do not wait for the end.
    @Test func messagesBehindTheGapComeInTime() throws {
        var talk = Talk()
        talk.send(.client, version + long + ping, size: 100, losing: [3])
        talk.settle()
        let frames = UInt64(talk.packets.count)
        talk.send(.server, version)
        let result = try dissect(talk.packets)
        try #require(result.commands == ["version", "zzzz", "ping", "version"])
        #expect(result.records.map(\.frame).max() == frames + 1)
    }

    @Test func lateSegmentWithinTheGrace() throws {
        var talk = Talk()
        talk.send(.client, version + long + ping, size: 100, losing: [3])
        talk.packet(.server, [], at: 0)
        talk.packet(.client, Array((version + long)[300..<400]), at: 300)
        let result = try dissect(talk.packets)
        try #require(result.commands == ["version", "zzzz", "ping"])
        #expect(result.records.map(\.isWhole) == [true, true, true])
        #expect(result.records[1].frame == UInt64(talk.packets.count))
        #expect(!result.counts.hasProblem)
    }

    @Test func junkBetweenMessages() throws {
        let result = try play(version + filler(333) + ping + filler(10), losing: [])
        try #require(result.commands == ["version", "ping"])
        #expect(result.records[1].skipped == 333)
        #expect(result.records[1].notes.contains("bitcoin.bytes.skipped"))
        #expect(result.counts.skippedBytes == 343)
        #expect(result.counts.gaps == 0)
    }

    /// The part of a header that was captured before a gap may claim anything.
    @Test(arguments: [20, 22, 24, 30], [33_554_433, UInt32.max])
    func lengthThatCannotBeTrue(_ captured: Int, _ claimed: UInt32) throws {
        var talk = Talk()
        talk.send(.client, version)
        talk.send(.client, Array(framed("zzzz", filler(50), length: claimed)[..<captured]))
        talk.lose(.client, 74 - captured)
        talk.send(.client, ping + ping)
        talk.settle()
        let result = try dissect(talk.packets)
        try #require(result.commands == ["version", "zzzz", "ping", "ping"])
        #expect(result.records[1].captured == 0)
        #expect(result.missing == UInt64(74 - captured))
        #expect(result.counts.missingBytes == UInt64(74 - captured))
    }

    @Test func snapLength() throws {
        var talk = Talk()
        let messages = [version, ping, framed("zzzz", filler(3000)), framed("verack"), ping]
        for message in messages {
            for start in stride(from: 0, to: message.count, by: 1448) {
                let piece = Array(message[start..<min(start + 1448, message.count)])
                talk.packet(.client, piece, at: talk.client.sent, snap: 96)
                talk.client.sent += piece.count
            }
        }
        talk.finish(.client)
        let result = try dissect(talk.packets)
        // 54 bytes of headers leave 42 of each segment.
        try #require(result.commands == ["version", "ping", "zzzz", "verack", "ping"])
        #expect(result.records.map(\.captured) == [18, nil, 18, nil, nil])
        #expect(result.records.map(\.missing) == [68, 0, 2898, 0, 0])
        #expect(result.records.map(\.skipped) == [0, 0, 84, 0, 0])
        #expect(result.counts.missingBytes == 2966)
        #expect(result.counts.cutMessages == 2)
    }

    /// Less than a header of each segment is captured: nothing can be told, and nothing wrong either.
    @Test(arguments: 55..<74)
    func snapLengthBelowTheHeader(_ snap: Int) throws {
        var talk = Talk()
        for message in [version, ping, ping] {
            talk.packet(.client, message, at: talk.client.sent, snap: snap)
            talk.client.sent += message.count
        }
        talk.finish(.client)
        let result = try dissect(talk.packets)
        #expect(result.records == [])
        #expect(result.counts.encryptedStreams == 0)
        let captured = UInt64(snap - 54) * 3
        #expect(result.counts.missingBytes == 174 - captured)
    }
}
