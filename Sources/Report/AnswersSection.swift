import Fields
import Insight
import Output

/// How long answers took: a row a kind of request and who answered.
struct AnswersSection: Section {
    let page: Page
    let id: StaticString = "answers"
    let title: StaticString = "How long did answers take?"

    /// Of fewer, 95 of 100 say nothing.
    static let leastFor95: UInt64 = 20
    /// At most that number are a line each.
    static let mostLines: UInt64 = 300
    private static let bars = 100

    func append(to html: inout HTML) {
        let rows = page.requests.rows
        let answered = rows.filter { ($0.number("answered") ?? 0) > 0 }
        if answered.isEmpty {
            html.note {
                $0.own(
                    page.messages == 0
                        ? "No message could be read."
                        : "No request in this capture has an answer that can be proven to be its own.")
            }
        } else {
            html.table("Times to answer") { html in
                html.own("<thead><tr>")
                html.head("Asked → answered")
                html.head("Who answered")
                html.own("<th scope=col class=picture>Time to answer (log)")
                appendAxis(to: &html)
                html.own("</th>")
                html.head("Pairs", "n")
                html.head("Median", "n")
                html.head("95 %", "n")
                html.head("Longest", "n")
                html.own("</tr></thead><tbody>\n")
                for row in answered { append(row, to: &html) }
                html.own("</tbody>")
            }
            html.note {
                $0.own("A pair is proven by its nonce or hash, and each answer is used once; getaddr, which carries ")
                $0.own("neither, by order. The time is from the request’s last byte to the answer’s first. A line is ")
                $0.own("one pair, the thick one the median; more than 300 are bars. No median under 5 pairs, no 95 % ")
                $0.own("under 20.")
            }
        }
        appendWithout(rows, to: &html)
    }

    private func appendWithout(_ rows: [AnswerRow], to html: inout HTML) {
        for (keys, one, many) in [
            (
                ["unanswered", "open", "notfound"], " request has no answer in the capture: " as StaticString,
                " requests have no answer in the capture: " as StaticString
            ),
            (
                ["unclear"], " request may have had its answer among bytes that are missing: ",
                " requests may have had their answers among bytes that are missing: "
            ),
        ] {
            var counts: [(kind: String, count: UInt64)] = []
            for row in rows {
                let count = keys.reduce(UInt64(0)) { $0 &+ (row.number($1) ?? 0) }
                guard count > 0, let kind = row.text("kind")?.string else { continue }
                if let place = counts.firstIndex(where: { $0.kind == kind }) {
                    counts[place].count &+= count
                } else {
                    counts.append((kind, count))
                }
            }
            let sum = counts.reduce(0) { $0 &+ $1.count }
            guard sum > 0 else { continue }
            html.note { html in
                html.count(sum)
                html.own(sum == 1 ? one : many)
                for (index, entry) in counts.enumerated() {
                    if index > 0 { html.own(", ") }
                    html.count(entry.count)
                    html.own(" × ")
                    html.own(Self.pair(entry.kind).request)
                    if Self.pair(entry.kind).request == "getdata" {
                        html.own(" of ")
                        html.words(entry.kind)
                    }
                }
                html.own(".")
            }
        }
    }

    private func append(_ row: AnswerRow, to html: inout HTML) {
        let kind = row.text("kind")?.string ?? ""
        let pair = Self.pair(kind)
        let answered = row.number("answered") ?? 0
        html.own("<tr><th scope=row>")
        html.own(pair.request)
        html.own(" → ")
        html.own(pair.answer)
        html.own("</th><td>")
        appendWho(row, to: &html)
        html.own("</td>")
        html.cell("picture") { appendStrip(row, kind, to: &$0) }
        html.cell { $0.count(answered) }
        html.cell { $0.duration(row.nanoseconds("p50_seconds"), decimals: page.decimals, orElse: "few") }
        html.cell {
            $0.duration(
                answered < Self.leastFor95 ? nil : row.nanoseconds("p95_seconds"), decimals: page.decimals,
                orElse: "few")
        }
        html.cell { $0.duration(row.nanoseconds("max_seconds"), decimals: page.decimals, orElse: "not known") }
        html.own("</tr>\n")
    }

    /// Who answers is the other side than who asks.
    private func appendWho(_ row: AnswerRow, to html: inout HTML) {
        let one = page.connections.count == 1 ? page.connections.first : nil
        switch row.text("flow")?.string {
        case "sent": html.own("peers")
        case "received": html.own("the node")
        case "from_initiator":
            if let end = one?.text("responder") { appendEnd(end, to: &html) } else { html.own("who was called") }
        case "from_responder":
            if let end = one?.text("initiator") { appendEnd(end, to: &html) } else { html.own("who opened") }
        case "other": html.own("others")
        default: html.own("not known")
        }
    }

    private func appendEnd(_ end: TextBuffer, to html: inout HTML) {
        html.own("<span class=end>")
        html.wire(end)
        html.own("</span>")
    }

    private func appendStrip(_ row: AnswerRow, _ kind: String, to html: inout HTML) {
        html.own("<svg class=spark aria-hidden=true viewBox=\"0 0 700 26\" preserveAspectRatio=none>")
        var grid = PicturePath()
        for decade in 0...Scales.Logarithmic.decades {
            grid.line(x: Double(decade * Scales.Logarithmic.placesOfDecade), from: 0, to: 26)
        }
        html.path("hair", grid)
        // Answers go the other way than requests.
        let place = ReportCollector.place(page.way, isUp: page.isUp(flow: row).map { !$0 })
        if let times = page.collector.answers[kind]?[place] { append(times, to: &html) }
        if let median = row.nanoseconds("p50_seconds") {
            var path = PicturePath()
            path.line(x: Scales.Logarithmic.place(of: median), from: 0, to: 26)
            html.path("median", path)
        }
        html.own("</svg>")
    }

    private func append(_ times: AnswerTimes, to html: inout HTML) {
        var path = PicturePath()
        if times.count <= Self.mostLines {
            for (place, count) in times.places.enumerated() where count > 0 {
                // Lines on one another get darker, up to where more is not seen.
                for _ in 0..<min(count, 4) { path.line(x: Double(place), from: 5, to: 21) }
            }
            return html.path("pairs", path)
        }
        var bars = [UInt64](repeating: 0, count: Self.bars)
        for (place, count) in times.places.enumerated() {
            bars[min(place * Self.bars / Scales.Logarithmic.places, Self.bars - 1)] &+= UInt64(count)
        }
        let most = Double(bars.max() ?? 1).squareRoot()
        let width = Double(Scales.Logarithmic.places) / Double(Self.bars)
        for (place, count) in bars.enumerated() where count > 0 {
            path.bar(
                x: Double(place) * width, y: 26, width: width,
                height: -max(24 * Double(count).squareRoot() / max(most, 1), 1.5))
        }
        html.path("counts", path)
    }

    private func appendAxis(to html: inout HTML) {
        html.own("<svg class=axis aria-hidden=true>")
        let names: [StaticString] = ["10 µs", "100", "1 ms", "10", "100 ms", "1 s", "10", "100 s"]
        for (index, name) in names.enumerated() {
            html.own("<text y=10 x=\"")
            html.own(length: Double(index) * 100 / Double(names.count - 1), decimals: 2)
            html.own("%\"")
            if ![0, 4, 7].contains(index) { html.own(" class=odd") }
            html.own(index == 0 ? ">" : index == names.count - 1 ? " text-anchor=end>" : " text-anchor=middle>")
            html.own(name)
            html.own("</text>")
        }
        html.own("</svg>")
    }

    private static func pair(_ kind: String) -> (request: StaticString, answer: StaticString) {
        switch kind {
        case "tx": ("getdata", "tx")
        case "headers": ("getheaders", "headers")
        case "block": ("getdata", "block")
        case "merkleblock": ("getdata", "merkleblock")
        case "cmpctblock": ("getdata", "cmpctblock")
        case "blocktxn": ("getblocktxn", "blocktxn")
        case "cfilters": ("getcfilters", "cfilter")
        case "cfheaders": ("getcfheaders", "cfheaders")
        case "cfcheckpt": ("getcfcheckpt", "cfcheckpt")
        case "addr": ("getaddr", "addr")
        case "ping": ("ping", "pong")
        default: ("request", "answer")
        }
    }
}

extension StaticString {
    fileprivate static func == (left: StaticString, right: StaticString) -> Bool { "\(left)" == "\(right)" }
}
