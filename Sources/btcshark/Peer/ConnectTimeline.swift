#if Peer
import BitcoinP2P
import Dissector
import Fields
import Glibc
import Output
import Peer
import Synchronization

/// Prints what happens in a meeting, a line a message, and then the peer's `version`.
final class ConnectTimeline: Sendable {
    private struct State: ~Copyable {
        let output: ByteOutput
        var version: Frame?
        var skim = SkimSink()
    }

    private let state: Mutex<State>
    private let target: Target
    private let network: Network
    private let pings: Int

    init(_ output: sending ByteOutput, _ target: Target, _ network: Network, pings: Int) {
        state = Mutex(State(output: output))
        self.target = target
        self.network = network
        self.pings = pings
    }

    func note(_ event: MeetingEvent, at time: Duration) {
        state.withLock { state in
            switch event {
            case .connected(let address):
                Self.begin(time, " ", "connected", &state)
                state.output.buffer.append(address == nil ? " to the proxy's end for " : " to ")
                state.output.buffer.append(address.map { Target(.address($0), port: target.port).text } ?? target.text)
            case .received(let frame):
                if state.version == nil, frame.command == Command("version") { state.version = frame }
                append(frame, time, "←", &state)
            case .sent(.frame(let frame)): append(frame, time, "→", &state)
            case .sent(.bytes(let bytes)):
                Self.begin(time, "→", "--send", &state)
                state.output.buffer.append(" \(bytes.count) bytes: ")
                Self.appendCommands(bytes, network, to: &state.output.buffer)
            case .agreed: Self.begin(time, " ", "keys of v2 agreed", &state)
            case .fallsBack: Self.begin(time, " ", "the peer does not know v2: again with v1", &state)
            case .complete:
                Self.begin(time, " ", "handshake complete in ", &state)
                state.output.buffer.append(duration: time.nanoseconds, decimals: 9)
            }
            state.output.buffer.append("\n")
            state.output.flush()
        }
    }

    /// The beginning of a line: `  0.002 ← verack`.
    private static func begin(_ time: Duration, _ arrow: StaticString, _ what: StaticString, _ state: inout State) {
        append(time, arrow, &state)
        state.output.buffer.append(what)
    }

    private static func append(_ time: Duration, _ arrow: StaticString, _ state: inout State) {
        var seconds = TextBuffer()
        let milliseconds = UInt64(max(0, time.nanoseconds / 1_000_000))
        seconds.append(decimal: milliseconds / 1000)
        seconds.append(".")
        seconds.append(decimal: milliseconds % 1000, width: 3)
        state.output.buffer.append(spaces: max(0, 7 - seconds.count))
        state.output.buffer.append(seconds)
        state.output.buffer.append(" ")
        state.output.buffer.append(arrow)
        state.output.buffer.append(" ")
    }

    /// The command and what the message says, as in a summary line.
    private func append(_ frame: Frame, _ time: Duration, _ arrow: StaticString, _ state: inout State) {
        Self.append(time, arrow, &state)
        var name = TextBuffer()
        frame.command.append(to: &name)
        state.output.buffer.append(name)
        guard let type = MessageTypes.standard[frame.command] else {
            state.output.buffer.append(" \(frame.payload.count) bytes, of a type that is not known")
            return
        }
        state.skim.info.removeAll()
        type.skim(frame.payload.span.bytes, from: 0, MessageContext(network: network, time: 0), into: &state.skim)
        guard !state.skim.info.isEmpty else { return }
        state.output.buffer.append(spaces: max(0, 11 - name.count))
        state.output.buffer.append(state.skim.info)
    }

    /// What somebody has us send, by its headers.
    private static func appendCommands(_ bytes: [UInt8], _ network: Network, to text: inout TextBuffer) {
        var framer = MessageFramer(network: nil, synchronised: true)
        var at = 0
        var isFirst = true
        while case .message(let message) = framer.next(bytes.span.bytes.extracting(droppingFirst: at), isLast: true) {
            if !isFirst { text.append(", ") }
            isFirst = false
            message.header.command.append(to: &text)
            at += message.byteCount
        }
        if at < bytes.count { text.append(isFirst ? "no whole message" : ", and what is no message") }
    }

    /// Closes the timeline, and shows the peer's `version`.
    ///
    /// - Parameter known: Nil where the meeting was interrupted.
    func finish(_ known: Acquaintance?) {
        state.withLock { state in
            if let known { Self.append(known, pings: pings, &state) }
            state.output.flush()
            if let version = state.version { show(version, state.output) }
            state.output.flush()
        }
    }

    private static func append(_ known: Acquaintance, pings: Int, _ state: inout State) {
        let trips = known.roundTrips.dropFirst()
        if pings > 0, let fastest = trips.min(), let slowest = trips.max() {
            let sum = trips.reduce(Duration.zero, +)
            state.output.buffer.append("\(trips.count) of \(pings) pings answered, round trip ")
            for (name, time) in [("min", fastest), ("mean", sum / trips.count), ("max", slowest)] {
                if name != "min" { state.output.buffer.append(", ") }
                state.output.buffer.append(duration: time.nanoseconds, decimals: 9)
                state.output.buffer.append(" \(name)")
            }
            state.output.buffer.append("\n")
        }
        if let end = known.lateEnd {
            state.output.buffer.append("\(end.meaning)\n")
        }
    }

    private func show(_ version: Frame, _ output: ByteOutput) {
        output.buffer.append("\n")
        let writer = TextWriter(output, summary: nil, tree: TreeText(full: false, colour: Colour(isOn: false)))
        var messages = PastedMessages(writer: writer)
        writer.begin()
        _ = messages.dissect(version.bytes(on: network).span.bytes)
        writer.end()
    }

    /// Whether standard output could not be written.
    var hasFailed: Bool { state.withLock { StandardError.complain(ofFailed: $0.output) } }
}

extension Duration {
    /// Clamped to what 64 bits hold.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product &+ attoseconds / 1_000_000_000
    }
}
#endif
