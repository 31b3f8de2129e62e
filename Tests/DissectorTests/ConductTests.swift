import BitcoinP2P
import Fields
import Foundation
import Output
import Reassembly
import Records
import Support
import Testing

@testable import Dissector

/// What is remarked on messages by what the other side has said, by who opened the connection, and by what was said before.
@Suite struct ConductTests {
    static let remarks: Set<String> = [
        "bitcoin.version.own_nonce", "bitcoin.magic.other_network", "bitcoin.getaddr.by_responder",
        "bitcoin.bloom.not_offered", "bitcoin.mempool.not_offered", "bitcoin.filter_type.not_offered",
        "bitcoin.getblocktxn.out_of_bounds",
    ]
    private let verack = framed("verack")

    private static func versionPayload(_ services: UInt64 = 9, nonce: UInt64, protocol version: Int32 = 70016)
        -> [UInt8]
    {
        littleEndian(version) + littleEndian(services) + filler(60) + littleEndian(nonce) + [0] + [0, 0, 0, 0, 1]
    }

    private func version(
        _ services: UInt64 = 9, nonce: UInt64 = 77, protocol version: Int32 = 70016, magic: UInt32 = 0xf9be_b4d9
    ) -> [UInt8] {
        framed("version", Self.versionPayload(services, nonce: nonce, protocol: version), magic: magic)
    }

    /// A connection on which both sides have said who they are.
    private func begun(_ port: UInt16 = 8333, from: UInt16 = 50_000, isOpen: Bool = false, serving services: UInt64 = 9)
        -> Talk
    {
        var talk = Talk(port, from: from, isOpen: isOpen)
        talk.send(.client, version(nonce: 1001))
        talk.send(.server, version(services, nonce: 1002) + verack)
        talk.send(.client, verack)
        return talk
    }

    /// The new remarks by message, as far as there are any, by the command and what was remarked on it.
    private func found(_ packets: [Packet]) throws -> [String] { Self.listed(try dissect(packets).records) }

    private static func listed(_ records: [Seen]) -> [String] {
        records.flatMap { record in
            record.notes.intersection(remarks).sorted().map { "\(record.command) \($0.dropFirst(8))" }
        }
    }

    // MARK: Who opened the connection

    @Test func getaddrIsForTheInitiator() throws {
        var talk = begun()
        talk.send(.client, framed("getaddr"))
        #expect(try found(talk.packets) == [])
        talk.send(.server, framed("getaddr"))
        talk.send(.server, framed("ping", filler(8)))
        #expect(try found(talk.packets) == ["getaddr getaddr.by_responder"])
        // Dropped by the receiver.
        var damaged = begun()
        damaged.send(.server, framed("getaddr", checksum: 1))
        #expect(try found(damaged.packets) == [])
    }

    /// Ports tell who seems to have opened it; that is no proof.
    @Test func getaddrWhereItIsNotKnownWhoOpened() throws {
        var late = begun(isOpen: true)
        late.send(.server, framed("getaddr"))
        #expect(try found(late.packets) == [])
        // Without the SYN, and without its answer.
        for missing in [0, 1] {
            var talk = begun()
            talk.send(.server, framed("getaddr"))
            talk.send(.client, framed("getaddr"))
            talk.packets.remove(at: missing)
            let isSilent = try found(talk.packets).allSatisfy { $0 == "getaddr getaddr.by_responder" }
            #expect(isSilent)
            let senders = try dissect(talk.packets).records.filter { !$0.notes.isDisjoint(with: Self.remarks) }
            #expect(senders.allSatisfy { $0.from == "198.51.100.7:8333" })
        }
    }

    // MARK: Nonces

    @Test func aNonceOfTheSameConnection() throws {
        for (client, server, isOwn) in [(77, 77, true), (77, 78, false), (0, 0, false), (1, 1, false)] {
            var talk = Talk()
            talk.send(.client, version(nonce: UInt64(client)))
            talk.send(.server, version(nonce: UInt64(server)))
            #expect(try found(talk.packets) == (isOwn ? ["version version.own_nonce"] : []), "\(client) \(server)")
        }
        // The same side twice; a wrong checksum; no nonce at all.
        var talk = Talk()
        talk.send(.client, version(nonce: 77) + version(nonce: 77))
        let short = Array(Self.versionPayload(nonce: 77).prefix(46))
        talk.send(.server, framed("version", Self.versionPayload(nonce: 77), checksum: 1) + framed("version", short))
        #expect(try found(talk.packets) == [])
        var without = Talk()
        for side in [Talk.Side.client, .server] { without.send(side, framed("version", short)) }
        #expect(try found(without.packets) == [])
    }

    private func talk(_ client: UInt8, _ server: UInt8, from port: UInt16, _ payload: [UInt8]) -> [Packet] {
        var talk = Talk(from: port, isOpen: true)
        talk.client.address = [10, 0, 0, client]
        talk.server.address = [10, 0, 0, server]
        talk.open()
        talk.send(.client, payload)
        return talk.packets
    }

    /// Its router brings a node's connection to its public address back to it.
    @Test func aNonceOfAnotherConnection() throws {
        let out = talk(1, 200, from: 50_001, version(nonce: 5))
        #expect(try found(out + talk(254, 1, from: 50_002, version(nonce: 5))) == ["version version.own_nonce"])
        #expect(try found(out + talk(254, 1, from: 50_002, version(nonce: 6))) == [])
        // To another node than the one that sent it: a proxy.
        #expect(try found(out + talk(200, 2, from: 50_002, version(nonce: 5))) == [])
        // Of the receiver's address another node may be.
        #expect(try found(out + talk(1, 1, from: 50_002, version(nonce: 5))) == [])
        #expect(
            try found(talk(1, 1, from: 50_002, version(nonce: 5)) + talk(2, 1, from: 50_003, version(nonce: 5))) == [])
        for reserved in [0, 1] as [UInt64] {
            let both =
                talk(1, 200, from: 50_001, version(nonce: reserved)) + talk(254, 1, from: 2, version(nonce: reserved))
            #expect(try found(both) == [])
        }
    }

    // MARK: Networks

    @Test func anotherNetworkThanTheOtherSides() throws {
        let test: UInt32 = 0x0b11_0907
        var talk = Talk()
        talk.send(.client, version(nonce: 1))
        talk.send(.server, version(nonce: 2, magic: test) + framed("verack", magic: test))
        talk.send(.client, verack)
        let all = ["version magic.other_network", "verack magic.other_network"]
        #expect(try found(talk.packets) == all)
        // Of a network that nobody knows: it is the client's.
        let custom: UInt32 = 0x7ec6_53a5
        var unknown = Talk()
        unknown.send(.client, version(nonce: 1, magic: custom))
        unknown.send(.server, version(nonce: 2, magic: custom))
        #expect(try found(unknown.packets) == [])
        // The first magic may be damaged: no other message is judged by it.
        var mixed = Talk()
        mixed.send(.client, version(nonce: 1, magic: custom))
        mixed.send(.server, version(nonce: 2) + verack)
        #expect(try found(mixed.packets) == [])
        mixed.send(.client, framed("verack", magic: custom))
        #expect(try found(mixed.packets) == ["verack magic.other_network"])
    }

    @Test func anotherNetworkWhereSomethingIsMissing() throws {
        let test: UInt32 = 0x0b11_0907
        for isOpen in [true, false] {
            var talk = Talk(isOpen: isOpen)
            talk.send(.client, version(nonce: 1))
            talk.send(
                .server, framed("version", Self.versionPayload(nonce: 2), magic: test, checksum: isOpen ? nil : 1))
            #expect(try found(talk.packets) == [])
        }
    }

    // MARK: Services

    private static let bloom: [String] = [
        "filterload bloom.not_offered", "filteradd bloom.not_offered", "filterclear bloom.not_offered",
        "mempool mempool.not_offered",
    ]
    private var asksForBloom: [UInt8] {
        framed("filterload", [1, 0xff, 1, 0, 0, 0, 0, 0, 0, 0, 0]) + framed("filteradd", [1, 7]) + framed("filterclear")
            + framed("mempool")
    }

    @Test func bloomFiltersThatAreNotOffered() throws {
        for (services, isRemarked) in [(9, true), (0, true), (0xc49, true), (4, false), (0xc4d, false)]
            as [(UInt64, Bool)]
        {
            var talk = begun(serving: services)
            talk.send(.client, asksForBloom)
            #expect(try found(talk.packets) == (isRemarked ? Self.bloom : []), "\(services)")
        }
        // Of what was not asked for by the client the server may have any.
        var talk = begun(serving: 4)
        talk.send(.server, asksForBloom)
        #expect(try found(talk.packets) == Self.bloom)
    }

    /// Services are judged by the receiver's one `version`.
    @Test func bloomFiltersWhereTheOfferIsNotCertain() throws {
        // Before it, and of a time when nodes did not say.
        var early = Talk()
        early.send(.client, version(nonce: 1) + asksForBloom)
        early.send(.server, version(nonce: 2))
        #expect(try found(early.packets) == [])
        var old = Talk()
        old.send(.client, version(nonce: 1))
        old.send(.server, version(nonce: 2, protocol: 70002))
        old.send(.client, asksForBloom)
        #expect(try found(old.packets) == [])
        // It has a wrong checksum, or ends before its services, or there are two.
        let payload = Self.versionPayload(nonce: 2)
        for said in [
            framed("version", payload, checksum: 1), framed("version", Array(payload.prefix(11))),
            version(0xc4d, nonce: 2) + version(nonce: 3), version(nonce: 2) + version(0xc4d, nonce: 3),
        ] {
            var talk = Talk()
            talk.send(.client, version(nonce: 1))
            talk.send(.server, said)
            talk.send(.client, asksForBloom)
            #expect(try found(talk.packets) == [])
        }
        // A message that the receiver drops.
        var dropped = begun()
        dropped.send(.client, framed("mempool", checksum: 1))
        #expect(try found(dropped.packets) == [])
        // That something else is missing changes nothing.
        var lossy = begun(isOpen: true)
        lossy.lose(.client, 100)
        lossy.lose(.server, 100)
        lossy.settle()
        lossy.send(.client, asksForBloom)
        #expect(try found(lossy.packets) == Self.bloom)
    }

    @Test func blockFiltersThatAreNotOffered() throws {
        let hash = filler(32)
        func asks(_ type: UInt8) -> [UInt8] {
            framed("getcfilters", [type, 0, 0, 0, 0] + hash) + framed("getcfheaders", [type, 0, 0, 0, 0] + hash)
                + framed("getcfcheckpt", [type] + hash)
        }
        let all = ["getcfilters", "getcfheaders", "getcfcheckpt"].map { "\($0) filter_type.not_offered" }
        for (services, type, isRemarked) in [
            (9, 0, true), (0x40, 0, false), (0x100, 0, false), (0x40, 1, true), (9, 1, true), (0x1000, 1, false),
            (0x1000, 0, true),
        ] as [(UInt64, UInt8, Bool)] {
            var talk = begun(serving: services)
            talk.send(.client, asks(type))
            #expect(try found(talk.packets) == (isRemarked ? all : []), "\(services) \(type)")
        }
        var early = Talk()
        early.send(.client, version(nonce: 1) + asks(0) + asks(1))
        #expect(try found(early.packets) == [])
    }

    // MARK: Blocks

    private static func header(_ number: UInt8) -> [UInt8] { filler(80, from: Int(number)) }

    private static func hash(_ number: UInt8) -> [UInt8] {
        DoubleSHA256.hash(header(number).span.bytes).bytes.withUnsafeBytes { Array($0) }
    }

    private static func compactBlock(_ number: UInt8, _ ids: UInt8) -> [UInt8] {
        header(number) + filler(8) + [ids] + filler(6 * Int(ids)) + [0]
    }

    private static func block(_ number: UInt8, _ count: UInt8) -> [UInt8] {
        let transaction: [UInt8] = [1, 0, 0, 0, 1] + filler(36) + [0, 9, 9, 9, 9, 1] + filler(8) + [0, 0, 0, 0, 0]
        return header(number) + [count] + (0..<count).flatMap { _ in transaction }
    }

    /// Asks for one transaction after the other.
    private static func asks(_ number: UInt8, to last: UInt8) -> [UInt8] {
        hash(number) + [last + 1] + [UInt8](repeating: 0, count: Int(last) + 1)
    }

    private func request(_ number: UInt8, to last: UInt8) -> [UInt8] {
        framed("getblocktxn", Self.asks(number, to: last))
    }

    private let beyond = ["getblocktxn getblocktxn.out_of_bounds"]

    @Test func transactionsBeyondTheBlock() throws {
        for told in [framed("cmpctblock", Self.compactBlock(1, 3)), framed("block", Self.block(1, 3))] {
            var talk = begun()
            talk.send(.server, told)
            talk.send(.client, request(1, to: 2))
            talk.send(.client, request(2, to: 3))
            #expect(try found(talk.packets) == [])
            talk.send(.client, request(1, to: 3))
            #expect(try found(talk.packets) == beyond)
        }
        // A place far from the one before, in one number.
        var talk = begun()
        talk.send(.server, framed("cmpctblock", Self.compactBlock(1, 3)))
        talk.send(.client, framed("getblocktxn", Self.hash(1) + [2, 0, 1]))
        #expect(try found(talk.packets) == [])
        talk.send(.client, framed("getblocktxn", Self.hash(1) + [2, 0, 2]))
        #expect(try found(talk.packets) == beyond)
    }

    @Test func transactionsOfABlockThatIsNotKnown() throws {
        // What the asking side says itself is no measure; nor is what comes with a wrong checksum, or no count.
        var own = begun()
        own.send(.client, framed("cmpctblock", Self.compactBlock(1, 3)) + request(1, to: 9))
        #expect(try found(own.packets) == [])
        for told in [
            framed("cmpctblock", Self.compactBlock(1, 3), checksum: 1), framed("block", Self.header(1)),
            framed("cmpctblock", Array(Self.compactBlock(1, 3).dropLast(7))), framed("getaddr"),
        ] {
            var talk = begun()
            talk.send(.server, told)
            talk.send(.client, request(1, to: 9))
            #expect(try !found(talk.packets).contains(beyond[0]))
        }
        // Later is too late, and of two numbers the higher one counts.
        var talk = begun()
        talk.send(.client, request(1, to: 3))
        talk.send(.server, framed("cmpctblock", Self.compactBlock(1, 9)))
        talk.send(.server, framed("cmpctblock", Self.compactBlock(1, 3)))
        talk.send(.client, request(1, to: 8))
        #expect(try found(talk.packets) == [])
        talk.send(.client, framed("getblocktxn", Self.asks(1, to: 9), checksum: 1))
        #expect(try found(talk.packets) == [])
    }

    /// The node that is asked has said it to somebody else. Of what a third node says nothing follows.
    @Test func transactionsBeyondABlockOfAnotherConnection() throws {
        var teller = begun(from: 50_001)
        teller.send(.server, framed("cmpctblock", Self.compactBlock(1, 3)))
        var asker = begun(from: 50_002)
        asker.send(.client, request(1, to: 3))
        #expect(try found(teller.packets + asker.packets) == beyond)
        var other = begun(18333, from: 50_002)
        other.send(.client, request(1, to: 3))
        #expect(try found(teller.packets + other.packets) == [])
    }

    // MARK: Other ways

    /// Who receives pasted bytes is not known.
    @Test func pastedBytesHaveNoReceiver() throws {
        let writer = CollectingWriter()
        var messages = PastedMessages(writer: writer)
        let other = framed("verack", magic: 0x0b11_0907)
        for bytes in [
            version() + verack + framed("getaddr") + asksForBloom, version() + version(),
            framed("cmpctblock", Self.compactBlock(1, 3)) + request(1, to: 9), other + verack,
        ] { _ = messages.dissect(bytes.span.bytes) }
        #expect(writer.records.count > 10)
        #expect(Self.listed(writer.records) == [])
    }

    /// Messages of a node's own capture: who opened is not known, and the network is not theirs.
    @Test func capturedMessages() throws {
        let folder = try Folder()
        func record(_ command: String, _ payload: [UInt8] = [], at time: Int64) -> [UInt8] {
            let head = framed(command, payload)
            return littleEndian(time) + head[4..<20] + payload
        }
        let received =
            record("version", Self.versionPayload(9, nonce: 7), at: 1) + record("verack", at: 3)
            + record("getaddr", at: 4)
            + record("mempool", at: 6) + record("cmpctblock", Self.compactBlock(1, 3), at: 9)
            + record("getblocktxn", Self.asks(2, to: 3), at: 15)
        let sent =
            record("version", Self.versionPayload(0x49, nonce: 7), at: 2) + record("getaddr", at: 5)
            + record("getcfilters", [0, 0, 0, 0, 0] + filler(32), at: 8)
            + record("getblocktxn", Self.asks(1, to: 2), at: 12) + record("getblocktxn", Self.asks(1, to: 3), at: 13)
            + record("block", Self.block(2, 3), at: 14)
        let peer = "192.0.2.1_8333"
        try FileManager.default.createDirectory(
            atPath: folder.path + "/" + peer, withIntermediateDirectories: true)
        try Data(received).write(to: URL(fileURLWithPath: folder.path + "/" + peer + "/msgs_recv.dat"))
        try Data(sent).write(to: URL(fileURLWithPath: folder.path + "/" + peer + "/msgs_sent.dat"))
        let writer = CollectingWriter()
        var captures = try MessageCaptures(paths: [folder.path], MessageCaptures.Options(), writer: writer)
        while try captures.next() {}
        #expect(
            Self.listed(writer.records) == [
                "version version.own_nonce", "mempool mempool.not_offered", "getcfilters filter_type.not_offered",
                "getblocktxn getblocktxn.out_of_bounds", "getblocktxn getblocktxn.out_of_bounds",
            ])
    }

    /// A header has no magic there.
    @Test func encryptedMessages() throws {
        var pair = V2Pair(seed: 15)
        var talk = Talk()
        talk.send(.client, try pair.initiator.handshake(garbage: filler(20)))
        talk.send(.server, try pair.responder.handshake(garbage: []))
        talk.send(.client, try pair.initiator.message("version", Self.versionPayload(nonce: 7)))
        talk.send(.server, try pair.responder.message("version", Self.versionPayload(nonce: 7)))
        talk.send(.client, try pair.initiator.message("getaddr", []))
        talk.send(.server, try pair.responder.message("getaddr", []))
        talk.send(.server, try pair.responder.message("block", Self.block(1, 3)))
        talk.send(.client, try pair.initiator.message("mempool", []))
        talk.send(.client, try pair.initiator.message("getblocktxn", Self.asks(1, to: 2)))
        talk.send(.client, try pair.initiator.message("getblocktxn", Self.asks(1, to: 3)))
        #expect(
            Self.listed(try dissect(talk.packets, options(keyLog(pair.line))).records) == [
                "version version.own_nonce", "getaddr getaddr.by_responder", "mempool mempool.not_offered",
                "getblocktxn getblocktxn.out_of_bounds",
            ])
    }

    // MARK: Genuine nodes

    private static let captures = ["relay.pcap", "relay-ipv6.pcap", "relay-v2-encrypted.pcap", "handshake.pcap"]

    /// Nothing is wrong with what nodes say among themselves, whatever is missing of it.
    @Test(arguments: captures) func genuineNodesAreNotAccused(_ name: String) throws {
        let packets = try DissectorTests.packets(name)
        #expect(try found(packets) == [])
        var generator = SeededGenerator(seed: 15)
        for _ in 0..<12 {
            let kept = packets.filter { _ in Double.random(in: 0..<1, using: &generator) < 0.9 }
            try #require(try found(kept) == [])
            try #require(
                try found(Array(packets.dropFirst(Int.random(in: 0..<packets.count, using: &generator)))) == [])
        }
        let first = packets.compactMap { SegmentHeader($0)?.flow }.first
        for isFirst in [true, false] {
            #expect(try found(packets.filter { (SegmentHeader($0)?.flow == first) == isFirst }) == [])
        }
    }

    // MARK: Memory

    @Test func theOldestEntriesAreForgotten() {
        var table = RecentTable<Int, Int>(limit: 4)
        for number in 0..<100 {
            table.set(number, for: number)
            #expect(table.count == min(4, number + 1))
            #expect(table[number] == number && table[number - 3] == (number > 2 ? number - 3 : nil))
            #expect(table[number - 4] == nil)
        }
        table.set(7, for: 96)
        table.set(8, for: 100)
        #expect(table[96] == nil && table[97] == 97 && table[100] == 8 && table.count == 4)
        for number in 0..<10 { table.set(number, for: 99) }
        #expect(table.count == 4 && table[99] == 9)
    }

    @Test func tablesAreBounded() throws {
        var conversations = Conversations(tableLimit: 8)
        func sender(_ side: Direction, _ node: UInt32) -> StreamSender {
            let (from, to) = (Endpoint(ipv4: node, port: 1), Endpoint(ipv4: 0x0a00_0001, port: 2))
            let ends =
                side == .forward
                ? Ends(from: from, from.text, to: to, to.text) : Ends(from: to, to.text, to: from, from.text)
            return StreamSender(ends: ends, role: .unknown, side: side, seen: .part, firstSequence: 0)
        }
        func say(
            _ command: Command, _ side: Direction, _ number: UInt32, on connection: UInt32? = nil,
            _ statement: Statement
        ) -> [String] {
            let header = MessageHeader(
                network: Network.known[0], command: command, length: 0, checksum: 0, form: .withChecksum)
            let message = MessageFramer.Message(header: header, payloadLength: 0, status: .good, payloadHash: nil)
            return conversations.receive(
                message, RawSpan(), of: sender(side, number), number: UInt64(connection ?? number), saying: statement
            ).remarks.map(\.name)
        }
        func claims(_ nonce: UInt64) -> Statement {
            var claims = Conduct.Claims()
            claims.nonce = nonce
            return .claims(claims)
        }
        func name(_ number: UInt32) throws -> Hash256 {
            let hash = littleEndian(number) + [UInt8](repeating: 0, count: 28)
            let name = Hash256(hash.span.bytes, at: 0)
            return try #require(name)
        }
        for number in 10..<100 as Range<UInt32> {
            _ = say(Command("version"), .forward, number, claims(UInt64(number)))
            _ = say(Command("block"), .forward, number, .block(try name(number), transactions: 1))
            #expect(conversations.tableCounts.nonces <= 8 && conversations.tableCounts.blocks <= 8)
        }
        func isOwn(_ number: UInt32) -> Bool {
            !say(Command("version"), .backward, number, on: 1000 + number, claims(UInt64(number))).isEmpty
        }
        func isBeyond(_ number: UInt32) throws -> Bool {
            !say(Command("getblocktxn"), .backward, number, .missing(try name(number), last: 1)).isEmpty
        }
        #expect(try isBeyond(99) && isBeyond(92) && !isBeyond(91) && !isBeyond(10))
        #expect(try !say(Command("getblocktxn"), .backward, 99, .missing(name(99), last: 0)).contains { _ in true })
        #expect(!isOwn(91) && isOwn(99))
    }
}
