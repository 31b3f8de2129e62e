import Dissector
import Support
import Testing

/// Connections that were open before a live capture began, and of which no message is found.
@Suite struct EarlierConnectionTests {
    private static let second: Int64 = 1_000_000_000
    private static let advice = "a v2 connection that was open before the capture began cannot be read: "
    private let ping = framed("ping", filler(8))

    private func random(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return generator.bytes(count)
    }

    /// What was said after how many whole seconds since the first frame, and the records.
    private func notices(
        _ packets: [Packet], forSeconds seconds: Int, names: Bool = true
    ) throws -> (notices: [(second: Int, text: String)], counts: Counts) {
        var options = PipelineOptions()
        options.namesEarlierConnections = names
        options.tellsEncryptedAtOnce = true
        var pipeline = Pipeline(options, writer: nil)
        let start = packets.first?.time ?? 0
        var notices: [(second: Int, text: String)] = []
        var next = 0
        for second in 0...seconds {
            let now = start + Int64(second) * Self.second
            while next < packets.count, packets[next].time <= now {
                let packet = packets[next]
                next += 1
                try pipeline.receive(packet.header(number: next), packet.bytes.span.bytes)
            }
            pipeline.pass(to: now)
            notices += pipeline.takeNotices(at: now).map { (second, $0) }
        }
        pipeline.finish()
        return (notices, pipeline.counts)
    }

    @Test func openV2() throws {
        var talk = Talk(isOpen: true)
        talk.send(.server, random(300))
        talk.send(.client, random(300, seed: 2))
        talk.settle()
        talk.settle()
        let (said, counts) = try notices(talk.packets, forSeconds: 30)
        try #require(said.count == 2, "\(said)")
        // Both directions are one connection, and the one who connected stands first.
        #expect(
            said[0].text
                == "192.0.2.1:50000 → 198.51.100.7:8333: no message found yet: open v2, or inside a large v1 message")
        #expect(said[1].text.hasPrefix(Self.advice) && said[1].text.contains("disconnectnode"))
        #expect((1...4).contains(said[0].second), "\(said[0].second)")
        #expect(counts.streamsWithoutMessages == 2)
        let silent = try notices(talk.packets, forSeconds: 30, names: false)
        #expect(silent.notices.isEmpty && silent.counts == counts)
    }

    /// Too few bytes to look random.
    @Test func quietV2() throws {
        var talk = Talk(isOpen: true)
        talk.send(.client, random(40))
        talk.settle()
        talk.settle()
        let (said, _) = try notices(talk.packets, forSeconds: 60)
        try #require(said.count == 2, "\(said)")
        #expect((10...14).contains(said[0].second), "\(said[0].second)")
    }

    /// After as many bytes as a message of v1 can have it is not one. A hole, in which one may begin, starts anew.
    @Test func mustBeV2() throws {
        for (first, hole, rest, isProved) in [
            (3_999_000, 0, 0, false), (4_001_000, 0, 0, true), (2_100_000, 10, 2_100_000, false),
            (2_100_000, 10, 4_001_000, true),
        ] {
            var talk = Talk(isOpen: true)
            talk.send(.client, random(first))
            talk.lose(.client, hole)
            talk.settle()
            talk.send(.client, random(rest, seed: 3))
            talk.settle()
            talk.settle()
            let (said, _) = try notices(talk.packets, forSeconds: 60)
            let proofs = said.map(\.text).filter { $0.contains(": v2, open before the capture began") }
            #expect(proofs.count == (isProved ? 1 : 0), "\(first) \(hole) \(rest): \(said)")
            #expect(said.count == (isProved ? 3 : 2))
        }
    }

    /// Nothing is said of what is read, or is known to be something else.
    @Test func others() throws {
        let text = Array(repeating: Array("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n".utf8), count: 300).flatMap(
            \.self)
        let payload = [UInt8](repeating: 0, count: 3_000) + random(100)
        for (name, isOpen, pieces) in [
            ("v1 from its middle", true, [Array(ping[10...]), ping]), ("v1, after much", true, [random(1_000) + ping]),
            ("a message in clear", true, [payload, ping]), ("another protocol", true, [text, text]),
            ("v2 from its beginning", false, [random(2_000)]),
        ] {
            var talk = Talk(isOpen: isOpen)
            for piece in pieces { talk.send(.client, piece) }
            talk.settle()
            talk.settle()
            talk.settle()
            let (said, _) = try notices(talk.packets, forSeconds: 60)
            #expect(said.isEmpty, "\(name): \(said)")
        }
    }

    /// A node has 125 connections, and an attacker can make more of them than anybody reads.
    @Test(arguments: [11, 47, 3_000]) func many(_ count: Int) throws {
        var packets: [Packet] = []
        var time: Int64 = 1_700_000_000_000_000_000
        for round in 0..<2 {
            for index in 0..<count {
                var talk = Talk(from: UInt16(10_000 + index), isOpen: true)
                talk.time = time
                if round == 1 { talk.client.sent = 300 }
                talk.send(.client, random(300, seed: UInt64(index * 2 + round)))
                packets += talk.packets
                time = talk.time
            }
            time += 30 * Self.second
        }
        let (notices, counts) = try notices(packets, forSeconds: 600)
        #expect(counts.connections == count)
        let lines = notices.map(\.text)
        let named = lines.filter { $0.hasSuffix("inside a large v1 message") }.count
        #expect(named == 10)
        let sums = lines.compactMap { $0.wholeMatch(of: #/and ([0-9]+) more connections? of which no .*/#)?.1 }
        let said = named + sums.compactMap { Int($0) }.reduce(0, +)
        // Of a flood those are left out for whose bytes there was no room.
        #expect(count > 1_000 ? (1_000...count).contains(said) : said == count, "\(lines)")
        // Their number is said no more often than once a minute.
        #expect(sums.count <= 2 && lines.count == named + sums.count + 1)
    }
}
