import BitcoinP2P
import Fields
import Records

/// `-z bitcoin,tree`: messages and bytes of each command, in all and in each direction.
///
/// Bytes are those of header and payload, by the header's own account.
public final class MessageStatistics: RecordSink {
    /// What is counted in one row.
    struct Tally {
        var count: UInt64 = 0
        var bytes: UInt64 = 0
        /// Messages that are cut or malformed, or have a bad checksum.
        var problems: UInt64 = 0
        var fromInitiator = Flow()
        var fromResponder = Flow()

        struct Flow {
            var count: UInt64 = 0
            var bytes: UInt64 = 0
        }

        /// Of these it is not known which side sent them.
        var undirected: UInt64 { count &- fromInitiator.count &- fromResponder.count }

        mutating func add(_ record: borrowing Record) {
            let length = UInt64(clamping: record.length)
            count &+= 1
            bytes &+= length
            if record.ending == .cut || !record.faults.isEmpty { problems &+= 1 }
            switch record.sender {
            case .initiator: fromInitiator.add(length)
            case .responder: fromResponder.add(length)
            case .unknown: break
            }
        }
    }

    private let output: ByteOutput
    private let format: Statistic.Format
    private var all = Tally()
    private var encrypted = Tally()
    private var commands: [Command: Tally] = [:]
    /// Commands that came after so many others that they have no row.
    private var others = Tally()
    private let commandLimit: Int
    private var earliest = Int64.max
    private var latest = Int64.min

    public convenience init(_ output: ByteOutput, _ format: Statistic.Format) {
        self.init(output, format, commandLimit: 1000)
    }

    /// - Parameter commandLimit: So many commands get a row of their own: anybody can make up names.
    init(_ output: ByteOutput, _ format: Statistic.Format, commandLimit: Int) {
        self.output = output
        self.format = format
        self.commandLimit = commandLimit
    }

    public var wants: Wants { Wants(.summary, outcome: true) }
    public func begin() {}

    public func write(_ record: borrowing Record, _: RawSpan) {
        guard record.isNumbered else { return }
        earliest = min(earliest, record.startTime)
        latest = max(latest, record.time)
        guard record.isMessage else {
            if record.ending == .direction { encrypted.add(record) }
            return
        }
        all.add(record)
        guard let command = record.command, commands.count < commandLimit || commands[command] != nil else {
            others.add(record)
            return
        }
        commands[command, default: Tally()].add(record)
    }

    public func end() {
        let rows = rows
        switch format {
        case .table: TableText(.framed("Bitcoin/Messages:"), Self.columns, notes: notes).append(rows, to: output)
        case .ndjson: TableLines(.messages, Self.columns).append(rows, to: output)
        case .json: TableLines(.messages, Self.columns).append(object: rows, to: output)
        }
        output.flush()
    }

    private var rows: [Row] {
        let span = latest > earliest ? UInt64(bitPattern: latest &- earliest) : 0
        func row(_ kind: Row.Kind, _ tally: Tally, _ command: TextBuffer? = nil) -> Row {
            Row(kind: kind, command: command, tally: tally, all: all, span: span)
        }
        var rows = [row(.all, all)]
        rows += commands.map { command, tally in
            var name = TextBuffer()
            command.append(to: &name)
            return (name: name, tally: tally)
        }
        .sorted { ($1.tally.count, $0.name.string) < ($0.tally.count, $1.name.string) }
        .map { row(.command, $0.tally, $0.name) }
        if others.count > 0 { rows.append(row(.other, others)) }
        if encrypted.count > 0 { rows.append(row(.encrypted, encrypted)) }
        return rows
    }

    private var notes: [TextBuffer] {
        var sides = TextBuffer()
        sides.append("-> from the side that opened the connection, <- from the other")
        guard all.undirected > 0 else { return [sides] }
        var undirected = TextBuffer()
        undirected.append("Of ")
        undirected.append(decimal: all.undirected)
        undirected.append(" messages it is not known which side opened the connection: they count in no direction.")
        return [sides, undirected]
    }
}

extension MessageStatistics {
    /// What a row is made of.
    struct Row {
        enum Kind: String { case all, command, other, encrypted }

        let kind: Kind
        /// Of a row of one command, safe to print.
        let command: TextBuffer?
        let tally: Tally
        /// Of the messages of all rows.
        let all: Tally
        /// Nanoseconds between the first record and the last.
        let span: UInt64

        /// How many messages there are in encrypted bytes nobody knows.
        var isRead: Bool { kind != .encrypted }

        /// What the table shows as the command.
        var title: TextBuffer {
            var title = TextBuffer()
            switch kind {
            case .all: title.append("All messages")
            case .command:
                title.append(" ")
                if let command { title.append(command) }
            case .other: title.append(" (other)")
            case .encrypted: title.append("(v2, encrypted)")
            }
            return title
        }
    }

    static let columns: [ValuedColumn<Row>] = [
        .init(
            "row", nil, .text, "what is counted: all, command, other (commands without a row of their own) or encrypted"
        ) {
            .printable($0.kind.rawValue)
        },
        .init("command", "Command", .text, "the command, null where the row is not of one", importance: .name) {
            .label($0.command, shown: $0.title)
        },
        .init("count", "Count", .count, "messages", importance: .main) { $0.isRead ? .number($0.tally.count) : nil },
        .init("count_percent", "Percent", .percent, "share of all messages") {
            $0.isRead ? .quotient(.percent($0.tally.count, of: $0.all.count)) : nil
        },
        .init("bytes", "Bytes", .bytes, "headers and payloads, as long as the headers say", importance: .main) {
            .number($0.tally.bytes)
        },
        .init("bytes_percent", "Percent", .percent, "share of the bytes of all messages") {
            $0.isRead ? .quotient(.percent($0.tally.bytes, of: $0.all.bytes)) : nil
        },
        .init("average_bytes", "Average", .averageBytes, "bytes of a message", importance: .detail) {
            $0.isRead ? .quotient(Quotient($0.tally.bytes, of: $0.tally.count)) : nil
        },
        .init(
            "messages_per_second", "Rate (/s)", .perSecond, "messages in a second, from the first message to the last"
        ) {
            $0.isRead ? .quotient(.rate($0.tally.count, nanoseconds: $0.span)) : nil
        },
        .init(
            "problems", "Problems", .count, "messages that are cut or malformed, or have a bad checksum",
            importance: .main
        ) {
            $0.isRead ? .number($0.tally.problems) : nil
        },
        .init(
            "count_from_initiator", "Count ->", .count, "messages of the side that opened the connection",
            importance: .detail
        ) {
            $0.isRead ? .number($0.tally.fromInitiator.count) : nil
        },
        .init("bytes_from_initiator", "Bytes ->", .bytes, "bytes of these messages", importance: .detail) {
            .number($0.tally.fromInitiator.bytes)
        },
        .init("count_from_responder", "Count <-", .count, "messages of the other side", importance: .detail) {
            $0.isRead ? .number($0.tally.fromResponder.count) : nil
        },
        .init("bytes_from_responder", "Bytes <-", .bytes, "bytes of these messages", importance: .detail) {
            .number($0.tally.fromResponder.bytes)
        },
    ]
}

extension MessageStatistics.Tally.Flow {
    fileprivate mutating func add(_ length: UInt64) {
        count &+= 1
        bytes &+= length
    }
}
