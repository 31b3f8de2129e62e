import BitcoinP2P
import Fields
import Output
import Reassembly
import Records

/// `--top`: open connections and commands, with the rates of the last five seconds, drawn again each second. Bytes of
/// connections are those of their packets, so that encrypted ones count, too.
package final class Top: RecordSink {
    /// Columns and rows of a terminal.
    package struct Screen: Sendable {
        let columns: Int
        let rows: Int

        package init(columns: Int, rows: Int) {
            self.columns = columns
            self.rows = rows
        }
    }

    /// What is counted of a connection.
    private struct Seen {
        /// Who sent its first message.
        let first: [UInt8]
        /// Of that end, and of the other.
        var sides = (Side(), Side())
        var lastCommand: Command?
        var bytes = (forward: Meter(), backward: Meter())

        struct Side {
            var messages = Meter()
            var userAgent: [UInt8]?

            mutating func add(_ record: borrowing Record) {
                messages.add(1)
                if userAgent == nil { userAgent = record.userAgent }
            }
        }

        func side(_ end: [UInt8]) -> Side { end == first ? sides.0 : sides.1 }
    }

    private struct Flow {
        var messages = Meter()
        var bytes = Meter()

        mutating func add(_ length: UInt64) {
            messages.add(1)
            bytes.add(length)
        }

        mutating func mark(_ place: Int) {
            messages.mark(place)
            bytes.mark(place)
        }
    }

    private let output: ByteOutput
    private let interface: String
    private let node: Node?
    private let colour: Colour
    private let begun: Int64
    private var clock: MeterClock
    private var seen: [UInt64: Seen] = [:]
    private var commands: [Command: Flow] = [:]
    private var otherCommands = Flow()
    private var all = Flow()
    private var wasDrawn = false
    /// A line under the heading, such as what is waited for.
    package var note: String?

    /// Anybody can make up commands and open connections.
    private static let mostCommands = 1_000
    private static let mostConnections = 20_000
    /// Lines of each table where there is no terminal.
    private static let mostLines = 100
    /// Lines of commands, also where peers would need all.
    private static let leastCommands = 3

    /// - Parameters:
    ///   - node: Where it is known what is the peer's end of a connection.
    ///   - now: In nanoseconds since the Unix epoch, as all times here.
    package init(_ interface: String, node: Node?, _ colour: Colour, to output: ByteOutput, at now: Int64) {
        self.interface = interface
        self.node = node
        self.colour = colour
        self.output = output
        begun = now
        clock = MeterClock(begun: now)
    }

    // MARK: What comes

    package var wants: Wants { Wants(.header) }
    package func begin() {}
    package func end() {}

    package func write(_ record: borrowing Record, _: RawSpan) {
        guard record.isMessage else { return }
        let bytes = UInt64(clamping: record.length)
        all.add(bytes)
        if let command = record.command, commands.count < Self.mostCommands || commands[command] != nil {
            commands[command, default: Flow()].add(bytes)
        } else {
            otherCommands.add(bytes)
        }
        guard seen.count < Self.mostConnections || seen[record.stream] != nil else { return }
        var connection = seen[record.stream] ?? Seen(first: record.source)
        connection.lastCommand = record.command
        if record.source == connection.first {
            connection.sides.0.add(record)
        } else {
            connection.sides.1.add(record)
        }
        seen[record.stream] = connection
    }

    // MARK: Drawing

    /// Draws what there is: over what was drawn before, or on no terminal after it.
    ///
    /// - Parameter facts: What packets tell.
    package func draw(_ facts: CaptureFacts?, at now: Int64, on screen: Screen?) {
        let span = clock.span(until: now)
        var peers = peers(facts?.known ?? [], span)
        var flows = flows(span)
        peers.sort(by: TopPeer.isBefore)
        flows.sort(by: TopCommand.isBefore)
        var text = TextBuffer()
        appendHeading(peers.count, at: now, span, to: &text)
        if let note {
            text.append(quoting: note)
            text.append("\n")
        }
        if let screen {
            text.append("Most bytes first; Ctrl-C ends it.\n")
            LineFitter(.cut, into: screen.columns).fit(&text)
        }
        // The titles of both tables, the lines between, and the last line, on which the cursor stands.
        let room = screen.map { max(2, $0.rows - 6 - (note == nil ? 1 : 2)) } ?? 2 * Self.mostLines
        // Peers come first, but something is said of commands, too.
        let ofCommands = min(flows.count, max(min(Self.leastCommands, room / 2), room - peers.count))
        append(peers, TopPeer.columns, in: room - ofCommands, screen, to: &text)
        append(flows, TopCommand.columns, in: ofCommands, screen, to: &text)
        show(text, on: screen)
        mark(at: now)
    }

    /// The first rows of a table, and how many more there are: `… 21 more`.
    private func append<Row>(
        _ rows: [Row], _ columns: [ValuedColumn<Row>], in room: Int, _ screen: Screen?, to text: inout TextBuffer
    ) {
        let shown = rows.count > room ? rows.prefix(max(1, room - 1)) : rows[...]
        text.append("\n")
        TableText(.bare, columns).append(shown, into: screen?.columns, to: &text)
        if shown.count < rows.count { text.append("… \(rows.count - shown.count) more\n") }
    }

    /// `lo, 14:03:22, 35 s: 3 connections, 12.3 messages/s, 45.1 kB/s`.
    private func appendHeading(_ count: Int, at now: Int64, _ span: UInt64, to text: inout TextBuffer) {
        text.append(quoting: interface)
        text.append(", ")
        var time = TimeText(.local)
        _ = time.append(seconds: now / 1_000_000_000, date: false, to: &text)
        text.append(", \(max(0, now &- begun) / 1_000_000_000) s: ")
        text.append("\(count) \(count == 1 ? "connection" : "connections"), ")
        text.append(.rate(.rate(all.messages.grown(since: clock.place), nanoseconds: span)))
        text.append(" messages/s, ")
        text.append(.size(.rate(all.bytes.grown(since: clock.place), nanoseconds: span)))
        text.append("/s\n")
    }

    private func show(_ text: TextBuffer, on screen: Screen?) {
        defer { output.flush() }
        guard let screen else {
            output.buffer.append(text)
            return output.buffer.append("\n")
        }
        if !wasDrawn {
            wasDrawn = true
            // What stands on the screen goes up, and is not lost.
            for _ in 0..<screen.rows { output.buffer.append("\n") }
        }
        output.buffer.append("\u{1b}[H")
        for line in text.bytes.split(separator: 0x0a, omittingEmptySubsequences: false).dropLast().prefix(
            screen.rows - 1)
        {
            output.buffer.bytes.append(contentsOf: line)
            output.buffer.append("\u{1b}[K\n")
        }
        output.buffer.append("\u{1b}[J")
    }

    private func mark(at now: Int64) {
        let place = clock.place
        for stream in seen.keys {
            seen[stream]?.sides.0.messages.mark(place)
            seen[stream]?.sides.1.messages.mark(place)
            seen[stream]?.bytes.forward.mark(place)
            seen[stream]?.bytes.backward.mark(place)
        }
        for command in commands.keys { commands[command]?.mark(place) }
        otherCommands.mark(place)
        all.mark(place)
        clock.mark(at: now)
    }

    // MARK: Rows

    /// Of the connections that are open; others are forgotten.
    private func peers(_ known: [ConnectionFacts], _ span: UInt64) -> [TopPeer] {
        var open: [UInt64: Seen] = [:]
        var peers: [TopPeer] = []
        for facts in known where facts.end == nil {
            var connection = seen[facts.number] ?? Seen(first: facts.forward.text)
            connection.bytes.forward.set(facts.forward.payloadBytes)
            connection.bytes.backward.set(facts.backward.payloadBytes)
            peers.append(peer(connection, facts, span))
            open[facts.number] = connection
        }
        seen = open
        return peers
    }

    private func peer(_ connection: Seen, _ facts: ConnectionFacts, _ span: UInt64) -> TopPeer {
        let (forward, backward) = (facts.forward.text, facts.backward.text)
        let isForwardNode = node?.isInitiator(forward, backward)
        let isForwardPeer = isForwardNode != true
        var name = TextBuffer()
        name.bytes = isForwardPeer ? forward : backward
        if isForwardNode == nil {
            name.append(" → ")
            name.bytes.append(contentsOf: backward)
        }
        let (from, to) = isForwardPeer ? (forward, backward) : (backward, forward)
        let (fromSide, toSide) = (connection.side(from), connection.side(to))
        let bytes =
            isForwardPeer
            ? (from: connection.bytes.forward, to: connection.bytes.backward)
            : (from: connection.bytes.backward, to: connection.bytes.forward)
        let messages = fromSide.messages.total &+ toSide.messages.total
        let isOpaque = messages == 0 && facts.isEncrypted
        func rate(_ meter: Meter) -> Quotient { .rate(meter.grown(since: clock.place), nanoseconds: span) }
        return TopPeer(
            name: name, userAgent: fromSide.userAgent.map(Self.safe),
            lastCommand: isOpaque ? .word("encrypted") : connection.lastCommand.map(shown),
            messagesFrom: rate(fromSide.messages), messagesTo: rate(toSide.messages), bytesFrom: rate(bytes.from),
            bytesTo: rate(bytes.to), messages: isOpaque ? nil : messages, bytes: bytes.from.total &+ bytes.to.total,
            grown: bytes.from.grown(since: clock.place) &+ bytes.to.grown(since: clock.place), number: facts.number)
    }

    private func flows(_ span: UInt64) -> [TopCommand] {
        var rows = commands.map { row(shown($0), $1, span) }
        if otherCommands.messages.total > 0 { rows.append(row(nil, otherCommands, span)) }
        return rows
    }

    private func row(_ name: TextBuffer?, _ flow: Flow, _ span: UInt64) -> TopCommand {
        TopCommand(
            name: name, perSecond: .rate(flow.messages.grown(since: clock.place), nanoseconds: span),
            bytesPerSecond: .rate(flow.bytes.grown(since: clock.place), nanoseconds: span),
            messages: flow.messages.total, bytes: flow.bytes.total, grown: flow.bytes.grown(since: clock.place))
    }

    private func shown(_ command: Command) -> TextBuffer {
        var text = TextBuffer()
        colour.append(as: .family(MessageFamily(of: command)), to: &text) { command.append(to: &$0) }
        return text
    }

    /// What came from the wire, made harmless.
    private static func safe(_ bytes: [UInt8]) -> TextBuffer {
        var text = TextBuffer()
        text.append(wire: bytes.span.bytes)
        return text
    }
}
