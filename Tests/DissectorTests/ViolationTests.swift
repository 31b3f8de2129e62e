import BitcoinP2P
import Fields
import Foundation
import Insight
import Support
import Testing

@testable import Dissector

/// What `violations` says of conversations, and that it says what is remarked on the messages.
@Suite struct ViolationTests {
    private static func version(_ services: UInt64 = 9, relay: UInt8 = 1, protocol version: Int32 = 70016) -> [UInt8] {
        framed(
            "version",
            littleEndian(version) + littleEndian(services) + filler(60) + littleEndian(UInt64(7)) + [0]
                + [0, 0, 0, 0, relay])
    }

    /// A filter that Core takes.
    private static let filter: [UInt8] = [0] + littleEndian(UInt32(1)) + [0, 0, 0, 0, 0]

    /// A connection after its handshake; the server wants transactions or not.
    private func begun(serving services: UInt64 = 9, relay: UInt8 = 1, isOpen: Bool = false) -> Talk {
        var talk = Talk(isOpen: isOpen)
        talk.send(.client, Self.version())
        talk.send(.server, Self.version(services, relay: relay) + framed("verack"))
        talk.send(.client, framed("verack"))
        return talk
    }

    /// `initiator wtxidrelay received after verack 1`.
    private func found(_ packets: [Packet]) throws -> [String] {
        try rows(.violations, packets).map { row in
            "\(row["side"] ?? "") \(row["rule"] ?? ""): \(row["reaction"] ?? "") \(row["count"] ?? "")"
        }
    }

    private func found(_ talk: Talk, _ side: Talk.Side = .client, _ messages: [UInt8]...) throws -> [String] {
        var talk = talk
        for message in messages { talk.send(side, message) }
        // What came is acknowledged, so nothing seems to be missing at the end.
        talk.settle()
        return try found(talk.packets)
    }

    // MARK: Rules of conversations

    @Test func afterVerack() throws {
        for command in ["wtxidrelay", "sendaddrv2", "sendtxrcncl"] {
            let payload = command == "sendtxrcncl" ? filler(12) : []
            #expect(
                try found(begun(), .client, framed(command, payload)) == [
                    "initiator \(command) received after verack: disconnect 1"
                ])
            #expect(try found(begun(isOpen: true), .client, framed(command, payload)) == [])
        }
        // A proposal that Core does not know is remarked on, and breaks none of its rules.
        #expect(try found(begun(), .client, framed("sendpackages", filler(8))) == [])
        var before = Talk()
        before.send(.client, Self.version() + framed("wtxidrelay") + framed("verack"))
        #expect(try found(before) == [])
    }

    @Test func versions() throws {
        #expect(try found(begun()) == [])
        #expect(try found(begun(), .server, Self.version()) == ["responder redundant version message: ignored 1"])
        #expect(try found(begun(isOpen: true), .server, Self.version()) == [])
        var early = Talk()
        early.send(.client, framed("verack"))
        early.send(.server, Self.version())
        let rule = "initiator non-version message before version handshake: ignored 1"
        #expect(try found(early) == [rule])
        var late = Talk(isOpen: true)
        late.send(.client, framed("verack"))
        #expect(try found(late) == [])
        // Of one direction nobody knows.
        // One that cannot be read introduces nobody.
        var short = Talk()
        short.send(.client, framed("version", [1, 2, 3]) + framed("verack"))
        #expect(Set(try found(short)) == [rule, "initiator malformed version: ignored 1"])
        early.settle()
        let packets = early.packets.filter { SegmentHeader($0)?.flow.from == 50_000 }
        #expect(try found(packets) == [])
    }

    /// What only a whole connection shows is taken back when bytes turn out to be missing.
    @Test func missingAtTheEnd() throws {
        var talk = begun()
        talk.send(.client, framed("wtxidrelay"))
        #expect(try found(talk) == ["initiator wtxidrelay received after verack: disconnect 1"])
        for side in [Talk.Side.client, .server] {
            var part = talk
            part.lose(side, 100)
            #expect(try found(part) == [])
        }
    }

    @Test func services() throws {
        for command in ["filterload", "filteradd", "filterclear"] {
            let payload: [UInt8] = command == "filterload" ? Self.filter : command == "filteradd" ? [0] : []
            let expected = ["initiator \(command) received despite not offering bloom services: disconnect 1"]
            #expect(try found(begun(), .client, framed(command, payload)) == expected)
            #expect(try found(begun(serving: 13), .client, framed(command, payload)) == [])
            // Its version is enough.
            #expect(try found(begun(isOpen: true), .client, framed(command, payload)).count == 1)
        }
        #expect(
            try found(begun(), .client, framed("mempool")) == [
                "initiator mempool request with bloom filters disabled: disconnect 1"
            ])
        #expect(try found(begun(serving: 13), .client, framed("mempool")) == [])
        for (command, length) in [("getcfilters", 37), ("getcfheaders", 37), ("getcfcheckpt", 33)] {
            let payload = [UInt8](repeating: 0, count: length)
            let expected = ["initiator unsupported block filter type: disconnect 1"]
            #expect(try found(begun(), .client, framed(command, payload)) == expected)
            #expect(try found(begun(serving: 73), .client, framed(command, payload)) == [])
            #expect(try found(begun(serving: 73), .client, framed(command, [1] + payload.dropFirst())) == expected)
        }
        // The receiver's version was not captured.
        var talk = Talk()
        talk.send(.client, Self.version() + framed("verack") + framed("mempool"))
        #expect(try found(talk) == [])
    }

    @Test func positions() throws {
        let block = [UInt8](repeating: 1, count: 80)
        // Two short ids and a transaction sent along: three in all.
        let transaction = [UInt8]([2, 0, 0, 0, 1]) + filler(36) + [0] + filler(4) + [1] + filler(8) + [0] + filler(4)
        let compact = block + filler(8) + [2] + filler(12) + [1, 0] + transaction
        let name = withUnsafeBytes(of: DoubleSHA256.hash(block.span.bytes)) { Array($0.prefix(32)) }
        func asked(_ position: UInt8) throws -> [String] {
            var talk = begun()
            talk.send(.server, framed("cmpctblock", compact))
            talk.send(.client, framed("getblocktxn", name + [1, position]))
            return try found(talk).filter { $0.contains("getblocktxn") }
        }
        #expect(try asked(2) == [])
        #expect(try asked(3) == ["initiator getblocktxn with out-of-bounds tx indices: misbehaving 1"])
    }

    @Test func unwantedTransactions() throws {
        let transaction = [UInt8]([2, 0, 0, 0, 1]) + filler(36) + [0] + filler(4) + [1] + filler(8) + [0] + filler(4)
        func inv(_ type: UInt8) -> [UInt8] { framed("inv", [1, type, 0, 0, 0] + filler(32)) }
        let quiet = begun(relay: 0)
        #expect(try found(quiet, .client, inv(1)) == ["initiator inv sent in violation of protocol: disconnect 1"])
        #expect(try found(quiet, .client, inv(5)) == ["initiator inv sent in violation of protocol: disconnect 1"])
        #expect(
            try found(quiet, .client, framed("tx", transaction)) == [
                "initiator transaction sent in violation of protocol: disconnect 1"
            ])
        // A block; a side that wants them; the beginning is missing; so does the other side.
        #expect(try found(quiet, .client, inv(2)) == [])
        #expect(try found(begun(), .client, inv(1)) == [])
        #expect(try found(begun(relay: 0, isOpen: true), .client, inv(1)) == [])
        #expect(try found(quiet, .server, inv(1)) == [])
        // It has set a filter, taken one back, or asked for the mempool.
        for wish in [framed("filterload", Self.filter), framed("filterclear"), framed("mempool")] {
            var talk = quiet
            talk.send(.server, wish)
            let rules = try found(talk, .client, inv(1), framed("tx", transaction))
            #expect(rules.allSatisfy { !$0.contains("violation") })
        }
        // What it asked for itself is its own wish; but not that it be told of more.
        var asked = quiet
        asked.send(.server, framed("getdata", [1, 1, 0, 0, 0] + filler(32)))
        #expect(
            try found(asked, .client, inv(1), framed("tx", transaction)) == [
                "initiator inv sent in violation of protocol: disconnect 1"
            ])
        var block = quiet
        block.send(.server, framed("getdata", [1, 2, 0, 0, 0] + filler(32)))
        #expect(try found(block, .client, inv(1)).count == 1)
        // What it asked for is missing.
        var lost = quiet
        lost.lose(.server, 33)
        #expect(try found(lost, .client, inv(1)) == [])
    }

    @Test func checksums() throws {
        #expect(
            try found(begun(), .client, framed("mempool", checksum: 1), framed("wtxidrelay", checksum: 1)) == [
                "initiator Wrong checksum: ignored 2"
            ])
    }

    /// With other bytes for the same place it is not known which the receiver has.
    @Test func contestedBytes() throws {
        var talk = begun()
        let mempool = framed("mempool")
        talk.send(.client, Array(mempool.prefix(20)))
        var other = Array(mempool.prefix(20))
        other[4] ^= 1
        talk.packet(.client, other, at: talk.client.sent - 20)
        talk.send(.client, Array(mempool.suffix(4)))
        let records = try dissect(talk.packets).records
        try #require(records.last?.notes.contains { $0.hasPrefix("bitcoin.segment.conflict") } == true)
        #expect(try found(talk) == [])
    }

    /// What ends early is not read: only its place can be wrong, too.
    @Test func malformed() throws {
        #expect(
            try found(begun(), .client, framed("getcfilters", [0])) == ["initiator malformed getcfilters: ignored 1"])
        #expect(
            Set(try found(begun(), .client, framed("sendtxrcncl", [0]))) == [
                "initiator malformed sendtxrcncl: ignored 1",
                "initiator sendtxrcncl received after verack: disconnect 1",
            ])
    }

    // MARK: Remarks

    /// The rules of the design, by what Core does.
    private static let rules: [(Rule.Reaction, [String])] = [
        (
            .misbehaving,
            [
                "inv message size", "getdata message size", "addr message size", "addrv2 message size",
                "headers message size", "non-continuous headers sequence", "header with invalid proof of work",
                "block with invalid proof of work", "cmpctblock with invalid proof of work", "mutated block",
                "getblocktxn with out-of-bounds tx indices", "too-large bloom filter", "bad filteradd message",
                "invalid compact block",
            ]
        ),
        (
            .disconnect,
            [
                "obsolete version", "wtxidrelay received after verack", "sendaddrv2 received after verack",
                "sendtxrcncl received after verack", "getheaders locator size", "getblocks locator size",
                "filterload received despite not offering bloom services",
                "filteradd received despite not offering bloom services",
                "filterclear received despite not offering bloom services",
                "mempool request with bloom filters disabled", "unsupported block filter type",
                "txreconciliation protocol violation", "transaction sent in violation of protocol",
                "inv sent in violation of protocol",
            ]
        ),
        (
            .ignored,
            [
                "Wrong checksum", "redundant version message", "non-version message before version handshake",
                "malformed ping", "malformed block",
            ]
        ),
    ]

    @Test func allAreDeclared() {
        Pipeline.declareFields()
        var declared: [String: Rule.Reaction] = [:]
        for remark in Catalog.remarks {
            guard let rule = remark.rule else { continue }
            for type in MessageTypes.standard.types {
                if let words = rule.text(type.command.name) { declared[words] = rule.reaction }
            }
        }
        for (reaction, rules) in Self.rules {
            for words in rules { #expect(declared[words] == reaction, "\(words)") }
        }
        let known = Set(Self.rules.flatMap(\.1))
        let others = declared.keys.filter { !known.contains($0) && !$0.hasPrefix("malformed ") }
        #expect(others.isEmpty)
    }

    /// In the shared captures each rule that is counted is remarked on the message, and the other way round.
    @Test(arguments: ["addrv2.pcap", "bloom-filter.pcap", "block-filters.pcap", "txreconciliation.pcap", "relay.pcap"])
    func remarked(_ name: String) throws {
        let packets = try packets(name)
        var remarked: [String: Int] = [:]
        for record in try dissect(packets).records {
            var rules: Set<String> = []
            for note in record.notes {
                guard let rule = Remark(named: note)?.declaration.rule, let words = rule.text(record.command) else {
                    continue
                }
                rules.insert(words)
            }
            for words in rules { remarked["\(record.from) \(words)", default: 0] += 1 }
        }
        var counted: [String: Int] = [:]
        for row in try rows(.violations, packets) {
            counted["\(row["peer"] ?? "") \(row["rule"] ?? "")", default: 0] += row["count"] as? Int ?? 0
        }
        #expect(counted == remarked)
        #expect(counted.isEmpty == (name == "relay.pcap"))
    }
}
