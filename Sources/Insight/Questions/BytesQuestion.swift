import BitcoinP2P
import Fields
import Output
import Reassembly

/// `bytes`: where does bandwidth go? Its rows sum to the bytes on the wire of all frames.
struct BytesQuestion: Question {
    struct Head {
        let wireBytes: UInt64?
        let messageBytes: UInt64
    }

    enum Kind: UInt8 {
        case message
        case encrypted
        case noMessage
        case noPayload
        case notCaptured
        case notTCP
        case otherTCP
        case retransmitted

        var name: StaticString {
            switch self {
            case .message: "message"
            case .encrypted: "encrypted"
            case .noMessage: "no_message"
            case .noPayload: "no_payload"
            case .notCaptured: "not_captured"
            case .notTCP: "not_tcp"
            case .otherTCP: "other_tcp"
            case .retransmitted: "retransmitted"
            }
        }

        /// As a table shows it.
        var words: StaticString {
            switch self {
            case .message: "message"
            case .encrypted: "(encrypted)"
            case .noMessage: "(no message)"
            case .noPayload: "(no payload)"
            case .notCaptured: "(not captured)"
            case .notTCP: "(not TCP)"
            case .otherTCP: "(other TCP)"
            case .retransmitted: "(retransmitted)"
            }
        }

        /// Whole frames, of which nothing is a message's.
        var isOfFrames: Bool { self == .noPayload || self == .otherTCP || self == .notTCP }
    }

    struct Row {
        let kind: Kind
        /// Of a message, safe to print.
        let command: TextBuffer?
        let flow: Flow
        var messages: UInt64 = 0
        var packets: UInt64 = 0
        var share = SideFacts.Share()
        /// Of all frames.
        var total: UInt64 = 0

        var wireBytes: UInt64 { share.bytes &+ share.overhead }
        var isEmpty: Bool { messages == 0 && packets == 0 && wireBytes == 0 }

        mutating func add(_ frames: WireCount) {
            packets &+= frames.packets
            share.overhead &+= frames.bytes
        }
    }

    static let name: StaticString = "bytes"
    static let title: StaticString = "Bytes on the Wire"
    static let meaning: StaticString = "where the bandwidth goes: every byte on the wire is in one row"
    static let head: [ValuedColumn<Head>] = [
        .init("wire_bytes", nil, .bytes, "bytes on the wire of all frames", metric: .absent) { .number($0.wireBytes) },
        .init("message_bytes", nil, .bytes, "bytes of messages, headers and payloads") { .number($0.messageBytes) },
    ]
    static let columns: [ValuedColumn<Row>] = [
        .init(
            "row", nil, .text,
            "what the bytes are of: message, no_message (stream bytes of none), encrypted, retransmitted, not_captured (cut by the snap length), no_payload (frames of TCP without any), other_tcp or not_tcp",
            metric: .label
        ) { .word($0.kind.name) },
        .init("command", nil, .text, "the command, null where the row is not of messages", metric: .label) {
            .text($0.command)
        },
        .init("flow", nil, .text, "who sent it", metric: .label) { .word($0.flow.name) },
        .init("messages", nil, .count, "messages, null in rows of anything else") {
            .number($0.kind == .message ? $0.messages : nil)
        },
        .init("packets", nil, .count, "whole frames without anything of a message, else null") {
            .number($0.kind.isOfFrames ? $0.packets : nil)
        },
        .init("bytes", nil, .bytes, "bytes of TCP's payload") { .number($0.share.bytes) },
        .init("overhead_bytes", nil, .bytes, "headers of frames, as far as they are these bytes' share") {
            .number($0.share.overhead)
        },
        .init("wire_bytes", nil, .bytes, "both together: bytes on the wire") { .number($0.wireBytes) },
        .init("wire_percent", nil, .percent, "share of the bytes on the wire of all frames") {
            .quotient(.percent($0.wireBytes, of: $0.total))
        },
    ]

    /// Others are what is left after the messages that are known so far.
    static func isSteady(_ row: Row) -> Bool {
        switch row.kind {
        case .message, .noPayload, .notCaptured, .notTCP: row.flow != .unknown
        case .encrypted, .noMessage, .otherTCP, .retransmitted: false
        }
    }

    let headValue: Head
    let rows: [Row]

    init(_ view: View) {
        var collector = Collector()
        for connection in view.connections {
            for side in [Direction.forward, .backward] {
                collector.add(connection, side, view.flow(of: side, in: connection))
            }
        }
        if view.hasPackets {
            for connection in view.otherConnections {
                for side in [Direction.forward, .backward] {
                    guard let facts = connection.facts?[side] else { continue }
                    let flow = view.node == nil ? Flow.other : view.flow(of: side, in: connection)
                    collector.add(.otherTCP, flow) {
                        $0.add(facts.bare)
                        $0.packets &+= facts.packets &- facts.bare.packets
                        $0.share.overhead &+= facts.sent.bytes &+ facts.sent.overhead
                    }
                }
            }
            let capture = view.capture
            collector.add(.otherTCP, .other) { $0.add(capture.otherTCP) }
            collector.add(.notTCP, .other) { $0.add(capture.notTCP) }
        }
        let whole = view.hasPackets ? view.capture.wireBytes : nil
        let all = collector.rows.values.reduce(0) { $0 &+ $1.wireBytes }
        rows = collector.rows.values.filter { !$0.isEmpty }
            .map { row in
                var row = row
                row.total = whole ?? all
                return row
            }
            .sorted { $0.isBefore($1) }
        headValue = Head(
            wireBytes: whole, messageBytes: rows.reduce(0) { $0 &+ ($1.kind == .message ? $1.share.bytes : 0) })
    }

    /// The rows by what they are of.
    private struct Collector {
        struct Key: Hashable {
            let kind: Kind
            let command: Command?
            let flow: Flow
        }

        var rows: [Key: Row] = [:]

        mutating func add(_ kind: Kind, _ command: Command? = nil, _ flow: Flow, _ change: (inout Row) -> Void) {
            func name() -> TextBuffer? {
                command.map { command in
                    var text = TextBuffer()
                    command.append(to: &text)
                    return text
                }
            }
            let key = Key(kind: kind, command: command, flow: flow)
            change(&rows[key, default: Row(kind: kind, command: name(), flow: flow)])
        }

        mutating func add(_ connection: ConnectionView, _ side: Direction, _ flow: Flow) {
            var inMessages = SideFacts.Share()
            for (command, tally) in connection.state?[side].commands ?? [:] {
                add(.message, command, flow) {
                    $0.messages &+= tally.messages
                    $0.share.add(tally.share)
                }
                inMessages.add(tally.share)
            }
            guard let facts = connection.facts?[side] else { return }
            let rest = facts.delivered - inMessages
            add(connection.isOpaque ? .encrypted : .noMessage, flow) { $0.share.add(rest) }
            add(.notCaptured, flow) { $0.share.add(facts.cut) }
            add(.retransmitted, flow) { $0.share.add(facts.sent - facts.cut - facts.delivered) }
            add(.noPayload, flow) { $0.add(facts.bare) }
        }

        mutating func add(_ kind: Kind, _ flow: Flow, _ change: (inout Row) -> Void) {
            add(kind, nil, flow, change)
        }
    }

    // MARK: The table

    /// A line of the table: what is sent either way.
    struct Line {
        let name: TextBuffer
        var messages = Ways()
        var bytes = Ways()
        var wire = Ways()
        var all: UInt64 = 0
        let total: UInt64

        mutating func add(_ row: Row) {
            messages.add(row.messages, row.flow)
            bytes.add(row.share.bytes, row.flow)
            wire.add(row.wireBytes, row.flow)
            all &+= row.wireBytes
        }
    }

    /// How much went which way.
    struct Ways {
        private var there: UInt64 = 0
        private var back: UInt64 = 0
        private(set) var unknown: UInt64 = 0

        mutating func add(_ number: UInt64, _ flow: Flow) {
            switch flow {
            case .fromInitiator, .sent: there &+= number
            case .fromResponder, .received: back &+= number
            case .other, .unknown: unknown &+= number
            }
        }

        /// As a table shows them: nothing is known of a way where it is known of none.
        var shown: (there: RowValue, back: RowValue) {
            unknown > 0 && there == 0 && back == 0 ? (.unknown, .unknown) : (.number(there), .number(back))
        }
    }

    private static let unknown = ValuedColumn<Line>("unknown", "Way unknown", .number, "", importance: .main) {
        .number($0.messages.unknown)
    }
    private static let lines: [ValuedColumn<Line>] = [
        .init("name", "", .text, "", importance: .name) { .text($0.name) },
        .init("there", "Messages ->", .count, "") { $0.messages.shown.there },
        .init("back", "<-", .number, "") { $0.messages.shown.back },
        unknown,
        .init("bytes_there", "Bytes ->", .number, "") { $0.bytes.shown.there },
        .init("bytes_back", "<-", .number, "") { $0.bytes.shown.back },
        .init("wire_there", "On the wire ->", .number, "", importance: .detail) { $0.wire.shown.there },
        .init("wire_back", "<-", .number, "", importance: .detail) { $0.wire.shown.back },
        .init("all", "On the wire", .number, "", importance: .main) { .number($0.all) },
        .init("share", "Share", .percent, "", importance: .main) { .quotient(.percent($0.all, of: $0.total)) },
    ]

    func appendTable(_ view: View, to output: ByteOutput) {
        var lines: [Line] = []
        var places: [String: Int] = [:]
        var sum = Line(name: RowValue.buffer("All"), total: rows.first?.total ?? 0)
        for row in rows {
            let name = row.command ?? RowValue.buffer("\(row.kind.words)")
            let key = name.string
            if places[key] == nil {
                places[key] = lines.count
                lines.append(Line(name: name, total: row.total))
            }
            if let place = places[key] { lines[place].add(row) }
            sum.add(row)
        }
        lines.sort { ($1.all, $0.name.string) < ($0.all, $1.name.string) }
        if !lines.isEmpty { lines.append(sum) }
        var notes = [
            view.node == nil
                ? "-> from the side that opened the connection, <- from the other"
                : "-> sent by the node, <- received"
        ]
        if lines.isEmpty { notes = ["Nothing seen."] }
        if !view.hasPackets, !lines.isEmpty {
            notes.append("Without packets the bytes on the wire are those of the messages, with headers of v1 alone.")
        }
        let undirected = rows.reduce(0) { $0 &+ ($1.flow == .unknown || $1.flow == .other ? $1.wireBytes : 0) }
        if undirected > 0 { notes.append("Of \(undirected) bytes it is not known which way they went.") }
        // Only where there are such messages.
        let columns = Self.lines.filter { "\($0.column.key)" != "unknown" || sum.messages.unknown > 0 }
        if sum.messages.unknown > 0 { notes.append("Way unknown: messages of which nobody knows who sent them.") }
        TableText(.framed(Self.title), columns, notes: Self.notes(view, notes)).append(lines, to: output)
    }
}

extension BytesQuestion.Row {
    /// Most bytes first, then by kind, command and flow.
    fileprivate func isBefore(_ other: BytesQuestion.Row) -> Bool {
        if wireBytes != other.wireBytes { return wireBytes > other.wireBytes }
        let (left, right) = ("\(kind.name)", "\(other.kind.name)")
        if left != right { return left < right }
        let (own, theirs) = (command?.string ?? "", other.command?.string ?? "")
        return own == theirs ? flow < other.flow : own < theirs
    }
}

extension SideFacts.Share {
    /// What is left; never less than nothing.
    fileprivate static func - (left: Self, right: Self) -> Self {
        Self(
            bytes: left.bytes &- min(left.bytes, right.bytes),
            overhead: left.overhead &- min(left.overhead, right.overhead))
    }
}

extension RowValue {
    static func buffer(_ text: String) -> TextBuffer {
        var buffer = TextBuffer()
        buffer.append(text)
        return buffer
    }
}
