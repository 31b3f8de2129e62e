import BitcoinP2P
import Fields
import Insight
import Output

/// What the capture is made of: a row a command.
struct KindsSection: Section {
    let page: Page
    let id: StaticString = "kinds"
    let title: StaticString = "What is it made of?"

    static let mostRows = 24

    private struct Kind {
        let name: TextBuffer
        var messages: (up: UInt64, down: UInt64) = (0, 0)
        var bytes: (up: UInt64, down: UInt64) = (0, 0)
        var sum: UInt64 = 0
        var count: UInt64 = 0
    }

    /// The rows of `-z bytes` that are of messages, a line for each command, the largest first.
    private var kinds: [Kind] {
        var kinds: [[UInt8]: Kind] = [:]
        for row in page.bytes.rows where row.text("row")?.string == "message" {
            guard let name = row.text("command") else { continue }
            let (messages, bytes) = (row.number("messages") ?? 0, row.number("bytes") ?? 0)
            var kind = kinds[name.bytes] ?? Kind(name: name)
            switch page.isUp(flow: row) {
            case true?:
                kind.messages.up &+= messages
                kind.bytes.up &+= bytes
            case false?:
                kind.messages.down &+= messages
                kind.bytes.down &+= bytes
            case nil: break
            }
            kind.sum &+= bytes
            kind.count &+= messages
            kinds[name.bytes] = kind
        }
        return kinds.values.sorted { ($1.sum, $0.name.string) < ($0.sum, $1.name.string) }
    }

    func append(to html: inout HTML) {
        let kinds = kinds
        let sum = kinds.reduce(0) { $0 &+ $1.sum }
        guard !kinds.isEmpty else {
            return html.note { $0.own("No message could be read.") }
        }
        html.table("Messages by type") { html in
            html.own("<thead><tr>")
            html.head("Message")
            html.own("<th scope=col class=picture>Over time")
            html.axis(span: page.span, length: page.length)
            html.own("</th>")
            html.head("↑", "n")
            html.head("↓", "n")
            html.head("↑ bytes", "n")
            html.head("↓ bytes", "n")
            html.head("Share of bytes", "shares")
            html.own("</tr></thead><tbody>\n")
            for kind in kinds.prefix(Self.mostRows) { append(kind, of: sum, to: &html) }
            html.own("</tbody>")
        }
        html.note {
            $0.own(
                "Over time: how many messages, ↑ above the line, ↓ below; height by the square root, each row to its ")
            $0.own("own largest.")
            if kinds.count > Self.mostRows {
                let rest = kinds.dropFirst(Self.mostRows)
                $0.own(" ")
                $0.count(UInt64(rest.count))
                $0.own(" more types, with ")
                $0.count(rest.reduce(0) { $0 &+ $1.count })
                $0.own(" messages and ")
                $0.size(rest.reduce(0) { $0 &+ $1.sum })
                $0.own(" together, have no row.")
            }
            let undirected = kinds.reduce(0) { $0 &+ ($1.count &- $1.messages.up &- $1.messages.down) }
            if undirected > 0 {
                $0.own(" Of ")
                $0.count(undirected)
                $0.own(undirected == 1 ? " message " : " messages ")
                $0.own(page.hasNode ? "neither side is the node" : "it is not known who opened the connection")
                $0.own(": in the shares alone.")
            }
            let named = kinds.reduce(0) { $0 &+ $1.count }
            if named < page.messages {
                $0.own(" ")
                $0.count(page.messages &- named)
                $0.own(" messages of connections that are not followed have no row.")
            }
            let between = page.bytes.rows.reduce(0) {
                $0 &+ ($1.text("row")?.string == "no_message" ? $1.number("bytes") ?? 0 : 0)
            }
            if between > 0 {
                $0.own(" Of streams that can be read ")
                $0.size(between)
                $0.own(" belong to no message.")
            }
        }
    }

    private func append(_ kind: Kind, of sum: UInt64, to html: inout HTML) {
        let command = Command(name: kind.name.string)
        let traffic = command.map { Traffic(MessageFamily(of: $0)) } ?? .other
        html.own("<tr><th scope=row>")
        html.key(traffic)
        // Only that many names are remembered.
        if kind.name.isEmpty { html.own("other names") } else { html.wire(kind.name) }
        html.own("</th>")
        html.cell("picture") { html in
            guard let bins = page.collector.commands[kind.name.bytes] else {
                return html.own("<span class=faint>not drawn</span>")
            }
            let sums = [true, false].map {
                bins.sums(page.way, isUp: $0, step: page.step, count: page.intervals)
            }
            html.spark(sums[0], sums[1], traffic.style, life: nil)
        }
        html.cell { $0.countOrDot(kind.messages.up) }
        html.cell { $0.countOrDot(kind.messages.down) }
        html.cell { $0.sizeOrDot(kind.bytes.up) }
        html.cell { $0.sizeOrDot(kind.bytes.down) }
        html.cell("shares") { $0.share(kind.sum, of: sum) }
        html.own("</tr>\n")
    }
}
