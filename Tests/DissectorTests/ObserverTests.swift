import BitcoinP2P
import Capture
import Insight
import Reassembly
import Support
import Testing

@testable import Dissector

/// Receives frames, numbered from 1, and answers what they tell.
func observe(
    _ packets: [Packet], _ observation: Observation = .connections, _ change: (inout PipelineOptions) -> Void = { _ in }
) throws -> CaptureFacts {
    var options = PipelineOptions()
    options.observation = observation
    change(&options)
    var pipeline = Pipeline(options, writer: nil)
    try pipeline.receive(packets)
    pipeline.finish()
    let facts = pipeline.facts
    return try #require(facts)
}

extension CaptureFacts {
    /// Bytes on the wire of all that is told of, by what they are told for.
    var accounted: UInt64 {
        known.reduce(otherTCP.bytes &+ notTCP.bytes) { sum, connection in
            [connection.forward, connection.backward].reduce(sum) {
                $0 &+ $1.bare.bytes &+ $1.sent.bytes &+ $1.sent.overhead
            }
        }
    }
}

@Suite struct ObserverTests {
    /// Nanoseconds between two packets of a `Talk`.
    private let step: Int64 = 1_000_000
    private let ping = framed("ping", [UInt8](repeating: 7, count: 8))

    @Test func nobodyObserves() throws {
        var talk = Talk()
        talk.send(.client, ping)
        var pipeline = Pipeline(PipelineOptions(), writer: nil)
        let packet = talk.packets[0]
        try pipeline.receive(packet.header(number: 1), packet.bytes.span.bytes)
        let facts = pipeline.facts
        #expect(facts == nil)
    }

    @Test func aConnection() throws {
        var talk = Talk()
        talk.send(.client, ping)
        talk.packet(.server, [], at: 0)
        talk.send(.server, ping)
        talk.packet(.client, [], at: 32)
        talk.finish(.client)
        talk.packet(.server, [], at: 32)
        let facts = try observe(talk.packets)
        let start = talk.packets[0].time
        #expect(facts.packets == 9)
        #expect(facts.tcpPackets == 9)
        #expect(facts.connections == 1)
        #expect(facts.start == start)
        #expect(facts.duration == 8 * step)
        #expect(facts.timeDecimals == 6)
        #expect(facts.wireBytes == 9 * 54 + 2 * 32)
        #expect(facts.capturedBytes == facts.wireBytes)
        #expect(facts.accounted == facts.wireBytes)
        let connection = try #require(facts.known.first)
        #expect(facts.known.count == 1)
        #expect(connection.hasKnownPort)
        #expect(connection.isFromSYN)
        #expect(!connection.isOneDirection)
        #expect(!connection.isEncrypted)
        #expect(connection.first == Origin(frame: 1, time: start))
        #expect(connection.last.frame == 9)
        #expect(
            connection.end == .init(isReset: false, side: .forward, origin: Origin(frame: 8, time: start + 7 * step)))
        let (client, server) = (connection.forward, connection.backward)
        #expect(String(decoding: client.text, as: UTF8.self) == "192.0.2.1:50000")
        #expect(String(decoding: server.text, as: UTF8.self) == "198.51.100.7:8333")
        #expect(client.packets == 5)
        #expect(server.packets == 4)
        #expect(client.synRoundTrip == step)
        #expect(server.synRoundTrip == step)
        #expect(client.roundTrips.count == 1)
        #expect(client.roundTrips.least == step)
        #expect(server.roundTrips.count == 1)
        #expect(client.hasBareAcknowledgement && server.hasBareAcknowledgement)
        #expect(client.sent == .init(bytes: 32, overhead: 54))
        #expect(client.bare.packets == 4)
        #expect(client.bare.bytes == 4 * 54)
    }

    // MARK: Round trips

    @Test func sentAgain() throws {
        var talk = Talk()
        talk.packet(.client, filler(100), at: 0)
        talk.packet(.client, filler(100), at: 100)
        talk.packet(.client, filler(50), at: 20)
        talk.client.sent = 100
        talk.packet(.server, [], at: 0)
        talk.client.sent = 200
        talk.packet(.server, [], at: 0)
        let facts = try observe(talk.packets)
        // Only of the second: a part of the first was sent again.
        #expect(facts.known.first?.forward.roundTrips.count == 1)
        #expect(facts.known.first?.forward.roundTrips.least == 3 * step)
    }

    @Test func onlyExactAcknowledgements() throws {
        var talk = Talk()
        talk.packet(.client, filler(100), at: 0)
        talk.packet(.client, filler(100), at: 100)
        talk.packet(.client, filler(100), at: 200)
        for sent in [50, 200, 250, 300, 300] {
            talk.client.sent = sent
            talk.packet(.server, [], at: 0)
        }
        let facts = try observe(talk.packets)
        let trips = try #require(facts.known.first).forward.roundTrips
        // The first of the three is acknowledged with the second, and is no sample.
        #expect(trips.count == 2)
        #expect(trips.least == 3 * step)
        #expect(trips.greatest == 4 * step)
    }

    @Test func manyOutstanding() throws {
        var talk = Talk()
        for index in 0..<2_000 { talk.packet(.client, [1], at: index) }
        for index in 0..<2_000 {
            talk.client.sent = index + 1
            talk.packet(.server, [], at: 0)
        }
        let facts = try observe(talk.packets)
        // Of the oldest nothing is known any more.
        let trips = try #require(facts.known.first).forward.roundTrips
        #expect(trips.count == 1_024)
        #expect(trips.least == 2_000 * step)
        #expect(trips.greatest == 2_000 * step)
    }

    @Test func aFINCountsOne() throws {
        var talk = Talk()
        talk.packet(.client, ping, at: 0, [.fin, .acknowledges])
        talk.client.sent = 33
        talk.packet(.server, [], at: 0)
        #expect(try observe(talk.packets).known.first?.forward.roundTrips.count == 1)
    }

    @Test func numbersWrapAround() throws {
        var talk = Talk(isOpen: true)
        talk.client.origin = .max - 100
        talk.open()
        for _ in 0..<10 {
            talk.send(.client, filler(50))
            talk.packet(.server, [], at: 0)
        }
        let trips = try #require(observe(talk.packets).known.first).forward.roundTrips
        #expect(trips.count == 10)
    }

    @Test func aSYNSentTwice() throws {
        var talk = Talk(isOpen: true)
        talk.packet(.client, [], at: -1, [.syn])
        talk.packet(.client, [], at: -1, [.syn])
        talk.packet(.server, [], at: -1, [.syn, .acknowledges])
        talk.packet(.client, [], at: 0)
        let connection = try #require(observe(talk.packets).known.first)
        #expect(connection.forward.hasRepeatedSYN)
        #expect(connection.forward.synRoundTrip == nil)
        #expect(connection.backward.synRoundTrip == step)
        #expect(connection.forward.syn?.frame == 1)
    }

    // MARK: The end

    @Test func whoEndsIt() throws {
        var talk = Talk()
        talk.send(.client, ping)
        talk.finish(.server)
        talk.reset(.client)
        let end = try #require(observe(talk.packets).known.first?.end)
        #expect(end == .init(isReset: false, side: .backward, origin: end.origin))
        #expect(end.origin.frame == 5)
    }

    @Test func refused() throws {
        var talk = Talk(isOpen: true)
        talk.packet(.client, [], at: -1, [.syn])
        talk.packet(.server, [], at: -2_000_001, [.reset, .acknowledges])
        let connection = try #require(observe(talk.packets).known.first)
        #expect(connection.end == .init(isReset: true, side: .backward, origin: connection.last))
        #expect(connection.forward.synRoundTrip == step)
    }

    /// Far from the window, in a FIN, and with a wrong checksum, which others have right.
    @Test(arguments: [Talk.Flags.reset, .fin]) func forgedEnd(_ flag: Talk.Flags) throws {
        var talk = Talk()
        talk.send(.client, ping)
        talk.packet(.client, [], at: 80_000_000, [flag, .acknowledges])
        talk.packet(.client, [], at: 32, [flag, .acknowledges])
        talk.packets = talk.packets.map(\.withRightChecksum)
        talk.packets[5].bytes[50] ^= 1
        talk.send(.client, ping)
        talk.packets[6] = talk.packets[6].withRightChecksum
        #expect(try observe(talk.packets).known.first?.end == nil)
        talk.finish(.client)
        talk.packets[7] = talk.packets[7].withRightChecksum
        let end = try #require(observe(talk.packets).known.first?.end)
        #expect(end.origin.frame == 8)
        #expect(!end.isReset)
    }

    /// Near the number that is expected: its receiver does not obey it (RFC 5961), as shows by what follows.
    @Test func guessedReset() throws {
        var talk = Talk()
        talk.send(.client, ping)
        talk.packet(.client, [], at: 5_000, [.reset, .acknowledges])
        #expect(try observe(talk.packets).known.first?.end?.isReset == true)
        talk.send(.client, filler(6_000))
        #expect(try observe(talk.packets).known.first?.end == nil)
        talk.finish(.client)
        #expect(try observe(talk.packets).known.first?.end?.isReset == false)
    }

    // MARK: Connections

    @Test func oneDirection() throws {
        var talk = Talk()
        talk.send(.client, ping)
        talk.packet(.server, [], at: 0)
        let facts = try observe(talk.packets.filter { $0.bytes[26..<30].elementsEqual(talk.client.address) })
        let connection = try #require(facts.known.first)
        #expect(connection.isOneDirection)
        #expect(connection.isFromSYN)
        #expect(connection.forward.synRoundTrip == nil)
        #expect(connection.forward.roundTrips.count == 0)
    }

    @Test func begunBefore() throws {
        var talk = Talk(isOpen: true)
        talk.send(.server, ping)
        talk.packet(.client, [], at: 0)
        talk.time += 1_000_000_000
        talk.send(.server, ping)
        let connection = try #require(observe(talk.packets).known.first)
        #expect(!connection.isFromSYN)
        #expect(String(decoding: connection.forward.text, as: UTF8.self) == "198.51.100.7:8333")
        #expect(connection.forward.roundTrips.count == 1)
        #expect(connection.first.frame == 1)
    }

    /// On a port that is not Bitcoin's: it is recognised by its bytes, and known from its first packet on.
    @Test func recognised() throws {
        var talk = Talk(9_000)
        talk.send(.client, filler(100))
        talk.packet(.server, [], at: 0)
        talk.send(.client, ping)
        var facts = try observe(talk.packets, .bytes)
        let connection = try #require(facts.known.first)
        #expect(!connection.hasKnownPort)
        #expect(connection.isFromSYN)
        #expect(connection.forward.packets == 4)
        #expect(connection.forward.roundTrips.count == 1)
        #expect(connection.forward.synRoundTrip == step)
        #expect(facts.otherTCP == WireCount())
        talk.packets.removeLast()
        facts = try observe(talk.packets)
        #expect(facts.known.isEmpty)
        #expect(facts.otherTCP.packets == 5)
        #expect(facts.otherTCP.bytes == facts.wireBytes)
    }

    @Test func encrypted() throws {
        var talk = Talk()
        talk.send(.client, filler(64, from: 3))
        talk.send(.server, filler(64, from: 9))
        talk.send(.client, filler(600, from: 77))
        let facts = try observe(talk.packets, .bytes)
        let connection = try #require(facts.known.first)
        #expect(connection.isEncrypted)
        #expect(connection.forward.delivered == .init(bytes: 664, overhead: 108))
    }

    /// The same endpoints again: the SYN of the second is a proposal within the first until it is answered.
    @Test func theSlotIsUsedAgain() throws {
        var talk = Talk()
        talk.send(.client, ping)
        talk.send(.server, ping)
        talk.client = .init(address: talk.client.address, port: talk.client.port, origin: 900_000_001)
        talk.server = .init(address: talk.server.address, port: talk.server.port, origin: 800_000_001)
        talk.open()
        talk.send(.client, ping)
        let facts = try observe(talk.packets, .bytes)
        #expect(facts.known.map(\.number) == [0, 1])
        #expect(facts.accounted == facts.wireBytes)
        let (first, second) = (facts.known[0], facts.known[1])
        #expect(first.forward.packets == 3)
        #expect(first.forward.syn?.frame == 1)
        #expect(second.isFromSYN)
        #expect(second.first.frame == 6)
        #expect(second.forward.packets == 3)
        #expect(second.forward.synRoundTrip == step)
        #expect(second.backward.synRoundTrip == step)
        #expect(second.forward.delivered == .init(bytes: 32, overhead: 54))
    }

    @Test func manyConnections() throws {
        var packets: [Packet] = []
        for index in 0..<20_000 {
            var talk = Talk(index % 4 == 3 ? 9_000 : 8333, from: UInt16(1_000 + index))
            talk.send(.client, ping)
            packets += talk.packets
        }
        for index in packets.indices { packets[index].time = packets[0].time + Int64(index) * step }
        let facts = try observe(packets) { $0.bytesInAll = 4 << 20 }
        #expect(facts.known.count == ObservedConnections.knownLimit)
        #expect(facts.dropped == 10_000)
        #expect(facts.otherTCP.packets == 40_000)
        #expect(facts.accounted == facts.wireBytes)
        #expect(zip(facts.known, facts.known.dropFirst()).allSatisfy { $0.number < $1.number })
        #expect(facts.known.allSatisfy { $0.forward.packets == 3 && $0.backward.packets == 1 })
    }

    // MARK: Frames

    @Test func frames() throws {
        var talk = Talk()
        talk.send(.client, ping)
        talk.packet(.client, ping, at: 32, snap: 60)
        talk.packets[1].time = talk.packets[0].time - 7
        talk.packets.append(Packet(time: talk.time, bytes: [UInt8](repeating: 0, count: 20), originalLength: 20))
        let facts = try observe(talk.packets)
        #expect(facts.packets == 6)
        #expect(facts.tcpPackets == 5)
        #expect(facts.cutPackets == 1)
        #expect(facts.packetsBack == 1)
        #expect(facts.timeDecimals == 9)
        #expect(facts.earliest == talk.packets[1].time)
        #expect(facts.duration == 5 * step + 7)
        #expect(facts.notTCP.packets == 1)
        #expect(facts.notTCP.bytes == 20)
        #expect(facts.accounted == facts.wireBytes)
        let side = try #require(facts.known.first).forward
        #expect(side.sent == .init(bytes: 64, overhead: 108))
        // 6 of 32 bytes bear 10 of 54.
        #expect(side.cut == .init(bytes: 26, overhead: 44))
    }

    @Test func fragments() throws {
        var talk = Talk()
        talk.packet(.client, framed("ping", filler(8)) + framed("pong", filler(8)), at: 0)
        let whole = talk.packets.removeLast()
        let parts = whole.fragments(of: 24)
        #expect(parts.count == 4)
        var facts = try observe(talk.packets + parts.dropLast(), .bytes)
        #expect(facts.notTCP.packets == 3)
        #expect(facts.accounted == facts.wireBytes)
        facts = try observe(talk.packets + parts, .bytes)
        #expect(facts.notTCP == WireCount())
        #expect(facts.tcpPackets == 7)
        #expect(facts.accounted == facts.wireBytes)
        let side = try #require(facts.known.first).forward
        let wire = UInt64(parts.reduce(0) { $0 + $1.bytes.count })
        #expect(side.packets == 3)
        #expect(side.sent == .init(bytes: 64, overhead: wire - 64))
        #expect(side.delivered == side.sent)
    }

    /// In the midst of a live run.
    @Test func aSnapshot() throws {
        var talk = Talk()
        talk.send(.client, ping)
        var options = PipelineOptions()
        options.observation = .connections
        var pipeline = Pipeline(options, writer: nil)
        for (index, packet) in talk.packets.enumerated() {
            try pipeline.receive(packet.header(number: index + 1), packet.bytes.span.bytes)
            let found = pipeline.facts
            let facts = try #require(found)
            #expect(facts.packets == UInt64(index + 1))
            #expect(facts.known.count == 1)
            #expect(facts.accounted == facts.wireBytes)
        }
    }
}
