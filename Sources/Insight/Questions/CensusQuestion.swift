import Fields
import Output
import Reassembly

/// `census`: what do peers call themselves, and what do they say of us?
struct CensusQuestion: Question {
    struct Head {
        var peers: UInt64 = 0
        var connections: UInt64 = 0
        var withoutVersion: UInt64 = 0
        /// Sides whose `addr_recv` is the most frequent one but zero, another, or zero.
        var agree: UInt64 = 0
        var disagree: UInt64 = 0
        var zero: UInt64 = 0
        /// The most frequent one.
        var receiver: [UInt8]?
    }

    struct Row {
        let value: Census.Value
        /// Of all sides counted.
        let all: UInt64
        let captureStart: Int64?
        let decimals: Int

        var percent: RowValue { .quotient(.percent(value.count.connections, of: all)) }

        func seconds(_ time: Int64) -> RowValue {
            .nanoseconds(time &- (captureStart ?? time), decimals: decimals)
        }
    }

    static let name: StaticString = "census"
    static let title: StaticString = "What Peers Say"
    static let meaning: StaticString = "what peers call themselves, and what they say of this node"
    // Which sides are the node's may be found later: what was counted may fall. Metrics have the rows' peers and
    // connections, by kind: those of a transport are together all.
    static let head: [ValuedColumn<Head>] = [
        .init("peers", nil, .count, "distinct addresses of the sides counted", metric: .absent) { .number($0.peers) },
        .init(
            "connections", nil, .count, "sides of connections whose first version was captured, without the node's own",
            metric: .absent
        ) { .number($0.connections) },
        .init("without_version", nil, .count, "such sides without a version", metric: .gauge) {
            .number($0.withoutVersion)
        },
        .init("addr_recv_agree", nil, .count, "sides that name the most frequent address but zero", metric: .gauge) {
            .number($0.agree)
        },
        .init("addr_recv_disagree", nil, .count, "sides that name another address", metric: .gauge) {
            .number($0.disagree)
        },
        .init("addr_recv_zero", nil, .count, "sides that name no address: zero", metric: .gauge) { .number($0.zero) },
    ]
    static let columns: [ValuedColumn<Row>] = [
        .init(
            "row", nil, .text, "what it is of: value, or other, all values of a kind beyond the first 1,000 together",
            metric: .label
        ) { .word($0.value.text == nil ? "other" : "value") },
        .init("kind", nil, .text, "what was said", metric: .label) { .printable($0.value.kind.rawValue) },
        .init("value", nil, .text, "the value, null of others", metric: .label) {
            $0.value.text.map { .printable($0) } ?? .text(nil)
        },
        .init("peers", nil, .count, "distinct addresses of sides that said so", metric: .gauge) {
            .number($0.value.count.peers)
        },
        .init("connections", nil, .count, "sides that said so", metric: .gauge) { .number($0.value.count.connections) },
        .init("connections_percent", nil, .percent, "share of all sides counted") { $0.percent },
        .init("first_seen_seconds", nil, .seconds, "when it was first said, since the capture's first frame") {
            $0.seconds($0.value.count.first)
        },
        .init("last_seen_seconds", nil, .seconds, "when it was last said, since the capture's first frame") {
            $0.seconds($0.value.count.last)
        },
    ]
    static var words: [ColumnWords] {
        [
            ColumnWords(
                key: "kind", title: "Kinds of values, in the order of the rows",
                words: Census.Kind.allCases.map { ($0.rawValue, $0.meaning) })
        ]
    }
    static func isSteady(_ row: Row) -> Bool { false }

    let headValue: Head
    let rows: [Row]

    init(_ view: View) {
        var (census, head) = (Census(), Head())
        for connection in view.connections {
            for side in [Direction.forward, .backward] where side != connection.nodeSide {
                guard let claims = connection.state?[side].claims else {
                    head.withoutVersion &+= 1
                    continue
                }
                census.add(claims, of: End(connection.end(side)).address, transport: connection.transport)
            }
        }
        self.init(census, head, view)
    }

    /// Answers it of sides that are in no capture.
    ///
    /// - Parameter withoutVersion: How many of them said nothing of themselves.
    init(_ census: Census, withoutVersion: UInt64, _ view: View) {
        var head = Head()
        head.withoutVersion = withoutVersion
        self.init(census, head, view)
    }

    private init(_ census: Census, _ head: Head, _ view: View) {
        var head = head
        let values = census.values
        head.peers = census.peers
        head.connections = census.connections
        head.zero = census.zeroReceivers
        let receivers = values.filter { $0.kind == .receiver }
        let named = receivers.first { value in
            value.text.map { !Claims.Place(address: $0).isZero } ?? false
        }
        head.receiver = named?.text
        head.agree = named?.count.connections ?? 0
        head.disagree = receivers.reduce(0) { $0 &+ $1.count.connections } &- head.zero &- head.agree
        headValue = head
        rows = values.map {
            Row(value: $0, all: census.connections, captureStart: view.capture.start, decimals: view.decimals)
        }
    }

    // MARK: The table

    /// A line of the table.
    private enum Line {
        /// - Parameter isFirst: Of its kind, which is said once.
        case value(Row, isFirst: Bool)
        /// All that have no line of their own.
        case more(String, connections: UInt64, all: UInt64)
    }

    /// How many values of a kind the table has.
    private static var shown: Int { 10 }

    func appendTable(_ view: View, to output: ByteOutput) {
        let columns: [ValuedColumn<Line>] = [
            .init("kind", "Kind", .text, "", importance: .name) { line in
                guard case .value(let row, true) = line else { return .word("") }
                return .printable(row.value.kind.rawValue)
            },
            .init("value", "Value", .longText(shown: 36), "", importance: .name) { line in
                switch line {
                case .value(let row, _): row.value.text.map { .printable($0) } ?? .word("")
                case .more(let text, _, _): .printable(text)
                }
            },
            .init("peers", "Peers", .count, "") { line in
                if case .value(let row, _) = line { .number(row.value.count.peers) } else { .word("") }
            },
            .init("connections", "Connections", .count, "") { line in
                switch line {
                case .value(let row, _): .number(row.value.count.connections)
                case .more(_, let connections, _): .number(connections)
                }
            },
            .init("percent", "%", .percent, "") { line in
                switch line {
                case .value(let row, _): row.percent
                case .more(_, let connections, let all): .quotient(.percent(connections, of: all))
                }
            },
        ]
        var notes: [String] = []
        if headValue.connections > 0 || headValue.withoutVersion > 0 { notes.append(counts) }
        notes += agreement
        if !rows.isEmpty { notes += view.nodeNotes }
        if rows.isEmpty { notes.insert("Nothing seen.", at: 0) }
        TableText(.framed(Self.title), columns, notes: Self.notes(view, notes)).append(lines, to: output)
    }

    private var lines: [Line] {
        Census.Kind.allCases.flatMap { kind in
            let ofKind = rows.filter { $0.value.kind == kind }
            var lines = ofKind.prefix(Self.shown).enumerated().map { Line.value($1, isFirst: $0 == 0) }
            let more = ofKind.dropFirst(Self.shown)
            if let row = more.first {
                let connections = more.reduce(UInt64(0)) { $0 &+ $1.value.count.connections }
                let count = more.count { $0.value.text != nil }
                let text = count == more.count ? "(\(count) more)" : "(more than \(count) more)"
                lines.append(.more(text, connections: connections, all: row.all))
            }
            return lines
        }
    }

    private var counts: String {
        let head = headValue
        return "Counted: \(head.connections) \(head.connections == 1 ? "side" : "sides") of connections, "
            + "\(head.peers) \(head.peers == 1 ? "address" : "addresses"); without a version: \(head.withoutVersion)."
    }

    private var agreement: [String] {
        let head = headValue
        guard let receiver = head.receiver else {
            return head.zero > 0 ? ["Nobody says as whom they see the receiver: zero by \(head.zero)."] : []
        }
        return [
            "Seen as \(String(decoding: receiver, as: UTF8.self)) by \(head.agree), as another address by "
                + "\(head.disagree), as none (zero) by \(head.zero)."
        ]
    }
}
