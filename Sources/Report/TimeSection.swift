import Fields
import Insight
import Output

/// Bytes over time: up and down from one line, stacked by what they are of.
struct TimeSection: Section {
    let page: Page
    let id: StaticString = "time"
    let title: StaticString = "When did what happen?"

    private static let height = 202.0
    /// Above the bars.
    private static let top = 16.0
    private static let least = 1.5
    private static let mostMarks = 8

    /// The sums of what is drawn, and all of them together.
    private struct Sums {
        var parts: [(traffic: Traffic, up: [UInt64], down: [UInt64])] = []
        var up: [UInt64]
        var down: [UInt64]
        /// Of connections that are not the node's.
        var left: UInt64 = 0

        init(_ page: Page) {
            up = [UInt64](repeating: 0, count: page.intervals)
            down = up
            for traffic in Traffic.allCases {
                let bins = page.collector.traffic[traffic.rawValue]
                guard bins.total > 0 else { continue }
                let sums = [true, false].map {
                    bins.sums(page.way, isUp: $0, step: page.step, count: page.intervals)
                }
                parts.append((traffic, sums[0], sums[1]))
                let drawn = sums[0].reduce(0, &+) &+ sums[1].reduce(0, &+)
                if page.hasNode, bins.total > drawn { left &+= bins.total &- drawn }
                for place in up.indices {
                    up[place] &+= sums[0][place]
                    down[place] &+= sums[1][place]
                }
            }
        }

        var busiest: (place: Int, bytes: UInt64) {
            var found = (place: 0, bytes: UInt64(0))
            for place in up.indices where up[place] &+ down[place] > found.bytes {
                found = (place, up[place] &+ down[place])
            }
            return found
        }
    }

    func append(to html: inout HTML) {
        let sums = Sums(page)
        html.own("<p class=lead>")
        if page.hasNode, let node = page.node {
            html.own("The node is ")
            html.wire(Array(node.label.utf8), cut: 200)
            html.own(". ↑ is what it sent, ↓ what it got.")
        } else {
            html.own(
                "↑ from who opened the connection, ↓ from who was called; where that is not known, ↑ is who spoke first."
            )
        }
        html.own("</p>\n<ul class=legend>")
        for (traffic, up, down) in sums.parts {
            let sum = up.reduce(0, &+) &+ down.reduce(0, &+)
            guard sum > 0 else { continue }
            html.own("<li>")
            html.key(traffic)
            html.own(traffic.label)
            html.own(" <span class=faint>")
            html.size(sum)
            html.own("</span></li>")
        }
        html.own("</ul>\n")
        appendChart(sums, to: &html)
        html.note {
            $0.own("A bar is ")
            $0.tick(page.step)
            $0.own("; both directions have one scale. Whatever was sent shows at least a line. Busiest: ")
            $0.size(sums.busiest.bytes)
            $0.own(" from ")
            if sums.busiest.place == 0 { $0.own("the start") } else { $0.tick(Int64(sums.busiest.place) * page.step) }
            $0.own(".")
            let rest = (page.capture.nanoseconds("duration_seconds") ?? 0) &- page.span
            if rest > page.step {
                $0.own(" Nothing of Bitcoin follows in the last ")
                $0.duration(rest, decimals: page.decimals)
                $0.own(", which are not drawn.")
            }
            if sums.left > 0 {
                $0.own(" ")
                $0.size(sums.left)
                $0.own(" of connections that are not the node’s are not drawn.")
            }
            if !page.collector.gaps.isEmpty { $0.own(" A dashed line: bytes are missing there.") }
        }
    }

    private func appendChart(_ sums: Sums, to html: inout HTML) {
        let mirror = Scales.Mirror(height: Self.height, up: sums.up.max() ?? 0, down: sums.down.max() ?? 0)
        let zero = Self.top + mirror.up
        let bottom = Self.top + Self.height
        // Half of the axis, and all of it, where the half has room.
        var marks: [(y: Double, bytes: UInt64)] = []
        for bytes in [mirror.top / 2, mirror.top] where bytes > 0 {
            let room = Double(bytes) * mirror.scale
            if room <= mirror.up + 0.5, room > 12 { marks.append((zero - room, bytes)) }
            if room <= mirror.down + 0.5, room > 12 { marks.append((zero + room, bytes)) }
        }
        html.own("<div class=plot><svg class=chart aria-hidden=true height=242>")
        for mark in marks {
            html.own("<text x=\"100%\" text-anchor=end y=")
            html.own(length: mark.y + 4)
            html.own(">")
            html.size(mark.bytes)
            html.own("</text>")
        }
        html.own("<text x=\"100%\" text-anchor=end y=")
        html.own(length: zero + 4)
        html.own(">0</text></svg><svg class=chart role=img aria-labelledby=\"time-name time-words\" height=242>")
        html.own("<title id=time-name>Bytes over time</title><desc id=time-words>Bytes in ")
        html.count(UInt64(page.intervals))
        html.own(page.intervals == 1 ? " interval of " : " intervals of ")
        html.tick(page.step)
        html.own(". The busiest begins at ")
        html.tick(Int64(sums.busiest.place) * page.step)
        html.own(" and has ")
        html.size(sums.busiest.bytes)
        html.own(".</desc>")
        for mark in marks { line("hair", mark.y, to: &html) }
        line("zero", zero, to: &html)
        html.own("<svg y=")
        html.own(length: Self.top)
        html.own(" width=\"100%\" height=")
        html.own(length: Self.height)
        html.own(" viewBox=\"0 0 ")
        html.own(decimal: UInt64(page.intervals))
        html.own(" ")
        html.own(length: Self.height)
        html.own("\" preserveAspectRatio=none>")
        appendBars(sums, mirror, to: &html)
        appendGaps(to: &html)
        html.own("</svg>")
        appendSides(bottom, to: &html)
        appendTimes(bottom, to: &html)
        html.own("</svg></div>\n")
    }

    private func line(_ style: StaticString, _ y: Double, to html: inout HTML) {
        html.own("<line class=")
        html.own(style)
        html.own(" x2=\"100%\" y1=")
        html.own(length: y)
        html.own(" y2=")
        html.own(length: y)
        html.own(" />")
    }

    private func appendBars(_ sums: Sums, _ mirror: Scales.Mirror, to html: inout HTML) {
        for path in Self.paths(sums.parts.map { ($0.traffic, $0.up, $0.down) }, mirror) {
            html.path(path.0.style, path.1)
        }
    }

    /// One path for each part: stacked from the line outwards, and never lower than can be seen.
    static func paths(
        _ parts: [(traffic: Traffic, up: [UInt64], down: [UInt64])], _ mirror: Scales.Mirror
    ) -> [(Traffic, PicturePath)] {
        var heights: (up: [Double], down: [Double]) = ([], [])
        if let count = parts.first?.up.count {
            heights = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
        }
        // What the stack of an interval is stretched by, so that it is seen.
        func stretch(_ place: Int, _ side: ((up: [UInt64], down: [UInt64])) -> [UInt64]) -> Double {
            let sum = parts.reduce(0) { $0 &+ side(($1.up, $1.down))[place] }
            return max(1, least / max(Double(sum) * mirror.scale, 0.000_001))
        }
        return parts.map { traffic, up, down in
            var path = PicturePath()
            for (sign, sums) in [(-1.0, up), (1.0, down)] {
                for (place, sum) in sums.enumerated() where sum > 0 {
                    let height = Double(sum) * mirror.scale * stretch(place) { sign < 0 ? $0.up : $0.down }
                    let below = sign < 0 ? heights.up[place] : heights.down[place]
                    let start = mirror.up + sign * below
                    if traffic == .encrypted {
                        path.line(x: Double(place) + 0.5, from: start, to: start + sign * height)
                    } else {
                        path.bar(x: Double(place) + 0.06, y: start, width: 0.88, height: sign * height)
                    }
                    if sign < 0 { heights.up[place] += height } else { heights.down[place] += height }
                }
            }
            return (traffic, path)
        }
    }

    private func appendGaps(to html: inout HTML) {
        var path = PicturePath()
        var drawn = Set<Int>()
        for gap in page.collector.gaps where drawn.insert(Int(clamping: gap / page.step)).inserted {
            path.line(x: Double(gap) / Double(page.step), from: 0, to: Self.height)
        }
        html.path("gap", path)
    }

    private func appendSides(_ bottom: Double, to html: inout HTML) {
        let one = page.connections.count == 1 ? page.connections.first : nil
        func side(_ arrow: StaticString, _ name: StaticString, _ end: TextBuffer?, _ y: Double) {
            html.own("<text class=side x=\"100%\" text-anchor=end y=")
            html.own(length: y)
            html.own(">")
            html.own(arrow)
            html.own(" from ")
            if let end, !page.hasNode { html.words(end) } else { html.own(name) }
            html.own("</text>")
        }
        side("↑", page.hasNode ? "the node" : "who opened", one?.text("initiator"), 11)
        side("↓", page.hasNode ? "its peers" : "who was called", one?.text("responder"), bottom - 4)
    }

    private func appendTimes(_ bottom: Double, to html: inout HTML) {
        let mark = TimeSteps.step(of: page.span, atMost: Self.mostMarks)
        let length = page.length
        var time: Int64 = 0
        var index = 0
        while time <= page.span {
            let place = Double(time) * 100 / length
            html.own("<line class=tick x1=\"")
            html.own(length: place, decimals: 2)
            html.own("%\" x2=\"")
            html.own(length: place, decimals: 2)
            html.own("%\" y1=")
            html.own(length: bottom)
            html.own(" y2=")
            html.own(length: bottom + 5)
            html.own(" /><text y=")
            html.own(length: bottom + 18)
            html.own(" x=\"")
            html.own(length: place, decimals: 2)
            html.own("%\"")
            if index % 2 == 1 { html.own(" class=odd") }
            html.own(index == 0 ? ">" : place > 96 ? " text-anchor=end>" : " text-anchor=middle>")
            html.tick(time)
            html.own("</text>")
            let (next, overflow) = time.addingReportingOverflow(mark)
            if overflow { break }
            time = next
            index += 1
        }
    }
}
