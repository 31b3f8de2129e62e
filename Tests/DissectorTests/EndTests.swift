import Dissector
import Fields
import Reassembly
import Support
import Testing

/// How streams end, and what is told of what is unfinished then.
@Suite struct EndTests {
    private let version = framed("version", [UInt8](repeating: 0, count: 86))
    private let ping = framed("ping", filler(8))
    private let long = framed("zzzz", filler(500))

    enum Ending: CaseIterable { case fin, reset, input }

    private func end(_ talk: inout Talk, _ ending: Ending) {
        switch ending {
        case .fin:
            talk.finish(.client)
            talk.finish(.server)
        case .reset: talk.reset(.server)
        case .input: break
        }
    }

    @Test(arguments: Ending.allCases)
    func unfinishedMessage(_ ending: Ending) throws {
        var talk = Talk()
        talk.send(.client, version + Array(long[..<300]))
        talk.send(.server, version)
        end(&talk, ending)
        let result = try dissect(talk.packets)
        #expect(result.commands.sorted() == ["version", "version", "zzzz"])
        let cut = try #require(result.records.first { $0.command == "zzzz" })
        #expect(cut.bytes == Array(long[..<300]))
        #expect(cut.captured == 276)
        #expect(cut.info.hasSuffix("[276 of 500 payload bytes]"))
        #expect(cut.hasProblem)
        #expect(cut.status == 2)
        #expect(cut.frame == 4)
        #expect(cut.missing == 0)
        #expect(cut.skipped == 0)
        #expect(result.counts.cutMessages == 1)
        #expect(result.counts.skippedBytes == 0)
    }

    /// Reported as soon as the length field is there, which ends with the header's twentieth byte.
    @Test(arguments: 0...110, [0, 1])
    func everyPlaceForTheEnd(_ count: Int, _ way: Int) throws {
        var talk = Talk()
        talk.send(.client, ping)
        talk.send(.client, Array(version[..<count]), size: way == 0 ? 1448 : 7)
        talk.finish(.client)
        let result = try dissect(talk.packets)
        try #require(result.commands == (count < 20 ? ["ping"] : ["ping", "version"]))
        if count < 20 {
            #expect(result.counts.skippedBytes == UInt64(count))
        } else {
            #expect(result.records[1].bytes == Array(version[..<count]))
            #expect(result.records[1].captured == (count == 110 ? nil : UInt64(max(0, count - 24))))
            #expect(result.records[1].length == 110)
            #expect(result.records[1].status == (count == 110 ? 1 : 2))
        }
    }

    @Test(arguments: 1...24)
    func firstHeaderOfTheStream(_ count: Int) throws {
        var talk = Talk()
        talk.send(.client, Array(version[..<count]))
        let result = try dissect(talk.packets)
        try #require(result.commands == (count < 20 ? [] : ["version"]))
        #expect(result.counts.encryptedStreams == 0)
    }

    @Test(arguments: Ending.allCases)
    func heldMessageIsToldAtTheEnd(_ ending: Ending) throws {
        var talk = Talk()
        talk.send(.client, version + Array(long[..<400]), size: 100, losing: [3])
        end(&talk, ending)
        let result = try dissect(talk.packets)
        try #require(result.commands == ["version", "zzzz"])
        #expect(result.records[1].bytes == Array(long[..<190]))
        #expect(result.records[1].captured == 166)
        #expect(result.records[1].missing == 100)
        #expect(result.records[1].skipped == 110)
    }

    @Test func holeBeforeTheFIN() throws {
        var talk = Talk()
        talk.send(.client, version + long)
        talk.lose(.client, 77)
        talk.finish(.client)
        talk.finish(.server)
        let result = try dissect(talk.packets)
        try #require(result.commands == ["version", "zzzz"])
        #expect(result.counts.missingBytes == 77)
        #expect(result.counts.gaps == 1)
        #expect(result.counts.hasProblem)
    }

    @Test func finWithTheLastBytes() throws {
        var talk = Talk()
        talk.send(.client, version)
        talk.packet(.client, ping, at: 110, [.fin, .acknowledges])
        talk.send(.server, version)
        let result = try dissect(talk.packets)
        #expect(result.records.map(\.bytes) == [version, ping, version])
    }

    /// The FIN is captured before the bytes that it follows.
    @Test func finAheadOfAllBytes() throws {
        var talk = Talk()
        talk.packet(.client, [], at: version.count, [.fin, .acknowledges])
        talk.send(.client, version)
        talk.finish(.server)
        #expect(try dissect(talk.packets).commands == ["version"])
    }

    /// Far off they are of another connection, the SYN of which was not captured; else they are nobody's.
    @Test(arguments: [1, 100_000]) func bytesBehindTheFIN(_ distance: Int) throws {
        var talk = Talk()
        talk.send(.client, version)
        talk.finish(.client)
        talk.finish(.server)
        talk.packet(.client, [], at: talk.client.sent + 1)
        talk.client.sent += distance
        talk.send(.client, ping)
        let result = try dissect(talk.packets)
        if distance > 1 {
            try #require(result.commands == ["version", "ping"])
            #expect(result.records.map(\.stream) == [0, 1] && !result.counts.hasProblem)
        } else {
            #expect(result.commands == ["version"] && result.counts.bytes.unused[.window] == UInt64(ping.count))
        }
    }

    @Test func limitOfMemory() throws {
        var options = PipelineOptions()
        options.bytesPerStream = 10_000
        var talk = Talk()
        talk.send(.client, version + framed("zzzz", filler(50_000)) + ping)
        let result = try dissect(talk.packets, options)
        try #require(result.commands == ["version", "zzzz", "ping"])
        let cut = result.records[1]
        #expect(cut.missing == 0)
        #expect((cut.captured ?? 0) > 8000 && (cut.captured ?? 0) < 12_000)
        #expect(UInt64(cut.bytes.count) + cut.skipped == 50_024)
        #expect(result.counts.skippedBytes == cut.skipped)
        #expect(result.records[2].isWhole)
    }

    /// A long message that is cut is told at once, and what it goes on to lose with the next one.
    @Test func longMessageWithAGap() throws {
        var talk = Talk()
        let huge = framed("zzzz", [UInt8](repeating: 3, count: 2_000_000))
        talk.send(.client, version + huge + ping, size: 10_000, losing: [150, 170])
        talk.settle()
        let result = try dissect(talk.packets)
        try #require(result.commands == ["version", "zzzz", "ping"])
        #expect(result.records[1].bytes.count == 1_500_000 - 110)
        #expect(result.records[2].isWhole)
        #expect(result.missing == 20_000)
        #expect(result.missing == result.counts.missingBytes)
        #expect(result.skipped == result.counts.skippedBytes)
        #expect(result.records[1].bytes.count + 20_000 + Int(result.skipped) == huge.count)
    }

    @Test func nothingAtAll() throws {
        let result = try dissect([])
        #expect(result.records == [])
        #expect(result.counts == Counts())
    }

    /// Headers that end early: because the frame does, or because no more of it was captured.
    @Test(arguments: [true, false]) func emptyAndBrokenFrames(isCut: Bool) throws {
        var talk = Talk()
        talk.send(.client, version)
        var packets = talk.packets
        for length in 0..<54 {
            var packet = packets[3]
            packet.bytes = Array(packet.bytes[..<length])
            if !isCut { packet.originalLength = length }
            packets.append(packet)
        }
        let result = try dissect(packets)
        try #require(result.commands == ["version"])
        #expect(result.counts.cutPackets == (isCut ? 54 : 0))
        #expect((result.counts.malformedPackets > 0) == !isCut)
    }
}
