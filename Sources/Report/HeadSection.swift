import Fields
import Insight
import Output

/// The top of the page: what it is of, whether all of it is there, and the facts.
struct HeadSection {
    let page: Page

    func append(to html: inout HTML) {
        html.own("<header><p class=above>btcshark report</p><h1>")
        html.wire(Array(page.options.title.utf8), cut: 120)
        html.own("</h1>")
        appendVerdict(to: &html)
        appendChoices(to: &html)
        appendFacts(to: &html)
        html.own("</header>\n")
    }

    private func appendVerdict(to html: inout HTML) {
        if page.isEmpty {
            html.own("<p class=\"verdict doubt\"><b>▲ No Bitcoin message.</b> No stream in this capture begins with a ")
            html.own("known message header, and none that is encrypted has a Bitcoin port.")
            if let flaw = page.options.flaw {
                html.own(" ")
                html.own(flaw.words)
                html.own(".")
            }
            return html.own("</p>")
        }
        let doubts =
            (page.options.flaw.map { ["\($0.words)"] } ?? []) + unreadReasons
            + page.doubts.filter { $0.doubt != "encrypted" }.map(\.words)
        let encrypted = page.capture.number("v2_encrypted") ?? 0
        if page.doubts.isEmpty, doubts.isEmpty {
            html.own("<p class=\"verdict good\"><b>● Whole.</b>")
            if page.capture.number("checksum_good") ?? 0 > 0 { html.own(" Every checksum is good.") }
            if page.capture.number("authenticated") ?? 0 > 0 { html.own(" Every packet of v2 is authentic.") }
            html.own(
                page.capture.number("packets") == nil
                    ? " Every message that the node wrote could be read.</p>"
                    : " No byte of any connection is missing.</p>")
        } else if doubts.isEmpty {
            html.own("<p class=\"verdict doubt\"><b>◆ Encrypted.</b> ")
            appendEncrypted(encrypted, to: &html)
            html.own(" No byte is missing.</p>")
        } else {
            html.own("<p class=\"verdict doubt\"><b>▲ Not whole.</b> ")
            let words = doubts.joined(separator: ", ")
            html.words(words.prefix(1).uppercased() + words.dropFirst())
            html.own(".")
            if encrypted > 0 {
                html.own(" ")
                appendEncrypted(encrypted, to: &html)
            }
            html.own("</p>")
        }
    }

    /// What there is that was not read.
    private var unreadReasons: [String] {
        var reasons: [String] = []
        if let count = reachedCount { reasons.append("no more than \(count) messages were asked for") }
        if page.connections.contains(where: { $0.text("row")?.string == "other" }) {
            reasons.append("not all connections are followed")
        }
        return reasons
    }

    /// The most messages that were asked for, where there were as many.
    private var reachedCount: UInt64? { page.options.count.flatMap { page.messages >= $0 ? $0 : nil } }

    private func appendEncrypted(_ count: UInt64, to html: inout HTML) {
        let all = page.capture.number("bitcoin_connections") ?? count
        html.count(count)
        html.own(" of ")
        html.count(all)
        html.own(all == 1 ? " connection is" : " connections are")
        html.own(" encrypted (BIP 324) and no key is known, so the messages cannot be read: <code>--keylog</code>.")
    }

    /// What was asked for that changes what is seen.
    private func appendChoices(to html: inout HTML) {
        if let count = reachedCount {
            html.note {
                $0.own("Only the first ")
                $0.count(count)
                $0.own(" messages were read (<code>-c</code>).")
            }
        }
        if let filter = page.options.filter {
            html.note {
                $0.own("The remarks and the ladder are of messages that match <code>")
                $0.wire(Array(filter.utf8), cut: 400)
                $0.own("</code>; all else is of the whole capture.")
            }
        }
    }

    private func appendFacts(to html: inout HTML) {
        let capture = page.capture
        html.own("<dl class=facts>")
        let isUnread = page.messages == 0 && capture.number("v2_encrypted") ?? 0 > 0
        fact("Messages", to: &html) { if isUnread { $0.own("encrypted") } else { $0.count(page.messages) } }
        fact("Connections", to: &html) { $0.count(capture.number("bitcoin_connections") ?? 0) }
        if let packets = capture.number("packets") { fact("Packets", to: &html) { $0.count(packets) } }
        fact("Message bytes", to: &html) {
            if isUnread { $0.own("encrypted") } else { $0.size(page.bytes.head.number("message_bytes") ?? 0) }
        }
        fact("Span", to: &html) {
            $0.duration(capture.nanoseconds("duration_seconds") ?? 0, decimals: page.decimals)
        }
        let networks = capture.numbers("networks").map(\.name)
        fact("Network", to: &html) {
            if networks.isEmpty { $0.own("not known") } else { $0.words(networks.joined(separator: ", ")) }
        }
        if let start = capture.nanoseconds("start_epoch_seconds") {
            fact("Captured", "small", to: &html) { appendCaptured(start, to: &$0) }
        }
        if let size = page.options.size {
            fact(page.options.files.count > 1 ? "Files" : "File", to: &html) {
                $0.size(size)
                if page.options.files.count > 1 {
                    $0.own(" in ")
                    $0.count(UInt64(page.options.files.count))
                }
            }
        }
        html.own("</dl>")
    }

    private func appendCaptured(_ start: Int64, to html: inout HTML) {
        let end = start &+ (page.capture.nanoseconds("duration_seconds") ?? 0)
        var clock = TimeText(.utc)
        func instant(_ time: Int64, date: Bool) -> TextBuffer {
            var text = TextBuffer()
            let seconds = (time - (time % 1_000_000_000 + 1_000_000_000) % 1_000_000_000) / 1_000_000_000
            _ = clock.append(seconds: seconds, date: date, to: &text)
            return text
        }
        let (first, last) = (instant(start, date: true), instant(end, date: true))
        html.words(first)
        html.own("<br><span class=faint>to ")
        html.words(first.bytes.prefix(10) == last.bytes.prefix(10) ? instant(end, date: false) : last)
        html.own(" UTC</span>")
    }

    private func fact(
        _ name: StaticString, _ style: StaticString = "large", to html: inout HTML, _ body: (inout HTML) -> Void
    ) {
        html.own("<div><dt>")
        html.own(name)
        html.own("</dt><dd class=")
        html.own(style)
        html.own(">")
        body(&html)
        html.own("</dd></div>")
    }
}
