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
    /// Of connections beyond the limit.
    private var others = (messages: UInt64(0), bytes: UInt64(0))
    /// A table is for reading: longer user agents are cut.
    private static let userAgentWidth = 40

    public convenience init(_ output: ByteOutput, _ format: Statistic.Format) {
        self.init(output, format, limit: 250_000)
    }

    /// - Parameter limit: So many connections get a row of their own; a row takes some 270 bytes of memory.
    init(_ output: ByteOutput, _ format: Statistic.Format, limit: Int) {
        self.output = output
        self.format = format
        self.limit = limit
    }

    /// User agents are known from there on.
    public var wants: Wants { Wants(.header) }
    public func begin() {}

    public func write(_ record: borrowing Record, _: RawSpan) {
        // A pasted message is of no connection, and a gap is no message.
        guard !record.source.isEmpty, record.ending != .gap else { return }
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
        conversations.sort { ($1.bytes, $0.stream) < ($0.bytes, $1.stream) }
        switch format {
        case .table: writeTable()
        case .ndjson: writeLines()
        }
        output.flush()
    }

    private func relative(_ time: Int64) -> Int64 { time &- (captureStart ?? time) }

    private func name(_ transport: Record.Transport) -> StaticString {
        switch transport {
        case .v1: "v1"
        case .v2: "v2"
        case .v2Encrypted: "v2 encrypted"
        }
    }

    // MARK: Table

    private func writeTable() {
        var table = TableText(
            "Bitcoin Conversations",
            [
                .init("Initiator", .left), .init("", .left), .init("Responder", .left), .init("Messages <-"),
                .init("Bytes <-"), .init("Messages ->"), .init("Bytes ->"), .init("Messages"), .init("Bytes"),
                .init("Start"), .init("Duration"), .init("Transport", .left), .init("Initiator's user agent", .left),
                .init("Responder's user agent", .left),
            ])
        if conversations.contains(where: { !$0.isDirected }) {
            table.note { $0.append("?-? It is not known which side opened the connection.") }
        }
        if others.bytes > 0 {
            table.note {
                $0.append("Further connections, with ")
                $0.append(decimal: others.messages)
                $0.append(" messages and ")
                $0.append(decimal: others.bytes)
                $0.append(" bytes together, have no row.")
            }
        }
        table.append(to: output, rows: conversations.count) { cells(conversations[$0]) }
    }

    private func cells(_ conversation: Conversation) -> [TextBuffer] {
        let (initiator, responder) = (conversation.initiator, conversation.responder)
        func messages(_ count: UInt64) -> TextBuffer {
            conversation.isOpaque ? TableText.cell("-") : TableText.cell(count)
        }
        return [
            TableText.cell { $0.bytes.append(contentsOf: initiator.endpoint) },
            TableText.cell(conversation.isDirected ? "<->" : "?-?"),
            TableText.cell { $0.bytes.append(contentsOf: responder.endpoint) },
            messages(responder.messages), TableText.cell(responder.bytes), messages(initiator.messages),
            TableText.cell(initiator.bytes), messages(conversation.messages), TableText.cell(conversation.bytes),
            cell(relative(conversation.start)), cell(conversation.duration),
            TableText.cell(name(conversation.transport)), cell(initiator.userAgent), cell(responder.userAgent),
        ]
    }

    private func cell(_ nanoseconds: Int64) -> TextBuffer {
        TableText.cell { TimeText.append(nanoseconds: nanoseconds, decimals: decimals, to: &$0) }
    }

    private func cell(_ userAgent: UserAgents.Index?) -> TextBuffer {
        guard let text = userAgents.text(userAgent) else { return TableText.cell("-") }
        return text.cut(toWidth: Self.userAgentWidth)
    }

    // MARK: Lines

    private func writeLines() {
        for conversation in conversations { write(conversation) }
        guard others.bytes > 0 else { return }
        var line = StatisticLine(.conversations)
        line.append("row", "other")
        line.append("messages", others.messages)
        line.append("bytes", others.bytes)
        line.end(to: output)
    }

    private func write(_ conversation: Conversation) {
        var line = StatisticLine(.conversations)
        line.append("row", "connection")
        line.append("stream", conversation.stream)
        line.append("initiator", text: TableText.cell { $0.bytes.append(contentsOf: conversation.initiator.endpoint) })
        line.append("responder", text: TableText.cell { $0.bytes.append(contentsOf: conversation.responder.endpoint) })
        line.append("initiator_known", conversation.isDirected)
        line.append("transport", name(conversation.transport))
        line.append("initiator_user_agent", text: userAgents.text(conversation.initiator.userAgent))
        line.append("responder_user_agent", text: userAgents.text(conversation.responder.userAgent))
        let isOpaque = conversation.isOpaque
        line.append("messages", isOpaque ? nil : conversation.messages)
        line.append("bytes", conversation.bytes)
        line.append("messages_from_initiator", isOpaque ? nil : conversation.initiator.messages)
        line.append("bytes_from_initiator", conversation.initiator.bytes)
        line.append("messages_from_responder", isOpaque ? nil : conversation.responder.messages)
        line.append("bytes_from_responder", conversation.responder.bytes)
        line.append("start", seconds: relative(conversation.start), decimals: decimals)
        line.append("duration", seconds: conversation.duration, decimals: decimals)
        line.end(to: output)
    }
}

extension TextBuffer {
    /// At most so many characters, the last of them `…` where there were more.
    fileprivate func cut(toWidth width: Int) -> TextBuffer {
        var characters = 0
        var end = 0
        for (index, byte) in bytes.enumerated() where byte & 0xc0 != 0x80 {
            characters += 1
            if characters == width { end = index }
        }
        guard characters > width else { return self }
        var text = TextBuffer()
        text.bytes.append(contentsOf: bytes[..<end])
        text.append("…")
        return text
    }
}
