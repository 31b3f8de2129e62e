import Insight

/// What cannot be known from this capture: only what applies to it.
struct LimitsSection: Section {
    let page: Page
    let id: StaticString = "limits"
    let title: StaticString = "What this cannot tell"

    func append(to html: inout HTML) {
        html.own("<ul class=limits>")
        for sentence in sentences {
            html.own("<li>")
            html.own(sentence)
            html.own("</li>")
        }
        for loss in page.losses {
            html.own("<li>From ")
            html.duration(loss.time, decimals: page.decimals)
            html.own(" on figures are partial: ")
            html.own(loss.kind.words)
            html.own(".</li>")
        }
        html.own("</ul>\n")
    }

    private var sentences: [StaticString] {
        let doubts = Set(page.doubts.map(\.doubt))
        var sentences: [StaticString] = [
            "Times are when this capture saw the bytes; what the network between capture and peer added is part of them."
        ]
        if doubts.contains("mid_stream") {
            sentences.append(
                "A connection that was begun before the capture has no handshake here, and its ends may have no name.")
        }
        if doubts.contains("one_direction") {
            sentences.append(
                "Of a connection of which only one side was captured nobody knows what was answered, or when.")
        }
        if doubts.contains("gaps") || doubts.contains("snap_length") {
            sentences.append(
                "What was said in bytes that are missing is not counted, and requests may seem unanswered.")
        }
        if page.node == nil {
            sentences.append(
                "Which side is “the node” cannot be told from this capture, so directions go by who opened the connection: <code>--node ADDRESS</code> says it."
            )
        } else if !page.hasNode {
            sentences.append(
                "The node was found only at the end, so directions go by who opened the connection: <code>--node ADDRESS</code> says it before."
            )
        }
        if doubts.contains("encrypted") {
            sentences.append("Encrypted connections without a key show sizes and times only.")
        }
        if page.capture.number("packets") == nil {
            sentences.append(
                "These messages were written by a node, not captured: there are no packets, and nothing is known of what was lost."
            )
        }
        return sentences
    }
}
