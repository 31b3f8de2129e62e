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
        guard record.ending != .gap else { return }
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
        let rows = commands.map { (name: TableText.cell($0.key.append(to:)), tally: $0.value) }
            .sorted { ($1.tally.count, $0.name.string) < ($0.tally.count, $1.name.string) }
        switch format {
        case .table: writeTable(rows)
        case .ndjson: writeLines(rows)
        }
        output.flush()
    }

    /// Nanoseconds between the first record and the last.
    private var span: UInt64 {
        guard latest > earliest else { return 0 }
        return UInt64(bitPattern: latest &- earliest)
    }

    // MARK: Table

    private func writeTable(_ rows: [(name: TextBuffer, tally: Tally)]) {
        var table = TableText(
            "Bitcoin/Messages:",
            [
                .init("Command", .left), .init("Count"), .init("Percent"), .init("Bytes"), .init("Percent"),
                .init("Average"), .init("Rate (/s)"), .init("Problems"), .init("Count ->"), .init("Bytes ->"),
                .init("Count <-"), .init("Bytes <-"),
            ])
        table.append(cells(TableText.cell("All messages"), all))
        for row in rows {
            let name = TableText.cell {
                $0.append(" ")
                $0.append(row.name)
            }
            table.append(cells(name, row.tally))
        }
        if others.count > 0 { table.append(cells(TableText.cell(" (other)"), others)) }
        if encrypted.count > 0 { table.append(encryptedCells) }
        table.note { $0.append("-> from the side that opened the connection, <- from the other") }
        if all.undirected > 0 {
            table.note {
                $0.append("Of ")
                $0.append(decimal: all.undirected)
                $0.append(" messages it is not known which side opened the connection: they count in no direction.")
            }
        }
        table.append(to: output)
    }

    private func cells(_ name: TextBuffer, _ tally: Tally) -> [TextBuffer] {
        [
            name, TableText.cell(tally.count),
            TableText.cell(.percent(tally.count, of: all.count), decimals: 2, unit: "%"),
            TableText.cell(tally.bytes), TableText.cell(.percent(tally.bytes, of: all.bytes), decimals: 2, unit: "%"),
            TableText.cell(Quotient(tally.bytes, of: tally.count), decimals: 1),
            TableText.cell(.rate(tally.count, nanoseconds: span), decimals: 4), TableText.cell(tally.problems),
            TableText.cell(tally.fromInitiator.count), TableText.cell(tally.fromInitiator.bytes),
            TableText.cell(tally.fromResponder.count), TableText.cell(tally.fromResponder.bytes),
        ]
    }

    /// How many messages there are in encrypted bytes nobody knows.
    private var encryptedCells: [TextBuffer] {
        let none = TableText.cell("-")
        return [
            TableText.cell("(v2, encrypted)"), none, none, TableText.cell(encrypted.bytes), none, none, none, none,
            none, TableText.cell(encrypted.fromInitiator.bytes), none, TableText.cell(encrypted.fromResponder.bytes),
        ]
    }

    // MARK: Lines

    private func writeLines(_ rows: [(name: TextBuffer, tally: Tally)]) {
        write(nil, "all", all)
        for row in rows { write(row.name, "command", row.tally) }
        if others.count > 0 { write(nil, "other", others) }
        guard encrypted.count > 0 else { return }
        var line = StatisticLine(.messages)
        line.append("row", "encrypted")
        line.append("command", text: nil)
        line.append("bytes", encrypted.bytes)
        line.append("bytes_from_initiator", encrypted.fromInitiator.bytes)
        line.append("bytes_from_responder", encrypted.fromResponder.bytes)
        line.end(to: output)
    }

    private func write(_ name: TextBuffer?, _ row: StaticString, _ tally: Tally) {
        var line = StatisticLine(.messages)
        line.append("row", row)
        line.append("command", text: name)
        line.append("count", tally.count)
        line.append("count_percent", .percent(tally.count, of: all.count), decimals: 2)
        line.append("bytes", tally.bytes)
        line.append("bytes_percent", .percent(tally.bytes, of: all.bytes), decimals: 2)
        line.append("average_bytes", Quotient(tally.bytes, of: tally.count), decimals: 1)
        line.append("messages_per_second", .rate(tally.count, nanoseconds: span), decimals: 4)
        line.append("problems", tally.problems)
        line.append("count_from_initiator", tally.fromInitiator.count)
        line.append("bytes_from_initiator", tally.fromInitiator.bytes)
        line.append("count_from_responder", tally.fromResponder.count)
        line.append("bytes_from_responder", tally.fromResponder.bytes)
        line.end(to: output)
    }
}

extension MessageStatistics.Tally.Flow {
    fileprivate mutating func add(_ length: UInt64) {
        count &+= 1
        bytes &+= length
    }
}
