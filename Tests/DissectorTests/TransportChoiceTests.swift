import Dissector
import Support
import Testing

/// Which streams are taken for Bitcoin's, and which of its transports and networks they are.
@Suite struct TransportChoiceTests {
    private let version = framed("version", [UInt8](repeating: 0, count: 86))
    private let verack = framed("verack")
    private let ping = framed("ping", filler(8))

    /// Bytes as an encrypted stream has them.
    private func random(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    private func options(_ ports: Set<UInt16>) -> PipelineOptions {
        var options = PipelineOptions()
        options.ports = ports
        return options
    }

    // MARK: Ports

    @Test(arguments: [8333, 18333, 18444, 38333, 48333] as [UInt16])
    func caughtInTheMiddleOnAUsualPort(_ port: UInt16) throws {
        var talk = Talk(port, isOpen: true)
        talk.send(.client, Array(version[50...]) + ping + verack, size: 30)
        talk.send(.server, ping)
        let result = try dissect(talk.packets)
        try #require(result.commands == ["ping", "verack", "ping"])
        #expect(result.records.map(\.skipped) == [60, 0, 0])
        #expect(result.counts.skippedBytes == 60)
        #expect(result.counts.missingBytes == 0)
    }

    @Test func caughtInTheMiddleOnAnotherPort() throws {
        var talk = Talk(12345, isOpen: true)
        talk.send(.client, Array(version[50...]))
        talk.send(.client, ping + verack)
        talk.send(.server, Array(version[50...]) + ping)
        talk.send(.server, ping)
        let result = try dissect(talk.packets)
        // The first stream begins with the first segment that begins with a header, and what answers it is Bitcoin's.
        try #require(result.commands == ["ping", "verack", "ping", "ping"])
        #expect(result.counts.skippedBytes == 60)
        #expect(result.counts.bitcoinStreams == 2)
    }

    /// No segment of the other side begins with a header.
    @Test func answersInAnySegments() throws {
        for isOpen in [true, false] {
            var talk = Talk(12345, isOpen: isOpen)
            talk.send(.client, isOpen ? ping : version)
            talk.send(.server, version + verack + ping, size: 10)
            let result = try dissect(talk.packets)
            #expect(result.commands == [isOpen ? "ping" : "version", "version", "verack", "ping"])
            #expect(!result.counts.hasProblem)
        }
    }

    /// A whole `version` with a right checksum is proof enough, whatever the magic is.
    @Test func unknownMagicOnAnotherPort() throws {
        func custom(_ message: [UInt8]) -> [UInt8] { [1, 2, 3, 4] + message[4...] }
        var talk = Talk(12345)
        talk.send(.client, custom(version))
        talk.send(.server, custom(version) + custom(verack), size: 50)
        talk.send(.client, custom(verack))
        #expect(try dissect(talk.packets).commands == ["version", "version", "verack", "verack"])
        var other = Talk(12345)
        other.send(.client, custom(framed("version", filler(86), checksum: 7)))
        #expect(try dissect(other.packets).commands.isEmpty)
    }

    /// Encrypted connections that were open when the capture began.
    @Test func nothingThatCanBeRead() throws {
        var talk = Talk(isOpen: true)
        talk.send(.client, random(5000, seed: 14))
        talk.send(.server, random(5000, seed: 15))
        var counts = try dissect(talk.packets).counts
        #expect(counts.streamsWithoutMessages == 2 && counts.skippedBytes == 10_000)
        #expect(counts.text.contains("2 streams without a message"))
        talk.send(.client, ping)
        counts = try dissect(talk.packets).counts
        #expect(counts.streamsWithoutMessages == 1)
    }

    @Test func otherProtocolsOnOtherPorts() throws {
        var talk = Talk(443)
        talk.send(.client, random(5000, seed: 4))
        talk.send(.server, random(50_000, seed: 5), losing: [3, 8])
        talk.settle()
        let result = try dissect(talk.packets)
        #expect(result.records == [])
        #expect(!result.counts.hasProblem)
        #expect(result.counts.connections == 1)
    }

    @Test func behindAProxy() throws {
        var talk = Talk(9050)
        talk.send(.client, [5, 1, 0])
        talk.send(.server, [5, 0])
        talk.send(.client, [5, 1, 0, 1, 203, 0, 113, 9, 0x20, 0x8d])
        talk.send(.server, [5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        talk.send(.client, version)
        talk.send(.server, version + verack)
        talk.send(.client, verack)
        let result = try dissect(talk.packets)
        #expect(result.records.map(\.bytes) == [version, version, verack, verack])
        #expect(!result.counts.hasProblem)
    }

    @Test func behindAProxyOnAPortThatIsNamed() throws {
        var talk = Talk(9050)
        talk.send(.client, [5, 1, 0])
        talk.send(.server, [5, 0])
        talk.send(.client, [5, 1, 0, 1, 203, 0, 113, 9, 0x20, 0x8d])
        talk.send(.server, [5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        talk.send(.client, version)
        talk.send(.server, version)
        let result = try dissect(talk.packets, options([9050]))
        #expect(result.records.map(\.bytes) == [version, version])
        #expect(result.records.map(\.skipped) == [13, 12])
    }

    @Test func portThatIsNamed() throws {
        let custom = framed("version", filler(86), magic: 0x7ec6_53a5)
        var talk = Talk(12345)
        talk.send(.client, custom, size: 10)
        #expect(try dissect(talk.packets).records == [])
        #expect(try dissect(talk.packets, options([50_000])).commands == ["version"])
        #expect(try dissect(talk.packets, options([12345])).commands == ["version"])
        #expect(try dissect(talk.packets, options([12346])).records == [])
    }

    // MARK: Networks

    @Test func unknownMagicFromItsStart() throws {
        var talk = Talk(38333)
        let magic: UInt32 = 0x54d2_6fbd
        talk.send(.client, framed("version", filler(86), magic: magic))
        talk.send(.server, framed("version", filler(86), magic: magic) + framed("verack", magic: magic))
        talk.send(.client, framed("verack", magic: magic) + filler(70) + framed("inv", [0], magic: magic))
        let result = try dissect(talk.packets)
        try #require(result.commands == ["version", "version", "verack", "verack", "inv"])
        #expect(result.records.map(\.magic) == [UInt64](repeating: UInt64(magic), count: 5))
        #expect(result.records.map(\.status) == [1, 1, 1, 1, 1])
        #expect(result.records.map(\.skipped) == [0, 0, 0, 0, 70])
    }

    /// The direction that lost its beginning learns the magic from the other.
    @Test func unknownMagicFromTheOtherDirection() throws {
        var talk = Talk(38333)
        let magic: UInt32 = 0x54d2_6fbd
        talk.send(.client, framed("version", filler(86), magic: magic))
        talk.lose(.server, 300)
        talk.send(.server, filler(33) + framed("zzzz", filler(40), magic: magic))
        talk.settle()
        let result = try dissect(talk.packets)
        try #require(result.commands == ["version", "zzzz"])
        #expect(result.records.map(\.missing) == [0, 300])
        #expect(result.records.map(\.skipped) == [0, 33])
    }

    @Test func twoNetworksInOneCapture() throws {
        var main = Talk(8333)
        main.send(.client, version + ping)
        var test = Talk(18444, from: 50_001)
        let inv = framed("inv", [0], magic: 0xfabf_b5da)
        test.send(.client, framed("version", filler(86), magic: 0xfabf_b5da) + inv)
        // On the same port, too.
        var third = Talk(8333, from: 50_002)
        third.send(.client, framed("version", filler(86), magic: 0x0b11_0907))
        let result = try dissect(main.packets + test.packets + third.packets)
        #expect(result.records.map(\.magic) == [0xf9be_b4d9, 0xf9be_b4d9, 0xfabf_b5da, 0xfabf_b5da, 0x0b11_0907])
        #expect(result.records.map(\.stream) == [0, 0, 1, 1, 2])
    }

    // MARK: Other transports

    @Test(arguments: 0..<20 as Range<UInt64>)
    func encrypted(_ seed: UInt64) throws {
        var talk = Talk()
        talk.send(.client, random(64 + 77, seed: seed))
        talk.send(.server, random(3000, seed: seed + 100), size: 700)
        talk.send(.client, random(5000, seed: seed + 200))
        talk.finish(.client)
        talk.finish(.server)
        let result = try dissect(talk.packets)
        #expect(result.records.map(\.protocolName) == ["BitcoinV2", "BitcoinV2"])
        #expect(result.records.map(\.length) == [5141, 3000])
        #expect(result.records.map(\.from) == ["192.0.2.1:50000", "198.51.100.7:8333"])
        #expect(result.records[0].bytes == Array(random(141, seed: seed).prefix(64)))
        #expect(result.records[1].bytes == Array(random(3000, seed: seed + 100).prefix(64)))
        #expect(result.counts.encryptedStreams == 2)
        #expect(result.counts.messages == 0)
        #expect(!result.counts.hasProblem)
    }

    @Test func encryptedWithAGap() throws {
        var talk = Talk()
        talk.send(.client, random(6000, seed: 1), size: 1000, losing: [2])
        talk.send(.server, random(6000, seed: 2), size: 1000)
        talk.settle()
        let result = try dissect(talk.packets)
        #expect(result.records.map(\.protocolName) == ["BitcoinV2", "BitcoinV2"])
        #expect(result.records.map(\.length) == [5000, 6000])
        #expect(result.records.map(\.missing) == [1000, 0])
        #expect(result.records.map(\.hasProblem) == [true, false])
        #expect(result.counts.skippedBytes == 0)
    }

    /// Where its beginning is lost a direction can be told by the other at best, but no messages are made of it.
    @Test func encryptedWithoutItsBeginning() throws {
        for lost in [Talk.Side.client, .server] {
            var talk = Talk()
            talk.send(.client, random(6000, seed: 1), size: 1000, losing: lost == .client ? [0] : [])
            talk.send(.server, random(6000, seed: 2), size: 1000, losing: lost == .server ? [0] : [])
            talk.settle()
            let result = try dissect(talk.packets)
            #expect(result.records.map(\.protocolName).contains("BitcoinV2"))
            #expect(result.counts.messages == 0)
        }
    }

    /// Messages in one direction: the other cannot be encrypted, however its first bytes look.
    @Test func damagedBeginningOfOneDirection() throws {
        var talk = Talk()
        talk.send(.client, version)
        var damaged = version
        damaged[2] ^= 0x10
        damaged[7] ^= 0x80
        talk.send(.server, damaged)
        talk.send(.server, verack + ping)
        let result = try dissect(talk.packets)
        try #require(result.commands == ["version", "verack", "ping"])
        #expect(result.records.map(\.skipped) == [0, 110, 0])
        #expect(result.counts.encryptedStreams == 0)
    }

    /// A short piece of a stream that was under way says nothing of its transport.
    @Test(arguments: [1, 16, 20, 23])
    func fewBytesFromTheMiddle(_ count: Int) throws {
        var talk = Talk(isOpen: true)
        talk.send(.client, random(count, seed: 3))
        talk.finish(.client)
        let result = try dissect(talk.packets)
        #expect(result.records == [])
        #expect(result.counts.encryptedStreams == 0)
    }

    /// The same for a message of which the end was not captured.
    @Test func fewBytesOfAMessageFromTheMiddle() throws {
        var talk = Talk(isOpen: true)
        talk.send(.client, Array(ping[..<22]))
        let result = try dissect(talk.packets)
        try #require(result.commands == ["ping"])
        #expect(result.records.map(\.frame) == [1])
        #expect(result.records.map(\.captured) == [0])
    }

    @Test func web() throws {
        var talk = Talk()
        talk.send(.client, Array("GET / HTTP/1.1\r\nHost: 198.51.100.7:8333\r\nAccept: */*\r\n\r\n".utf8))
        talk.send(.server, Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".utf8))
        talk.finish(.client)
        talk.finish(.server)
        let result = try dissect(talk.packets)
        #expect(result.records == [])
        #expect(result.counts.messages == 0)
        #expect(!result.counts.hasProblem)
    }
}
