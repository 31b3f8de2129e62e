import BitcoinP2P
import Fields
import Insight
import Output

/// What the page is made of, and what the sections share.
struct Page {
    let options: ReportOptions
    let collector: ReportCollector
    let connections: [AnswerRow]
    let capture: AnswerRow
    let bytes: AnswerTable
    let requests: AnswerTable
    let latency: AnswerTable
    let relay: AnswerTable
    let blocks: AnswerTable
    let compactBlocks: AnswerTable
    let answers: [(QuestionName, AnswerTable)]
    let doubts: [(doubt: String, words: String)]
    /// What makes figures partial.
    let losses: [Loss]
    let node: Insight.Node?
    /// Which of the ways of ``Directions`` is up.
    let way: Int
    let span: Int64
    /// Of the timeline and all pictures of its kind.
    let step: Int64
    let intervals: Int
    let decimals: Int
    let ladder: LadderConnection?

    /// The questions that the page asks.
    static let questions: [QuestionName] = [
        .capture, .connections, .bytes, .latency, .requests, .relay, .blocks, .cmpctblock,
    ]

    init(_ collector: ReportCollector, _ view: View, _ options: ReportOptions) {
        self.options = options
        self.collector = collector
        node = view.knownNode
        way = collector.directions.way(of: node)
        doubts = view.doubts
        losses = view.losses
        // What is counted must go the ways that are drawn.
        let view = way == 0 ? view.withoutNode : view
        let answers = Self.questions.map { ($0, $0.table(view)) }
        self.answers = answers
        func table(_ name: QuestionName) -> AnswerTable {
            answers.first { $0.0 == name }.map(\.1) ?? name.table(view)
        }
        capture = table(.capture).head
        connections = table(.connections).rows
        bytes = table(.bytes)
        requests = table(.requests)
        latency = table(.latency)
        relay = table(.relay)
        blocks = table(.blocks)
        compactBlocks = table(.cmpctblock)
        decimals = collector.decimals
        let start = collector.captureStart ?? 0
        span = max(0, collector.latest == .min ? 0 : collector.latest &- start)
        step = TimeSteps.step(of: span, atMost: TimeBins.mostIntervals)
        intervals = Int(clamping: span / step) + 1
        ladder = collector.ladder
    }

    /// Of all intervals together. In whole nanoseconds those of a few centuries would have no room.
    var length: Double { Double(step) * Double(intervals) }

    /// Whether there is anything to show.
    var isEmpty: Bool { messages == 0 && (capture.number("bitcoin_connections") ?? 0) == 0 }

    var messages: UInt64 { (capture.number("messages_whole") ?? 0) &+ (capture.number("messages_cut") ?? 0) }

    /// The node's way is shown.
    var hasNode: Bool { way > 0 }

    /// Whether what a row tells of goes up; nil where that is not known, or no way of the node's.
    func isUp(flow row: AnswerRow) -> Bool? {
        switch row.text("flow")?.string {
        case "sent", "from_initiator": true
        case "received", "from_responder": false
        default: nil
        }
    }

    /// The whole page.
    func append(to output: ByteOutput) {
        var html = HTML()
        let sections: [any Section] = isEmpty ? [] : Self.sections(self)
        appendHead(to: &html)
        HeadSection(page: self).append(to: &html)
        if !sections.isEmpty { appendContents(sections, to: &html) }
        html.own("<main id=main tabindex=-1>")
        for section in sections {
            html.own("<section id=")
            html.own(section.id)
            html.own("><h2>")
            html.own(section.title)
            html.own("</h2>\n")
            section.append(to: &html)
            html.own("</section>\n")
            output.buffer.append(html.text)
            output.flushIfFull()
            html = HTML()
        }
        html.own("</main>\n")
        appendFoot(to: &html)
        output.buffer.append(html.text)
        output.flush()
    }

    private static func sections(_ page: Page) -> [any Section] {
        [
            TimeSection(page: page), KindsSection(page: page), PeersSection(page: page), AnswersSection(page: page),
            RelaySection(page: page), BlocksSection(page: page), OddSection(page: page), LadderSection(page: page),
            LimitsSection(page: page),
        ]
        .filter { (section: any Section) in section.isShown }
    }

    private func appendHead(to html: inout HTML) {
        html.own("<!doctype html>\n<html lang=en><head><meta charset=utf-8>")
        html.own("<meta name=viewport content=\"width=device-width, initial-scale=1\">")
        html.own("<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'sha256-")
        html.words(Style.digest)
        html.own("'\"><meta name=referrer content=no-referrer><meta name=color-scheme content=\"light dark\"><title>")
        html.words(options.title.singleLine)
        html.own(" · btcshark report</title>\n<style>")
        html.own(style: Style.sheet)
        html.own("</style></head>\n<body><a class=jump href=\"#main\">To the contents</a>")
    }

    private func appendContents(_ sections: [any Section], to html: inout HTML) {
        html.own("<nav aria-label=Contents><ol>")
        for section in sections {
            html.own("<li><a href=\"#")
            html.own(section.id)
            html.own("\">")
            html.own(section.title)
            html.own("</a></li>")
        }
        html.own("</ol></nav>\n")
    }

    private func appendFoot(to html: inout HTML) {
        html.own("<footer><p>Made by <code>btcshark report")
        append(options.reading + options.choosing, to: &html)
        html.own("</code>, btcshark ")
        html.words(options.version)
        html.own(". The figures are in this page as JSON, element <code>data</code>.")
        if !isEmpty {
            html.own(" A message in full: <code>btcshark")
            append(options.reading, to: &html)
            html.own(" -V frame.number==N</code>.")
        }
        html.own("</p></footer>\n<script type=\"application/json\" id=data>")
        html.data(data)
        html.own("</script>\n</body></html>\n")
    }

    private func append(_ arguments: [String], to html: inout HTML) {
        for argument in arguments {
            html.own(" ")
            html.wire(Array(argument.utf8), cut: 200)
        }
    }

    /// The figures again, as `--json` has them, no more rows than a page has.
    private var data: TextBuffer {
        var json = TextBuffer()
        json.append("{\"report\":1,")
        for (index, (name, table)) in answers.enumerated() {
            if index > 0 { json.append(",") }
            table.append(json: name.rawValue, mostRows: Self.mostRows(of: name), to: &json)
        }
        json.append("}")
        return json
    }

    private static func mostRows(of name: QuestionName) -> Int {
        switch name {
        case .connections: PeersSection.mostRows
        case .bytes: 4 * KindsSection.mostRows
        default: 24
        }
    }
}

/// A part of the page, whose heading is its question.
protocol Section {
    var page: Page { get }
    var id: StaticString { get }
    var title: StaticString { get }
    /// It has something to say of this capture.
    var isShown: Bool { get }
    func append(to html: inout HTML)
}

extension Section {
    var isShown: Bool { true }
}

extension String {
    /// Without line breaks, for a place that has none.
    fileprivate var singleLine: String { String(map { $0.isNewline ? " " : $0 }) }
}
