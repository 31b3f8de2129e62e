import BitcoinP2P
import Dissector
import Fields
import Foundation
import Keys
import Output
import Records
import Support
import Testing

/// v2 connections, encrypted here, through the whole pipeline.
@Suite struct V2ConnectionTests {
    private func random(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// What was sent of one side: header byte and contents of each packet.
    private struct Sent {
        var plain: [[UInt8]] = []
        var byteCount = 0
    }

    /// Conversations of many packets in segments of any size, with both directions mixed.
    @Test(arguments: 0..<8 as Range<UInt64>)
    func conversation(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let network = Network.known[Int(seed) % Network.known.count]
        var pair = V2Pair(seed: seed, magic: network.magic)
        let garbage = [0, 4095, 1, 16, 4094, 15].map { random($0, &generator) }
        var streams: [Talk.Side: [UInt8]] = [:]
        var sent: [Talk.Side: Sent] = [:]
        for (index, side) in [Talk.Side.client, .server].enumerated() {
            let own = garbage[(Int(seed) + index) % garbage.count]
            var decoys = seed % 3
            var stream = try pair[side].handshake(garbage: own, isDecoy: decoys > 0)
            var plain: [[UInt8]] = [[decoys > 0 ? 0x80 : 0]]
            while decoys > 0 {
                decoys -= 1
                let contents = random(decoys == 0 ? 0 : 33, &generator)
                stream += try pair[side].packet(contents, isDecoy: decoys > 0)
                plain.append([decoys > 0 ? 0x80 : 0] + contents)
            }
            // More than two changes of the keys.
            for number in 0..<500 {
                let size = number % 100 == 99 ? 20_000 : Int.random(in: 0...80, using: &generator)
                let isDecoy = Int.random(in: 0..<10, using: &generator) == 0
                let contents = isDecoy ? random(size, &generator) : [UInt8(18 + number % 2)] + random(size, &generator)
                stream += try pair[side].packet(contents, isDecoy: isDecoy)
                plain.append([isDecoy ? 0x80 : 0] + contents)
            }
            streams[side] = stream
            sent[side] = Sent(plain: plain, byteCount: stream.count)
        }
        var talk = Talk(8333, from: 50_000)
        var places: [Talk.Side: Int] = [.client: 0, .server: 0]
        while let side = [Talk.Side.client, .server].filter({ places[$0, default: 0] < sent[$0]?.byteCount ?? 0 })
            .randomElement(using: &generator)
        {
            let from = places[side, default: 0]
            // The initiator's key comes first, but not always in one piece.
            let most = Bool.random(using: &generator) ? 40 : 3000
            let to = min(from + Int.random(in: 1...most, using: &generator), sent[side]?.byteCount ?? 0)
            talk.send(side, Array(streams[side, default: []][from..<to]), size: 1448)
            places[side] = to
        }
        talk.finish(.client)
        talk.finish(.server)

        let result = try dissect(talk.packets, options(keyLog(pair.line)))
        for (side, port) in [(Talk.Side.client, "50000"), (.server, "8333")] {
            let records = result.records.filter { $0.from.hasSuffix(":" + port) }
            let isSame = records.map(\.bytes) == sent[side]?.plain
            #expect(isSame, "\(side)")
            #expect(records.map(\.packet) == records.indices.map { UInt64($0) })
            #expect(records.map(\.isDecoy) == records.map { $0.bytes.first == 0x80 })
            #expect(records.allSatisfy { $0.sessionID == pair[side].sessionID && $0.lostPackets == 0 })
            #expect(records.allSatisfy { $0.missing == 0 && $0.skipped == 0 })
            #expect(records.reduce(0) { $0 + $1.length } == sent[side]?.byteCount)
            #expect(records.first?.garbage != nil && records.dropFirst().allSatisfy { $0.garbage == nil })
            let messages = records.filter { $0.protocolName == "Bitcoin" }
            #expect(messages.allSatisfy { $0.magic == UInt64(network.magic) && $0.status == 3 })
            #expect(messages.allSatisfy { $0.command == ($0.bytes.dropFirst().first == 18 ? "ping" : "pong") })
            #expect(messages.allSatisfy { Int($0.payloadLength) == $0.bytes.count - 2 })
        }
        #expect(result.counts.decryptedStreams == 2)
        #expect(result.counts.encryptedStreams == 0)
        #expect(!result.counts.hasProblem)
    }

    struct Vector: Sendable, CustomStringConvertible {
        let columns: [String: String]
        var description: String { "packet \(columns["in_idx"] ?? "")" }
        func bytes(_ name: String) -> [UInt8] {
            let digits = Array((columns[name] ?? "").utf8)
            return stride(from: 0, to: digits.count - 1, by: 2).map {
                UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16) ?? 0
            }
        }
        func number(_ name: String) -> Int { Int(columns[name] ?? "") ?? 0 }
    }

    static let vectors: [Vector] = {
        let path = folder("../shared/reference/bip324/packet_encoding_test_vectors.csv")
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        let lines = text.split(whereSeparator: \.isNewline).map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        return lines.dropFirst().map {
            Vector(columns: Dictionary(zip(lines[0], $0), uniquingKeysWith: { first, _ in first }))
        }
    }()

    /// The vectors of BIP 324 in a connection: the packets before are empty.
    @Test(.enabled(if: !vectors.isEmpty, "needs the shared reference files"), arguments: vectors)
    func vector(_ vector: Vector) throws {
        let isInitiator = vector.number("in_initiating") == 1
        let secret = vector.bytes("mid_shared_secret")
        let (ours, theirs) = (vector.bytes("in_ellswift_ours"), vector.bytes("in_ellswift_theirs"))
        var side = V2Side(isInitiator, key: ours, secret: secret, magic: V2Pair.mainnet)
        let piece = vector.bytes("in_contents")
        var contents: [UInt8] = []
        for _ in 0..<vector.number("in_multiply") { contents += piece }
        let isDecoy = vector.number("in_ignore") == 1
        let garbage = vector.bytes("in_aad")
        let index = vector.number("in_idx")
        var stream = ours + (index == 0 ? garbage : []) + side.terminator
        for _ in 0..<index { stream += try side.packet([]) }
        let packet = try side.packet(contents, isDecoy: isDecoy, authenticating: index == 0 ? garbage : [])
        stream += packet
        let whole = vector.bytes("out_ciphertext")
        if whole.isEmpty {
            #expect(Array(packet.suffix(128)) == vector.bytes("out_ciphertext_endswith"))
        } else {
            #expect(packet == whole)
        }

        var talk = Talk()
        talk.send(.client, isInitiator ? ours : theirs)
        talk.send(isInitiator ? .client : .server, isInitiator ? Array(stream.dropFirst(64)) : stream, size: 16_000)
        let keys = try keyLog(keyLine(isInitiator ? ours : theirs, secret))
        let result = try dissect(talk.packets, options(keys))
        let last = try #require(result.records.last { $0.packet != nil })
        #expect(last.packet == UInt64(index))
        let isSame = last.bytes == [isDecoy ? 0x80 : 0] + contents
        #expect(isSame)
        #expect(last.sessionID == vector.bytes("out_session_id"))
        #expect(result.records.filter { $0.packet != nil }.count == index + 1)
    }

    // MARK: Keys and networks

    /// A short connection: handshakes, version and verack each way, a decoy.
    private func connection(_ pair: inout V2Pair, _ talk: inout Talk, garbage: Int = 100) throws {
        var generator = SeededGenerator(seed: 99)
        talk.send(.client, try pair.initiator.handshake(garbage: random(garbage, &generator)))
        talk.send(.server, try pair.responder.handshake(garbage: random(garbage, &generator)))
        for side in [Talk.Side.client, .server] {
            talk.send(side, try pair[side].message("version", [UInt8](repeating: 0, count: 86)))
            talk.send(side, try pair[side].message("verack", []))
            talk.send(side, try pair[side].packet([1, 2, 3], isDecoy: true))
            talk.send(side, try pair[side].message(18, filler(8)))
        }
        talk.finish(.client)
        talk.finish(.server)
    }

    private let said = ["", "", "version", "verack", "", "ping", "version", "verack", "", "ping"]

    @Test func info() throws {
        var pair = V2Pair(seed: 1)
        var talk = Talk()
        try connection(&pair, &talk)
        let result = try dissect(talk.packets, options(keyLog(pair.line)))
        try #require(result.commands == said)
        #expect(
            result.records.filter { $0.protocolName == "BitcoinV2" }.map(\.info) == [
                "v2 transport: key, 100 bytes of garbage, version packet, 0 bytes",
                "v2 transport: key, 100 bytes of garbage, version packet, 0 bytes",
                "v2 transport: decoy packet, 3 bytes", "v2 transport: decoy packet, 3 bytes",
            ])
        #expect(result.records[4].bytes == [0x80, 1, 2, 3])
        #expect(result.records[3].bytes == [0, 0] + Array("verack".utf8) + [0, 0, 0, 0, 0, 0])
        #expect(result.records[5].bytes == [0, 18] + filler(8))
        #expect(result.records[5].shortID == 18)
        #expect(result.counts.messages == 6)
        #expect(result.counts.bitcoinStreams == 2)
        #expect(result.records.allSatisfy { $0.ciphertext.isEmpty })
    }

    /// Every detail gives the same records, and nothing of them depends on whether somebody looks.
    @Test func details() throws {
        var pair = V2Pair(seed: 1)
        var talk = Talk()
        try connection(&pair, &talk)
        let tree = try dissect(talk.packets, options(keyLog(pair.line)))
        for depth in [Depth.summary, .header] {
            let other = try dissect(talk.packets, options(keyLog(pair.line)), depth: depth)
            #expect(other.records.map(\.bytes) == tree.records.map(\.bytes))
            #expect(other.records.map(\.length) == tree.records.map(\.length))
            #expect(other.counts == tree.counts)
            if depth == .summary { #expect(other.records.map(\.info) == tree.records.map(\.info)) }
        }
    }

    @Test func ciphertext() throws {
        var pair = V2Pair(seed: 1)
        var talk = Talk()
        try connection(&pair, &talk)
        var chosen = try options(keyLog(pair.line))
        chosen.showsCiphertext = true
        let result = try dissect(talk.packets, chosen)
        try #require(result.records.count > 2)
        #expect(result.records.map(\.ciphertext.count) == result.records.map { $0.bytes.count + 19 })
        var again = V2Pair(seed: 1)
        _ = try again.initiator.handshake(garbage: [])
        let version = try again.initiator.message("version", [UInt8](repeating: 0, count: 86))
        #expect(result.records[2].ciphertext == version)
    }

    @Test func unusualPort() throws {
        var pair = V2Pair(seed: 2)
        var talk = Talk(9735)
        try connection(&pair, &talk)
        #expect(try dissect(talk.packets, options(keyLog(pair.line))).commands == said)
        #expect(try dissect(talk.packets).records == [])
        let other = V2Pair(seed: 3)
        #expect(try dissect(talk.packets, options(keyLog(other.line))).records == [])
    }

    /// A signet of somebody's own: its magic must be told.
    @Test func customSignet() throws {
        var pair = V2Pair(seed: 4, magic: 0x54d2_6fbd)
        var talk = Talk(38333)
        try connection(&pair, &talk)
        var chosen = try options(keyLog(pair.line))
        chosen.magics = [0x7ec6_53a5, 0x54d2_6fbd]
        let result = try dissect(talk.packets, chosen)
        try #require(result.commands == said)
        #expect(result.records.filter { $0.protocolName == "Bitcoin" }.allSatisfy { $0.magic == 0x54d2_6fbd })
        let without = try dissect(talk.packets, options(keyLog(pair.line)))
        #expect(without.counts.wrongSecrets == 1)
        #expect(without.counts.messages == 0)
    }

    @Test func withoutKey() throws {
        var pair = V2Pair(seed: 5)
        var talk = Talk()
        try connection(&pair, &talk)
        for keys in [nil, try keyLog("# nothing")] {
            let result = try dissect(talk.packets, options(keys))
            #expect(result.records.map(\.protocolName) == ["BitcoinV2", "BitcoinV2"])
            #expect(result.records.map(\.bytes) == [pair.initiator.key, pair.responder.key])
            #expect(result.counts.encryptedStreams == 2)
            #expect(result.counts.streamsWithoutKey == 2)
            #expect(!result.counts.hasProblem)
        }
    }

    /// The other side's bytes come first, in the capture at least; they wait.
    @Test func responderFirst() throws {
        var pair = V2Pair(seed: 6)
        var talk = Talk()
        try connection(&pair, &talk)
        let initiator = talk.packets.filter { $0.bytes[34] == 0xc3 }
        let responder = talk.packets.filter { $0.bytes[34] != 0xc3 }
        #expect(initiator.count + responder.count == talk.packets.count && initiator.count > 5)
        let result = try dissect(responder.dropLast() + initiator, options(keyLog(pair.line)))
        for port in ["50000", "8333"] {
            let commands = result.records.filter { $0.from.hasSuffix(":" + port) }.map(\.command)
            #expect(commands == ["", "version", "verack", "", "ping"])
        }
        #expect(result.commands.filter { !$0.isEmpty }.count == 6)
        #expect(result.counts.decryptedStreams == 2)
    }

    /// The handshake of TCP was not captured.
    @Test func withoutSYN() throws {
        var pair = V2Pair(seed: 7)
        var talk = Talk(8333, isOpen: true)
        try connection(&pair, &talk)
        let result = try dissect(talk.packets, options(keyLog(pair.line)))
        try #require(result.commands == said)
    }

    /// One byte a segment.
    @Test func drip() throws {
        var pair = V2Pair(seed: 8)
        var talk = Talk()
        talk.send(.client, try pair.initiator.handshake(garbage: filler(20)), size: 1)
        talk.send(.server, try pair.responder.handshake(garbage: []), size: 1)
        talk.send(.client, try pair.initiator.message("verack", []), size: 1)
        let result = try dissect(talk.packets, options(keyLog(pair.line)))
        #expect(result.commands == ["", "", "verack"])
    }

    /// What no receiver takes for a message.
    @Test func strangePackets() throws {
        var pair = V2Pair(seed: 9)
        var talk = Talk()
        talk.send(.client, try pair.initiator.handshake(garbage: []))
        talk.send(.client, try pair.initiator.packet([]))
        talk.send(.client, try pair.initiator.packet([0, 1, 2]))
        talk.send(.client, try pair.initiator.message(200, [7, 7]))
        talk.send(.client, try pair.initiator.message("no\u{1}", [7]))
        talk.send(.client, try pair.initiator.message(11, [255]))
        talk.send(.server, try pair.responder.handshake(garbage: []))
        let records = try dissect(talk.packets, options(keyLog(pair.line))).records
        try #require(records.count == 7)
        #expect(records[1].info == "v2 transport: packet without a message, 0 bytes")
        #expect(records[1].notes == ["bitcoin.v2.packet.without_message"])
        #expect(records[2].info == "v2 transport: packet without a message, 3 bytes")
        #expect(records[3].info == "short id 200 (unknown command) 2 bytes")
        #expect(records[3].notes.contains("bitcoin.command.unknown"))
        #expect(records[4].notes.contains("bitcoin.command.invalid"))
        #expect(records[5].command == "getdata")
        #expect(records[5].info.contains("[malformed]"))
    }

    // MARK: Secrets that are wrong, or late

    @Test func wrongSecret() throws {
        for garbage in [0, 100, 4095] {
            var pair = V2Pair(seed: 10)
            var talk = Talk()
            try connection(&pair, &talk, garbage: garbage)
            var wrong = pair.secret
            wrong[7] ^= 0x20
            let result = try dissect(talk.packets, options(keyLog(keyLine(pair.initiator.key, wrong))))
            #expect(result.records.map(\.protocolName) == ["BitcoinV2", "BitcoinV2", "BitcoinV2"])
            #expect(result.records.filter(\.hasProblem).count == 1)
            #expect(result.records.filter { $0.notes == ["bitcoin.v2.secret.wrong"] }.count == 1)
            #expect(result.counts.wrongSecrets == 1)
            #expect(result.counts.encryptedStreams == 2)
            #expect(result.counts.streamsWithoutKey == 0)
            #expect(result.counts.messages == 0)
        }
    }

    /// A live run: the line is written after the initiator's key was sent.
    @Test(arguments: [1, 3, 6])
    func lateKey(_ packets: Int) throws {
        var pair = V2Pair(seed: 11)
        var talk = Talk()
        try connection(&pair, &talk)
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("keys-\(UUID().uuidString)")
        try Data("# none yet\n".utf8).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        for waits in [true, false] {
            try Data("# none yet\n".utf8).write(to: url)
            var chosen = options(KeyLog(path: url.path))
            chosen.waitsForKeys = waits
            let result = try dissect(talk.packets, chosen) { index in
                if index == 3 + packets { try Data("# none yet\n\(pair.line)\n".utf8).write(to: url) }
            }
            if waits {
                // The initiator's come with its next bytes.
                #expect(result.commands.sorted() == said.sorted())
                #expect(result.counts.encryptedStreams == 0)
            } else if packets > 1 {
                #expect(result.counts.encryptedStreams == 2)
            }
        }
    }

    /// No more than a limit is held for a key that may never come.
    @Test func keyThatNeverComes() throws {
        var pair = V2Pair(seed: 12)
        var talk = Talk()
        talk.send(.client, try pair.initiator.handshake(garbage: []))
        let large = try pair.initiator.message("block", [UInt8](repeating: 1, count: 3 << 20))
        talk.send(.client, large, size: 16_000)
        talk.send(.client, try pair.initiator.message("verack", []))
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("keys-\(UUID().uuidString)")
        try Data().write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        var chosen = options(KeyLog(path: url.path))
        chosen.waitsForKeys = true
        let last = talk.packets.count - 1
        let result = try dissect(talk.packets, chosen) { index in
            if index == last { try Data((pair.line + "\n").utf8).write(to: url) }
        }
        #expect(result.records.map(\.length) == [talk.client.sent])
        #expect(result.counts.streamsWithoutKey == 1)
    }
}
