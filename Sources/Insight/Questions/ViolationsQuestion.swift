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
        let count: UInt64
    }

    static let name: StaticString = "violations"
    static let title: StaticString = "Rules Broken"
    static let meaning: StaticString = "who breaks rules, and what Bitcoin Core does about that"
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
            .optional($0.side)
        },
        .init("rule", "Rule", .longText(shown: 80), "in the words of Bitcoin Core's debug log", metric: .label) {
            .optional($0.broken?.words)
        },
        .init("reaction", "Core's reaction", .text, "what Bitcoin Core 28.1 does: misbehaving, disconnect or ignored") {
            .optional($0.broken?.rule.reaction.rawValue)
        },
        .init("count", "Count", .count, "messages that break it") { .number($0.count) },
        .init("first_frame", "First in frame", .number, "the frame that completed the first of them") {
            .number($0.broken?.firstFrame)
        },
    ]

    static var words: [ColumnWords] {
        // Whoever declares a remark with a rule is asked.
        _ = (MessageTypes.standard, MessageHeaderLayout())
        var meanings: [(reaction: Int, word: String, meaning: String)] = []
        for remark in Catalog.remarks {
            guard let rule = remark.rule else { continue }
            let ofWhole = rule.needsWhole ? "; of whole connections only" : ""
            let place = Rule.Reaction.allCases.firstIndex(of: rule.reaction) ?? 0
            let line = (place, rule.summary, "\(rule.reaction.rawValue)\(ofWhole), remark \(remark.name)")
            meanings.append(line)
        }
        meanings.sort { ($0.reaction, $0.word, $0.meaning) < ($1.reaction, $1.word, $1.meaning) }
        return [
            ColumnWords(
                key: "rule", title: "The rules, what Core does, and what is remarked on the message",
                words: meanings.map { ($0.word, $0.meaning) }),
            ColumnWords(
                key: "reaction", title: "What Core does",
                words: Rule.Reaction.allCases.map { ($0.rawValue, $0.meaning) }),
        ]
    }

    /// Bytes that turn out to be missing take back what only a whole connection shows.
    static func isSteady(_ row: Row) -> Bool { row.broken?.rule.needsWhole == false && row.isDirected }

    let headValue: Void = ()
    let rows: [Row]

    init(_ view: View) {
        var rows: [Row] = []
        var others = view.violations.others
        for broken in view.violations.rows {
            guard let connection = view.connection(broken.connection) else {
                others &+= broken.count
                continue
            }
            if broken.rule.needsWhole, !view.isWhole(connection) { continue }
            rows.append(
                Row(
                    broken: broken, peer: connection.end(broken.side), side: connection.name(of: broken.side),
                    isDirected: connection.initiator != nil,
                    count: broken.count))
        }
        rows.sort { Self.key($0) < Self.key($1) }
        if others > 0 { rows.append(Row(broken: nil, peer: nil, side: nil, isDirected: true, count: others)) }
        self.rows = rows
    }

    private static func key(_ row: Row) -> (UInt64, UInt64, String, Int) {
        guard let broken = row.broken else { return (.max, .max, "", 0) }
        return (broken.firstFrame, broken.connection, broken.words, broken.side == .forward ? 0 : 1)
    }

    func appendTable(_ view: View, to output: ByteOutput) {
        let known = rows.filter { $0.broken != nil }
        var notes: [String] = []
        if known.count < rows.count, let other = rows.last {
            notes.append("Further rules, which have no row, were broken \(other.count) times.")
        }
        appendTable(known, view, notes: notes, to: output)
    }
}
