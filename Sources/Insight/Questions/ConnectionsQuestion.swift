import BitcoinP2P
import Fields
import Output
import Reassembly
import Records

/// `connections`: who is it, what happened?
struct ConnectionsQuestion: Question {
    struct Row {
        /// Nil: all connections beyond the limit.
        let connection: ConnectionView?
        let others: (messages: UInt64, bytes: UInt64)
        let handshake: Handshake?
        let purpose: ConnectionPurpose?
        let hasNode: Bool
        /// The capture's first frame.
        let captureStart: Int64?
        let decimals: Int

        /// The sides in the order of the columns.
        func side(_ isInitiator: Bool) -> SideState? {
            connection.flatMap { $0.state?[isInitiator ? $0.first : $0.first.opposite] }
        }

        func end(_ isInitiator: Bool) -> [UInt8]? {
            connection.map { $0.end(isInitiator ? $0.first : $0.first.opposite) }
        }

        func bytes(_ isInitiator: Bool) -> UInt64? {
            guard let connection else { return isInitiator ? others.bytes : nil }
            let side = isInitiator ? connection.first : connection.first.opposite
            let bytes = connection.state?[side].bytes
            // Its sum comes at its end; what was delivered until then is known only where costs are asked for.
            if connection.isOpaque, let facts = connection.facts { return max(facts[side].delivered.bytes, bytes ?? 0) }
            return bytes
        }

        func messages(_ isInitiator: Bool) -> UInt64? {
            guard let connection else { return isInitiator ? others.messages : nil }
            return connection.isOpaque ? nil : side(isInitiator)?.messages
        }
    }

    static let name: StaticString = "connections"
    static let title: StaticString = "Bitcoin Connections"
    static let meaning: StaticString = "who took part, what for, how the handshake went, and who closed"
    static let head: [ValuedColumn<Void>] = []
    static let columns: [ValuedColumn<Row>] =
        [
            .init(
                "row", nil, .text, "what it is of: connection, or other, all beyond the first 10,000 together",
                metric: .label
            ) {
                .word($0.connection == nil ? "other" : "connection")
            },
            .init("stream", nil, .number, "number of the TCP connection", metric: .label) {
                .number($0.connection?.number)
            },
            .init("initiator", nil, .text, "the side that opened the connection", metric: .label) {
                .end($0.end(true))
            },
            .init("responder", nil, .text, "the other side", metric: .label) { .end($0.end(false)) },
            .init("initiator_known", nil, .flag(yes: "yes", no: "no"), "whether it is known which side opened it") {
                $0.connection.map { .flag($0.initiator != nil) } ?? .text(nil)
            },
            .init("direction", nil, .text, "how the node sees it: inbound or outbound; null without the node") { row in
                row.connection?.isInbound.map { .word($0 ? "inbound" : "outbound") } ?? .text(nil)
            },
            .init("type", nil, .text, "what the initiator wants, as far as the wire shows it, in Core's words") {
                .optional($0.purpose?.type)
            },
            .init("type_reason", nil, .text, "by what that is known, or why not") {
                .optional($0.purpose?.reason.rawValue)
            },
            .init(
                "transport", nil, .text,
                "how its bytes are sent: v1, v2, or v2_encrypted, which could not be read; null of messages that a node wrote"
            ) {
                .optional($0.connection?.transport)
            },
            .init("network", nil, .text, "the network of its messages, null where nobody knows it") { row in
                .optional(row.connection?.networkName)
            },
        ] + claims(true) + claims(false) + [
            .init("handshake", nil, .text, "how far it went: complete, incomplete, not captured or encrypted") {
                .optional($0.handshake?.kind.name)
            },
            .init("handshake_seconds", nil, .duration, "from the SYN to the end of the later verack") {
                .nanoseconds($0.handshake?.duration, decimals: $0.decimals)
            },
            .init("start_seconds", nil, .seconds, "its first frame, since the capture's first frame") { row in
                .nanoseconds(row.connection?.start.map { $0 &- (row.captureStart ?? $0) }, decimals: row.decimals)
            },
            .init("duration_seconds", nil, .duration, "from its first frame to its last") {
                .nanoseconds($0.connection?.duration, decimals: $0.decimals)
            },
        ] + traffic(true) + traffic(false) + [
            .init("end", nil, .text, "how it ended: fin or rst, and by whom; open where neither was captured") {
                .optional($0.connection?.endName)
            }
        ]

    static var words: [ColumnWords] {
        [
            ColumnWords(
                key: "type_reason", title: "Reasons of types, the first that fits",
                words: ConnectionPurpose.Reason.allCases.map { reason in
                    (reason.rawValue, "\(reason.type.map { "type \($0)" } ?? "no type"): \(reason.meaning)")
                })
        ]
    }

    private static func claims(_ isInitiator: Bool) -> [ValuedColumn<Row>] {
        [
            .init(
                isInitiator ? "initiator_version" : "responder_version", nil, .number,
                "the protocol version that this side names"
            ) { .signed($0.side(isInitiator)?.claims?.version) },
            .init(
                isInitiator ? "initiator_user_agent" : "responder_user_agent", nil, .longText(shown: 40),
                "what this side calls its software"
            ) { .text($0.side(isInitiator)?.claims?.userAgentText) },
            .init(
                isInitiator ? "initiator_services" : "responder_services", nil, .text,
                "what this side offers: 16 hexadecimal digits, as getpeerinfo has them"
            ) { .optional($0.side(isInitiator)?.claims?.servicesText) },
            .init(
                isInitiator ? "initiator_start_height" : "responder_start_height", nil, .number,
                "the height of this side's best chain", metric: .gauge
            ) { .signed($0.side(isInitiator)?.claims?.startHeight) },
            .init(
                isInitiator ? "initiator_relay" : "responder_relay", nil, .number,
                "1: it wants transactions announced, 0: not, or not yet"
            ) { .optional($0.side(isInitiator)?.claims?.relays.map { $0 ? 1 : 0 }) },
        ]
    }

    private static func traffic(_ isInitiator: Bool) -> [ValuedColumn<Row>] {
        [
            .init(
                isInitiator ? "messages_from_initiator" : "messages_from_responder", nil, .count,
                "messages of this side, null where they could not be read"
            ) { .number($0.messages(isInitiator)) },
            .init(
                isInitiator ? "bytes_from_initiator" : "bytes_from_responder", nil, .bytes,
                "headers and payloads of this side, or all that is encrypted"
            ) { .number($0.bytes(isInitiator)) },
        ]
    }

    /// Bytes of what cannot be read yet become messages when a key comes.
    static func isSteady(_ row: Row) -> Bool { row.connection?.isOpaque != true }

    let headValue: Void = ()
    let rows: [Row]

    init(_ view: View) {
        let others = view.others
        let (hasNode, start, decimals) = (view.node != nil, view.capture.start, view.decimals)
        var rows: [Row] = []
        // Rows are large: with one more than there is room for all would be copied.
        rows.reserveCapacity(view.connections.count + 1)
        for connection in view.connections {
            let handshake = Handshake(of: connection)
            rows.append(
                Row(
                    connection: connection, others: others, handshake: handshake,
                    purpose: ConnectionPurpose(of: connection, handshake), hasNode: hasNode, captureStart: start,
                    decimals: decimals))
        }
        if others.messages > 0 || others.bytes > 0 {
            rows.append(
                Row(
                    connection: nil, others: others, handshake: nil, purpose: nil, hasNode: hasNode,
                    captureStart: start, decimals: decimals))
        }
        self.rows = rows
    }

    // MARK: The table

    func appendTable(_ view: View, to output: ByteOutput) {
        let places = rows.indices.flatMap { row -> [(row: Int, isInitiator: Bool)] in
            guard let connection = rows[row].connection else { return [] }
            return [true, false].compactMap { isInitiator in
                let side = isInitiator ? connection.first : connection.first.opposite
                return connection.nodeSide == side ? nil : (row, isInitiator)
            }
        }
        // Lines are made when they are written: there may be many.
        let sides = places.lazy.compactMap { [rows] place in
            rows[place.row].connection.map {
                Side(row: rows[place.row], connection: $0, isInitiator: place.isInitiator)
            }
        }
        var notes: [String] = []
        if sides.isEmpty { notes.append("Nothing seen.") }
        if sides.contains(where: { !$0.row.hasNode && $0.connection.initiator == nil }) {
            notes.append("?: it is not known which side opened the connection.")
        }
        if let other = rows.last, other.connection == nil {
            notes.append(
                "Further connections, with \(other.others.messages) messages and \(other.others.bytes) bytes together, "
                    + "have no row.")
        }
        TableText(
            .framed(Self.title), Side.columns(hasNode: view.node != nil), notes: Self.notes(view, notes),
            hidesEmpty: !sides.isEmpty
        )
        .append(sides, to: output)
    }

    /// A line of the table: a side that is not the node.
    struct Side {
        let row: Row
        let connection: ConnectionView
        let isInitiator: Bool

        var claims: Claims? { row.side(isInitiator)?.claims }
        /// What is of both sides is said once.
        var isFirstLine: Bool { isInitiator || connection.nodeSide != nil }

        static func columns(hasNode: Bool) -> [ValuedColumn<Side>] {
            let way: ValuedColumn<Side> =
                hasNode
                ? .init("direction", "<->", .text, "", importance: .main) { side in
                    side.connection.isInbound.map { .word($0 ? "in" : "out") } ?? .text(nil)
                }
                : .init("side", "Side", .text, "", importance: .main) { side in
                    .word(side.connection.initiator == nil ? "?" : side.isInitiator ? "initiator" : "responder")
                }
            return [
                .init("stream", "#", .number, "", importance: .name) { .number($0.connection.number) },
                .init("peer", "Peer", .text, "", importance: .name) { .end($0.row.end($0.isInitiator)) },
                way,
                .init("type", "Type", .text, "", importance: .main) { .optional($0.row.purpose?.shortType) },
                .init("v", "v", .text, "") { side in
                    guard side.connection.isTransportKnown else { return .text(nil) }
                    if side.connection.isOpaque { return .word("2 enc") }
                    return .word(side.connection.state?.transport == .v2 ? "2" : "1")
                },
                .init("user_agent", "User agent", .longText(shown: 40), "", importance: .main) {
                    .text($0.claims?.userAgentText)
                },
                .init("services", "Serv", .text, "", importance: .detail) { side in
                    .optional(side.claims?.servicesLetters)
                },
                .init("start_height", "Height", .number, "") { .signed($0.claims?.startHeight) },
                .init("handshake", "Handshake", .duration, "") { side in
                    guard side.isFirstLine else { return .word("") }
                    guard let handshake = side.row.handshake else { return .text(nil) }
                    return handshake.duration.map { .nanoseconds($0, decimals: side.row.decimals) }
                        ?? .word(handshake.kind.name)
                },
                .init("duration", "Lasted", .duration, "") {
                    $0.isFirstLine ? .nanoseconds($0.connection.duration, decimals: $0.row.decimals) : .word("")
                },
                .init("messages", "Messages sent", .count, "") { .number($0.row.messages($0.isInitiator)) },
                .init("bytes", "Bytes sent", .bytes, "") { .number($0.row.bytes($0.isInitiator)) },
                .init("end", "End", .text, "", importance: .main) {
                    $0.isFirstLine ? .optional($0.connection.endWords) : .word("")
                },
            ]
        }
    }
}

extension ConnectionPurpose {
    /// As a table has it.
    fileprivate var shortType: String? {
        switch type.map({ "\($0)" }) {
        case "full-relay": "full"
        case "block-relay-only": "block"
        case "addr-fetch": "addr"
        case "private-broadcast": "priv"
        case let other: other
        }
    }
}

extension ConnectionView {
    fileprivate var isInbound: Bool? {
        guard let nodeSide, let initiator else { return nil }
        return nodeSide != initiator
    }

    /// Nil of v2 and where no message was seen; the magic of a network that nobody knows.
    fileprivate var networkName: String? { state?.network?.label }

    private var ending: (kind: String, by: String)? {
        guard let end = facts?.end else { return nil }
        let by = initiator.map { $0 == end.side ? "initiator" : "responder" } ?? "unknown"
        return (end.isReset ? "rst" : "fin", by)
    }

    fileprivate var endName: String? {
        guard facts != nil else { return nil }
        return ending.map { "\($0.kind)_\($0.by)" } ?? "open"
    }

    fileprivate var endWords: String? {
        guard facts != nil else { return nil }
        return ending.map { $0.by == "unknown" ? $0.kind : "\($0.kind) by \($0.by)" } ?? "open"
    }
}

extension Network {
    /// Core's name of the chain; the magic of a network we don't know.
    var label: String {
        if !name.isEmpty { return name }
        var text = TextBuffer()
        text.append(hexadecimal: UInt64(magic), digits: 8)
        return text.string
    }
}

extension Claims {
    /// Safe to print.
    var userAgentText: TextBuffer? {
        userAgent.map { agent in
            var text = TextBuffer()
            text.append(wire: agent.span.bytes)
            return text
        }
    }

    var servicesText: String {
        var text = TextBuffer()
        text.append(hexadecimal: services, digits: 16)
        return text.string
    }

    /// The letters of Core's `-netinfo`: network, bloom, witness, compact filters, limited, v2; u for all others.
    var servicesLetters: String { ServiceNames.letters(of: services) }
}

extension RowValue {
    static func end(_ text: [UInt8]?) -> RowValue { text.map { .printable($0) } ?? .text(nil) }

    static func signed(_ number: Int64?) -> RowValue {
        guard let number else { return .number(nil) }
        return number < 0 ? .negative(number.magnitude) : .number(UInt64(number))
    }
}
