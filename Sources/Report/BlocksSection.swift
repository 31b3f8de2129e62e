import Fields
import Insight
import Output

/// How blocks came: those sent whole in one row, compact ones in a sum, then the slowest.
struct BlocksSection: Section {
    let page: Page
    let id: StaticString = "blocks"
    let title: StaticString = "How did blocks travel?"

    private static let mostRows = 12

    private var announced: [AnswerRow] { page.blocks.rows.filter { $0.text("row")?.string == "block" } }
    private var historic: [AnswerRow] { page.blocks.rows.filter { $0.text("row")?.string == "sync" } }
    private var compact: [AnswerRow] { page.compactBlocks.rows.filter { $0.text("row")?.string == "block" } }

    var isShown: Bool { !page.blocks.rows.isEmpty || !compact.isEmpty }

    func append(to html: inout HTML) {
        let announced = announced
        let slowest = announced.sorted {
            ($0.nanoseconds("wait_seconds") ?? -1) > ($1.nanoseconds("wait_seconds") ?? -1)
        }
        .prefix(Self.mostRows)
        .sorted { ($0.number("first_frame") ?? 0) < ($1.number("first_frame") ?? 0) }
        html.table("Blocks") { html in
            html.own("<thead><tr>")
            html.head("Block")
            html.head("First announced by")
            html.head("Came by")
            html.head("Compact", "n")
            html.head("Path", "path")
            html.head("Bytes", "n")
            html.head("Took", "n")
            html.head("Result")
            html.own("</tr></thead><tbody>\n")
            for row in historic.prefix(Self.mostRows) { appendHistoric(row, to: &html) }
            for row in slowest { append(row, to: &html) }
            html.own("</tbody>")
        }
        let results = Dictionary(grouping: compact.compactMap { $0.text("result")?.string }) { $0 }
        html.note { html in
            if !compact.isEmpty {
                html.count(UInt64(compact.count))
                html.own(compact.count == 1 ? " compact block: " : " compact blocks: ")
                for (index, result) in results.sorted(by: { ($1.value.count, $0.key) < ($0.value.count, $1.key) })
                    .enumerated()
                {
                    if index > 0 { html.own(", ") }
                    html.count(UInt64(result.value.count))
                    html.own(" × ")
                    html.words(result.key)
                }
                html.own(". ")
            }
            if announced.count > slowest.count {
                html.own("Of ")
                html.count(UInt64(announced.count))
                html.own(" announced blocks these took longest. ")
            }
            if page.hasNode { html.own("These are the blocks that came to the node. ") }
            html.own("A block took from its first announcement until all of it had come; those that nobody had ")
            html.own("announced are one row for each who sent them.")
        }
    }

    private func appendHistoric(_ row: AnswerRow, to html: inout HTML) {
        let blocks = row.number("blocks") ?? 0
        html.own("<tr><th scope=row>")
        html.count(blocks)
        html.own(blocks == 1 ? " block" : " blocks")
        html.own("</th><td class=faint>nobody</td><td><span class=end>")
        html.wire(row.text("from") ?? TextBuffer())
        html.own("</span></td>")
        html.cell { $0.own("·") }
        html.own("<td><code>getdata → block</code></td>")
        html.cell { $0.sizeOrDot(row.number("bytes")) }
        html.cell { $0.duration(row.nanoseconds("duration_seconds"), decimals: page.decimals, orElse: "not known") }
        html.own("<td>complete</td></tr>\n")
    }

    private func append(_ row: AnswerRow, to html: inout HTML) {
        let hash = row.text("hash") ?? TextBuffer()
        let compact = compact.first { other in
            other.text("hash")?.bytes == hash.bytes && other.number("stream") == row.number("body_stream")
        }
        html.own("<tr><th scope=row><code>")
        html.words(row.cell("hash"))
        html.own("</code></th><td><span class=end>")
        html.wire(row.text("first_by") ?? TextBuffer())
        html.own("</span></td><td><span class=end>")
        if let body = row.text("body_by") { html.wire(body) } else { html.own("nobody") }
        html.own("</span></td>")
        html.cell { html in
            guard let ids = compact?.number("short_ids") else { return html.own("·") }
            html.count(ids)
            html.own(ids == 1 ? " id" : " ids")
        }
        html.own("<td>")
        html.words(row.text("first_how") ?? TextBuffer())
        if let path = row.text("path") {
            html.own(", ")
            html.words(path)
        }
        html.own("</td>")
        html.cell { $0.sizeOrDot(row.number("body_bytes")) }
        html.cell { html in
            guard let wait = row.nanoseconds("wait_seconds") else {
                return html.own("<span class=faint>not complete</span>")
            }
            if wait == 0 { html.own("at once") } else { html.duration(wait, decimals: page.decimals) }
        }
        html.own("<td>")
        if let result = compact?.text("result") {
            html.words(result)
            if let requested = compact?.number("requested"), requested > 0 {
                html.own(": ")
                html.count(requested)
                html.own(" of ")
                html.count(compact?.number("short_ids") ?? requested)
            }
        } else {
            html.own(row.nanoseconds("wait_seconds") == nil ? "open" : "complete")
        }
        html.own("</td></tr>\n")
    }
}
