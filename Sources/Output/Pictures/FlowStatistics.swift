import Fields
import Records

/// How ladders are drawn in text.
public struct FlowStyle: Sendable {
    /// Columns of the terminal, at least 40: no line is longer.
    public let width: Int
    /// No other characters than those of ASCII.
    public let isASCII: Bool
    public let colour: Colour

    public init(width: Int, isASCII: Bool, colour: Colour) {
        self.width = max(width, 40)
        self.isASCII = isASCII
        self.colour = colour
    }
}

/// Which connections `-z flow` draws.
public enum FlowChoice: Sendable {
    case stream(UInt64)
    /// The one with most remarks, else most messages.
    case best
    /// The first eight that have a message.
    case first
}

/// `-z flow`: the ladder of a connection, its messages as arrows between two bars.
public final class FlowStatistics: RecordSink, UnreadBytesSink, @unchecked Sendable {
    private let output: ByteOutput
    private let style: FlowStyle
    private let choice: FlowChoice
    private var collector: LadderCollector

    /// Rows of a ladder: more than anybody reads.
    private static let mostRows = 50_000

    public init(_ choice: FlowChoice, _ style: FlowStyle, to output: ByteOutput) {
        self.output = output
        self.style = style
        self.choice = choice
        collector =
            switch choice {
            case .stream(let stream): LadderCollector(.stream(stream), rowLimit: Self.mostRows)
            case .best: LadderCollector(.best, rowLimit: Self.mostRows)
            case .first: LadderCollector(.first(8), rowLimit: Self.mostRows / 8)
            }
    }

    public var wants: Wants { Wants(.tree, info: true, frames: false) }
    public func begin() {}
    public func write(_ record: borrowing Record, _: RawSpan) { collector.receive(record) }

    public func receiveUnread(_ unread: UnreadSegment) { collector.receiveUnread(unread) }

    public func end() {
        let connections = collector.finish()
        if connections.isEmpty {
            if case .stream(let stream) = choice {
                output.buffer.append("Connection ")
                output.buffer.append(decimal: stream)
                output.buffer.append(": no message of it is shown.\n")
            } else {
                output.buffer.append("No message is shown.\n")
            }
        }
        for (index, connection) in connections.enumerated() {
            if index > 0 { output.buffer.append("\n") }
            var text = LadderText(style, since: collector.captureStart ?? 0, decimals: collector.decimals)
            text.append(connection, to: &output.buffer)
            output.flushIfFull()
        }
        if collector.isPartial {
            if case .first = choice {
                output.buffer.append("\nThere are more connections: -z flow,STREAM draws any.\n")
            } else {
                output.buffer.append("Not all connections could be kept to choose from: -z flow,STREAM draws any.\n")
            }
        }
        output.flush()
    }
}
