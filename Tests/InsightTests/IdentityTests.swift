import BitcoinP2P
import Fields
import Reassembly
import Testing

@testable import Insight

/// Each expectation is contradicted by a made message, and not by its neighbour.
struct IdentityTests {
    /// What two sides say after their versions, in turn.
    private struct Said {
        var versions = (MadeVersion(), MadeVersion())
        var negotiation: [StaticString] = ["wtxidrelay", "sendaddrv2", "verack"]
        var more: [(Direction, StaticString, [UInt8])] = []
    }

    /// The forward side opened the connection.
    private func chat(_ change: (inout Said) -> Void) -> Chat {
        var said = Said()
        change(&said)
        var chat = Chat([.identity])
        chat.say(.forward, "version", said.versions.0.payload)
        chat.say(.backward, "version", said.versions.1.payload)
        for command in said.negotiation { chat.say(.forward, command) }
        for command in ["wtxidrelay", "sendaddrv2", "verack"] as [StaticString] { chat.say(.backward, command) }
        for (side, command, payload) in said.more { chat.say(side, command, payload) }
        return chat
    }

    /// The verdict of each rule on a side, but of those that are not about it.
    private func verdicts(
        _ side: Direction = .forward, isWhole: Bool = true, claiming agent: String = "/Satoshi:28.1.0/",
        _ change: (inout Said) -> Void = { _ in }
    ) -> [String: String] {
        let chat = chat {
            $0.versions.0.userAgent = agent
            change(&$0)
        }
        guard let trails = chat.relations.identities.trails(at: 0) else { return [:] }
        let (own, other) = side == .forward ? trails : (trails.backward, trails.forward)
        guard let introduction = own.introduction, let client = ClaimedClient(Array(agent.utf8)) else { return [:] }
        let evidence = IdentityRule.Evidence(
            own: own, introduction: introduction, other: other, isWhole: isWhole, isInitiator: side == .forward)
        var verdicts: [String: String] = [:]
        for rule in IdentityRule.all {
            let text: String? =
                switch rule.verdict(on: client, evidence) {
                case .foreign: nil
                case .open: "open"
                case .passed: "passed"
                case .contradicted(let found, let frame): "\(frame): \(found), not \(rule.expected)"
                }
            verdicts["\(rule.name)"] = text
        }
        return verdicts
    }

    private static let always: [String: String] = [
        "version.protocol": "passed", "version.addr_from": "passed", "version.services": "passed",
        "negotiation.order": "passed", "reject.sent": "passed", "sendcmpct.version": "open", "ping.nonce": "open",
    ]

    @Test func aGenuineNode() {
        #expect(verdicts() == Self.always)
        var responder = Self.always
        responder["getaddr.sender"] = "passed"
        #expect(verdicts(.backward) == responder)
        var part = Self.always
        part["negotiation.order"] = "open"
        #expect(verdicts(isWhole: false) == part)
    }

    @Test func versions() {
        #expect(
            verdicts { $0.versions.0.protocolVersion = 70015 }["version.protocol"] == "1: 70015, not 70016 or more")
        #expect(verdicts { $0.versions.0.protocolVersion = 70017 }["version.protocol"] == "passed")
        #expect(
            verdicts { $0.versions.0.sender[17] = 1 }["version.addr_from"]
                == "1: \(String(repeating: "0", count: 34))01, not all zero")
        #expect(
            verdicts { $0.versions.0.servicesAgain = 0x40d }["version.services"]
                == "1: 000000000000044d and 000000000000040d, not the same twice")
    }

    @Test func negotiation() {
        func order(_ commands: [StaticString], isWhole: Bool = true, peer: Int32 = 70016) -> String? {
            verdicts(isWhole: isWhole) {
                $0.negotiation = commands
                $0.versions.1.protocolVersion = peer
            }["negotiation.order"]
        }
        let expected = "not version wtxidrelay sendaddrv2 [sendtxrcncl] verack"
        #expect(order(["wtxidrelay", "sendaddrv2", "sendtxrcncl", "verack"]) == "passed")
        #expect(
            order(["sendaddrv2", "wtxidrelay", "verack"])
                == "3: version sendaddrv2 wtxidrelay verack, \(expected)")
        #expect(order(["verack"]) == "3: version verack, \(expected)")
        #expect(
            order(["wtxidrelay", "sendaddrv2", "ping", "verack"])
                == "5: version wtxidrelay sendaddrv2 ping verack, \(expected)")
        #expect(
            order(["wtxidrelay", "sendtxrcncl", "sendaddrv2", "verack"])
                == "4: version wtxidrelay sendtxrcncl sendaddrv2 verack, \(expected)")
        #expect(order(["wtxidrelay", "sendaddrv2"]) == "open")
        #expect(order(["verack"], isWhole: false) == "open")
        #expect(order(["verack"], peer: 70015) == nil)
    }

    @Test func laterMessages() {
        #expect(verdicts { $0.more = [(.forward, "reject", [])] }["reject.sent"] == "9: reject, not no reject")
        #expect(verdicts { $0.more = [(.backward, "reject", [])] }["reject.sent"] == "passed")
        func compact(_ versions: UInt64...) -> String? {
            verdicts { $0.more = versions.map { (.forward, "sendcmpct", [0] + Made.number($0)) } }["sendcmpct.version"]
        }
        #expect(compact(2, 2) == "passed")
        #expect(compact(2, 1) == "10: 2 1, not 2")
        func ping(_ nonces: UInt64...) -> String? {
            verdicts { $0.more = nonces.map { (.forward, "ping", Made.number($0)) } }["ping.nonce"]
        }
        #expect(ping(1, 2) == "passed")
        #expect(ping(1, 0) == "10: 0, not not zero")
        #expect(verdicts { $0.more = [(.forward, "ping", [])] }["ping.nonce"] == "open")
        #expect(verdicts { $0.more = [(.forward, "getaddr", [])] }["getaddr.sender"] == nil)
        #expect(
            verdicts(.backward) { $0.more = [(.backward, "getaddr", [])] }["getaddr.sender"]
                == "9: getaddr, not only from the initiator")
        #expect(
            verdicts(.backward, isWhole: false) { $0.more = [(.backward, "getaddr", [])] }["getaddr.sender"] == "open")
    }

    @Test func announcements() {
        let transaction = Made.inventory((5, Made.hash(1)))
        func inv(
            _ payload: [UInt8], relays: Bool = false, before: (Direction, StaticString, [UInt8])? = nil,
            isWhole: Bool = true
        ) -> String? {
            verdicts(isWhole: isWhole) {
                $0.versions.1.relays = relays
                $0.more = [before, (.forward, "inv", payload)].compactMap(\.self)
            }["inv.relay"]
        }
        #expect(inv(transaction) == "9: inv, not no transactions, since the peer said relay 0")
        #expect(inv(Made.inventory((2, Made.hash(1)))) == "passed")
        #expect(inv(transaction, relays: true) == nil)
        #expect(inv(transaction, isWhole: false) == "open")
        for command in ["filterload", "filterclear", "mempool"] as [StaticString] {
            #expect(inv(transaction, before: (.backward, command, [])) == "passed")
        }
        // Its own filter is no wish of the peer's.
        #expect(
            inv(transaction, before: (.forward, "mempool", []))
                == "10: inv, not no transactions, since the peer said relay 0")
    }

    /// By versions: the first that a rule is of, and the one before.
    @Test(arguments: [
        ("/Satoshi:0.21.0/", 6), ("/Satoshi:0.20.1/", 4), ("/Satoshi:0.14.0/", 3), ("/Satoshi:0.13.2/", 0),
        ("/Satoshi:22.0.0/", 6), ("/Satoshi:23.0.0/", 7), ("/Satoshi:28.99.0/", 7), ("/Satoshi:29.0.0/", 6),
    ])
    func ofVersions(_ agent: String, _ count: Int) {
        #expect(verdicts(claiming: agent).count == count)
    }

    @Test func claims() {
        func claimed(_ agent: String) -> String? { ClaimedClient(Array(agent.utf8))?.text }
        #expect(claimed("/Satoshi:28.1.0/") == "28.1.0")
        #expect(claimed("/Satoshi:0.21.1(comment)/") == "0.21.1")
        #expect(claimed("/Satoshi:28.1.0/Knots:20250305/") == "28.1.0")
        #expect(claimed("/Satoshi:28.1.0") == "28.1.0")
        #expect(claimed("/Satoshi:28.1.\u{1b}[2J/") == "28.1")
        #expect(claimed("/Satoshi:99999999999999999999999.1/") != nil)
        for agent in [
            "", "/", "/Satoshi", "/Satoshi:/", "/Satoshi:22/", "/Satoshi:28..0/", "/Satoshi:.28.0/", "/Satoshi:v28.0/",
            "/btcwire:0.5.0/", "Satoshi:28.1.0/",
        ] {
            #expect(claimed(agent) == nil, "\(agent)")
        }
        #expect(ClaimedClient.Version(0, 21) < ClaimedClient.Version(22))
        #expect(ClaimedClient.Version(23) > ClaimedClient.Version(22, 99))
    }

    /// Whatever a side sends, little is kept.
    @Test func memoryIsBounded() {
        var chat = Chat([.identity])
        for number in 0..<1_000 as Range<UInt64> { chat.say(.forward, "sendcmpct", [1] + Made.number(number)) }
        let trail = chat.relations.identities.trails(at: 0)?.forward
        #expect(trail?.spoken.count == IdentityTrail.spokenLimit)
        #expect(trail?.compactVersions.count == IdentityTrail.versionLimit)
    }

    /// Bad checksums and cut messages say nothing.
    @Test func onlySoundMessagesCount() {
        var chat = Chat([.identity])
        chat.say(.forward, "version", MadeVersion().payload, status: .bad)
        chat.say(.forward, "version", MadeVersion().payload, isCut: true, status: .unverified)
        #expect(chat.relations.identities.trails(at: 0)?.forward.introduction == nil)
    }
}
