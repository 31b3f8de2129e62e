import Records

/// What `-z` can count.
public enum Statistic: String, Sendable, CaseIterable {
    case messages = "bitcoin,tree"
    case conversations = "conv,tcp"
    case expert

    /// How the rows are written.
    public enum Format: Sendable {
        /// A text table.
        case table
        /// A line of JSON each.
        case ndjson
        /// One object.
        case json
    }

    /// One line for people.
    public var meaning: String {
        switch self {
        case .messages: "messages and bytes of each command, in all and in each direction"
        case .conversations: "messages and bytes of each connection, who took part, and how long it lasted"
        case .expert: "how often each expert info occurred"
        }
    }

    /// The writer that counts, and at its end writes the rows to `output`.
    public func makeWriter(_ output: ByteOutput, _ format: Format) -> any RecordSink {
        switch self {
        case .messages: MessageStatistics(output, format)
        case .conversations: ConversationStatistics(output, format)
        case .expert: ExpertStatistics(output, format)
        }
    }

    /// The columns of its rows, in the order that data has.
    public var columns: [Column] {
        switch self {
        case .messages: MessageStatistics.columns.map(\.column)
        case .conversations: ConversationStatistics.columns.map(\.column)
        case .expert: ExpertStatistics.columns.map(\.column)
        }
    }
}
