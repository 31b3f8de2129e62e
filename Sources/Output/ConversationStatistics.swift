import Fields
import Records

/// `-z conv,tcp`: a row a connection, those with most bytes first.
public final class ConversationStatistics: RecordSink {
    private let output: ByteOutput
    private let format: Statistic.Format
    private let limit: Int
    private var conversations: ContiguousArray<Conversation> = []
    private var places: [UInt64: Int] = [:]
    private var userAgents = UserAgents()
    private var captureStart: Int64?
    private var decimals = 6
    /// What packets tell of connections, also of those without a record; empty where nobody looks.
    public var lives: [ConnectionLife] = []
    /// Those without a record have a row, too.
    public var listsSilent = true
    /// Of connections beyond the limit.
    private var others = (messages: UInt64(0), bytes: UInt64(0))

    public convenience init(_ output: ByteOutput, _ format: Statistic.Format) {
        self.init(output, format, limit: 250_000)
    }

    /// - Parameter limit: So many connections get a row of their own; a row takes some 270 bytes of memory.
    init(_ output: ByteOutput, _ format: Statistic.Format, limit: Int) {
        self.output = output
        self.format = format
        self.limit = limit
    }

    /// A record has the user agent from this depth on.
    public var wants: Wants { Wants(.header) }
    public func begin() {}

    public func write(_ record: borrowing Record, _: RawSpan) {
        // A pasted message is of no connection, and a gap is no message.
        guard !record.source.isEmpty, record.isNumbered else { return }
        captureStart = record.captureStart
        decimals = record.timeDecimals
        if let place = places[record.stream] { return conversations[place].add(record, &userAgents) }
        guard conversations.count < limit else {
            if record.isMessage { others.messages &+= 1 }
            others.bytes &+= UInt64(clamping: record.length)
            return
        }
        places[record.stream] = conversations.count
        conversations.append(Conversation(record))
        conversations[conversations.count - 1].add(record, &userAgents)
    }

    public func end() {
        for life in lives where listsSilent && places[life.stream] == nil && conversations.count < limit {
            places[life.stream] = conversations.count
            conversations.append(Conversation(life))
        }
        conversations.sort { ($1.bytes, $0.stream) < ($0.bytes, $1.stream) }
        let ofStream = Dictionary(lives.map { ($0.stream, $0) }, uniquingKeysWith: { first, _ in first })
        // Rows are made when they are written: there may be many.
        let rows = conversations.lazy.map { [self] in row($0, ofStream[$0.stream]) }
        let lines = TableLines(.conversations, Self.columns)
        switch format {
        case .table: TableText(.framed("Bitcoin Conversations"), Self.columns, notes: notes).append(rows, to: output)
        case .ndjson:
            lines.append(rows, to: output)
            if others.bytes > 0 { lines.append(CollectionOfOne(rowOfOthers), to: output) }
        case .json: lines.append(object: rows, others.bytes > 0 ? [rowOfOthers] : [], to: output)
        }
        output.flush()
    }

    private func row(_ conversation: Conversation, _ life: ConnectionLife?) -> Row {
        // Its packets tell more than its messages: of those that were captured, as in tshark's table.
        let (start, end) = life.map { ($0.first, $0.last) } ?? (conversation.start, conversation.end)
        return Row(
            connection: conversation, messages: conversation.isOpaque ? nil : conversation.messages,
            bytes: conversation.bytes, start: start &- (captureStart ?? start), duration: end &- start,
            decimals: decimals, userAgents: userAgents, life: life)
    }

    private var rowOfOthers: Row {
        Row(
            connection: nil, messages: others.messages, bytes: others.bytes, start: 0, duration: 0, decimals: decimals,
            userAgents: userAgents, life: nil)
    }

    private var notes: [TextBuffer] {
        var notes: [TextBuffer] = []
        if conversations.contains(where: { !$0.isDirected }) {
            var note = TextBuffer()
            note.append("?-? It is not known which side opened the connection.")
            notes.append(note)
        }
        if others.bytes > 0 {
            var note = TextBuffer()
            note.append("Further connections, with ")
            note.append(decimal: others.messages)
            note.append(" messages and ")
            note.append(decimal: others.bytes)
            note.append(" bytes together, have no row.")
            notes.append(note)
        }
        return notes
    }
}

extension ConversationStatistics {
    /// What a row is made of.
    struct Row {
        /// Nil: all connections beyond the limit.
        let connection: Conversation?
        /// Nil where nobody knows.
        let messages: UInt64?
        let bytes: UInt64
        /// Nanoseconds since the capture's first frame.
        let start: Int64
        /// Nanoseconds.
        let duration: Int64
        /// Of times.
        let decimals: Int
        let userAgents: UserAgents
        /// What its packets tell.
        let life: ConnectionLife?
    }

    static let columns: [ValuedColumn<Row>] = [
        .init("row", nil, .text, "connection, or other: all without a row of their own, together") {
            .word($0.connection == nil ? "other" : "connection")
        },
        .init("stream", nil, .number, "number of the TCP connection") { $0.connection.map { .number($0.stream) } },
        .init(
            "initiator", "Initiator", .text, "address and port of the side that opened the connection", place: 0,
            importance: .name
        ) {
            $0.connection.map { .printable($0.initiator.endpoint) }
        },
        .init("responder", "Responder", .text, "address and port of the other side", place: 2, importance: .name) {
            $0.connection.map { .printable($0.responder.endpoint) }
        },
        .init(
            "initiator_known", "", .flag(yes: "<->", no: "?-?"),
            "whether it is known which side opened the connection; if not, the one heard first counts as the initiator",
            place: 1, importance: .name
        ) {
            $0.connection.map { .flag($0.isDirected) }
        },
        .init(
            "transport", "Transport", .text,
            "how its bytes are sent: v1, v2, v2 encrypted, which could not be read, or null where nothing of Bitcoin's came",
            place: 11, importance: .detail
        ) { row in
            guard let connection = row.connection else { return nil }
            if let transport = connection.transport { return .word(transport.name) }
            return row.life?.looksRandom == true ? .word("v2, begun before the capture") : .text(nil)
        },
        .init(
            "initiator_user_agent", "Initiator's user agent", .longText(shown: 40),
            "what the initiator calls its software, null where that was not captured", place: 12
        ) { row in
            row.connection.map { .text(row.userAgents.text($0.initiator.userAgent)) }
        },
        .init(
            "responder_user_agent", "Responder's user agent", .longText(shown: 40),
            "what the responder calls its software, null where that was not captured", place: 13
        ) { row in
            row.connection.map { .text(row.userAgents.text($0.responder.userAgent)) }
        },
        .init(
            "messages", "Messages", .count, "messages of both sides, null where they could not be read", place: 7,
            importance: .main
        ) {
            .number($0.messages)
        },
        .init(
            "bytes", "Bytes", .bytes, "bytes of both sides: headers and payloads, or all that is encrypted", place: 8,
            importance: .main
        ) {
            .number($0.bytes)
        },
        .init(
            "messages_from_initiator", "Messages ->", .count, "messages of the initiator", place: 5, importance: .detail
        ) {
            $0.connection.map { .number($0.isOpaque ? nil : $0.initiator.messages) }
        },
        .init("bytes_from_initiator", "Bytes ->", .bytes, "bytes of the initiator", place: 6, importance: .detail) {
            $0.connection.map { .number($0.initiator.bytes) }
        },
        .init(
            "messages_from_responder", "Messages <-", .count, "messages of the responder", place: 3, importance: .detail
        ) {
            $0.connection.map { .number($0.isOpaque ? nil : $0.responder.messages) }
        },
        .init("bytes_from_responder", "Bytes <-", .bytes, "bytes of the responder", place: 4, importance: .detail) {
            $0.connection.map { .number($0.responder.bytes) }
        },
        .init(
            "start", "Start", .seconds,
            "when its first packet came, or where none is known its first message, since the capture's first frame",
            place: 9,
            importance: .detail
        ) {
            row in row.connection.map { _ in .nanoseconds(row.start, decimals: row.decimals) }
        },
        .init("duration", "Duration", .seconds, "from then to its last packet or message", place: 10) { row in
            row.connection.map { _ in .nanoseconds(row.duration, decimals: row.decimals) }
        },
        .init(
            "end", "End", .text, "how it was closed: fin or rst, and by whom; open where neither was captured",
            place: 14, importance: .main
        ) { row in
            guard row.connection != nil else { return nil }
            guard let life = row.life else { return .text(nil) }
            var name = TextBuffer()
            name.append(life.end?.name ?? "open")
            return .label(name, shown: life.end?.words(decimals: row.decimals) ?? name)
        },
        .init("end_after", nil, .text, "the command of the last message before that, null where there was none") {
            row in
            row.connection.map { _ in .text(row.life?.end?.lastMessage) }
        },
        .init("end_after_seconds", nil, .seconds, "the time since that message") { row in
            row.connection.map { _ in .nanoseconds(row.life?.end?.wait, decimals: row.decimals) }
        },
    ]
}

extension Record.Transport {
    fileprivate var name: StaticString {
        switch self {
        case .v1: "v1"
        case .v2: "v2"
        case .v2Encrypted: "v2 encrypted"
        }
    }
}
