import Fields
import Output
import Reassembly
import Records
import Support
import Testing

@testable import BitcoinP2P
@testable import Insight

/// What sides say in their first `version`, counted by hand.
struct CensusTests {
    private func claims(_ agent: String, receiver: String? = nil, at time: Int64 = 0) -> Claims {
        var claims = Claims()
        claims.userAgent = Array(agent.utf8)
        claims.time = time
        claims.receiver = receiver.map { Claims.Place(address: Array($0.utf8), port: 8333) }
        return claims
    }

    /// `user_agent other: 2 of 1`: connections and peers.
    private func lines(_ census: Census, _ kind: Census.Kind) -> [String] {
        census.values.filter { $0.kind == kind }.map { value in
            "\(value.text.map { String(decoding: $0, as: UTF8.self) } ?? "other"): "
                + "\(value.count.connections) of \(value.count.peers)"
        }
    }

    @Test func countsAndOrder() {
        var census = Census()
        census.add(claims("/b/", receiver: "192.0.2.1", at: 5), of: "198.51.100.1", transport: "v1")
        census.add(claims("/a/", receiver: "::", at: 3), of: "198.51.100.1", transport: "v2")
        census.add(claims("/c/", receiver: "0.0.0.0", at: 9), of: "198.51.100.2", transport: "v1")
        census.add(claims("/c/", at: 7), of: "198.51.100.2", transport: "v1")
        #expect(census.connections == 4 && census.peers == 2 && census.zeroReceivers == 2)
        #expect(lines(census, .userAgent) == ["/c/: 2 of 1", "/a/: 1 of 1", "/b/: 1 of 1"])
        #expect(lines(census, .transport) == ["v1: 3 of 2", "v2: 1 of 1"])
        #expect(lines(census, .receiver) == ["0.0.0.0: 1 of 1", "192.0.2.1: 1 of 1", "::: 1 of 1"])
        #expect(lines(census, .receiverPort) == ["8333: 3 of 2"])
        // What a version lacks counts nowhere.
        #expect(lines(census, .startHeight) == [] && lines(census, .version) == [])
        let first = census.values[0].count
        #expect(first.first == 7 && first.last == 9)
    }

    /// The first message of a connection.
    private func verack(at origin: Origin, _ status: ChecksumStatus) -> MessageFact {
        MessageFact(
            connection: 0, side: .forward, role: .initiator, command: Command("verack"), first: origin,
            complete: origin, isReordered: false, length: 24,
            captured: SideFacts.Share(bytes: 24, overhead: 0), isCut: false, status: status, transport: .v1,
            network: nil)
    }

    /// Messages that a node wrote do not tell in what they came.
    @Test func transportOfWrittenMessages() {
        let inquiry = Inquiry([.capture, .connections, .census])
        let origin = Origin(frame: 1, time: 0)
        let fact = verack(at: origin, .notPresent)
        let bytes = [UInt8](repeating: 0, count: 24)
        inquiry.receive(fact, bytes.span.bytes, from: 24) { (Array("1.1.1.1:1000".utf8), Array("node".utf8)) }
        let view = inquiry.view(nil)
        let capture = QuestionName.capture.table(view).head
        #expect(capture.number("bitcoin_connections") == 1)
        for key in ["v1", "v2", "v2_encrypted"] { #expect(capture.number(key) == nil, "\(key)") }
        let connections = QuestionName.connections.table(view).rows
        #expect(connections.count == 1 && connections.allSatisfy { $0.text("transport") == nil })
        var census = Census()
        census.add(claims("/a/"), of: "198.51.100.1", transport: nil)
        #expect(lines(census, .transport) == [] && lines(census, .userAgent) == ["/a/: 1 of 1"])
    }

    /// Captures of both ends of a connection, read as one, have all payload twice.
    @Test(arguments: [(sent: UInt64(2_000), isDoubtful: true), (sent: 1_100, isDoubtful: false)])
    func payloadThatCameTwice(sent: UInt64, isDoubtful: Bool) {
        let inquiry = Inquiry([.capture])
        let origin = Origin(frame: 1, time: 0)
        func side(_ number: UInt32) -> SideFacts {
            let endpoint = Endpoint(ipv4: number, port: 8333)
            var side = SideFacts(endpoint, Array("0.0.0.\(number):8333".utf8))
            side.packets = 20
            side.delivered = SideFacts.Share(bytes: 1_000, overhead: 0)
            side.sent = SideFacts.Share(bytes: sent, overhead: 0)
            return side
        }
        let fact = verack(at: origin, .good)
        let bytes = [UInt8](repeating: 0, count: 24)
        inquiry.receive(fact, bytes.span.bytes, from: 24) { (Array("0.0.0.1:8333".utf8), Array("0.0.0.2:8333".utf8)) }
        var facts = CaptureFacts()
        facts.known = [
            ConnectionFacts(number: 0, forward: side(1), backward: side(2), first: origin, hasKnownPort: true)
        ]
        let doubts = QuestionName.capture.table(inquiry.view(facts)).head.list("doubts")
        #expect(doubts.contains("duplicates") == isDoubtful)
    }

    /// Two kinds of the first values, and all others in one row, whose peers are counted once.
    @Test func valuesBeyondTheLimit() {
        var census = Census(limits: Census.Limits(rows: 2, values: 3, peers: 100))
        for (agent, peer) in [("a", "1"), ("a", "2"), ("b", "1"), ("c", "1"), ("d", "1"), ("e", "3"), ("b", "1")] {
            census.add(claims(agent), of: peer, transport: "v1")
        }
        #expect(lines(census, .userAgent) == ["a: 2 of 2", "b: 2 of 1", "other: 3 of 2"])
        #expect(census.peers == 3)
    }

    /// 200,000 sides with an agent and an address each: what is remembered is bounded, and no side is lost.
    @Test func manyAgents() {
        var census = Census(limits: Census.Limits(rows: 1_000, values: 20_000, peers: 50_000))
        for index in 0..<200_000 {
            census.add(claims("/\(index)/"), of: "peer \(index)", transport: "v1")
        }
        let agents = census.values.filter { $0.kind == .userAgent }
        #expect(agents.count == 1_001)
        #expect(agents.last?.text == nil && agents.last?.count.connections == 199_000)
        #expect(agents.reduce(0) { $0 + $1.count.connections } == 200_000)
        #expect(census.connections == 200_000 && census.peers == 50_000)
        #expect(census.values.filter { $0.kind == .transport }.map(\.count.connections) == [200_000])
    }

    // MARK: From messages

    private static func address(_ last: [UInt8], port: UInt16) -> [UInt8] {
        let services = [UInt8](repeating: 0, count: 8)
        let zeros = [UInt8](repeating: 0, count: 16 - last.count)
        return services + zeros + last + [UInt8(port >> 8), UInt8(port & 255)]
    }

    /// - Parameter fields: How many groups of fields it has: 1 ends after `addr_recv`, 4 has the relay flag.
    private static func version(
        _ agent: String, receiver: [UInt8], port: UInt16 = 8333, sender: [UInt8] = [], fields: Int = 4
    ) -> [UInt8] {
        var bytes = Made.number(Int32(70016)) + Made.number(UInt64(9)) + Made.number(Int64(1))
        bytes += address(receiver, port: port)
        guard fields > 1 else { return bytes }
        bytes += address(sender, port: 1) + Made.number(UInt64(7))
        bytes += [UInt8(agent.utf8.count)] + Array(agent.utf8)
        guard fields > 2 else { return bytes }
        bytes += Made.number(Int32(-1))
        return fields > 3 ? bytes + [0] : bytes
    }

    private func claimed(_ versions: [UInt8]...) -> Claims? {
        var chat = Chat(.claims)
        for version in versions { chat.say(.forward, "version", version) }
        return chat.relations.states.place(of: 0).flatMap { chat.relations.states[$0].forward.claims }
    }

    @Test func claimsOfAVersion() throws {
        let mapped: [UInt8] = [0xff, 0xff, 192, 0, 2, 7]
        let first = Self.version("/\u{1b}x/", receiver: mapped, sender: [0xff, 0xff, 10, 0, 0, 1])
        // A second version says nothing more.
        let claims = try #require(claimed(first, Self.version("/second/", receiver: [])))
        var census = Census()
        census.add(claims, of: "peer", transport: "v2")
        let lines = census.values.map { value in
            "\(value.kind.rawValue) \(String(decoding: value.text ?? [], as: UTF8.self))"
        }
        #expect(
            lines == [
                "user_agent /\\x1bx/", "version 70016", "services 0000000000000009", "start_height -1", "relay 0",
                "transport v2", "addr_recv 192.0.2.7", "addr_recv_port 8333", "addr_from 10.0.0.1",
            ])
    }

    /// A version that ends early lacks what comes after; no relay flag is not the flag's default.
    @Test func shortVersions() throws {
        func kinds(_ version: [UInt8]) throws -> [Census.Kind] {
            var census = Census()
            census.add(try #require(claimed(version)), of: "peer", transport: "v1")
            return census.values.map(\.kind)
        }
        let old: [Census.Kind] = [.version, .services, .transport, .receiver, .receiverPort]
        #expect(try kinds(Self.version("", receiver: [], fields: 1)) == old)
        #expect(try kinds(Self.version("", receiver: [], fields: 2)) == [.userAgent] + old + [.sender])
        let all = Census.Kind.allCases
        #expect(try kinds(Self.version("", receiver: [], fields: 3)) == all.filter { $0 != .relay })
        #expect(try kinds(Self.version("", receiver: [], fields: 4)) == all)
        #expect(try kinds(Array(Self.version("", receiver: [], fields: 4).prefix(6))) == [.version, .transport])
    }
}
