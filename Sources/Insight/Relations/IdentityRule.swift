import BitcoinP2P
import Fields

/// What is to be expected of a side that says it is some version of Bitcoin Core: declared once, for answers and manual.
struct IdentityRule: Sendable {
    /// What is known of a side when it is judged.
    struct Evidence {
        let own: IdentityTrail
        let introduction: IdentityTrail.Introduction
        let other: IdentityTrail
        /// Nothing of the connection is missing.
        let isWhole: Bool
        let isInitiator: Bool
    }

    enum Verdict: Equatable {
        /// The rule is not about such a side.
        case foreign
        /// Nothing was seen that decides it.
        case open
        case passed
        /// What was found, and the frame that showed it.
        case contradicted(found: String, frame: UInt64)
    }

    let name: StaticString
    /// The first version that it is of, and the last.
    let from: ClaimedClient.Version
    let through: ClaimedClient.Version?
    /// Only a whole connection contradicts it, or passes.
    let needsWhole: Bool
    /// In the words of an answer.
    let expected: StaticString
    private let judge: @Sendable (Evidence) -> Verdict

    private init(
        _ name: StaticString, from: (Int, Int) = (0, 0), through: Int? = nil, needsWhole: Bool = false,
        _ expected: StaticString, _ judge: @escaping @Sendable (Evidence) -> Verdict
    ) {
        self.name = name
        self.from = ClaimedClient.Version(from.0, from.1)
        self.through = through.map { ClaimedClient.Version($0, .max) }
        self.needsWhole = needsWhole
        self.expected = expected
        self.judge = judge
    }

    func verdict(on client: ClaimedClient, _ evidence: Evidence) -> Verdict {
        guard client.version >= from, through.map({ client.version <= $0 }) ?? true else { return .foreign }
        let verdict = judge(evidence)
        // Of a part of a connection only what the rule is about is known.
        if needsWhole, !evidence.isWhole, verdict != .foreign { return .open }
        return verdict
    }

    /// Of whom it is, and what is expected, for the manual.
    var meaning: String {
        let claim =
            if let through { "\(from) to \(through)" } else if from.major == 0, from.minor == 0 {
                "any version"
            } else {
                "\(from) and later"
            }
        return "of \(claim)\(needsWhole ? ", on whole connections" : ""): \(expected)"
    }
}

extension IdentityRule {
    static let all: [IdentityRule] = [
        IdentityRule("version.protocol", from: (0, 21), "70016 or more") { evidence in
            guard let version = evidence.introduction.version else { return .open }
            return version >= 70016
                ? .passed : .contradicted(found: "\(version)", frame: evidence.introduction.frame)
        },
        IdentityRule("version.addr_from", from: (0, 14), "all zero") { evidence in
            guard let sender = evidence.introduction.sender, sender.count == 26 else { return .open }
            let address = sender.dropFirst(8)
            return address.allSatisfy { $0 == 0 }
                ? .passed : .contradicted(found: hexadecimal(address), frame: evidence.introduction.frame)
        },
        IdentityRule("version.services", from: (0, 14), "the same twice") { evidence in
            guard let services = evidence.introduction.services, let sender = evidence.introduction.sender,
                sender.count == 26
            else { return .open }
            let again = sender.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return services == again
                ? .passed
                : .contradicted(
                    found: "\(digits(of: services)) and \(digits(of: again))", frame: evidence.introduction.frame)
        },
        IdentityRule(
            "negotiation.order", from: (0, 21), through: 28, needsWhole: true,
            "version wtxidrelay sendaddrv2 [sendtxrcncl] verack"
        ) { evidence in
            guard let version = evidence.other.introduction?.version else { return .open }
            return version >= 70016 ? order(of: evidence.own.spoken) : .foreign
        },
        IdentityRule("reject.sent", from: (0, 20), "no reject") { evidence in
            evidence.own.reject.map { .contradicted(found: "reject", frame: $0.frame) } ?? .passed
        },
        IdentityRule("sendcmpct.version", from: (23, 0), "2") { evidence in
            let versions = evidence.own.compactVersions
            guard let other = evidence.own.otherCompactVersion else { return versions.isEmpty ? .open : .passed }
            return .contradicted(found: versions.map(String.init).joined(separator: " "), frame: other.frame)
        },
        IdentityRule("ping.nonce", from: (0, 14), "not zero") { evidence in
            if let ping = evidence.own.pingOfZero { return .contradicted(found: "0", frame: ping.frame) }
            return evidence.own.pings ? .passed : .open
        },
        IdentityRule("getaddr.sender", from: (0, 14), needsWhole: true, "only from the initiator") { evidence in
            guard !evidence.isInitiator else { return .foreign }
            return evidence.own.getaddr.map { .contradicted(found: "getaddr", frame: $0.frame) } ?? .passed
        },
        IdentityRule("inv.relay", needsWhole: true, "no transactions, since the peer said relay 0") { evidence in
            guard let peer = evidence.other.introduction else { return .open }
            guard peer.relays == false else { return .foreign }
            return evidence.own.unwantedInv.map { .contradicted(found: "inv", frame: $0.frame) } ?? .passed
        },
    ]

    /// Of a side's first messages, up to `verack`.
    private static func order(of spoken: [IdentityTrail.Spoken]) -> Verdict {
        let end = spoken.firstIndex { $0.command == verack }.map { $0 + 1 } ?? spoken.count
        let opening = spoken[..<end]
        var expected = negotiation[...]
        for (index, message) in opening.enumerated() {
            if index == negotiation.count - 1, message.command == sendtxrcncl { continue }
            if message.command == expected.first {
                expected.removeFirst()
                continue
            }
            let commands = opening.map { $0.command.name }.joined(separator: " ")
            return .contradicted(found: commands, frame: message.frame)
        }
        return expected.isEmpty ? .passed : .open
    }

    private static let verack = Command("verack")
    private static let sendtxrcncl = Command("sendtxrcncl")
    private static let negotiation = [Command("version"), Command("wtxidrelay"), Command("sendaddrv2"), verack]

    static func digits(of services: UInt64) -> String {
        var text = TextBuffer()
        text.append(hexadecimal: services, digits: 16)
        return text.string
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        var text = TextBuffer()
        for byte in bytes { text.append(hexadecimal: UInt64(byte), digits: 2) }
        return text.string
    }
}
