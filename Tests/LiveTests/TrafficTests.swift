import Foundation
import Support
import Testing

/// What two peers say is what the program shows, while they say it.
@Suite(.serialized, .needsNetwork, .timeLimit(.minutes(10)))
struct TrafficTests {
    private let space: NetworkNamespace
    private let folder: Folder
    private let goods: [BitcoinMessage]

    init() throws {
        space = try NetworkNamespace()
        folder = try Folder()
        goods = [try .sample("tx"), .block(size: 1_500_000), .tx(1, size: 3_000)]
    }

    /// The program's messages, live and read again from what it recorded, and what was sent.
    private func expectAll(
        _ sent: BitcoinPeers.Sent, _ program: LiveProgram, _ file: String, _ options: [String] = [],
        location: SourceLocation = #_sourceLocation
    ) throws {
        // The last packets may yet be on their way.
        let expected = ShownMessages(sent)
        #expect(eventually { program.lines.count >= expected.count }, sourceLocation: location)
        #expect(program.interrupt() == .status(0), "\(program.errorText)", sourceLocation: location)
        let live = try ShownMessages(ndjson: program.outputBytes)
        #expect(live == expected, "\(live.commands)", sourceLocation: location)
        let again = try ShownMessages(file: file, options)
        #expect(again == expected, "\(again.commands)", sourceLocation: location)
        let counts = try #require(PacketCounts(program.errorText))
        #expect(!counts.hasDrops && counts.received > 10, sourceLocation: location)
        let recorded = try PacketFile(file)
        #expect(recorded.rest == 0 && recorded.frames.count == counts.received, sourceLocation: location)
    }

    @Test(arguments: ["lo", "any"])
    func loopback(interface: String) throws {
        let file = folder.path + "/live.pcap"
        let program = try LiveProgram.capturing(["-i", interface, "-T", "ndjson", "-w", file], in: space)
        let sent = try BitcoinPeers(TCPPeers(port: 8333, in: space), goods: goods).finish()
        #expect(
            sent.byClient.map(\.command) == [
                "version", "verack", "inv", "tx", "pong", "inv", "block", "pong", "inv", "tx", "pong",
            ])
        #expect(sent.byClient.contains { $0.payload.count > 1_400_000 })
        try expectAll(sent, program, file)
    }

    /// On a port of the user's, and another that is nobody's.
    @Test func portOfTheUser() throws {
        let file = folder.path + "/live.pcap"
        let options = ["-d", "tcp.port==9999,bitcoin"]
        let program = try LiveProgram.capturing(["-i", "lo", "-T", "ndjson", "-w", file] + options, in: space)
        _ = try BitcoinPeers(TCPPeers(port: 9998, in: space), goods: goods).finish()
        let sent = try BitcoinPeers(TCPPeers(port: 9999, in: space), goods: goods).finish()
        try expectAll(sent, program, file, options)
    }

    /// What several threads write while packets come is what one writes of the recording, byte for byte.
    @Test(arguments: [["-V", "--full"], [], ["-T", "ndjson", "-e", "frame.number", "-e", "bitcoin.tx.txid"]])
    func severalThreads(format: [String]) throws {
        let file = folder.path + "/live.pcap"
        let program = try LiveProgram.capturing(
            ["-i", "lo", "-w", file, "--threads", "4"] + format, in: space)
        // More at once than one thread is given, and little in between.
        let goods: [BitcoinMessage] = [try .sample("tx"), .block(size: 1_000_000), .tx(1, size: 3_000)]
        for pause in [0, 60_000] as [UInt32] {
            _ = try BitcoinPeers(TCPPeers(port: 8333, in: space), goods: goods, rounds: 4, pause: pause).finish()
        }
        #expect(eventually { program.lines.count > 60 }, "\(program.lines.count)")
        // Beside those that read, record and take the packets.
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(program.process)/task")
        #expect(threads.count > 3)
        #expect(program.interrupt() == .status(0), "\(program.errorText)")
        let (ending, output, errors) = try LiveProgram.run(["-r", file, "-Q", "--threads", "1"] + format)
        #expect(ending == .status(0), "\(errors)")
        #expect(output.count { $0 == UInt8(ascii: "\n") } > 80)
        #expect(program.outputBytes == output)
    }

    /// Of three interfaces two; what comes by the third is not there.
    @Test func severalInterfaces() throws {
        let other = try NetworkNamespace()
        let third = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        try space.connect("aside", to: third, "beyond")
        try space.ip("address", "add", "192.0.2.1/24", "dev", "here")
        try other.ip("address", "add", "192.0.2.2/24", "dev", "there")
        try space.ip("address", "add", "198.51.100.1/24", "dev", "aside")
        try third.ip("address", "add", "198.51.100.2/24", "dev", "beyond")
        let file = folder.path + "/live.pcap"
        let program = try LiveProgram.capturing(
            ["-i", "here", "-i", "lo", "-T", "ndjson", "-w", file], in: space)
        #expect(program.errorText.contains("capturing on here, lo (link type "))
        _ = try BitcoinPeers(TCPPeers("198.51.100.2", port: 8333, in: third, from: space), goods: goods).finish()
        let sent = try BitcoinPeers(TCPPeers("192.0.2.2", port: 8333, in: other, from: space), goods: goods).finish()
        try expectAll(sent, program, file)
    }

    /// Where none is named: the first one that is no loopback.
    @Test func firstInterface() throws {
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        try space.ip("address", "add", "192.0.2.1/24", "dev", "here")
        try other.ip("address", "add", "192.0.2.2/24", "dev", "there")
        let file = folder.path + "/live.pcap"
        let program = try LiveProgram.capturing(["-T", "ndjson", "-w", file], in: space)
        #expect(program.errorText.contains("neither -r nor -i: capturing on here, the first interface"))
        let sent = try BitcoinPeers(TCPPeers("192.0.2.2", port: 8333, in: other, from: space), goods: goods).finish()
        try expectAll(sent, program, file)
    }

    /// Between two machines, in whole segments of 1,500 bytes as on a wire.
    @Test func ethernet() throws {
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        try space.ip("link", "set", "here", "gso_max_segs", "1")
        try other.ip("link", "set", "there", "gso_max_segs", "1")
        try space.ip("address", "add", "192.0.2.1/24", "dev", "here")
        try other.ip("address", "add", "192.0.2.2/24", "dev", "there")
        let file = folder.path + "/live.pcap"
        let program = try LiveProgram.capturing(["-i", "here", "-T", "ndjson", "-w", file], in: space)
        let sent = try BitcoinPeers(TCPPeers("192.0.2.2", port: 8333, in: other, from: space), goods: goods).finish()
        try expectAll(sent, program, file)
        let frames = try PacketFile(file).frames
        #expect(frames.allSatisfy { $0.count <= 1_514 } && frames.count > 1_000)
    }

    /// In a VLAN, of which the kernel puts the tags aside.
    @Test(arguments: ["here", "any"])
    func tagged(interface: String) throws {
        let other = try NetworkNamespace()
        try space.connect("here", to: other, "there")
        let frames = try recordedFrames("handshake.pcap")
        let file = folder.path + "/live.pcap"
        let program = try LiveProgram.capturing(["-i", interface, "-T", "ndjson", "-w", file], in: space)
        let socket = try other.inside { try PacketSocket("there") }
        let tagged = frames.map { Array($0[..<12]) + [0x81, 0x00, 0x00, 0x05] + Array($0[12...]) }
        for frame in tagged { try socket.send(frame) }
        let all = try StreamModel(frames).all
        #expect(eventually { program.lines.count == all.count }, "\(program.lines.count) of \(all.count)")
        #expect(program.interrupt() == .status(0), "\(program.errorText)")
        let live = try ShownMessages(ndjson: program.outputBytes)
        #expect((live.byClient + live.byServer).counted == all.counted)
        #expect(try ShownMessages(file: file) == live)
        if interface == "here" { #expect(try PacketFile(file).frames == tagged) }
    }

    /// The bytes themselves: the objects that were sent, and the hex dump of a message.
    @Test func bytes() throws {
        let objects = folder.path + "/objects"
        let program = try LiveProgram.capturing(
            [
                "-i", "lo", "-x", "--export-objects", objects,
                "bitcoin.command == \"tx\" || bitcoin.command == \"block\"",
            ], in: space)
        _ = try BitcoinPeers(TCPPeers(port: 8333, in: space), goods: goods).finish()
        #expect(eventually { (try? FileManager.default.contentsOfDirectory(atPath: objects).count) == goods.count })
        #expect(program.interrupt() == .status(0), "\(program.errorText)")
        let found = try FileManager.default.contentsOfDirectory(atPath: objects).map {
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: objects + "/" + $0)))
        }
        #expect(Set(found) == Set(goods.map(\.payload)))
        // Of the dump, the bytes of the first transaction with its header.
        let first = try #require(goods.first).bytes
        let dump = program.lines.filter { $0.wholeMatch(of: #/[0-9a-f]{4,}  .*/#) != nil }.prefix(
            (first.count + 15) / 16)
        let digits = dump.map { $0.dropFirst(6).prefix(48).filter(\.isHexDigit) }.joined()
        #expect(digits == first.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }
}
