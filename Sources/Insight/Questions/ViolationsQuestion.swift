import BitcoinP2P
import Fields
import Output
import Reassembly

/// `violations`: who breaks rules?
struct ViolationsQuestion: Question {
    struct Row {
        /// Nil: all beyond the limit.
        let broken: Violations.Row?
        let peer: [UInt8]?
        let side: StaticString?
        /// It is known which side of the connection opened it.
        let isDirected: Bool
        /// That was this side.
        let isOpener: Bool
        let count: UInt64
        let firstFrame: UInt64

        /// Which way the side's messages go, as a table shows it.
        var arrow: StaticString { isDirected && broken != nil ? isOpener ? "→" : "←" : "?" }
    }

    static let name: StaticString = "violations"
    static let title: StaticString = "Rules Broken"
    static let meaning: StaticString = "who breaks rules, and what Bitcoin Core does about that"
    static let sensitivity: Set<Loss.Kind> = [.violations]
    static let head: [ValuedColumn<Void>] = []
    static let columns: [ValuedColumn<Row>] = [
        .init(
            "row", nil, .text, "what it is of: violation, or other, all beyond the first 1,000 together",
            metric: .label
        ) { .word($0.broken == nil ? "other" : "violation") },
        .init("stream", "#", .number, "number of the TCP connection", metric: .label) {
            .number($0.broken?.connection)
        },
        .init("peer", "Peer", .text, "who broke the rule", metric: .label) { .end($0.peer) },
        .init("side", "Side", .text, "which side of the connection that is: initiator, responder or unknown") {
            .label($0.side.map { TextBuffer.word($0) }, shown: .word($0.arrow))
        },
        .init("rule", "Rule", .longText(shown: 80), "in the words of Bitcoin Core's debug log", metric: .label) {
            .optional($0.broken?.words)
        },
        .init(
            "reaction", "Core does", .text, "what Bitcoin Core 28.1 does: misbehaving, disconnect or ignored",
            importance: .main
        ) {
            .optional($0.broken?.rule.reaction.rawValue)
        },
        .init("count", "Count", .count, "messages that break it", importance: .main) { .number($0.count) },
        .init("first_frame", "Frame", .number, "the frame that completed the first of them", importance: .main) {
            .number($0.firstFrame)
        },
    ]

    static var words: [ColumnWords] {
        // These declare the remarks with rules.
        _ = (MessageTypes.standard, MessageHeaderLayout())
        var rules: [String: (rule: Rule, remarks: [String])] = [:]
        for remark in Catalog.remarks {
            guard let rule = remark.rule else { continue }
            rules[rule.summary, default: (rule, [])].remarks.append(remark.name)
        }
        let words = rules.sorted { $0.key < $1.key }.map { words, found in
            let (rule, remarks) = found
            let ofWhole = rule.needsWhole ? "; of whole connections only" : ""
            let named = remarks.sorted().joined(separator: ", ")
            return (rule.reaction, words, "\(rule.reaction.rawValue)\(ofWhole); remarked as \(named)")
        }
        let ordered = Rule.Reaction.allCases.flatMap { reaction in words.filter { $0.0 == reaction } }
        return [
            ColumnWords(
                key: "rule", title: "The rules, what Core does, and what is remarked on the message",
                words: ordered.map { ($0.1, $0.2) }),
            ColumnWords(
                key: "reaction", title: "What Core does",
                words: Rule.Reaction.allCases.map { ($0.rawValue, $0.meaning) }),
        ]
    }

    /// Bytes that turn out to be missing take back what only a whole connection shows.
    static func isSteady(_ row: Row) -> Bool { row.broken?.rule.needsWhole == false && row.isDirected }

    let headValue: Void = ()
    let rows: [Row]
    /// Messages that break a rule, of sides of whose bytes two copies were captured: what they have said is not proven.
    private let contested: UInt64

    init(_ view: View) {
        var rows: [Row] = []
        var others = view.violations.others
        var firstOther = view.violations.firstOther?.frame ?? .max
        var contested: UInt64 = 0
        for broken in view.violations.rows {
            guard let connection = view.connection(broken.connection) else {
                others &+= broken.count
                firstOther = min(firstOther, broken.firstFrame)
                continue
            }
            if broken.rule.needsWhole, !view.isWhole(connection) { continue }
            if connection.state?[broken.side].isContested == true {
                contested &+= broken.count
                continue
            }
            rows.append(
                Row(
                    broken: broken, peer: connection.end(broken.side), side: connection.name(of: broken.side),
                    isDirected: connection.initiator != nil, isOpener: connection.initiator == broken.side,
                    count: broken.count, firstFrame: broken.firstFrame))
        }
        rows.sort { Self.key($0) < Self.key($1) }
        if others > 0 {
            rows.append(
                Row(
                    broken: nil, peer: nil, side: nil, isDirected: true, isOpener: false, count: others,
                    firstFrame: firstOther))
        }
        self.rows = rows
        self.contested = contested
    }

    private static func key(_ row: Row) -> (UInt64, UInt64, String, Int) {
        guard let broken = row.broken else { return (.max, .max, "", 0) }
        return (broken.firstFrame, broken.connection, broken.words, broken.side == .forward ? 0 : 1)
    }

    func appendTable(_ view: View, to output: ByteOutput) {
        let known = rows.filter { $0.broken != nil }
        var notes: [String] = []
        if known.contains(where: \.isDirected) {
            notes.append("Side: → opened the connection, ← is the other. Frame: that of the first message.")
        }
        if known.count < rows.count, let other = rows.last {
            notes.append(
                "Further rules, which have no row, were broken \(other.count) time\(other.count == 1 ? "" : "s").")
        }
        if contested > 0 {
            notes.append("Not proven: \(contested) more, of sides of whose bytes differing copies were captured.")
        }
        let unread = view.connections.count(where: \.isOpaque)
        if unread > 0 {
            notes.append("Nothing is known of \(unread) connection\(unread == 1 ? "" : "s") that could not be read.")
        }
        appendTable(known, view, notes: notes, to: output)
    }
}
