import BitcoinP2P
import Capture
import Dissector
import Fields
import Foundation
import Keys
import Support
import Synchronization
import Testing

/// v2 connections of a live run, whose secrets come from a node, later than their bytes.
@Suite struct LiveKeyTests {
    /// A node that is watched: what it says next.
    private final class Node: Sendable {
        private let lines = Mutex<[String]>([])

        func say(_ line: String) { lines.withLock { $0.append(line) } }

        var log: KeyLog {
            KeyLog(path: nil) { [self] take in
                let said = lines.withLock { lines in
                    defer { lines = [] }
                    return lines
                }
                for line in said { take(Array(line.utf8)[...]) }
            }
        }
    }

    private func live(_ node: Node) -> PipelineOptions {
        var chosen = options(node.log)
        chosen.waitsForKeys = true
        chosen.tellsEncryptedAtOnce = true
        return chosen
    }

    /// Frames in pieces: after each some time without frames, in which keys are looked for.
    private func dissect(
        _ pieces: [[Packet]], _ options: PipelineOptions, finish: Bool = true, between: (Int) -> Void = { _ in }
    ) throws -> (records: [[Seen]], counts: Counts) {
        let writer = CollectingWriter()
        var pipeline = Pipeline(options, writer: writer)
        var number: UInt64 = 0
        var seen = 0
        var records: [[Seen]] = []
        func note() {
            records.append(Array(writer.records[seen...]))
            seen = writer.records.count
        }
        for (index, piece) in pieces.enumerated() {
            for packet in piece {
                number += 1
                try pipeline.receive(
                    FrameHeader(
                        number: number, time: packet.time, capturedLength: packet.bytes.count,
                        originalLength: packet.originalLength, linkType: LinkTypeNumber(rawValue: 1), file: 0),
                    packet.bytes.span.bytes)
            }
            note()
            between(index)
            pipeline.lookForKeys()
            note()
        }
        if finish { pipeline.finish() }
        note()
        return (records, pipeline.counts)
    }

    /// Handshakes and a message each way, and nothing more for now.
    private func opening(_ pair: inout V2Pair, _ talk: inout Talk) throws {
        talk.send(.client, try pair.initiator.handshake(garbage: filler(30)))
        talk.send(.server, try pair.responder.handshake(garbage: filler(40)))
        for side in [Talk.Side.client, .server] { talk.send(side, try pair[side].message("verack", [])) }
    }

    private let waits = "v2 transport (BIP 324) begins, encrypted: waiting for its key"

    /// The key comes while the connection is silent: all is shown at once, of both directions.
    @Test func silentConnection() throws {
        var pair = V2Pair(seed: 1)
        var talk = Talk()
        try opening(&pair, &talk)
        let first = talk.packets
        talk.packets = []
        talk.send(.server, try pair.responder.message(18, filler(8)))
        let node = Node()
        let line = pair.line
        let (records, counts) = try dissect([first, talk.packets], live(node)) { if $0 == 0 { node.say(line) } }
        #expect(records[0].map(\.info) == [waits])
        #expect(records[1].map(\.command) == ["", "verack", "", "verack"])
        #expect(records[2].map(\.command) == ["ping"])
        #expect(records[3...].joined().count == 0)
        #expect(counts.messages == 3)
        #expect(counts.decryptedStreams == 2)
        #expect(counts.encryptedStreams == 0)
        #expect(!counts.hasProblem)
    }

    /// What is told at once is of the key's frame, has the key and no bytes.
    @Test func beginning() throws {
        var pair = V2Pair(seed: 2)
        var talk = Talk()
        try opening(&pair, &talk)
        let told = try #require(try dissect([talk.packets], live(Node())).records[0].first)
        #expect(told.frame == 4)
        #expect(told.protocolName == "BitcoinV2")
        #expect(told.length == 0)
        #expect(told.bytes == pair.initiator.key)
        #expect(told.from.hasSuffix(":50000"))
        #expect(!told.hasProblem)
    }

    /// The key in several segments is told when it is whole, once.
    @Test func beginningInPieces() throws {
        var pair = V2Pair(seed: 3)
        var talk = Talk()
        talk.send(.client, try pair.initiator.handshake(garbage: []), size: 10)
        talk.send(.server, try pair.responder.handshake(garbage: []), size: 10)
        let (records, _) = try dissect(talk.packets.map { [$0] }, live(Node()))
        #expect(records.joined().filter { $0.info == waits }.map(\.frame) == [10])
    }

    /// A key that is there before the bytes leaves nothing to be told.
    @Test func keyInTime() throws {
        var pair = V2Pair(seed: 4)
        var talk = Talk()
        try opening(&pair, &talk)
        let node = Node()
        node.say(pair.line)
        let (records, _) = try dissect([talk.packets], live(node))
        #expect(records[0].map(\.command) == ["", "", "verack", "verack"])
        #expect(records[0].allSatisfy { $0.info != waits })
    }

    /// With the next bytes of one direction the other is opened, too, though nobody asks for keys in between.
    @Test func otherSide() throws {
        var pair = V2Pair(seed: 5)
        var talk = Talk()
        try opening(&pair, &talk)
        let first = talk.packets.count
        talk.send(.client, try pair.initiator.message(18, filler(8)))
        let node = Node()
        let writer = CollectingWriter()
        var pipeline = Pipeline(live(node), writer: writer)
        for (index, packet) in talk.packets.enumerated() {
            if index == first { node.say(pair.line) }
            try pipeline.receive(
                FrameHeader(
                    number: UInt64(index + 1), time: packet.time, capturedLength: packet.bytes.count,
                    originalLength: packet.originalLength, linkType: LinkTypeNumber(rawValue: 1), file: 0),
                packet.bytes.span.bytes)
        }
        #expect(writer.records.map(\.command) == ["", "", "verack", "ping", "", "verack"])
        pipeline.finish()
        #expect(writer.records.count == 6)
    }

    /// Of many connections only the one whose key has come is opened, whatever order keys come in.
    @Test func manyConnections() throws {
        let node = Node()
        var pairs: [V2Pair] = []
        var packets: [Packet] = []
        for seed in 0..<20 as Range<UInt64> {
            var pair = V2Pair(seed: 100 + seed)
            var talk = Talk(8333, from: 50_000 + UInt16(seed))
            try opening(&pair, &talk)
            packets += talk.packets
            pairs.append(pair)
        }
        let order = (0..<20).map { $0 * 7 % 20 }
        let lines = order.map { pairs[$0].line }
        let (records, counts) = try dissect([packets] + [[Packet]](repeating: [], count: 19), live(node)) {
            node.say(lines[$0])
        }
        #expect(records[0].count == 20)
        for (index, number) in order.enumerated() {
            let shown = records[2 * index + 1]
            #expect(shown.map(\.command) == ["", "verack", "", "verack"])
            #expect(shown.allSatisfy { $0.stream == UInt64(number) })
        }
        #expect(counts.messages == 40)
        #expect(counts.encryptedStreams == 0)
    }

    /// No key up to the limit: both directions are summed up as without a key log, and a later key is of no use.
    @Test func limit() throws {
        var pair = V2Pair(seed: 6)
        var talk = Talk()
        try opening(&pair, &talk)
        for side in [Talk.Side.client, .server] {
            talk.send(side, try pair[side].message("block", [UInt8](repeating: 1, count: 1 << 20)), size: 16_000)
        }
        let first = talk.packets
        talk.packets = []
        for side in [Talk.Side.client, .server] { talk.send(side, try pair[side].message(18, filler(8))) }
        talk.finish(.client)
        talk.finish(.server)
        let node = Node()
        let line = pair.line
        let (records, counts) = try dissect([first, talk.packets], live(node)) { if $0 == 0 { node.say(line) } }
        let all = Array(records.joined())
        #expect(all.first?.info == waits)
        let plain = try DissectorTests.dissect(first + talk.packets, options(nil))
        let isSame = Array(all.dropFirst()) == plain.records
        #expect(isSame)
        #expect(all.dropFirst().map(\.length).sorted() == [talk.client.sent, talk.server.sent].sorted())
        #expect(counts.encryptedStreams == 2)
        #expect(counts.streamsWithoutKey == 2)
    }

    /// One byte below the limit the key is still of use.
    @Test func belowLimit() throws {
        var pair = V2Pair(seed: 7)
        var talk = Talk()
        var stream = try pair.initiator.handshake(garbage: [])
        let overhead = 20 + 13
        stream += try pair.initiator.message(
            "block", [UInt8](repeating: 1, count: (1 << 20) - 1 - stream.count - overhead))
        try #require(stream.count == (1 << 20) - 1)
        talk.send(.client, stream, size: 16_000)
        let node = Node()
        let line = pair.line
        let (records, counts) = try dissect([talk.packets], live(node)) { _ in node.say(line) }
        #expect(records[1].map(\.command) == ["", "block"])
        #expect(counts.encryptedStreams == 0)
    }

    /// The connection ends before the key comes: at the end it is looked for once more.
    @Test(arguments: [true, false]) func endOfConnection(_ hasKey: Bool) throws {
        var pair = V2Pair(seed: 8)
        var talk = Talk()
        try opening(&pair, &talk)
        talk.finish(.client)
        talk.finish(.server)
        let node = Node()
        let (line, last) = (pair.line, talk.packets.count - 2)
        let (records, counts) = try dissect(
            [Array(talk.packets[..<last]), Array(talk.packets[last...])], live(node)
        ) { _ in }
        #expect(records.joined().count == 3)
        #expect(counts.streamsWithoutKey == 2)
        if hasKey {
            let (records, counts) = try dissect([talk.packets], live(said(node, line)))
            #expect(counts.messages == 2)
            #expect(records.joined().count == 4)
        }
    }

    private func said(_ node: Node, _ line: String) -> Node {
        node.say(line)
        return node
    }

    /// Without any keys the beginning is told live, and never else.
    @Test func withoutKeyLog() throws {
        var pair = V2Pair(seed: 9)
        var talk = Talk()
        try opening(&pair, &talk)
        var chosen = options(nil)
        #expect(try dissect([talk.packets], chosen).records.joined().count == 2)
        chosen.tellsEncryptedAtOnce = true
        let (records, counts) = try dissect([talk.packets], chosen)
        #expect(records[0].map(\.info) == ["v2 transport (BIP 324) begins, encrypted: no key"])
        #expect(records.joined().count == 3)
        #expect(counts.encryptedStreams == 2)
    }

    /// Looking for keys changes nothing for v1, nor where a stream waits for none.
    @Test func idle() throws {
        var talk = Talk()
        talk.send(.client, framed("ping", filler(8)))
        let node = Node()
        let (records, _) = try dissect(talk.packets.map { [$0] } + [[], []], live(node)) { _ in
            node.say(V2Pair(seed: 10).line)
        }
        #expect(records.joined().map(\.command) == ["ping"])
    }
}
