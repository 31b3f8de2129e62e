import Dissector
import Fields
import Output
import Records
import Support
import Testing

/// Streams captured whole, however their bytes are packed.
@Suite struct StreamTests {
    private let version = framed("version", [UInt8](repeating: 0, count: 86))
    private let verack = framed("verack")
    private let ping = framed("ping", filler(8))
    private let inv = framed("inv", [1] + filler(36))

    /// Receivers drop messages with a wrong checksum: what follows is judged as if they had not been sent.
    @Test func badChecksumsInAConversation() throws {
        var talk = Talk()
        talk.send(.client, framed("version", [UInt8](repeating: 0, count: 86), checksum: 1))
        talk.send(.client, version)
        talk.send(.server, version)
        talk.send(.client, framed("verack", checksum: 2) + framed("wtxidrelay"))
        talk.send(.client, verack + framed("ping", filler(8), checksum: 3))
        talk.send(.server, verack + framed("pong", filler(8)))
        let result = try dissect(talk.packets)
        try #require(result.records.count == 9)
        let remarks: Set<String> = [
            "bitcoin.version.repeated", "bitcoin.message.after_verack", "bitcoin.message.before_version",
            "bitcoin.pong.without_ping",
        ]
        let bad: [Set<String>] = [
            ["bitcoin.checksum.bad"], [], [], ["bitcoin.checksum.bad"], [], [], ["bitcoin.checksum.bad"], [], [],
        ]
        #expect(result.records.map { $0.notes.intersection(["bitcoin.checksum.bad"]) } == bad)
        #expect(result.records.dropLast().allSatisfy { $0.notes.isDisjoint(with: remarks) })
        #expect(result.records.last?.notes.intersection(remarks) == ["bitcoin.pong.without_ping"])
    }

    /// Of a message that has more fields than a tree takes the rest is read all the same.
    @Test(arguments: [0, 3]) func moreFieldsThanATreeTakes(missing: Int) throws {
        let input = [UInt8](repeating: 0x11, count: 36) + [0, 0xff, 0xff, 0xff, 0xff]
        let items = TreeSink.nodeLimit
        let witness = [0xfe] + littleEndian(UInt32(items)) + [UInt8](repeating: 0, count: items)
        let head: [UInt8] = [2, 0, 0, 0, 0, 1, 1] + input + [1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0x51]
        let message = framed("tx", Array((head + witness + [0, 0, 0, 0]).dropLast(missing)))
        var talk = Talk()
        talk.send(.client, message, size: 60_000)
        let result = try dissect(talk.packets)
        try #require(result.commands == ["tx"])
        #expect(
            result.records.first?.notes.contains(missing > 0 ? "bitcoin.tree.full_malformed" : "bitcoin.tree.full")
                == true)
        #expect(result.records.first?.hasProblem == (missing > 0))
    }

    @Test func handshake() throws {
        var talk = Talk()
        talk.send(.client, version)
        talk.send(.server, version + verack)
        talk.send(.client, verack)
        let result = try dissect(talk.packets)
        try #require(result.commands == ["version", "version", "verack", "verack"])
        #expect(result.records.map(\.frame) == [4, 5, 5, 6])
        #expect(result.records.map(\.time) == [3, 4, 4, 5].map { 1_700_000_000_000_000_000 + $0 * 1_000_000 })
        #expect(result.records.map(\.relative) == [3, 4, 4, 5].map { $0 * 1_000_000 })
        let (client, server) = ("192.0.2.1:50000", "198.51.100.7:8333")
        #expect(result.records.map(\.from) == [client, server, server, client])
        #expect(result.records.map(\.to) == [server, client, client, server])
        #expect(result.records.map(\.length) == [110, 110, 24, 24])
        #expect(result.records.map(\.bytes) == [version, version, verack, verack])
        #expect(result.records.map(\.status) == [1, 1, 1, 1])
        #expect(result.records.allSatisfy { !$0.hasProblem && $0.isWhole && $0.protocolName == "Bitcoin" })
        #expect(result.counts.connections == 1)
        #expect(result.counts.bitcoinStreams == 2)
        #expect(result.counts.messages == 4)
        #expect(result.counts.packets == 6)
        #expect(!result.counts.hasProblem)
    }

    @Test func messageOverManySegments() throws {
        var talk = Talk()
        let long = framed("zzzz", filler(5000))
        talk.send(.client, ping + long + ping)
        let result = try dissect(talk.packets)
        try #require(result.commands == ["ping", "zzzz", "ping"])
        #expect(result.records.map(\.frame) == [4, 7, 7])
        #expect(result.records.map(\.frames) == [[4], [4, 5, 6, 7], [7]])
        #expect(result.records[1].bytes == long)
    }

    @Test func oneByteASegment() throws {
        var talk = Talk()
        talk.send(.client, version + ping, size: 1)
        let result = try dissect(talk.packets)
        try #require(result.commands == ["version", "ping"])
        #expect(result.records.map(\.frame) == [113, 145])
        #expect(result.records[1].frames.count == 32)
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func anyOrder(_ seed: UInt64) throws {
        var talk = Talk()
        talk.client.origin = 0xffff_ff00
        talk.packets = []
        talk.open()
        let messages = [version, framed("zzzz", filler(700)), inv, ping, framed("yyyy", filler(900)), ping]
        talk.send(.client, messages.flatMap { $0 }, size: 50)
        var packets = talk.packets
        var generator = SeededGenerator(seed: seed)
        let shuffled = packets[3...].shuffled(using: &generator) + packets[3...].shuffled(using: &generator)
        for (index, packet) in shuffled.enumerated() {
            var packet = packet
            packet.time = talk.time + Int64(index) * 1000
            packets.append(packet)
        }
        packets.removeSubrange(3..<talk.packets.count)
        let result = try dissect(packets)
        #expect(result.records.map(\.bytes) == messages)
        #expect(result.records.allSatisfy { !$0.hasProblem && $0.status == 1 })
        #expect(result.records.map(\.frame) == result.records.map(\.frame).sorted())
        #expect(!result.counts.hasProblem)
    }

    /// The message is not complete when the other copy comes; else that has a record of its own.
    @Test func firstCopyWinsAndADifferenceIsNoted() throws {
        var talk = Talk()
        talk.send(.client, ping + Array(version[..<100]))
        let offset = talk.client.sent
        talk.packet(.client, filler(40), at: offset - 40)
        talk.send(.client, Array(version[100...]) + ping)
        let result = try dissect(talk.packets)
        #expect(result.records.map(\.bytes) == [ping, version, ping])
        #expect(
            result.records.map { $0.notes.contains("bitcoin.segment.conflict_other_wrong") } == [false, true, false])
        #expect(result.records.map { $0.info.contains("[retransmission differs]") } == [false, true, false])
        #expect(result.counts.bytes.differing == 40)
    }

    @Test func sameBytesAgainAreNothing() throws {
        var talk = Talk()
        for piece in [Array(version[..<60]), Array(version[60...]), ping] {
            let offset = talk.client.sent
            talk.send(.client, piece)
            talk.packet(.client, piece, at: offset)
        }
        let result = try dissect(talk.packets)
        #expect(result.records.map(\.bytes) == [version, ping])
        #expect(result.records.allSatisfy { $0.notes.isDisjoint(with: ["bitcoin.segment.conflict"]) })
    }

    @Test func badChecksum() throws {
        var talk = Talk()
        talk.send(.client, version + framed("zzzz", filler(9), checksum: 1) + ping)
        let result = try dissect(talk.packets)
        try #require(result.records.map(\.status) == [1, 0, 1])
        #expect(result.records.map(\.hasProblem) == [false, true, false])
        #expect(result.records[1].info.contains("[checksum bad]"))
        #expect(result.records[1].bytes.suffix(9) == filler(9)[...])
        #expect(result.counts.badChecksums == 1)
    }

    @Test func manyConnections() throws {
        var packets: [Packet] = []
        for port in 0..<300 {
            var talk = Talk(from: UInt16(40_000 + port))
            talk.client.address = [10, 0, UInt8(port & 255), UInt8(port % 7)]
            talk.packets = []
            talk.time += Int64(port) * 100
            talk.open()
            talk.send(.client, version)
            talk.send(.server, version + verack)
            talk.send(.client, verack, size: 5)
            packets += talk.packets
        }
        packets.sort { $0.time < $1.time }
        let result = try dissect(packets)
        #expect(result.counts.connections == 300)
        #expect(result.counts.bitcoinStreams == 600)
        #expect(result.counts.messages == 1200)
        for stream in 0..<300 as Range<UInt64> {
            #expect(result.records.filter { $0.stream == stream }.map(\.command) == commands)
        }
        #expect(!result.counts.hasProblem)
    }

    private let commands = ["version", "version", "verack", "verack"]

    @Test func portsUsedAgain() throws {
        var first = Talk()
        first.send(.client, version)
        first.send(.client, Array(inv[..<40]))
        var second = Talk(from: 50_000)
        second.client.origin = 77_000_001
        second.server.origin = 99_000_001
        second.packets = []
        second.time = first.time
        second.open()
        second.send(.client, version + ping)
        second.send(.server, version)
        let result = try dissect(first.packets + second.packets)
        try #require(result.commands == ["version", "inv", "version", "ping", "version"])
        #expect(result.records.map(\.stream) == [0, 0, 1, 1, 1])
        #expect(result.records[1].captured == 16)
        #expect(result.counts.connections == 2)
        #expect(result.counts.cutMessages == 1)
    }

    @Test(arguments: 0...6 as ClosedRange<UInt64>)
    func recordLimit(_ limit: UInt64) throws {
        var talk = Talk()
        talk.send(.client, version + ping + inv)
        talk.send(.server, version + ping)
        var options = PipelineOptions()
        options.recordLimit = limit
        let result = try dissect(talk.packets, options)
        #expect(result.records.map(\.bytes) == Array([version, ping, inv, version, ping].prefix(Int(limit))))
        #expect(result.counts.messages == min(limit, 5))
    }

    @Test func linkTypeIsNamed() throws {
        var talk = Talk()
        talk.send(.client, version)
        for index in talk.packets.indices { talk.packets[index].linkType = 147 }
        do {
            _ = try dissect(talk.packets)
            Issue.record("frames of a link type that is not supported were taken")
        } catch let error as PipelineError {
            for part in ["frame 1 ", "147", "LINK LAYERS"] { #expect("\(error)".contains(part)) }
        }
    }

    /// What is looked at changes nothing of what is found.
    @Test(arguments: [Depth.summary, .header, .tree])
    func depth(_ depth: Depth) throws {
        var talk = Talk()
        talk.send(.client, version + inv + framed("zzzz", filler(2000)) + ping, size: 300, losing: [3])
        talk.settle()
        let result = try dissect(talk.packets, depth: depth)
        let tree = try dissect(talk.packets)
        #expect(result.counts == tree.counts)
        // Writers that look at the header alone don't show the line.
        if depth != .header { #expect(result.records.map(\.info) == tree.records.map(\.info)) }
        #expect(result.records.map(\.hasProblem) == tree.records.map(\.hasProblem))
        #expect(result.records.map(\.frame) == tree.records.map(\.frame))
    }
}
