import BitcoinP2P
import Fields
import Insight
import Output
import Records

/// One connection, message by message.
struct LadderSection: Section {
    let page: Page
    let id: StaticString = "ladder"
    let title: StaticString = "One connection, step by step"

    /// Characters of what a message says.
    private static let shownCharacters = 96
    /// Waits from here on are written.
    private static let shownWait: Int64 = 10_000_000

    var isShown: Bool { page.ladder != nil || page.options.filter != nil }

    func append(to html: inout HTML) {
        guard let ladder = page.ladder else { return html.note { $0.own("No message matches the filter.") } }
        html.own("<p class=lead>")
        let count = page.capture.number("bitcoin_connections") ?? 0
        if count > 1 {
            html.own("Of ")
            html.count(count)
            html.own(
                ladder.remarks > 0
                    ? " connections the one with most remarks." : " connections the one with most messages.")
            if page.collector.isLadderPartial {
                html.own(" Not all of them could be kept to choose from: <code>-z flow,STREAM</code> draws any.")
            }
        } else {
            html.own("The only connection.")
        }
        if ladder.rows.isEmpty {
            html.own(" It is encrypted, so what its messages are is not known without its key.</p>\n")
            return
        }
        html.own(
            " The room between rows grows with the logarithm of the wait; what repeats is one row; brackets tie a ")
        html.own("request to its answers.</p>\n")
        html.table("One connection, step by step", "steps") { appendRows(ladder, to: &$0) }
        if ladder.isCut {
            html.note {
                $0.own("The ladder ends after ")
                $0.count(UInt64(ladder.rows.count))
                $0.own(" rows; the connection goes on: <code>btcshark -z flow,")
                $0.own(decimal: ladder.stream)
                $0.own("</code>.")
            }
        }
    }

    private func appendRows(_ ladder: LadderConnection, to html: inout HTML) {
        html.own("<thead><tr><th scope=col class=n>Frame</th><th scope=col class=n>Seconds</th>")
        html.own(
            "<th scope=col class=ties><span class=unseen>Pairs</span></th><th scope=col class=lane><div class=sides><span>"
        )
        append(ladder.initiator, ladder.userAgents.initiator, to: &html)
        html.own("</span><span>")
        append(ladder.responder, ladder.userAgents.responder, to: &html)
        html.own("</span></div></th><th scope=col class=says>What it says</th><th scope=col>Answers</th></tr></thead>")
        html.own("<tbody>\n")
        let pieces = LadderBrackets.pieces(of: ladder.rows)
        var places: [UInt64: UInt64] = [:]
        for row in ladder.rows {
            if case .step(let step) = row.content, step.order > 0 { places[step.order] = step.number }
        }
        for (row, pieces) in zip(ladder.rows, pieces) { append(row, pieces, places, to: &html) }
        html.own("</tbody>")
    }

    private func append(_ end: [UInt8], _ agent: [UInt8]?, to html: inout HTML) {
        html.own("<span class=end>")
        html.wire(end)
        html.own("</span>")
        guard let agent, !agent.isEmpty else { return }
        html.own("<br><span class=faint>")
        html.wire(agent)
        html.own("</span>")
    }

    private func append(
        _ row: LadderRow, _ pieces: [LadderBrackets.Piece], _ places: [UInt64: UInt64], to html: inout HTML
    ) {
        html.own("<tr")
        appendAnchor(row, to: &html)
        appendRoom(row.wait, to: &html)
        html.own(">")
        html.own("<th scope=row class=n>")
        html.own(decimal: row.frame)
        if case .run(let run) = row.content, run.frames.upperBound > run.frames.lowerBound {
            html.own("–")
            html.own(decimal: run.frames.upperBound)
        }
        html.own("</th>")
        html.cell("n when") { html in
            if row.wait >= Self.shownWait {
                html.own("<span class=wait>")
                html.duration(row.wait, decimals: page.decimals)
                html.own("</span>")
            }
            var time = TextBuffer()
            TimeText.append(
                nanoseconds: row.time &- (page.collector.captureStart ?? row.time), decimals: page.decimals, to: &time)
            html.words(time)
        }
        html.own("<td class=ties>")
        append(pieces, to: &html)
        html.own("</td>")
        switch row.content {
        case .step(let step): append(step, places, to: &html)
        case .run(let run): append(run, to: &html)
        }
        html.own("</tr>\n")
    }

    private func appendAnchor(_ row: LadderRow, to html: inout HTML) {
        let number =
            switch row.content {
            case .step(let step): step.number
            case .run(let run): run.number
            }
        guard number > 0 else { return }
        html.own(" id=m")
        html.own(decimal: number)
    }

    private func appendRoom(_ wait: Int64, to html: inout HTML) {
        let room = LadderRoom.steps(wait)
        guard room > 0 else { return }
        html.own(" class=w")
        html.own(decimal: UInt64(room))
    }

    // MARK: Arrows

    private func append(_ step: LadderStep, _ places: [UInt64: UInt64], to html: inout HTML) {
        html.own("<td class=lane>")
        if step.isMessage {
            html.own("<span>")
            html.wire(step.name)
            html.own(" <small>")
            html.size(step.length)
            html.own("</small></span>")
            appendArrow(
                isLeft: !step.isFromInitiator, isRight: step.isFromInitiator, isMany: false, Traffic(step.family),
                to: &html)
        } else {
            html.own("<span class=faint>no message</span>")
        }
        html.own("</td><td class=says>")
        if !step.text.isEmpty { html.wire(cut: step.text, to: Self.shownCharacters) }
        if let remark = step.remark {
            html.own("<span class=\"remark ")
            html.own(remark.severity.style)
            html.own("\">")
            html.own(remark.severity.mark)
            html.own(" ")
            html.words(remark.text)
            html.own("</span>")
        }
        html.own("</td><td class=ties-words>")
        if let answered = step.answered {
            appendFrame(answered.frame, places[answered.order], to: &html)
            if let time = answered.time {
                html.own(" after ")
                html.duration(time, decimals: page.decimals)
            }
        } else if let announced = step.announced {
            html.own("asks for ")
            html.own(decimal: announced.frame)
            html.own(" after ")
            html.duration(announced.time, decimals: page.decimals)
        }
        html.own("</td>")
    }

    /// A frame, as a link to its message where that has a row.
    private func appendFrame(_ frame: UInt64, _ number: UInt64?, to html: inout HTML) {
        guard let number, number > 0 else { return html.own(decimal: frame) }
        html.own("<a href=\"#m")
        html.own(decimal: number)
        html.own("\">")
        html.own(decimal: frame)
        html.own("</a>")
    }

    private func append(_ run: LadderRun, to html: inout HTML) {
        html.own("<td class=lane><span>")
        for (index, kind) in run.kinds.enumerated() {
            if index > 0 { html.own(", ") }
            html.own("<b>")
            html.count(kind.count)
            html.own("</b> ")
            html.own(kind.isFromInitiator ? "→ " : "← ")
            html.wire(kind.name)
        }
        html.own("</span>")
        appendArrow(
            isLeft: run.kinds.contains { !$0.isFromInitiator }, isRight: run.kinds.contains(where: \.isFromInitiator),
            isMany: true, Traffic(run.family), to: &html)
        html.own("</td><td class=says>")
        html.size(run.bytes)
        html.own(" in ")
        html.duration(max(0, run.end &- run.start), decimals: page.decimals)
        html.own("</td><td></td>")
    }

    private func appendArrow(isLeft: Bool, isRight: Bool, isMany: Bool, _ traffic: Traffic, to html: inout HTML) {
        html.own("<svg aria-hidden=true class=\"way ")
        html.own(traffic.style)
        html.own(
            isMany
                ? " many\"><line x2=\"100%\" y1=3 y2=3 /><line x2=\"100%\" y1=6 y2=6 />"
                : "\"><line x2=\"100%\" y1=4.5 y2=4.5 />")
        if isLeft { html.own("<path d=\"M0 4.5L8 .5V8.5z\"/>") }
        if isRight { html.own("<svg x=\"100%\" overflow=visible><path d=\"M0 4.5L-8 .5V8.5z\"/></svg>") }
        html.own("</svg>")
    }

    // MARK: Brackets

    /// Each row has its own pieces, so that a page may break anywhere.
    private func append(_ pieces: [LadderBrackets.Piece], to html: inout HTML) {
        guard pieces.contains(where: { $0 != .none }) else { return }
        html.own("<svg aria-hidden=true>")
        for (track, piece) in pieces.enumerated() where piece != .none {
            let x = Double(5 + 10 * track)
            if piece == .pass || piece == .join {
                // Longer than any row; the picture ends at its border.
                html.own("<path d=\"M")
                html.own(length: x)
                html.own(" 0V999\"/>")
            }
            switch piece {
            case .none, .pass: break
            case .begin: appendPiece(x, "-8h-5V0", start: x + 5, to: &html)
            case .join: appendPiece(x, "-8h5", start: x, to: &html)
            case .end: appendPiece(x, "-999V-8h5", start: x, to: &html)
            }
        }
        html.own("</svg>")
    }

    /// A piece that is measured from the bottom of its row, where the arrow is.
    private func appendPiece(_ x: Double, _ path: StaticString, start: Double, to html: inout HTML) {
        html.own("<svg y=\"100%\"><path d=\"M")
        html.own(length: start)
        html.own(" ")
        html.own(path)
        html.own("\"/></svg>")
    }
}
