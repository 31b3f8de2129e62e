import BitcoinP2P
import Dissector
import Fields
import Foundation
import Output
import Records
import Support
import Testing

@Suite struct MessageCaptureTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    func recorded(_ name: String) -> String {
        DissectorTests.folder("captures/message-capture") + "/" + name
    }

    /// A record as a node writes it.
    func record(
        _ command: String, _ payload: [UInt8] = [], time: Int64 = 1_700_000_000_000_000, length: UInt32? = nil
    ) -> [UInt8] {
        let name = Array(command.utf8.prefix(12))
        return littleEndian(time) + name + [UInt8](repeating: 0, count: 12 - name.count)
            + littleEndian(length ?? UInt32(payload.count)) + payload
    }

    func write(_ bytes: [UInt8], _ peer: String, _ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: folder(peer), withIntermediateDirectories: true)
        let path = folder(peer) + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    struct Reading {
        var records: [Seen] = []
        var errors: [String] = []
        var counts = Counts()
    }

    func read(
        _ paths: [String], _ options: MessageCaptures.Options = MessageCaptures.Options(), depth: Depth = .tree
    ) throws -> Reading {
        let writer = CollectingWriter(depth: depth)
        var captures = try MessageCaptures(paths: paths, options, writer: writer)
        var reading = Reading()
        while true {
            do throws(MessageCaptureError) {
                if try !captures.next() { break }
            } catch {
                reading.errors.append(error.description)
            }
        }
        reading.records = writer.records
        reading.counts = captures.counts
        return reading
    }

    // MARK: Truth

    private struct Told: Equatable {
        var command: String
        var payload: [UInt8]
        var info: String

        init(_ seen: Seen) {
            command = seen.command
            payload = Array(seen.bytes[24...])
            info = seen.info
        }
    }

    /// What each of the two nodes wrote is what went between them.
    @Test(arguments: [
        ("node-a", "10.20.0.2:52816", "10.20.0.1:8333"), ("node-b", "10.20.0.1:8333", "10.20.0.2:52816"),
    ])
    func theSameMessagesAsInThePackets(_ node: String, _ peer: String, _ own: String) throws {
        var options = MessageCaptures.Options()
        options.network = Network(magic: 0xfabf_b5da)
        let reading = try read([recorded(node)], options)
        let packets = try dissect(packets("relay.pcap")).records
        #expect(reading.records.count == 256)
        let received = reading.records.filter { $0.from == peer && $0.to == "node" }.map { Told($0) }
        let sent = reading.records.filter { $0.from == "node" && $0.to == peer }.map { Told($0) }
        #expect(received.count + sent.count == 256)
        let sameReceived = received == packets.filter { $0.from == peer && $0.to == own }.map { Told($0) }
        let sameSent = sent == packets.filter { $0.from == own && $0.to == peer }.map { Told($0) }
        #expect(sameReceived && sameSent)
        #expect(reading.errors.isEmpty && !reading.counts.hasProblem)
        #expect(reading.records.map(\.frame) == Array(1...256))
        #expect(reading.records.map(\.time) == reading.records.map(\.time).sorted())
        #expect(reading.records.allSatisfy { $0.magic == 0xfabf_b5da && $0.status == 3 && $0.stream == 0 })
        // Nothing stands where it should not.
        let remarks: Set<String> = [
            "bitcoin.message.before_version", "bitcoin.version.repeated", "bitcoin.pong.without_ping",
        ]
        #expect(reading.records.allSatisfy { $0.notes.isDisjoint(with: remarks) })
    }

    @Test func severalNodesAtOnce() throws {
        let reading = try read([DissectorTests.folder("captures/message-capture")])
        #expect(reading.counts.messageFiles == 6)
        #expect(reading.counts.peers == 3)
        #expect(Set(reading.records.map(\.stream)) == [0, 1, 2])
        #expect(reading.records.map(\.time) == reading.records.map(\.time).sorted())
        #expect(reading.counts.text.hasPrefix("6 files, 3 peers, "))
        let twice = try read([recorded("node-a"), recorded("node-a/10.20.0.2_52816/msgs_recv.dat")])
        #expect(twice.records.count == 256)
    }

    // MARK: Peers, networks, order

    @Test(arguments: [
        ("10.20.0.2_52816", "10.20.0.2:52816"), ("[2001_db8__1]_8333", "[2001:db8::1]:8333"),
        ("abcdefghijklmnop.onion_8333", "abcdefghijklmnop.onion:8333"), ("just a folder", "just a folder"),
        ("evil\u{1b}[31m_8333", "evil\\x1b[31m:8333"), ("[]_1", "[]:1"), ("_", "_"), ("1.2.3.4_65536", "1.2.3.4_65536"),
    ])
    func peersAreNamedAfterTheirFolder(_ name: String, _ text: String) throws {
        _ = try write(record("verack"), name, "msgs_recv.dat")
        _ = try write(record("verack"), name, "msgs_sent.dat")
        let records = try read([folder.path]).records
        #expect(records.map(\.from) == [text, "node"])
        #expect(records.map(\.to) == ["node", text])
    }

    @Test(arguments: [
        ("regtest/message_capture/192.0.2.1_1", 0xfabf_b5da), ("signet/message_capture/192.0.2.1_1", 0x0a03_cf40),
        ("testnet4/message_capture/192.0.2.1_8333", 0x1c16_3f28), ("message_capture/192.0.2.1_18333", 0x0b11_0907),
        ("message_capture/192.0.2.1_50000", 0xf9be_b4d9), ("message_capture/some.onion_18444", 0xf9be_b4d9),
    ])
    func networksAreToldFromFoldersThenPorts(_ name: String, _ magic: UInt64) throws {
        _ = try write(record("verack"), name, "msgs_recv.dat")
        #expect(try read([folder.path]).records.map(\.magic) == [magic])
        // Only of the last two nothing tells the network; it is no assumption where it was named.
        let isMainnet = magic == 0xf9be_b4d9
        #expect(try MessageCaptures(paths: [folder.path], writer: nil).assumesNetwork == isMainnet)
        var options = MessageCaptures.Options()
        options.network = Network(magic: 0xf9be_b4d9)
        #expect(try !MessageCaptures(paths: [folder.path], options, writer: nil).assumesNetwork)
    }

    /// By time; of one time received before sent, and within a file as it stands there.
    @Test func messagesAreMergedByTime() throws {
        let one = [record("a", time: 5), record("b", time: 3), record("c", time: 9)].flatMap { $0 }
        let two = [record("d", time: 3), record("e", time: 5), record("f", time: 10)].flatMap { $0 }
        _ = try write(one, "192.0.2.1_1", "msgs_recv.dat")
        _ = try write(two, "192.0.2.1_1", "msgs_sent.dat")
        #expect(try read([folder.path]).records.map(\.command) == ["d", "a", "b", "e", "c", "f"])
    }

    /// More files than are kept open at a time.
    @Test func manyPeers() throws {
        var generator = SeededGenerator(seed: 7)
        var expected: [(Int64, String)] = []
        for peer in 0..<200 {
            var times = (0..<5).map { _ in Int64.random(in: 0..<1_000_000_000, using: &generator) }
            times.sort()
            var bytes: [UInt8] = []
            for (index, time) in times.enumerated() {
                bytes += record("m\(peer).\(index)", filler(300), time: time)
                expected.append((time, "m\(peer).\(index)"))
            }
            _ = try write(bytes, "192.0.2.1_\(peer)", "msgs_recv.dat")
        }
        let reading = try read([folder.path], depth: .header)
        #expect(reading.records.count == 1000)
        let isInOrder = reading.records.map(\.command) == expected.sorted { $0.0 < $1.0 }.map(\.1)
        #expect(isInOrder)
        #expect(reading.errors.isEmpty)
    }

    /// An outbound peer's folder goes on with the next connection.
    @Test func aSecondConnectionIsNoMisconduct() throws {
        let version = Array(
            try read([recorded("node-a")]).records.first { $0.command == "version" }?.bytes[24...] ?? [])
        try #require(!version.isEmpty)
        var received: [UInt8] = []
        var sent: [UInt8] = []
        for time in [100, 200] as [Int64] {
            sent += record("version", version, time: time) + record("verack", time: time + 2)
            // The second time a message is told before the peer's version: of which connection, nobody knows.
            if time == 200 { received += record("ping", filler(8), time: time + 1) }
            received += record("version", version, time: time + 1) + record("verack", time: time + 3)
        }
        _ = try write(received, "192.0.2.1_8333", "msgs_recv.dat")
        _ = try write(sent, "192.0.2.1_8333", "msgs_sent.dat")
        let remarks: Set<String> = ["bitcoin.message.before_version", "bitcoin.version.repeated"]
        #expect(try read([folder.path]).records.allSatisfy { $0.notes.isDisjoint(with: remarks) })
        // In a first connection it is.
        _ = try write(record("verack", time: 1) + received, "192.0.2.1_8333", "msgs_recv.dat")
        #expect(try read([folder.path]).records.first?.notes.contains("bitcoin.message.before_version") == true)
    }

    @Test func recordLimit() throws {
        var options = MessageCaptures.Options()
        options.pipeline.recordLimit = 7
        #expect(try read([recorded("node-a")], options).records.count == 7)
    }

    // MARK: What stands in the files

    @Test func fieldsStandAtTheirBytes() throws {
        let path = try write(record("ping", filler(8), time: 1_234_567), "192.0.2.1_8333", "msgs_recv.dat")
        final class Looking: RecordSink {
            var nodes: [String: (Int, Int, UInt64)] = [:]
            let wants = Wants(.tree, info: true)
            func begin() {}
            func end() {}
            func write(_ record: borrowing Record, _ bytes: RawSpan) {
                for node in record.tree.nodes {
                    nodes[Catalog.declarations[Int(node.fieldID)].name] = (
                        Int(node.start), Int(node.length), node.value
                    )
                }
            }
        }
        let looking = Looking()
        var captures = try MessageCaptures(paths: [path], writer: looking)
        #expect(try captures.next())
        #expect(looking.nodes["bitcoin.capture.time"] ?? (0, 0, 0) == (0, 8, 1_234_567_000))
        #expect(looking.nodes["bitcoin.command"] ?? (0, 0, 0) == (8, 12, 0))
        #expect(looking.nodes["bitcoin.length"] ?? (0, 0, 0) == (20, 4, 8))
        #expect((looking.nodes["bitcoin.ping.nonce"] ?? (0, 0, 0)).0 == 24)
        #expect(looking.nodes["ip.src"] != nil && looking.nodes["ip.dst"] == nil)
        #expect(looking.nodes["tcp.srcport"]?.2 == 8333 && looking.nodes["tcp.dstport"] == nil)
    }

    /// What Core's own script fails on.
    @Test func filteraddAndOddTypes() throws {
        var odd = record("xxxxxxxxxxxx", [1, 2, 3])
        odd.replaceSubrange(8..<20, with: [0xff, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0, 0x41, 0, 0, 0, 0])
        let path = try write(
            record("filteradd", [3, 1, 2, 3]) + odd + record("nosuchtype", [9]) + record("verack"), "192.0.2.1_8333",
            "msgs_recv.dat")
        let reading = try read([path])
        #expect(reading.records.map(\.command) == ["filteradd", "\\xff\\x1b[31m\\x00A", "nosuchtype", "verack"])
        #expect(reading.records[0].info.contains("3 bytes") || reading.records[0].info.contains("010203"))
        #expect(reading.records[1].notes.contains("bitcoin.command.invalid"))
        #expect(reading.records[2].notes.contains("bitcoin.command.unknown"))
        #expect(reading.errors.isEmpty)
    }

    // MARK: Damage

    @Test func everyPrefix() throws {
        let records = [
            record("version", filler(30)), record("verack"), record("ping", filler(8)), record("tx", filler(61)),
        ]
        let whole = records.flatMap { $0 }
        var ends: [Int] = [0]
        for record in records { ends.append((ends.last ?? 0) + record.count) }
        for count in 0...whole.count {
            let path = try write(Array(whole.prefix(count)), "192.0.2.1_8333", "msgs_recv.dat")
            let reading = try read([path])
            let complete = ends.lastIndex { $0 <= count } ?? 0
            let rest = count - ends[complete]
            #expect(reading.records.count == complete + (rest >= 24 ? 1 : 0), "\(count)")
            #expect(reading.errors.count == (rest > 0 ? 1 : 0), "\(count)")
            #expect(reading.counts.cutMessages == (rest >= 24 ? 1 : 0), "\(count)")
            #expect(reading.counts.skippedBytes == (rest < 24 ? UInt64(rest) : 0), "\(count)")
            if rest > 0 {
                #expect(reading.errors.first?.contains("message at byte \(ends[complete]);") == true, "\(count)")
            }
            if rest >= 24 { #expect(reading.records.last?.captured == UInt64(rest - 24), "\(count)") }
        }
    }

    @Test func anImpossibleLengthEndsOneFileOnly() throws {
        let bad = record("inv", filler(50), time: 2, length: 0xffff_ffff)
        let path = try write(record("ping", filler(8), time: 1) + bad, "192.0.2.1_1", "msgs_recv.dat")
        _ = try write(record("verack", time: 3), "192.0.2.1_2", "msgs_recv.dat")
        let reading = try read([folder.path])
        #expect(reading.records.map(\.command) == ["ping", "verack"])
        #expect(
            reading.errors == [
                "\(path): is damaged at byte 32: no message can have 4294967295 bytes. "
                    + "The last 74 bytes of the file are skipped"
            ])
        #expect(reading.counts.skippedBytes == 74)
        #expect(reading.counts.hasProblem)
    }

    /// Claims within the limit cost no more than there is.
    @Test func aLongClaimIsCut() throws {
        let path = try write(record("block", filler(50), length: 32 << 20), "192.0.2.1_1", "msgs_recv.dat")
        let reading = try read([path])
        #expect(reading.records.map(\.captured) == [50])
        #expect(reading.records.first?.bytes.count == 74)
        #expect(reading.errors.count == 1)
    }

    @Test func randomBytes() throws {
        var generator = SeededGenerator(seed: 42)
        for round in 0..<200 {
            var bytes = (0..<Int.random(in: 0..<600, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            // Lengths that can be, mostly, so that it goes on.
            for at in stride(from: 20, to: bytes.count - 4, by: 24) where round % 2 == 0 {
                bytes.replaceSubrange(at..<at + 4, with: [0, 0, 0, 0])
            }
            let path = try write(bytes, "192.0.2.1_1", "msgs_recv.dat")
            let reading = try read([path])
            let shown = reading.records.reduce(0) { $0 + $1.bytes.count }
            try #require(shown + Int(reading.counts.skippedBytes) == bytes.count)
        }
    }

    @Test func emptyAndMissing() throws {
        let path = try write([], "192.0.2.1_1", "msgs_recv.dat")
        let reading = try read([path])
        #expect(reading.records.isEmpty && reading.errors.isEmpty)
        #expect(throws: MessageCaptureError.self) {
            try FileManager.default.createDirectory(atPath: folder("empty"), withIntermediateDirectories: true)
            _ = try read([folder("empty")])
        }
        #expect(try read([folder("none.dat")]).errors.first?.contains("No such file") == true)
    }

    @Test func symbolicLinksAreNotFollowed() throws {
        _ = try write(record("verack"), "outside/192.0.2.1_1", "msgs_recv.dat")
        _ = try write(record("ping", filler(8)), "inside/192.0.2.1_2", "msgs_recv.dat")
        try FileManager.default.createSymbolicLink(
            atPath: folder("inside/link"), withDestinationPath: folder("outside"))
        #expect(try read([folder("inside")]).records.map(\.command) == ["ping"])
        // The folder that was named may be a link.
        #expect(try read([folder("inside/link")]).records.map(\.command) == ["verack"])
    }
}
