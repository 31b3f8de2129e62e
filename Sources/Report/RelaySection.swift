import Fields
import Insight
import Output

/// Who announced transactions, and how soon they were asked for and came.
struct RelaySection: Section {
    let page: Page
    let id: StaticString = "transactions"
    let title: StaticString = "Who told of transactions first?"

    private static let mostRows = 12

    var isShown: Bool { !rows.isEmpty }

    /// With a node only its peers: what it announces measures nobody.
    private var rows: [AnswerRow] {
        page.relay.rows.filter { row in
            guard (row.number("announced") ?? 0) > 0 else { return false }
            return !page.hasNode || row.number("contested") != nil
        }
    }

    func append(to html: inout HTML) {
        let rows = rows
        let hasContest = rows.contains { ($0.number("contested") ?? 0) > 0 }
        html.table("Transactions by announcer") { html in
            html.own("<thead><tr>")
            html.head("Announced by")
            html.head("Announced", "n")
            if hasContest {
                html.head("Contested", "n")
                html.head("First", "n")
                html.head("Share first", "shares")
            }
            html.head("Asked for", "n")
            html.head("After", "n")
            html.head("Delivered", "n")
            html.head("Delivery, median", "n")
            html.own("</tr></thead><tbody>\n")
            for row in rows.prefix(Self.mostRows) { append(row, hasContest, to: &html) }
            html.own("</tbody>")
        }
        html.note {
            if rows.count > Self.mostRows {
                $0.count(UInt64(rows.count - Self.mostRows))
                $0.own(" more announced transactions. ")
            }
            if hasContest { $0.own("Contested: two sides or more announced it. ") }
            $0.own(
                "How soon it was asked for is the asker’s choice: Bitcoin Core waits 2 s for peers that connected to ")
            $0.own("it. Who announced first need not be where a transaction came from: announcements are delayed at ")
            $0.own("random.")
        }
    }

    private func append(_ row: AnswerRow, _ hasContest: Bool, to html: inout HTML) {
        html.own("<tr><th scope=row><span class=end>")
        html.wire(row.text("from") ?? TextBuffer())
        if !page.hasNode {
            // One side may announce to many.
            html.own("<br>→ ")
            html.wire(row.text("to") ?? TextBuffer())
        }
        html.own("</span></th>")
        html.cell { $0.count(row.number("announced") ?? 0) }
        if hasContest {
            let (contested, first) = (row.number("contested") ?? 0, row.number("first") ?? 0)
            html.cell { $0.countOrDot(contested) }
            html.cell { $0.countOrDot(first) }
            html.cell("shares") { if contested > 0 { $0.share(first, of: contested) } else { $0.own("·") } }
        }
        html.cell { $0.countOrDot(row.number("asked")) }
        html.cell { appendChoice(row, to: &$0) }
        html.cell { $0.countOrDot(row.number("delivered")) }
        html.cell { html in
            if (row.number("delivered") ?? 0) == 0 { return html.own("·") }
            html.duration(row.nanoseconds("service_p50_seconds"), decimals: page.decimals, orElse: "few")
        }
        html.own("</tr>\n")
    }

    /// The asker's habit where there is one, else the least and the longest time.
    private func appendChoice(_ row: AnswerRow, to html: inout HTML) {
        guard let least = row.nanoseconds("choice_min_seconds"), let most = row.nanoseconds("choice_max_seconds")
        else { return html.own("<span class=faint>not asked</span>") }
        func habit(_ time: Int64) -> Int64 { (time &+ 500_000_000) / 1_000_000_000 }
        if most < 100_000_000 { return html.own("at once") }
        if habit(least) == habit(most), least >= 500_000_000 {
            html.own("after ")
            html.count(UInt64(habit(least)))
            return html.own(" s")
        }
        html.duration(least, decimals: page.decimals)
        html.own(" to ")
        html.duration(most, decimals: page.decimals)
    }
}
