import Fields
import Output

/// Figures as every section writes them.
extension HTML {
    /// `1 234 567`: groups of three, with a narrow space that does not break.
    mutating func count(_ value: UInt64) {
        let digits = Array(String(value))
        for (index, digit) in digits.enumerated() {
            if index > 0, digits.count > 4, (digits.count - index) % 3 == 0 { own("\u{202f}") }
            own(digit: digit)
        }
    }

    private mutating func own(digit: Character) {
        if let value = digit.wholeNumberValue { own(decimal: UInt64(value)) }
    }

    /// A count in a table, where none at all is a dot.
    mutating func countOrDot(_ value: UInt64?) {
        guard let value, value > 0 else { return own("·") }
        count(value)
    }

    mutating func size(_ bytes: UInt64) {
        var text = TextBuffer()
        text.append(size: bytes)
        words(text)
    }

    mutating func sizeOrDot(_ bytes: UInt64?) {
        guard let bytes, bytes > 0 else { return own("·") }
        size(bytes)
    }

    mutating func duration(_ time: Int64, decimals: Int) {
        var text = TextBuffer()
        text.append(duration: time, decimals: decimals)
        words(text)
    }

    /// A time, or the word that says why there is none.
    mutating func duration(_ time: Int64?, decimals: Int, orElse word: StaticString) {
        guard let time else {
            own("<span class=faint>")
            own(word)
            return own("</span>")
        }
        duration(time, decimals: decimals)
    }

    mutating func tick(_ time: Int64) {
        var text = TextBuffer()
        text.append(tick: time)
        words(text)
    }

    /// A share of a whole, as a bar and a number.
    mutating func share(_ part: UInt64, of whole: UInt64) {
        let percent = whole > 0 ? Double(part) * 100 / Double(whole) : 0
        own("<svg class=share aria-hidden=true viewBox=\"0 0 100 10\" preserveAspectRatio=none>")
        own("<rect class=rail width=100 height=10 /><rect class=plain width=")
        own(length: part > 0 ? max(percent, 0.6) : 0)
        own(" height=10 /></svg><span class=part>")
        own(percent: percent)
        own("</span>")
    }

    private mutating func own(percent value: Double) {
        let tenths = UInt64((min(max(value, 0), 100) * 10).rounded())
        own(decimal: tenths / 10)
        own(".")
        own(decimal: tenths % 10)
        own("%")
    }

    /// The swatch of what is coloured.
    mutating func key(_ traffic: Traffic) {
        own("<svg class=key aria-hidden=true>")
        if traffic == .encrypted {
            own("<path class=f-encrypted d=\"M5.5 0V11\"/>")
        } else {
            own("<rect class=")
            own(traffic.style)
            own(" width=11 height=11 rx=2 />")
        }
        own("</svg>")
    }

    /// A table that may be wider than the page.
    mutating func table(_ label: StaticString, _ style: StaticString = "plain-table", _ body: (inout HTML) -> Void) {
        own("<div class=wide role=region tabindex=0 aria-label=\"")
        own(label)
        own("\"><table class=\"")
        own(style)
        own("\">")
        body(&self)
        own("</table></div>\n")
    }

    mutating func head(_ title: StaticString, _ style: StaticString = "w") {
        own("<th scope=col class=\"")
        own(style)
        own("\">")
        own(title)
        own("</th>")
    }

    mutating func cell(_ style: StaticString = "n", _ body: (inout HTML) -> Void) {
        own("<td class=\"")
        own(style)
        own("\">")
        body(&self)
        own("</td>")
    }

    mutating func note(_ body: (inout HTML) -> Void) {
        own("<p class=note>")
        body(&self)
        own("</p>\n")
    }

    /// The axis of time above small pictures.
    mutating func axis(span: Int64, length: Double) {
        own("<svg class=axis aria-hidden=true>")
        let step = TimeSteps.step(of: span, atMost: 4)
        var time: Int64 = 0
        while time <= span {
            let place = Double(time) * 100 / max(length, 1)
            guard place < 93 else { break }
            own("<text y=10 x=\"")
            own(length: place, decimals: 2)
            own("%\"")
            own(time > 0 ? " text-anchor=middle>" : ">")
            tick(time)
            own("</text>")
            let (next, overflow) = time.addingReportingOverflow(step)
            if overflow { break }
            time = next
        }
        own("</svg>")
    }

    /// Bars up and down from a middle line, by the square root of what they stand for.
    mutating func spark(
        _ up: [UInt64], _ down: [UInt64], _ style: StaticString, life: ClosedRange<Double>?, gaps: [Double] = []
    ) {
        let most = Double(max(up.max() ?? 0, down.max() ?? 0)).squareRoot()
        var path = PicturePath()
        for (sign, sums) in [(-1.0, up), (1.0, down)] {
            for (place, sum) in sums.enumerated() where sum > 0 {
                let height = max(12 * Double(sum).squareRoot() / max(most, 1), 1.5)
                path.bar(x: Double(place), y: 13, width: 1, height: sign * height)
            }
        }
        own("<svg class=spark aria-hidden=true viewBox=\"0 0 ")
        own(decimal: UInt64(max(up.count, 1)))
        own(" 26\" preserveAspectRatio=none>")
        if let life {
            var line = PicturePath()
            line.line(y: 13, from: life.lowerBound, to: life.upperBound)
            self.path("life", line)
        }
        self.path(style, path)
        var marks = PicturePath()
        for gap in gaps { marks.line(x: gap, from: 0, to: 26) }
        self.path("gap", marks)
        own("</svg>")
    }

    mutating func path(_ style: StaticString, _ path: PicturePath) {
        guard !path.isEmpty else { return }
        own("<path class=")
        own(style)
        own(" d=\"")
        own(path: path)
        own("\"/>")
    }
}
