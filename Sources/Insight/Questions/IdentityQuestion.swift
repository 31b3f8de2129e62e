import BitcoinP2P
import Fields
import Output
import Reassembly

/// `identity`: is this peer what it says?
struct IdentityQuestion: Question {
    /// What does not fit the claim.
    struct Contradiction {
        let rule: IdentityRule
        let frame: UInt64
        let found: String
    }

    struct Row {
        let stream: UInt64
        let peer: [UInt8]
        let side: StaticString
        let userAgent: TextBuffer?
        let client: ClaimedClient?
        let passed: UInt64
        let open: UInt64
        let contradictions: [Contradiction]
        /// Nil where the connection is not whole.
        let handshake: String?

        /// Of fewer passed rules nothing follows.
        static let leastPassed = 4

        var verdict: StaticString {
            if client == nil { return "no expectations" }
            if !contradictions.isEmpty { return "contradicted" }
            return passed < Self.leastPassed ? "too little seen" : "consistent"
        }

        /// The first 12 digits of the SHA-256 of ``handshake``.
        var fingerprint: String? {
            handshake.map { handshake in
                let digest = Hash256.single(Array(handshake.utf8).span.bytes)
                return IdentityRule.hexadecimal(digest.bytes.withUnsafeBytes { Array($0.prefix(6)) })
            }
        }
    }

    static let name: StaticString = "identity"
    static let title: StaticString = "Peers and What They Claim"
    static let meaning: StaticString = "whether peers behave as the software that they say they are"
    static let head: [ValuedColumn<Void>] = []
    static let columns: [ValuedColumn<Row>] = [
        .init("row", nil, .text, "peer: a side of a connection whose version message was captured") { _ in
            .word("peer")
        },
        .init("stream", "#", .number, "number of the TCP connection", metric: .label) { .number($0.stream) },
        .init("peer", "Peer", .text, "address and port of that side", metric: .label) { .end($0.peer) },
        .init("side", "Side", .text, "which side of the connection it is: initiator, responder or unknown") {
            .word($0.side)
        },
        .init("user_agent", "User agent", .longText(shown: 40), "what it calls its software") {
            .text($0.userAgent)
        },
        .init(
            "claims", "Claims", .text, "the software of which it can be judged that it says so, null of any other"
        ) { row in .optional(row.client.map { "Bitcoin Core \($0.text)" }) },
        .init(
            "verdict", "Verdict", .text,
            "no expectations (no claim), contradicted, too little seen (fewer than 4 rules passed) or consistent",
            importance: .main
        ) { .word($0.verdict) },
        .init("passed", "Passed", .count, "rules that what was seen agrees with", metric: .gauge) {
            .number($0.passed)
        },
        .init("open", "Open", .count, "rules of which nothing was seen that decides them", metric: .gauge) {
            .number($0.open)
        },
        .init("contradicted", "Contradicted", .count, "rules that what was seen does not agree with", metric: .gauge) {
            .number(UInt64($0.contradictions.count))
        },
        .init(
            "contradictions", nil, .text,
            "a list of objects: rule, frame (that showed it), expected, found",
        ) { row in
            .objects(
                row.contradictions.map { contradiction in
                    [
                        ("rule", .word(contradiction.rule.name)), ("frame", .number(contradiction.frame)),
                        ("expected", .word(contradiction.rule.expected)), ("found", .printable(contradiction.found)),
                    ]
                })
        },
        .init(
            "fingerprint", "Fingerprint", .text,
            "the first 12 digits of the SHA-256 of handshake, null unless the connection is whole"
        ) { .optional($0.fingerprint) },
        .init(
            "handshake", nil, .text,
            "its first commands, up to 16 before its first pong, with numbers of version and sendcmpct; null unless the connection is whole"
        ) { .optional($0.handshake) },
    ]

    static var words: [ColumnWords] {
        [
            ColumnWords(
                key: "contradictions", title: "What is expected of Bitcoin Core",
                words: IdentityRule.all.map { ("\($0.name)", $0.meaning) })
        ]
    }

    let headValue: Void = ()
    let rows: [Row]

    init(_ view: View) {
        rows = view.connections.flatMap { connection in
            [connection.first, connection.first.opposite].compactMap { Self.row(connection, $0, view) }
        }
    }

    private static func row(_ connection: ConnectionView, _ side: Direction, _ view: View) -> Row? {
        guard let trails = connection.trails else { return nil }
        let (own, other) = side == .forward ? trails : (trails.backward, trails.forward)
        guard let introduction = own.introduction else { return nil }
        let client = introduction.userAgent.flatMap(ClaimedClient.init)
        let isWhole = view.isWhole(connection)
        let evidence = IdentityRule.Evidence(
            own: own, introduction: introduction, other: other, isWhole: isWhole,
            isInitiator: connection.initiator == side)
        var (passed, open): (UInt64, UInt64) = (0, 0)
        var contradictions: [Contradiction] = []
        if let client {
            for rule in IdentityRule.all {
                switch rule.verdict(on: client, evidence) {
                case .foreign: break
                case .open: open += 1
                case .passed: passed += 1
                case .contradicted where connection.state?[side].isContested == true: open += 1
                case .contradicted(let found, let frame):
                    contradictions.append(Contradiction(rule: rule, frame: frame, found: found))
                }
            }
        }
        return Row(
            stream: connection.number, peer: connection.end(side), side: connection.name(of: side),
            userAgent: introduction.userAgent.map { agent in
                var text = TextBuffer()
                text.append(wire: agent.span.bytes)
                return text
            }, client: client, passed: passed, open: open, contradictions: contradictions,
            handshake: isWhole ? own.handshake : nil)
    }

    /// Contradictions that the table explains.
    private static let explained = 20

    func appendTable(_ view: View, to output: ByteOutput) {
        let all = rows.flatMap { row in row.contradictions.map { (row, $0) } }
        var notes = all.prefix(Self.explained).map { row, contradiction in
            "#\(row.stream) \(row.side): \(contradiction.rule.name) is \(contradiction.found) in frame "
                + "\(contradiction.frame), expected of \(row.client?.text ?? "it"): \(contradiction.rule.expected)."
        }
        if all.count > Self.explained { notes.append("And \(all.count - Self.explained) more contradictions.") }
        appendTable(rows, view, notes: notes, to: output)
    }
}

extension IdentityTrail {
    private static let pong = Command("pong")

    /// Its commands before its first `pong`.
    fileprivate var handshake: String {
        spoken.prefix { $0.command != Self.pong }.map { "\($0.command.name)\($0.detail)" }.joined(separator: ",")
    }
}
