import BitcoinP2P
import Fields
import Records

/// A connection's ladder in the lines of a terminal.
struct LadderText {
    private let glyphs: LadderGlyphs
    private let colour: Colour
    private let width: Int
    private let start: Int64
    private let decimals: Int
    private var timeWidth = Self.usualTimeWidth

    /// Columns of the frame number, and of the time after it.
    private static let frameWidth = 7
    private static let usualTimeWidth = 12
    /// Between the two bars.
    private static let lane = 38
    /// Waits from here on are written.
    private static let shownWait: Int64 = 10_000_000
    /// From here on they have two rows.
    private static let longWait: Int64 = 1_000_000_000

    init(_ style: FlowStyle, since start: Int64, decimals: Int) {
        glyphs = LadderGlyphs(isASCII: style.isASCII)
        colour = style.colour
        width = style.width
        self.start = start
        self.decimals = decimals
    }

    private var bar: Int { Self.frameWidth + timeWidth + 1 + LadderBrackets.tracks }
    private var line: LadderLine { LadderLine(glyphs, width: width) }

    mutating func append(_ connection: LadderConnection, to text: inout TextBuffer) {
        timeWidth = connection.rows.reduce(Self.usualTimeWidth) { max($0, time($1.time).count + 1) }
        appendTitle(connection, to: &text)
        text.append("\n")
        if appendSparklines(connection, to: &text) { text.append("\n") }
        let rows = connection.rows
        guard !rows.isEmpty else {
            var line = line
            line.append(
                connection.isEncrypted
                    ? "Encrypted (BIP 324): what its messages are is not known without its key; see --keylog."
                    : "No message of it is shown.")
            return line.end(into: &text)
        }
        appendEnds(connection, to: &text)
        let pieces = LadderBrackets.pieces(of: rows)
        for (place, row) in rows.enumerated() {
            if row.wait >= Self.shownWait { appendWait(row, pieces[place], to: &text) }
            append(row, pieces[place], to: &text)
        }
        text.append("\n")
        if connection.isCut {
            var line = line
            line.append("The ladder ends here; the connection goes on.")
            line.end(into: &text)
        }
        var line = line
        line.append(glyphs.answers)
        line.append("N answers frame N, ")
        line.append(glyphs.asksFor)
        line.append("N asks for what frame N announced;")
        line.end(into: &text)
        line.append("a row of ")
        line.append(glyphs.line(isMany: true))
        line.append(" is many messages; waits over 10 ms have a row.")
        line.end(into: &text)
    }

    // MARK: Head

    private func appendTitle(_ connection: LadderConnection, to text: inout TextBuffer) {
        var line = line
        line.append("Connection ")
        line.append(decimal: connection.stream)
        line.append(": ")
        line.append(Self.buffer(connection.initiator))
        line.append(" ")
        line.append(connection.isDirected ? glyphs.to : "?-?")
        let responder = Self.buffer(connection.responder)
        var rest = TextBuffer()
        if connection.messages > 0 || !connection.isEncrypted {
            rest.append(decimal: connection.messages)
            rest.append(connection.messages == 1 ? " message, " : " messages, ")
        }
        rest.append(size: connection.bytes.initiator &+ connection.bytes.responder)
        rest.append(", ")
        rest.append(duration: max(0, connection.end &- connection.start), decimals: decimals)
        let isLong =
            line.column + 3 + LadderLine.width(of: responder.bytes) + LadderLine.width(of: rest.bytes) > width
        // Addresses of IPv6 may need lines of their own.
        if isLong { line.end(into: &text) }
        line.append(isLong ? "  " : " ")
        line.append(responder)
        line.append(isLong ? "," : ", ")
        if isLong {
            line.end(into: &text)
            line.append("  ")
        }
        line.append(rest)
        line.end(into: &text)
    }

    /// The bytes of both sides over time; false where there is no time to show.
    private func appendSparklines(_ connection: LadderConnection, to text: inout TextBuffer) -> Bool {
        // The last columns are for the sum.
        let room = max(20, width - 20)
        let span = connection.end &- start
        let step = TimeSteps.step(of: span, atMost: min(room, TimeBins.mostIntervals))
        guard connection.end > start else { return false }
        let count = Int(clamping: span / step) + 1
        for (mark, bins, sum) in [
            (glyphs.shortTo, connection.bins.initiator, connection.bytes.initiator),
            (glyphs.shortFrom, connection.bins.responder, connection.bytes.responder),
        ] {
            var line = line
            line.append(" ")
            line.append(mark)
            line.append(" ")
            let sums = bins.sums(step: step, count: count)
            let most = Double(sums.max() ?? 0).squareRoot()
            for sum in sums {
                line.append(
                    sum == 0 ? " " : glyphs.height(Int((8 * Double(sum).squareRoot() / max(most, 1)).rounded())))
            }
            var size = TextBuffer()
            size.append("  ")
            size.append(size: sum)
            line.append(size)
            line.end(into: &text)
        }
        // Few marks, so that each has room.
        let mark = TimeSteps.step(of: span, atMost: 4)
        var axis = line
        var time: Int64 = 0
        while time <= span {
            axis.pad(to: 3 + Int(time / step))
            var tick = TextBuffer()
            tick.append(tick: time)
            axis.append(tick)
            let (next, overflow) = time.addingReportingOverflow(mark)
            if overflow { break }
            time = next
        }
        axis.end(into: &text)
        var note = line
        var words = TextBuffer()
        words.append("   a column is ")
        words.append(tick: step)
        words.append("; height by the square root of the bytes")
        note.append(words)
        note.end(into: &text)
        return true
    }

    private func appendEnds(_ connection: LadderConnection, to text: inout TextBuffer) {
        appendEnds(Self.buffer(connection.initiator), Self.buffer(connection.responder), to: &text)
        guard connection.userAgents.initiator != nil || connection.userAgents.responder != nil else { return }
        func agent(_ name: [UInt8]?) -> TextBuffer {
            var text = TextBuffer()
            if let name { text.append(wire: name.span.bytes) }
            return text
        }
        appendEnds(agent(connection.userAgents.initiator), agent(connection.userAgents.responder), to: &text)
    }

    private func appendEnds(_ left: TextBuffer, _ right: TextBuffer, to text: inout TextBuffer) {
        // Each has half of the room, if the other needs the rest.
        let all = Self.lane + 2
        let (first, second) = (LadderLine.width(of: left.bytes), LadderLine.width(of: right.bytes))
        let half = all / 2 - 1
        var line = line
        line.pad(to: bar)
        line.append(cut(left, to: max(half, all - second - 2)))
        line.append(rightAlignedTo: bar + all, cut(right, to: max(half, all - first - 2)))
        line.end(into: &text)
    }

    /// At most that number of columns.
    private func cut(_ text: TextBuffer, to room: Int) -> TextBuffer {
        var line = LadderLine(glyphs, width: max(0, room))
        line.append(text)
        return line.text
    }

    // MARK: Rows

    private func appendWait(_ row: LadderRow, _ pieces: [LadderBrackets.Piece], to text: inout TextBuffer) {
        var words = TextBuffer()
        words.append(duration: row.wait, decimals: decimals)
        if row.wait >= Self.longWait { appendWait(TextBuffer(), pieces, to: &text) }
        appendWait(words, pieces, to: &text)
    }

    private func appendWait(_ words: TextBuffer, _ pieces: [LadderBrackets.Piece], to text: inout TextBuffer) {
        var line = line
        line.append(rightAlignedTo: Self.frameWidth + timeWidth, words)
        line.pad(to: Self.frameWidth + timeWidth + 1)
        // A bracket that is open before the row goes on through the wait.
        for piece in pieces { line.append(glyphs.piece(piece == .none || piece == .begin ? .none : .pass)) }
        line.append(glyphs.waitBar)
        line.pad(to: bar + 1 + Self.lane)
        line.append(glyphs.waitBar)
        line.end(into: &text)
    }

    private func append(_ row: LadderRow, _ pieces: [LadderBrackets.Piece], to text: inout TextBuffer) {
        var line = line
        var frame = TextBuffer()
        frame.append(decimal: row.frame)
        line.append(rightAlignedTo: Self.frameWidth, frame)
        line.append(rightAlignedTo: Self.frameWidth + timeWidth, time(row.time))
        line.append(" ")
        for piece in pieces { line.append(glyphs.piece(piece)) }
        line.append(glyphs.bar)
        switch row.content {
        case .step(let step):
            appendArrow(step, to: &line)
            line.append(glyphs.bar)
            append(step, to: &line)
        case .run(let run):
            appendArrow(run, to: &line)
            line.append(glyphs.bar)
            append(run, to: &line)
        }
        line.end(into: &text)
    }

    private func append(_ step: LadderStep, to line: inout LadderLine) {
        if let answered = step.answered {
            append(glyphs.answers, answered.frame, answered.time, to: &line)
        } else if let announced = step.announced {
            append(glyphs.asksFor, announced.frame, announced.time, to: &line)
        }
        if let remark = step.remark {
            line.append(" ")
            if remark.severity >= .warning { line.append(escape: { colour.begin(.problem, in: &$0) }) }
            line.append(glyphs.mark(remark.severity))
            line.append(" ")
            line.append(remark.text)
            if remark.severity >= .warning { line.append(escape: { colour.end(in: &$0) }) }
            if step.isMessage, !step.text.isEmpty { line.append(" ") }
        }
        guard step.isMessage, !step.text.isEmpty else { return }
        line.append(" ")
        line.append(step.text)
    }

    /// `↩26 314 µs `.
    private func append(_ mark: StaticString, _ frame: UInt64, _ time: Int64?, to line: inout LadderLine) {
        line.append(" ")
        line.append(mark)
        line.append(decimal: frame)
        if let time {
            var words = TextBuffer()
            words.append(" ")
            words.append(duration: time, decimals: decimals)
            line.append(words)
        }
        line.append(" ")
    }

    private func append(_ run: LadderRun, to line: inout LadderLine) {
        var words = TextBuffer()
        words.append(" ")
        words.append(size: run.bytes)
        words.append(" in ")
        words.append(duration: max(0, run.end &- run.start), decimals: decimals)
        line.append(words)
    }

    // MARK: Arrows

    private func appendArrow(_ step: LadderStep, to line: inout LadderLine) {
        guard step.isMessage else { return appendCentered(step.text, to: &line) }
        var size = TextBuffer()
        size.append(" ")
        size.append(decimal: step.length)
        var label = cut(step.name, to: Self.lane - 5 - size.count)
        label.append(size)
        appendArrow(
            label, isLeft: !step.isFromInitiator, isRight: step.isFromInitiator, isMany: false, step.family, to: &line)
    }

    private func appendArrow(_ run: LadderRun, to line: inout LadderLine) {
        var label = TextBuffer()
        for (index, kind) in run.kinds.enumerated() {
            if index > 0 { label.append(", ") }
            label.append(decimal: kind.count)
            label.append(" ")
            label.append(kind.isFromInitiator ? glyphs.to : glyphs.from)
            label.append(" ")
            label.append(kind.name)
        }
        appendArrow(
            cut(label, to: Self.lane - 5), isLeft: run.kinds.contains { !$0.isFromInitiator },
            isRight: run.kinds.contains(where: \.isFromInitiator), isMany: true, run.family, to: &line)
    }

    private func appendArrow(
        _ label: TextBuffer, isLeft: Bool, isRight: Bool, isMany: Bool, _ family: MessageFamily,
        to line: inout LadderLine
    ) {
        let taken = LadderLine.width(of: glyphs.plain(label.bytes)) + 2 + (isLeft ? 1 : 0) + (isRight ? 1 : 0)
        let fill = max(0, Self.lane - taken)
        let dash = glyphs.line(isMany: isMany)
        line.append(escape: { colour.begin(.family(family), in: &$0) })
        if isLeft { line.append(glyphs.headLeft) }
        for _ in 0..<(fill + 1) / 2 { line.append(dash) }
        line.append(" ")
        line.append(label)
        line.append(" ")
        for _ in 0..<fill / 2 { line.append(dash) }
        if isRight { line.append(glyphs.headRight) }
        line.append(escape: { colour.end(in: &$0) })
    }

    /// What is no message has no arrow.
    private func appendCentered(_ text: TextBuffer, to line: inout LadderLine) {
        let label = cut(text, to: Self.lane - 2)
        let room = Self.lane - LadderLine.width(of: glyphs.plain(label.bytes))
        let end = line.column + Self.lane
        line.pad(to: line.column + room / 2)
        line.append(label)
        line.pad(to: end)
    }

    // MARK: Values

    private func time(_ time: Int64) -> TextBuffer {
        var text = TextBuffer()
        TimeText.append(nanoseconds: time &- start, decimals: decimals, to: &text)
        return text
    }

    private static func buffer(_ bytes: [UInt8]) -> TextBuffer {
        var text = TextBuffer()
        text.bytes = bytes
        return text
    }
}

extension LadderRun {
    package var family: MessageFamily { kinds.last.map { MessageFamily(of: $0.command) } ?? .other }
}
