import Fields
import Insight
import Output

/// Who took part: a row a connection.
struct PeersSection: Section {
    let page: Page
    let id: StaticString = "peers"
    let title: StaticString = "Who was there, and when?"

    static let mostRows = 40
    /// Intervals of their pictures: fewer than of the large one, since there are many.
    private static let mostIntervals = 90

    private struct Ping {
        var least: Int64
        var count: UInt64
    }

    func append(to html: inout HTML) {
        let all = page.connections.filter { $0.text("row")?.string == "connection" }
        let large = all.sorted { bytes($0) > bytes($1) }.prefix(Self.mostRows)
        let shown = large.sorted { ($0.nanoseconds("start_seconds") ?? 0) < ($1.nanoseconds("start_seconds") ?? 0) }
        let pings = pings
        html.table("Connections", "pair") { html in
            html.own("<thead><tr>")
            html.own(page.hasNode ? "<th scope=col>Peer</th>" : "<th scope=col>From<br>to</th>")
            html.own("<th scope=col class=picture>Over time, ↑ ↓")
            html.axis(span: page.span, length: length)
            html.own("</th><th scope=col class=agent>User agent</th>")
            html.head("Lasted", "n")
            html.own("<th scope=col class=n>Messages<br>↑ ↓</th><th scope=col class=n>Bytes<br>↑ ↓</th>")
            html.own("<th scope=col class=n>Shortest<br>ping</th></tr></thead><tbody>\n")
            for row in shown { append(row, pings, to: &html) }
            html.own("</tbody>")
        }
        let rest = all.count - shown.count
        let others = page.connections.first { $0.text("row")?.string == "other" }
        if rest > 0 || others != nil {
            let kept = Set(shown.compactMap { $0.number("stream") })
            let left = all.filter { !kept.contains($0.number("stream") ?? .max) }
            html.note {
                $0.own("These are the ")
                $0.count(UInt64(shown.count))
                $0.own(" with most bytes. ")
                if rest > 0 {
                    $0.count(UInt64(rest))
                    $0.own(" more have ")
                    $0.size(left.reduce(0) { $0 &+ bytes($1) })
                    $0.own(" together.")
                }
                if let others {
                    $0.own(" Beyond those that are followed there are ")
                    $0.size(others.number("bytes_from_initiator") ?? 0)
                    $0.own(" more.")
                }
            }
        }
    }

    private var step: Int64 { TimeSteps.step(of: page.span, atMost: Self.mostIntervals) }
    private var intervals: Int { Int(clamping: page.span / step) + 1 }
    private var length: Double { Double(step) * Double(intervals) }

    private func bytes(_ row: AnswerRow) -> UInt64 {
        (row.number("bytes_from_initiator") ?? 0) &+ (row.number("bytes_from_responder") ?? 0)
    }

    /// The shortest ping of each connection, of either side, and of how many.
    private var pings: [UInt64: Ping] {
        var pings: [UInt64: Ping] = [:]
        for row in page.latency.rows {
            guard let stream = row.number("stream"), let least = row.nanoseconds("ping_min_seconds") else { continue }
            let count = row.number("answered") ?? 0
            guard let known = pings[stream] else {
                pings[stream] = Ping(least: least, count: count)
                continue
            }
            pings[stream] = Ping(least: min(known.least, least), count: known.count &+ count)
        }
        return pings
    }

    private func append(_ row: AnswerRow, _ pings: [UInt64: Ping], to html: inout HTML) {
        let stream = row.number("stream") ?? 0
        // What the node sent is up; without one, what the initiator sent.
        let isNodeFirst =
            page.hasNode
            ? page.node?.isInitiator(row.text("initiator")?.bytes ?? [], row.text("responder")?.bytes ?? []) : nil
        let isTurned = isNodeFirst == false
        let (up, down) = isTurned ? ("responder", "initiator") : ("initiator", "responder")
        let isEncrypted = row.text("transport")?.string == "v2_encrypted"
        html.own("<tr><th scope=row><span class=end>")
        if isNodeFirst != nil {
            // Who called is not always known.
            if let direction = row.text("direction")?.string { html.own(direction == "inbound" ? "← " : "→ ") }
            html.wire(row.text(down) ?? TextBuffer())
        } else {
            html.wire(row.text("initiator") ?? TextBuffer())
            html.own("<br>")
            html.wire(row.text("responder") ?? TextBuffer())
        }
        html.own("</span></th>")
        html.cell("picture") { appendPicture(stream, isTurned: isTurned, row, to: &$0) }
        html.cell("agent") { html in
            appendAgent(row, isNodeFirst != nil ? down : up, isEncrypted, to: &html)
            guard isNodeFirst == nil else { return }
            html.own("<br>")
            appendAgent(row, down, isEncrypted, to: &html)
        }
        html.cell { $0.duration(row.nanoseconds("duration_seconds"), decimals: page.decimals, orElse: "not known") }
        html.cell { html in
            if isEncrypted { return html.own("<span class=faint>encrypted</span>") }
            html.countOrDot(row.number("messages_from_\(up)"))
            html.own("<br>")
            html.countOrDot(row.number("messages_from_\(down)"))
        }
        html.cell { html in
            html.sizeOrDot(row.number("bytes_from_\(up)"))
            html.own("<br>")
            html.sizeOrDot(row.number("bytes_from_\(down)"))
        }
        html.cell { html in
            guard let ping = pings[stream] else { return html.own("<span class=faint>none</span>") }
            html.duration(ping.least, decimals: page.decimals)
            html.own("<br><span class=faint>of ")
            html.count(ping.count)
            html.own("</span>")
        }
        html.own("</tr>\n")
    }

    private func appendAgent(_ row: AnswerRow, _ side: String, _ isEncrypted: Bool, to html: inout HTML) {
        if let agent = row.text("\(side)_user_agent") {
            if agent.isEmpty { return html.own("<span class=faint>empty</span>") }
            return html.wire(agent)
        }
        html.own(
            isEncrypted
                ? "<span class=faint>encrypted</span>" : "<span class=faint>not captured</span>")
    }

    private func appendPicture(_ stream: UInt64, isTurned: Bool, _ row: AnswerRow, to html: inout HTML) {
        guard let connection = page.collector.connection(stream), !connection.lacksIntervals else {
            return html.own("<span class=faint>not drawn</span>")
        }
        var initiator = connection.bins.initiator.sums(step: step, count: intervals)
        var responder = connection.bins.responder.sums(step: step, count: intervals)
        // Where nobody knows who opened it, the one that spoke first need not be the one that the row has first.
        if connection.initiator == row.text("responder")?.bytes { swap(&initiator, &responder) }
        let start = row.nanoseconds("start_seconds") ?? 0
        let end = start &+ (row.nanoseconds("duration_seconds") ?? 0)
        let (first, last) = (Double(start) / Double(step), Double(min(end, page.span)) / Double(step))
        html.spark(
            isTurned ? responder : initiator, isTurned ? initiator : responder, "plain",
            life: first...max(first, last), gaps: connection.gaps.map { Double($0) / Double(step) })
    }
}
