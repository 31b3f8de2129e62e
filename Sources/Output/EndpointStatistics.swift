import Fields
import Records

/// `-z endpoints,ip` and `-z endpoints,tcp`: a row an address, or address and port, those with most bytes first.
public final class EndpointStatistics: RecordSink {
    private struct Side {
        var messages: UInt64 = 0
        var bytes: UInt64 = 0

        mutating func add(_ record: borrowing Record) {
            if record.isMessage { messages &+= 1 }
            bytes &+= UInt64(clamping: record.length)
        }
    }

    private let output: ByteOutput
    private let format: Statistic.Format
    private let withPorts: Bool
    private let limit: Int
    private var ends: [[UInt8]: (sent: Side, received: Side)] = [:]
    /// Records of which an end has no row.
    private var others: UInt64 = 0

    /// - Parameters:
    ///   - withPorts: Each port of an address has a row.
    ///   - limit: How many ends get a row at most.
    public init(_ output: ByteOutput, _ format: Statistic.Format, withPorts: Bool, limit: Int = 250_000) {
        self.output = output
        self.format = format
        self.withPorts = withPorts
        self.limit = limit
    }

    public var wants: Wants { Wants(.summary) }
    public func begin() {}

    public func write(_ record: borrowing Record, _: RawSpan) {
        // A pasted message has no ends, and a gap is no message.
        guard !record.source.isEmpty, record.isNumbered else { return }
        var sides = [(end: record.source, isSender: true), (end: record.destination, isSender: false)]
        if !withPorts {
            for index in sides.indices { sides[index].end = Array(ColumnsWriter.address(sides[index].end)) }
        }
        for (end, isSender) in sides where !end.isEmpty {
            guard ends.count < limit || ends[end] != nil else {
                others &+= 1
                continue
            }
            if isSender {
                ends[end, default: (Side(), Side())].sent.add(record)
            } else {
                ends[end, default: (Side(), Side())].received.add(record)
            }
        }
    }

    public func end() {
        let rows = ends.map { end, sides in
            Row(
                end: end, sentMessages: sides.sent.messages, sentBytes: sides.sent.bytes,
                receivedMessages: sides.received.messages, receivedBytes: sides.received.bytes)
        }
        .sorted { left, right in
            left.bytes == right.bytes ? left.end.lexicographicallyPrecedes(right.end) : left.bytes > right.bytes
        }
        let lines = TableLines(withPorts ? .endpointsWithPorts : .endpoints, Self.columns)
        switch format {
        case .table:
            TableText(.framed(withPorts ? "TCP Endpoints" : "IP Endpoints"), Self.columns, notes: notes)
                .append(rows, to: output)
        case .ndjson: lines.append(rows, to: output)
        case .json: lines.append(object: rows, to: output)
        }
        output.flush()
    }

    private var notes: [TextBuffer] {
        guard others > 0 else { return [Statistic.noteOfMessages] }
        var note = TextBuffer()
        note.append("Further ends, with \(others) messages, have no row.")
        return [Statistic.noteOfMessages, note]
    }
}

extension EndpointStatistics {
    /// What a row is made of.
    struct Row {
        /// Safe to print.
        let end: [UInt8]
        let sentMessages: UInt64
        let sentBytes: UInt64
        let receivedMessages: UInt64
        let receivedBytes: UInt64

        var bytes: UInt64 { sentBytes &+ receivedBytes }
    }

    static let columns: [ValuedColumn<Row>] = [
        .init("endpoint", "Endpoint", .text, "the address, with endpoints,tcp also its port", importance: .name) {
            .printable($0.end)
        },
        .init("messages", "Messages", .count, "messages that it sent or received", importance: .main) {
            .number($0.sentMessages &+ $0.receivedMessages)
        },
        .init(
            "bytes", "Bytes", .bytes, "bytes of these: headers and payloads, or all that is encrypted",
            importance: .main
        ) {
            .number($0.bytes)
        },
        .init("sent_messages", "Tx Messages", .count, "messages that it sent") { .number($0.sentMessages) },
        .init("sent_bytes", "Tx Bytes", .bytes, "bytes that it sent") { .number($0.sentBytes) },
        .init("received_messages", "Rx Messages", .count, "messages that it received") {
            .number($0.receivedMessages)
        },
        .init("received_bytes", "Rx Bytes", .bytes, "bytes that it received") { .number($0.receivedBytes) },
    ]
}
