import BitcoinP2P
import Fields
import Records

/// The default output: a line a message, in tshark's columns; with TAB as their separator, `-T tabs`.
public struct SummaryLine {
    private var time: TimeColumn
    private let colour: Colour
    private let separator: UInt8

    /// - Parameter separator: Between columns, which keep their width: a space, or TAB, which no column holds.
    public init(time: TimeColumn, colour: Colour, separator: UInt8 = 0x20) {
        self.time = time
        self.colour = colour
        self.separator = separator
    }

    public mutating func append(_ record: borrowing Record, to text: inout TextBuffer) {
        text.append(rightAligned: 5) { $0.append(decimal: record.frameNumber) }
        text.append(ascii: separator)
        text.append(rightAligned: 10) {
            guard record.hasTime else { return }
            time.append(record.time, since: record.captureStart, decimals: record.timeDecimals, to: &$0)
        }
        text.append(ascii: separator)
        text.append(spaces: 12 - record.source.count)
        text.bytes.append(contentsOf: record.source)
        text.append(ascii: separator)
        text.append("→")
        text.append(ascii: separator)
        text.bytes.append(contentsOf: record.destination)
        text.append(spaces: 12 - record.destination.count)
        text.append(ascii: separator)
        text.append(record.protocolName)
        text.append(ascii: separator)
        text.append(decimal: record.length)
        text.append(ascii: separator)
        if record.hasProblem { colour.begin(.problem, in: &text) }
        text.append(record.info)
        if record.hasProblem { colour.end(in: &text) }
        text.append("\n")
    }
}

extension TextBuffer {
    /// What `body` appends, with spaces before it up to `width`; it must be ASCII.
    mutating func append(rightAligned width: Int, _ body: (inout TextBuffer) -> Void) {
        let start = count
        append(spaces: width)
        let from = count
        body(&self)
        bytes.removeSubrange(start..<start + min(width, count - from))
    }
}

/// Terminal colours, or none.
public struct Colour: Sendable {
    public enum Role: Sendable {
        case problem, heading, offset
        case family(MessageFamily)
    }

    public let isOn: Bool

    public init(isOn: Bool) { self.isOn = isOn }

    func begin(_ role: Role, in text: inout TextBuffer) {
        guard isOn else { return }
        switch role {
        case .problem: text.append("\u{1b}[31m")
        case .heading: text.append("\u{1b}[1m")
        case .offset: text.append("\u{1b}[2m")
        case .family(let family): text.append(Self.code(of: family))
        }
    }

    /// Colours of the terminal's own, since its ground is not known.
    private static func code(of family: MessageFamily) -> StaticString {
        switch family {
        case .block: "\u{1b}[34m"
        case .header: "\u{1b}[36m"
        case .tx: "\u{1b}[33m"
        case .ask: "\u{1b}[35m"
        case .addr: "\u{1b}[32m"
        case .filter: "\u{1b}[93m"
        case .talk: "\u{1b}[90m"
        case .other: "\u{1b}[95m"
        }
    }

    func end(in text: inout TextBuffer) {
        if isOn { text.append("\u{1b}[0m") }
    }
}
