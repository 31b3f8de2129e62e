import Fields
import Output
import Records

/// `capture`: what is in it, can I trust it?
struct CaptureQuestion: Question {
    struct Head {
        let capture: CaptureFacts
        let hasPackets: Bool
        let messages: MessageCounts
        let bitcoinConnections: UInt64
        let fromSYN: UInt64?
        let oneDirection: UInt64?
        /// By transport, which messages that a node wrote do not tell.
        let v1: UInt64?
        let v2: UInt64?
        let encrypted: UInt64?
        let networks: [(name: String, number: UInt64)]
        /// Connections of which most payload was captured twice.
        let twice: UInt64

        /// What only packets tell.
        func packets(_ number: UInt64?) -> RowValue { .number(hasPackets ? number : nil) }

        var midStream: UInt64? { fromSYN.map { bitcoinConnections &- $0 } }

        var wholePercent: Quotient? {
            guard oneDirection ?? 0 == 0 else { return nil }
            return .percent(messages.whole, of: messages.whole &+ messages.cut)
        }

        var doubts: [String] { Doubt.allCases.filter { $0.applies(to: self) }.map(\.rawValue) }
    }

    /// Why not all that was sent is here, or not as it was sent.
    enum Doubt: String, CaseIterable {
        case midStream = "mid_stream"
        case oneDirection = "one_direction"
        case gaps
        case skipped
        case cutMessages = "cut_messages"
        case badChecksums = "bad_checksums"
        case snapLength = "snap_length"
        case encrypted
        case timeRunsBack = "time_runs_back"
        case duplicates

        func applies(to head: Head) -> Bool {
            switch self {
            case .midStream: head.midStream ?? 0 > 0
            case .oneDirection: head.oneDirection ?? 0 > 0
            case .gaps: head.capture.gaps > 0
            case .skipped: head.capture.skippedBytes > 0
            case .cutMessages: head.messages.cut > 0
            case .badChecksums: head.messages.bad > 0
            case .snapLength: head.capture.cutPackets > 0
            case .encrypted: head.encrypted ?? 0 > 0
            case .timeRunsBack: head.capture.packetsBack > 0
            case .duplicates: head.twice > 0
            }
        }

        /// For the manual.
        var meaning: String {
            switch self {
            case .midStream: "a connection was begun before the capture"
            case .oneDirection: "of a connection only one side was captured"
            case .gaps: "bytes that were sent are missing"
            case .skipped: "captured bytes belong to no message"
            case .cutMessages: "bytes of a message are missing"
            case .badChecksums: "a message has a wrong checksum"
            case .snapLength: "packets were cut by the snap length"
            case .encrypted: "a connection is encrypted and could not be read"
            case .timeRunsBack: "a packet has an earlier time than the one before"
            case .duplicates: "most of a connection's payload came twice, as in captures of several points"
            }
        }

        /// For people.
        func words(_ head: Head) -> String {
            switch self {
            case .midStream: counted(head.midStream, "connection begun", "connections begun") + " before the capture"
            case .oneDirection:
                counted(head.oneDirection, "connection", "connections") + " of which one side was captured"
            case .gaps: counted(head.capture.missingBytes, "byte missing", "bytes missing")
            case .skipped: counted(head.capture.skippedBytes, "byte", "bytes") + " of no message"
            case .cutMessages: counted(head.messages.cut, "message cut", "messages cut")
            case .badChecksums: counted(head.messages.bad, "bad checksum", "bad checksums")
            case .snapLength: counted(head.capture.cutPackets, "packet", "packets") + " cut by the snap length"
            case .encrypted: counted(head.encrypted, "encrypted connection", "encrypted connections")
            case .timeRunsBack:
                counted(head.capture.packetsBack, "packet", "packets") + " with an earlier time than before"
            case .duplicates:
                "most payload came twice of " + counted(head.twice, "connection", "connections")
                    + ": captures of several points?"
            }
        }
    }

    static let name: StaticString = "capture"
    static let title: StaticString = "Capture"
    static let meaning: StaticString = "what is in the capture, and what is missing"
    static let head: [ValuedColumn<Head>] = [
        .init("files", nil, .text, "names of the files, or of the interface") { .list($0.capture.files) },
        .init("link_types", nil, .text, "libpcap's names of the link types") { .list($0.capture.linkTypes) },
        .init("time_decimals", nil, .number, "decimals of a second that the clock has: 6 or 9") {
            .number(UInt64($0.capture.timeDecimals))
        },
        .init("packets", nil, .count, "packets") { $0.packets($0.capture.packets) },
        .init("packets_tcp", nil, .count, "packets of TCP") { $0.packets($0.capture.tcpPackets) },
        .init("packets_not_tcp", nil, .count, "packets of ARP, UDP, ICMP and the like") {
            $0.packets($0.capture.notTCPPackets)
        },
        .init(
            "packets_not_read", nil, .count, "packets of each kind of link type, tunnel or EtherType that is not read",
            metric: .counters(by: "kind")
        ) { .numbers($0.capture.unread) },
        .init("packets_cut", nil, .count, "packets of which the snap length cut bytes off") {
            $0.packets($0.capture.cutPackets)
        },
        .init("packets_back_in_time", nil, .count, "packets with an earlier time than the one before") {
            $0.packets($0.capture.packetsBack)
        },
        .init("captured_bytes", nil, .bytes, "bytes of packets that were captured") {
            $0.packets($0.capture.capturedBytes)
        },
        .init("wire_bytes", nil, .bytes, "bytes of packets on the wire") { $0.packets($0.capture.wireBytes) },
        .init("start_epoch_seconds", nil, .seconds, "when the first packet came, since 1970") {
            .nanoseconds($0.capture.start, decimals: $0.capture.timeDecimals)
        },
        .init("duration_seconds", nil, .duration, "from the earliest packet to the latest") {
            .nanoseconds(
                $0.capture.start == nil ? nil : $0.capture.duration,
                decimals: $0.capture.timeDecimals)
        },
        .init("connections", nil, .count, "connections of TCP") { $0.packets($0.capture.connections) },
        .init("bitcoin_connections", nil, .count, "connections with a message, or encrypted ones of a Bitcoin port") {
            .number($0.bitcoinConnections)
        },
        .init("from_syn", nil, .count, "Bitcoin connections with the initiator's SYN") { .number($0.fromSYN) },
        .init("mid_stream", nil, .count, "Bitcoin connections begun before the capture") { .number($0.midStream) },
        .init("one_direction", nil, .count, "Bitcoin connections with packets of one side only", metric: .gauge) {
            .number($0.oneDirection)
        },
        .init("v1", nil, .count, "Bitcoin connections in clear; null of messages that a node wrote") { .number($0.v1) },
        .init("v2", nil, .count, "Bitcoin connections that were decrypted (BIP 324); null as v1") { .number($0.v2) },
        .init(
            "v2_encrypted", nil, .count, "Bitcoin connections that are encrypted and could not be read; null as v1",
            metric: .gauge
        ) { .number($0.encrypted) },
        .init("networks", nil, .count, "Bitcoin connections of each network", metric: .counters(by: "network")) {
            .numbers($0.networks)
        },
        .init("messages_whole", nil, .count, "whole messages") { .number($0.messages.whole) },
        .init("messages_cut", nil, .count, "messages of which bytes are missing") { .number($0.messages.cut) },
        .init("checksum_good", nil, .count, "messages whose checksum is right") { .number($0.messages.good) },
        .init("checksum_bad", nil, .count, "messages whose checksum is wrong") { .number($0.messages.bad) },
        .init("checksum_absent", nil, .count, "messages without a checksum") { .number($0.messages.absent) },
        .init("authenticated", nil, .count, "messages of v2, whose packets authenticate") {
            .number($0.messages.authenticated)
        },
        .init("gaps", nil, .count, "places where bytes are missing") { $0.packets($0.capture.gaps) },
        // What comes late is taken back.
        .init("missing_bytes", nil, .bytes, "bytes that were sent and not captured", metric: .gauge) {
            $0.packets($0.capture.missingBytes)
        },
        .init("skipped_bytes", nil, .bytes, "captured bytes of no message, and the rests of cut ones") {
            .number($0.capture.skippedBytes)
        },
        .init("kernel_dropped", nil, .count, "packets that the kernel dropped, null of a file") {
            .number($0.capture.kernelDropped)
        },
        .init("whole_percent", nil, .percent, "share of whole messages, null if one side of a connection is missing") {
            $0.wholePercent.map { .quotient($0) } ?? .number(nil)
        },
        .init("doubts", nil, .text, "what casts doubt on the figures") { .list($0.doubts) },
    ]
    static let columns: [ValuedColumn<Void>] = []
    static var words: [ColumnWords] {
        [ColumnWords(key: "doubts", title: "Doubts", words: Doubt.allCases.map { ($0.rawValue, $0.meaning) })]
    }

    let headValue: Head
    let rows: [Void] = []

    init(_ view: View) {
        var networks: [String: UInt64] = [:]
        for connection in view.connections {
            if let network = connection.state?.network { networks[network.label, default: 0] += 1 }
        }
        let hasPackets = view.hasPackets
        func count(_ isCounted: (ConnectionView) -> Bool) -> UInt64 { UInt64(view.connections.count(where: isCounted)) }
        headValue = Head(
            capture: view.capture, hasPackets: hasPackets, messages: view.messages,
            bitcoinConnections: UInt64(view.connections.count),
            fromSYN: hasPackets ? count { $0.facts?.isFromSYN == true } : nil,
            oneDirection: hasPackets ? count { $0.facts?.isOneDirection == true } : nil,
            v1: hasPackets ? count { !$0.isOpaque && $0.state?.transport != .v2 } : nil,
            v2: hasPackets ? count { !$0.isOpaque && $0.state?.transport == .v2 } : nil,
            encrypted: hasPackets ? count { $0.isOpaque } : nil,
            networks: networks.sorted { $0.key < $1.key }.map { (name: $0.key, number: $0.value) },
            twice: count { $0.facts?.cameTwice == true })
    }

    // MARK: The table

    func appendTable(_ view: View, to output: ByteOutput) {
        var lines = [(name: StaticString, text: String)]()
        let (head, capture) = (headValue, headValue.capture)
        if head.hasPackets {
            lines.append(("Packets", packets))
            lines.append(
                (
                    "Connections",
                    "\(capture.connections) of TCP, \(head.bitcoinConnections) of Bitcoin: \(head.fromSYN ?? 0) from "
                        + (head.fromSYN == 1 ? "its" : "their") + " SYN, \(head.midStream ?? 0) begun before; "
                        + transports
                ))
        } else {
            lines.append(("Connections", "\(head.bitcoinConnections) of Bitcoin; " + transports))
        }
        let messages = head.messages
        var text =
            "\(messages.whole) whole, \(messages.cut) cut; checksums \(messages.good) good, \(messages.bad) bad, "
            + "\(messages.absent) absent"
        if messages.authenticated > 0 { text += "; \(messages.authenticated) authenticated" }
        lines.append(("Messages", text))
        if head.hasPackets {
            text =
                counted(capture.gaps, "gap", "gaps") + ", " + counted(capture.missingBytes, "byte", "bytes")
                + " missing, " + counted(capture.skippedBytes, "byte", "bytes") + " skipped"
            if let dropped = capture.kernelDropped {
                text += ", " + counted(dropped, "packet", "packets") + " dropped by the kernel"
            }
            lines.append(("Missing", text))
        }
        if !capture.unread.isEmpty {
            let kinds = capture.unread.map { counted($0.number, "frame", "frames") + " of \($0.name)" }
            lines.append(("Not read", kinds.joined(separator: ", ")))
        }
        let doubts = Doubt.allCases.filter { $0.applies(to: head) }
        if capture.dropped > 0 {
            lines.append(
                ("Not followed", counted(capture.dropped, "connection", "connections") + " of Bitcoin too many"))
        } else if doubts.isEmpty {
            let praise = head.hasPackets ? "every byte of every Bitcoin connection is here" : "every message is whole"
            lines.append(("Doubts", "none: " + praise))
        }
        for (index, doubt) in doubts.enumerated() {
            lines.append((index == 0 ? "Doubts" : "", "\(doubt.words(head)) (\(doubt.rawValue))"))
        }
        append(lines, to: output)
    }

    private var packets: String {
        let capture = headValue.capture
        var text = "\(capture.packets), \(capture.wireBytes) bytes on the wire"
        if !capture.linkTypes.isEmpty { text += ", " + capture.linkTypes.joined(separator: " and ") }
        text += capture.timeDecimals == 9 ? ", nanoseconds" : ", microseconds"
        text += capture.cutPackets == 0 ? ", none cut" : ", \(capture.cutPackets) cut"
        return text
            + (capture.packetsBack == 0
                ? ", time never runs back" : ", time runs back " + counted(capture.packetsBack, "time", "times"))
    }

    private var transports: String {
        var text =
            headValue.hasPackets
            ? "v1 \(headValue.v1 ?? 0), v2 \(headValue.v2 ?? 0), encrypted \(headValue.encrypted ?? 0)"
            : "transport not known"
        if !headValue.networks.isEmpty {
            text += "; " + headValue.networks.map { "\($0.name) \($0.number)" }.joined(separator: ", ")
        }
        return text
    }

    /// Of how long a capture, from when, and from where.
    private var heading: String {
        let capture = headValue.capture
        var text = TextBuffer()
        text.append("Capture")
        if let start = capture.start {
            text.append(" of ")
            TimeText.append(nanoseconds: capture.duration, decimals: capture.timeDecimals, to: &text)
            text.append(" s from ")
            var clock = TimeText(.utc)
            if clock.append(instant: start, date: true, decimals: capture.timeDecimals, to: &text) {
                text.append(" UTC")
            }
        }
        if !capture.files.isEmpty {
            text.append(": ")
            text.append(capture.files.joined(separator: ", "))
        }
        return text.string
    }

    private func append(_ lines: [(name: StaticString, text: String)], to output: ByteOutput) {
        let indent = 19
        let heading = heading
        let width = max(heading.count, indent + (lines.map(\.text.count).max() ?? 0))
        let rule = String(repeating: "=", count: min(width, output.width ?? .max))
        output.buffer.append("\(rule)\n")
        let start = output.buffer.count
        output.buffer.append("\(heading)\n")
        for (name, text) in lines {
            let start = output.buffer.bytes.count
            output.buffer.append(name)
            output.buffer.append(spaces: max(1, indent - (output.buffer.bytes.count - start)))
            output.buffer.append("\(text)\n")
        }
        if let width = output.width {
            LineFitter(.folded(after: indent, indent: 0), into: width).fit(&output.buffer, from: start)
        }
        output.buffer.append("\(rule)\n")
    }
}

extension ConnectionFacts {
    /// Two fifths of the payload are copies of what came before: so most of it came twice. Not of a few segments.
    fileprivate var cameTwice: Bool {
        let sides = [forward, backward]
        let used = sides.reduce(UInt64(0)) { $0 &+ $1.delivered.bytes &+ $1.cut.bytes }
        let sent = sides.reduce(UInt64(0)) { $0 &+ $1.sent.bytes }
        // Of what the reassembler gave to nobody it is not known whether it came before.
        guard used > 0, sent > used, forward.packets &+ backward.packets >= 20 else { return false }
        return (sent &- used) >= sent / 5 &* 2
    }
}

private func counted(_ count: UInt64?, _ one: String, _ many: String) -> String {
    let count = count ?? 0
    return count == 1 ? "1 \(one)" : "\(count) \(many)"
}

extension View {
    /// What casts doubt on the figures, each with words that have its number.
    package var doubts: [(doubt: String, words: String)] {
        let head = CaptureQuestion(self).headValue
        return CaptureQuestion.Doubt.allCases.filter { $0.applies(to: head) }.map { ($0.rawValue, $0.words(head)) }
    }

    /// The node, where it is known.
    package var knownNode: Node? { node }
}
