import BitcoinP2P
import Fields
import Output

/// What was remarked on messages, the worst first.
struct OddSection: Section {
    let page: Page
    let id: StaticString = "odd"
    let title: StaticString = "What is odd?"

    private static let mostRows = 40

    func append(to html: inout HTML) {
        // As `-z expert` has them: by severity, then the most frequent, then in the order of the texts.
        let remarks = page.collector.remarks.values.sorted { left, right in
            let (one, other) = (left.remark.declaration, right.remark.declaration)
            if one.severity != other.severity { return one.severity > other.severity }
            return (right.count, one.summary) < (left.count, other.summary)
        }
        guard !remarks.isEmpty else {
            return html.note {
                if page.messages == 0 { return $0.own("No message could be read.") }
                $0.own(
                    page.options.filter == nil
                        ? "Nothing: no remark was made on any message."
                        : "Nothing: no remark was made on any message that matches.")
            }
        }
        html.table("Remarks") { html in
            html.own("<thead><tr>")
            html.head("Severity")
            html.head("What")
            html.head("Times", "n")
            html.head("First")
            html.own("</tr></thead><tbody>\n")
            for remark in remarks.prefix(Self.mostRows) { append(remark, to: &html) }
            html.own("</tbody>")
        }
        if remarks.count > Self.mostRows {
            html.note {
                $0.count(UInt64(remarks.count - Self.mostRows))
                $0.own(" more kinds of remarks have no row; <code>-z expert</code> has all.")
            }
        }
    }

    private func append(_ tally: RemarkTally, to html: inout HTML) {
        let declaration = tally.remark.declaration
        html.own("<tr><th scope=row class=\"grave ")
        html.own(declaration.severity.style)
        html.own("\">")
        html.own(declaration.severity.mark)
        html.own(" ")
        html.words(declaration.severity.name)
        html.own("</th><td>")
        html.words(declaration.summary)
        html.own("</td>")
        html.cell { $0.count(tally.count) }
        html.own("<td>frame ")
        html.count(tally.frame)
        if let command = tally.command {
            var name = TextBuffer()
            command.append(to: &name)
            html.own(", ")
            html.wire(name)
        }
        if !tally.peer.isEmpty {
            html.own(" from ")
            html.wire(tally.peer)
        }
        html.own("</td></tr>\n")
    }
}

extension Severity {
    /// The class that colours it.
    var style: StaticString {
        switch self {
        case .error: "error"
        case .warning: "warning"
        case .note, .chat: "note-mark"
        }
    }

    var mark: StaticString {
        switch self {
        case .error: "■"
        case .warning: "▲"
        case .note, .chat: "●"
        }
    }
}
