import Fields
import Records

/// What `-z` can count.
public enum Statistic: String, Sendable, CaseIterable {
    case messages = "bitcoin,tree"
    case conversations = "conv,tcp"
    case addressPairs = "conv,ip"
    case endpoints = "endpoints,ip"
    case endpointsWithPorts = "endpoints,tcp"
    case hierarchy = "io,phs"
    case intervals = "io,stat"
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
        case .addressPairs: "messages and bytes of each two addresses, in each direction"
        case .endpoints: "messages and bytes that each address sent and received"
        case .endpointsWithPorts: "messages and bytes that each port of an address sent and received"
        case .hierarchy: "messages and bytes of each protocol and command, under what carries them"
        case .intervals: "messages and bytes of each stretch of time: io,stat,SECONDS, and after more commas filters"
        case .expert: "how often each expert info occurred"
        }
    }

    /// Under tables of tshark's names, whose numbers are of frames there.
    static var noteOfMessages: TextBuffer {
        var note = TextBuffer()
        note.append("Bitcoin messages only, not frames.")
        return note
    }

    /// The writer that counts, and at its end writes the rows to `output`.
    public func makeWriter(_ output: ByteOutput, _ format: Format) -> any RecordSink {
        switch self {
        case .messages: MessageStatistics(output, format)
        case .conversations: ConversationStatistics(output, format)
        case .addressPairs: AddressPairStatistics(output, format)
        case .endpoints: EndpointStatistics(output, format, withPorts: false)
        case .endpointsWithPorts: EndpointStatistics(output, format, withPorts: true)
        case .hierarchy: HierarchyStatistics(output, format)
        case .intervals: IntervalStatistics(output, format)
        case .expert: ExpertStatistics(output, format)
        }
    }

    /// The columns of its rows, in the order that data has.
    public var columns: [Column] {
        switch self {
        case .messages: MessageStatistics.columns.map(\.column)
        case .conversations: ConversationStatistics.columns.map(\.column)
        case .addressPairs: AddressPairStatistics.columns.map(\.column)
        case .endpoints, .endpointsWithPorts: EndpointStatistics.columns.map(\.column)
        case .hierarchy: HierarchyStatistics.columns.map(\.column)
        case .intervals: IntervalStatistics.columns.map(\.column)
        case .expert: ExpertStatistics.columns.map(\.column)
        }
    }
}
