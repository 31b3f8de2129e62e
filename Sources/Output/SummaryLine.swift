import BitcoinP2P
import Fields
import Records

/// The default output: a line a message, in tshark's columns; with TAB as their separator, `-T tabs`, where addresses
/// have no ports, as in tshark.
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
        let source = end(record.source)
        let destination = end(record.destination)
        text.append(spaces: 12 - source.count)
        colour.append(as: .sender(record.sender), to: &text) { text in
            text.bytes.append(contentsOf: source)
            text.append(ascii: separator)
            text.append("→")
            text.append(ascii: separator)
            text.bytes.append(contentsOf: destination)
        }
        text.append(spaces: 12 - destination.count)
        text.append(ascii: separator)
        text.append(record.protocolName)
        text.append(ascii: separator)
        text.append(decimal: record.length)
        text.append(ascii: separator)
        append(infoOf: record, to: &text)
        text.append("\n")
    }

    /// Address and port, or with TABs the address.
    private func end(_ end: [UInt8]) -> ArraySlice<UInt8> { separator == 0x09 ? ColumnsWriter.address(end) : end[...] }

    /// A problem colours all of it, else the message's family its name.
    private func append(infoOf record: borrowing Record, to text: inout TextBuffer) {
        if record.hasProblem { return colour.append(as: .problem, to: &text) { $0.append(record.info) } }
        var name = 0
        if colour.isOn, record.isMessage, let command = record.command {
            name = min(max(0, record.said.lowerBound), record.info.count)
            colour.append(as: .family(MessageFamily(of: command)), to: &text) {
                $0.bytes.append(contentsOf: record.info.bytes[..<name])
            }
        }
        text.bytes.append(contentsOf: record.info.bytes[name...])
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
