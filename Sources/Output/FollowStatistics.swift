import Fields
import Records

/// `-z follow,tcp,ascii|hex|raw,N`: the messages of one connection, in the shape of tshark's: what the initiator sent
/// begins at the margin, what the other side sent after a TAB. Each message is a chunk: what is no message has none.
public final class FollowStatistics: RecordSink {
    public enum Form: String, Sendable, CaseIterable { case ascii, hex, raw }

    private let output: ByteOutput
    private let form: Form
    private let stream: UInt64
    /// Written at once; else at the end, when all messages have been printed.
    private let writesAtOnce: Bool
    private var text = TextBuffer()
    private var hasBegun = false
    /// `address:port` of the side that begins at the margin.
    private var first: [UInt8] = []
    /// How many bytes each side has sent so far.
    private var offsets: (first: UInt64, second: UInt64) = (0, 0)
    /// How many connections there are; nil where nobody knows.
    public var connections: UInt64?
    /// Messages that had no room.
    private var leftOut: UInt64 = 0

    /// So much is kept for the end.
    static let limit = 64 << 20

    public init(_ form: Form, stream: UInt64, writesAtOnce: Bool, to output: ByteOutput) {
        self.form = form
        self.stream = stream
        self.writesAtOnce = writesAtOnce
        self.output = output
    }

    public var wants: Wants { Wants(.summary) }
    public func begin() {}

    public func write(_ record: borrowing Record, _ bytes: RawSpan) {
        guard record.stream == stream, record.isMessage, !record.source.isEmpty else { return }
        if !hasBegun { appendBeginning(record) }
        guard writesAtOnce || text.count < Self.limit else {
            leftOut &+= 1
            return
        }
        let isFirst = record.source == first
        switch form {
        case .raw: appendRaw(bytes, isFirst)
        case .ascii: appendASCII(bytes, isFirst)
        case .hex: appendHex(bytes, isFirst, from: isFirst ? offsets.first : offsets.second)
        }
        let count = UInt64(bytes.byteCount)
        if isFirst { offsets.first &+= count } else { offsets.second &+= count }
        if writesAtOnce { handOn() }
    }

    public func end() {
        if !hasBegun {
            appendHead(nodes: nil)
            if let connections { text.append("[\(absence(among: connections))]\n") }
        }
        if leftOut > 0 {
            text.append("[\(leftOut) more messages: with -q and no other -z all are written]\n")
        }
        appendRule()
        handOn()
        output.flush()
    }

    /// Why nothing is shown.
    private func absence(among connections: UInt64) -> String {
        if stream < connections { return "Of stream \(stream) there is no message to show" }
        return "There is no stream \(stream): "
            + (connections == 0 ? "the capture has none" : "there are 0 to \(connections - 1)")
    }

    private func handOn() {
        output.buffer.append(text)
        text.removeAll()
        output.flushIfFull()
    }

    private func appendRule() { text.append("===================================================================\n") }

    private func appendBeginning(_ record: borrowing Record) {
        hasBegun = true
        let isSwapped = record.sender == .responder
        first = isSwapped ? record.destination : record.source
        appendHead(nodes: (first, isSwapped ? record.source : record.destination))
    }

    private func appendHead(nodes: (first: [UInt8], second: [UInt8])?) {
        text.append("\n")
        appendRule()
        text.append("Follow: tcp,\(form.rawValue)\nFilter: tcp.stream eq \(stream)\n")
        text.append("Node 0: ")
        text.bytes += nodes?.first ?? Array("none".utf8)
        text.append("\nNode 1: ")
        text.bytes += nodes?.second ?? Array("none".utf8)
        text.append("\n")
    }

    // MARK: Forms

    private func appendRaw(_ bytes: RawSpan, _ isFirst: Bool) {
        if !isFirst { text.append("\t") }
        text.append(hexadecimal: bytes)
        text.append("\n")
    }

    /// The number of bytes, then the bytes, with a point for each that is no printable ASCII, but for LF as in tshark. It
    /// leaves CR, too, which would have a terminal write one line over another.
    private func appendASCII(_ bytes: RawSpan, _ isFirst: Bool) {
        if !isFirst { text.append("\t") }
        text.append(decimal: bytes.byteCount)
        text.append("\n")
        for index in 0..<bytes.byteCount { appendCharacter(bytes, index, hasLines: true) }
        text.append("\n")
    }

    private func appendHex(_ bytes: RawSpan, _ isFirst: Bool, from offset: UInt64) {
        var start = 0
        while start < bytes.byteCount {
            if !isFirst { text.append("\t") }
            let end = min(start + 16, bytes.byteCount)
            // Offsets above are in capitals in tshark, too.
            text.append(Self.offset(offset &+ UInt64(start)))
            text.append(" ")
            for place in 0..<16 {
                if place == 8 { text.append(" ") }
                if start + place < end {
                    text.append(" ")
                    text.append(hexadecimal: bytes.extracting(start + place..<start + place + 1))
                } else {
                    text.append("   ")
                }
            }
            text.append("  ")
            for index in start..<end {
                if index == start + 8 { text.append(" ") }
                appendCharacter(bytes, index)
            }
            text.append("\n")
            start = end
        }
    }

    private static func offset(_ offset: UInt64) -> String {
        let digits = String(offset, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 8 - digits.utf8.count)) + digits
    }

    /// - Parameter hasLines: LF ends a line.
    private func appendCharacter(_ bytes: RawSpan, _ index: Int, hasLines: Bool = false) {
        let byte = bytes.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
        text.append(ascii: (0x20...0x7e).contains(byte) || hasLines && byte == 0x0a ? byte : 0x2e)
    }
}
