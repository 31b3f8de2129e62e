import BitcoinP2P
import Fields
import Records

/// The default output: a line a message, in tshark's columns; with TAB as their separator, `-T tabs`, where addresses
/// have no ports, as in tshark.
public struct SummaryLine {
    private var time: TimeColumn
    private let colour: Colour
    private let separator: UInt8
    /// A line had no room on the terminal: from then on all do without the protocol and with fewer digits of a second,
    /// so that they have the same columns.
    private var isNarrow = false

    /// Of the further lines of what has no room on one.
    private static let indent = 6

    /// - Parameter separator: Between columns, which keep their width: a space, or TAB, which no column holds.
    public init(time: TimeColumn, colour: Colour, separator: UInt8 = 0x20) {
        self.time = time
        self.colour = colour
        self.separator = separator
    }

    /// - Parameter room: Columns of the terminal; nil where there is none.
    public mutating func append(_ record: borrowing Record, into room: Int? = nil, to text: inout TextBuffer) {
        defer { text.append("\n") }
        guard let room else {
            _ = appendColumns(record, to: &text)
            return
        }
        let start = text.count
        func isTooWide(_ text: TextBuffer) -> Bool {
            text.count - start > room && text.columns(from: start) > room
        }
        let before = time
        var info = appendColumns(record, to: &text)
        guard isTooWide(text) else { return }
        if !isNarrow {
            isNarrow = true
            time = before
            text.bytes.removeSubrange(start...)
            info = appendColumns(record, to: &text)
        }
        guard Self.isShownToItsEnd(record), isTooWide(text) else { return }
        text.shortenNumbers(from: info)
        LineFitter(.continued(indent: Self.indent), into: room).fit(&text, from: start)
    }

    /// What others say of a message stands at the end of its line: what is wrong with it, and for how long its request
    /// has waited. Of the end of a connection, and of what else is no message, nothing else is said.
    private static func isShownToItsEnd(_ record: borrowing Record) -> Bool {
        !record.isMessage || record.said.upperBound < record.info.count
    }

    /// - Returns: Where the message's own text begins.
    private mutating func appendColumns(_ record: borrowing Record, to text: inout TextBuffer) -> Int {
        text.append(decimal: record.frameNumber, rightAligned: 5)
        text.append(ascii: separator)
        text.append(rightAligned: 10) {
            guard record.hasTime else { return }
            time.append(
                record.time, since: record.captureStart, decimals: record.timeDecimals, isNarrow: isNarrow, to: &$0)
        }
        text.append(ascii: separator)
        let source = shown(record.source)
        let destination = shown(record.destination)
        text.append(spaces: 12 - source.count)
        colour.append(as: .sender(record.sender), to: &text) { text in
            text.append(utf8: record.source.span.bytes.extracting(source))
            text.append(ascii: separator)
            text.append("→")
            text.append(ascii: separator)
            text.append(utf8: record.destination.span.bytes.extracting(destination))
        }
        text.append(spaces: 12 - destination.count)
        text.append(ascii: separator)
        if !isNarrow {
            text.append(record.protocolName)
            text.append(ascii: separator)
        }
        text.append(decimal: record.length)
        text.append(ascii: separator)
        let info = text.count
        append(infoOf: record, to: &text)
        return info
    }

    /// Where in the text of an end is what is shown: address and port, or with TABs the address.
    private func shown(_ end: [UInt8]) -> Range<Int> {
        separator == 0x09 ? ColumnsWriter.address(end).indices : end.indices
    }

    /// A problem colours all of it, else the message's family its name.
    private func append(infoOf record: borrowing Record, to text: inout TextBuffer) {
        if record.hasProblem { return colour.append(as: .problem, to: &text) { $0.append(record.info) } }
        var name = 0
        if colour.isOn, record.isMessage, let command = record.command {
            name = min(max(0, record.said.lowerBound), record.info.count)
            colour.append(as: .family(MessageFamily(of: command)), to: &text) {
                $0.append(utf8: record.info.bytes.span.bytes.extracting(first: name))
            }
        }
        text.append(utf8: record.info.bytes.span.bytes.extracting(droppingFirst: name))
    }
}

extension TextBuffer {
    /// What `body` appends, with spaces before it up to `width`; it must be ASCII.
    mutating func append(rightAligned width: Int, _ body: (inout TextBuffer) -> Void) {
        let start = count
        body(&self)
        let length = count - start
        guard length < width else { return }
        append(spaces: width - length)
        bytes.withUnsafeMutableBytes { bytes in
            let field = UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
            // Regions that overlap are moved soundly.
            UnsafeMutableRawBufferPointer(rebasing: field[(width - length)...]).copyBytes(from: field.prefix(length))
            field.prefix(width - length).copyBytes(from: repeatElement(0x20, count: width - length))
        }
    }

    /// A number with spaces before it up to `width`.
    mutating func append(decimal value: UInt64, rightAligned width: Int) {
        var digits = 1
        var limit: UInt64 = 10
        // No number has more than 20.
        while digits < min(width, 20), value >= limit {
            digits += 1
            limit &*= 10
        }
        append(spaces: width - digits)
        append(decimal: value)
    }
}
