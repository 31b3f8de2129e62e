import BitcoinP2P
import Dissector
import Fields
import Support
import Testing

/// v2 connections of which bytes are missing, or are not what was sent.
@Suite struct V2GapTests {
    /// A connection after both handshakes.
    private func opened(_ pair: inout V2Pair, garbage: Int = 10) throws -> Talk {
        var talk = Talk()
        talk.send(.client, try pair.initiator.handshake(garbage: filler(garbage)))
        talk.send(.server, try pair.responder.handshake(garbage: filler(garbage)))
        return talk
    }

    private func ping(_ pair: inout V2Pair, _ number: Int) throws -> [UInt8] {
        try pair.responder.message(18, filler(8, from: number))
    }

    private func dissected(_ talk: Talk, _ pair: V2Pair) throws -> Findings {
        try dissect(talk.packets, options(keyLog(pair.line)))
    }

    /// The end of a cut packet is known, so the next one is found wherever it begins.
    @Test(arguments: [1, 5, 20, 68])
    func withinALargePacket(_ segment: Int) throws {
        var pair = V2Pair(seed: 20)
        var talk = try opened(&pair)
        let block = try pair.responder.message("block", [UInt8](repeating: 3, count: 100_000))
        let stream = try block + ping(&pair, 1) + ping(&pair, 2)
        talk.send(.server, stream, size: 1448, losing: [segment])
        talk.settle()
        talk.send(.server, try ping(&pair, 3))
        let result = try dissected(talk, pair)
        try #require(result.commands == ["", "", "ping", "ping", "ping"])
        #expect(result.records.map(\.lostPackets) == [0, 0, 1, 0, 0])
        #expect(result.records.map(\.missing) == [0, 0, 1448, 0, 0])
        #expect(result.records[2].skipped == UInt64(block.count - 1448))
        #expect(result.records[2].info.hasSuffix("[1 packet before it lost]"))
        #expect(result.counts.lostPackets == 1)
        #expect(result.counts.hasProblem)
    }

    /// Whole packets are missing, each in a segment of its own: the number of the next one is found.
    @Test(arguments: [1, 2, 17, 240, 1000])
    func wholePackets(_ lost: Int) throws {
        var pair = V2Pair(seed: 21)
        var talk = try opened(&pair)
        for number in 0..<lost { talk.lose(.server, try ping(&pair, number).count) }
        talk.send(.server, try ping(&pair, 1))
        talk.settle()
        talk.send(.server, try ping(&pair, 2))
        let result = try dissected(talk, pair)
        try #require(result.commands == ["", "", "ping", "ping"])
        #expect(result.records.map(\.lostPackets) == [0, 0, UInt64(lost), 0])
        #expect(result.records[2].missing == UInt64(lost * 29))
        #expect(result.counts.skippedBytes == 0)
        // The next gap is bridged from there.
        #expect(result.records[3].packet == UInt64(lost + 2))
    }

    /// Beyond the bound nothing is found, and that is told.
    @Test func tooManyPackets() throws {
        var pair = V2Pair(seed: 22)
        var talk = try opened(&pair)
        for number in 0..<1100 { talk.lose(.server, try ping(&pair, number).count) }
        for number in 0..<10 { talk.send(.server, try ping(&pair, number)) }
        talk.settle()
        let result = try dissected(talk, pair)
        try #require(result.commands == ["", "", ""])
        let end = try #require(result.records.last)
        #expect(
            end.info
                == "v2 transport: the end of this direction could not be decrypted [31900 bytes missing] [290 bytes skipped]"
        )
        #expect(end.hasProblem)
        #expect(result.counts.skippedBytes == 290)
    }

    /// The segment behind the gap begins within a packet, a later one with one.
    @Test func laterSegment() throws {
        var pair = V2Pair(seed: 23)
        var talk = try opened(&pair)
        var stream: [UInt8] = []
        for number in 0..<100 { stream += try ping(&pair, number) }
        // 2,900 bytes: the third segment is lost, those behind it begin within packets.
        talk.send(.server, stream, size: 700, losing: [2])
        talk.send(.server, try ping(&pair, 200))
        talk.settle()
        talk.send(.server, try ping(&pair, 201))
        let result = try dissected(talk, pair)
        let pings = result.records.filter { $0.command == "ping" }
        try #require(pings.map(\.packet) == (1...48).map { UInt64($0) } + [101, 102])
        #expect(pings.map(\.lostPackets) == [UInt64](repeating: 0, count: 48) + [52, 0])
        #expect(pings[48].missing == 700)
        #expect(pings[48].skipped == 2900 - 48 * 29 - 700)
    }

    /// A large packet begins right behind the gap.
    @Test func largePacketBehindTheGap() throws {
        var pair = V2Pair(seed: 24)
        var talk = try opened(&pair)
        for number in 0..<3 { talk.lose(.server, try ping(&pair, number).count) }
        let block = try pair.responder.message("block", [UInt8](repeating: 5, count: 900_000))
        talk.send(.server, try block + ping(&pair, 9))
        talk.settle()
        let result = try dissected(talk, pair)
        try #require(result.commands == ["", "", "block", "ping"])
        #expect(result.records.map(\.lostPackets) == [0, 0, 3, 0])
    }

    /// Two gaps, the second before anything was found.
    @Test func gapBehindAGap() throws {
        var pair = V2Pair(seed: 25)
        var talk = try opened(&pair)
        let block = try pair.responder.message("block", [UInt8](repeating: 3, count: 50_000))
        talk.send(.server, try block + ping(&pair, 1), losing: [3, 7, 8])
        talk.send(.server, try ping(&pair, 2))
        talk.settle()
        let result = try dissected(talk, pair)
        try #require(result.commands == ["", "", "ping", "ping"])
        #expect(result.records.map(\.missing) == [0, 0, 3 * 1448, 0])
        #expect(result.records.map(\.lostPackets) == [0, 0, 1, 0])
    }

    // MARK: Handshakes

    /// What of the responder's handshake is lost, and what can be read behind it.
    @Test(arguments: [0, 1, 2, 3])
    func withinTheHandshake(_ segment: Int) throws {
        var pair = V2Pair(seed: 26)
        var talk = Talk()
        talk.send(.client, try pair.initiator.handshake(garbage: []))
        // Key, garbage, terminator and first packet in a segment each.
        let handshake = try pair.responder.handshake(garbage: filler(500))
        let pieces = [
            Array(handshake[..<64]), Array(handshake[64..<564]), Array(handshake[564..<580]), Array(handshake[580...]),
        ]
        for (index, piece) in pieces.enumerated() {
            if index == segment { talk.lose(.server, piece.count) } else { talk.send(.server, piece) }
        }
        talk.send(.server, try ping(&pair, 1))
        talk.send(.client, try pair.initiator.message(19, filler(8)))
        talk.settle()
        talk.send(.server, try ping(&pair, 2) + ping(&pair, 3))
        let result = try dissected(talk, pair)
        let server = result.records.filter { $0.from.hasSuffix(":8333") }
        // The key is needed by nobody but the peer; without terminator a packet must be searched for.
        #expect(server.map(\.command) == ["ping", "ping", "ping"])
        #expect(server.map(\.packet) == [1, 2, 3])
        #expect(server.map(\.lostPackets) == [1, 0, 0])
        #expect(result.counts.wrongSecrets == 0)
        #expect(server.first.map { $0.missing > 0 && $0.hasProblem } == true)
        #expect(result.records.filter { $0.from.hasSuffix(":50000") }.map(\.command) == ["", "pong"])
    }

    /// The initiator's key is lost: nothing tells which secret is its.
    @Test func withoutInitiatorsKey() throws {
        var pair = V2Pair(seed: 27)
        var talk = Talk()
        let handshake = try pair.initiator.handshake(garbage: filler(500))
        talk.lose(.client, 64)
        talk.send(.client, Array(handshake[64...]))
        talk.send(.server, try pair.responder.handshake(garbage: []))
        talk.settle()
        talk.send(.server, try ping(&pair, 1))
        talk.finish(.server)
        let result = try dissected(talk, pair)
        #expect(result.counts.messages == 0)
        #expect(result.records.allSatisfy { $0.packet == nil })
    }

    // MARK: Damage

    /// A packet that is not what was sent is told once, and the next ones are found.
    @Test(arguments: [0, 3, 4, 10, 28])
    func damagedPacket(_ place: Int) throws {
        var pair = V2Pair(seed: 28)
        var talk = try opened(&pair)
        for round in 0..<2 {
            talk.send(.server, try ping(&pair, 1))
            var damaged = try ping(&pair, 2)
            damaged[place] ^= 0x04
            talk.send(.server, damaged)
            for number in 3..<6 { talk.send(.server, try ping(&pair, round * 10 + number)) }
        }
        talk.finish(.server)
        let result = try dissected(talk, pair)
        let told = result.records.filter { $0.notes.contains("bitcoin.v2.packet.not_authentic") }
        let pings = result.records.filter { $0.command == "ping" }
        try #require(pings.map(\.packet) == [1, 3, 4, 5, 6, 8, 9, 10])
        #expect(pings.map(\.lostPackets) == [0, 1, 0, 0, 0, 1, 0, 0])
        #expect(told.map(\.packet) == [2])
        #expect(told.map(\.info) == ["v2 transport: packet 2 does not authenticate"])
        #expect(told.map(\.bytes) == [[]])
        #expect(result.counts.wrongSecrets == 0)
    }

    /// A length that became megabytes is waited for, in vain.
    @Test func damagedLength() throws {
        var pair = V2Pair(seed: 28)
        var talk = try opened(&pair)
        talk.send(.server, try ping(&pair, 1))
        var damaged = try ping(&pair, 2)
        damaged[2] ^= 0x04
        talk.send(.server, try damaged + ping(&pair, 3))
        talk.finish(.server)
        let result = try dissected(talk, pair)
        try #require(result.commands == ["", "", "ping", ""])
        #expect(result.records[3].skipped == 58)
        #expect(result.counts.skippedBytes == 58)
    }

    /// Damage to the garbage is damage to the first packet, which authenticates it.
    @Test func damagedGarbage() throws {
        var pair = V2Pair(seed: 29)
        var talk = Talk()
        talk.send(.client, try pair.initiator.handshake(garbage: []))
        var handshake = try pair.responder.handshake(garbage: filler(500))
        handshake[300] ^= 1
        talk.send(.server, handshake)
        talk.send(.server, try ping(&pair, 1) + ping(&pair, 2))
        let result = try dissected(talk, pair)
        try #require(result.commands == ["", "", "ping", "ping"])
        #expect(result.records[1].notes == ["bitcoin.v2.packet.not_authentic"])
        #expect(result.records[1].packet == 0)
        #expect(result.records[2].lostPackets == 1)
    }

    /// The first fault of each kind in every byte of a short stream: nothing is made up.
    @Test func everyByte() throws {
        var pair = V2Pair(seed: 30)
        let start = try pair.initiator.handshake(garbage: filler(7))
        let first = try pair.responder.handshake(garbage: filler(7))
        let pings = try (1...3).map { try ping(&pair, $0) }
        let stream = first + pings.joined()
        for place in stream.indices {
            var talk = Talk()
            talk.send(.client, start)
            var damaged = stream
            damaged[place] ^= 0x10
            talk.send(.server, damaged, size: 64)
            talk.finish(.server)
            let result = try dissected(talk, pair)
            for record in result.records where record.command == "ping" {
                #expect((1...3).contains { record.bytes == [0, 18] + filler(8, from: $0) }, "\(place)")
            }
            #expect(
                result.records.filter { $0.notes.contains("bitcoin.v2.packet.not_authentic") }.count <= 1, "\(place)")
        }
    }
}
