import Fields

/// tshark's box of `-z io,stat`: a row for each interval, and a column for each thing that is computed.
struct IntervalBox {
    /// In nanoseconds; 0 is all the time there is.
    let interval: Int64
    let duration: Int64
    /// What the columns are of, as `-z` has it.
    let names: [String]
    private var columns: [(title: String, cells: [String], width: Int)] = []

    init(interval: Int64, duration: Int64, names: [String]) {
        self.interval = interval
        self.duration = duration
        self.names = names
    }

    mutating func append(_ title: String, _ cells: [String]) {
        let width = cells.reduce(title.utf8.count) { max($0, $1.utf8.count) }
        columns.append((title, cells, width))
    }

    static func text(_ value: Int64, isTime: Bool) -> String { isTime ? seconds(value, decimals: 6) : String(value) }

    private static func seconds(_ nanoseconds: Int64, decimals: Int) -> String {
        var text = TextBuffer()
        TimeText.append(nanoseconds: nanoseconds, decimals: decimals, to: &text)
        return text.string
    }

    /// As many as the interval needs; tshark has one where there is but one interval.
    private var decimals: Int {
        guard interval > 0 else { return 1 }
        var (rest, decimals) = (interval % 1_000_000_000, 0)
        while rest != 0, decimals < 6 {
            rest = rest * 10 % 1_000_000_000
            decimals += 1
        }
        return decimals
    }

    private func bound(_ nanoseconds: Int64) -> String {
        decimals > 0 ? Self.seconds(nanoseconds, decimals: decimals) : String(nanoseconds / 1_000_000_000)
    }

    func write(to output: ByteOutput) {
        let count = columns.first?.cells.count ?? 0
        let boundWidth = bound(interval > 0 ? interval &* Int64(count) : duration).utf8.count
        let firstWidth = max(10, boundWidth * 2 + 6)
        let margin = String(repeating: " ", count: (firstWidth - boundWidth * 2 - 4) / 2)
        let inner = columns.reduce(firstWidth) { $0 + $1.width + 3 }
        let all = interval > 0 ? Self.seconds(duration, decimals: 6) : bound(duration)
        var heads = ["IO Statistics", "", "Duration: \(all) secs"]
        heads += ["Interval: \(interval > 0 ? bound(interval) : all) secs", ""]
        for (index, name) in names.enumerated() {
            var shown = TextBuffer()
            shown.append(wire: Array(name.utf8).span.bytes)
            heads.append((index == 0 ? "Col 1: " : Self.right("\(index + 1): ", 7)) + shown.string)
        }
        let width = max(inner, heads.reduce(0) { max($0, $1.count + 2) })
        func line(_ text: String, fill: String = " ") {
            // A table that is narrower than the heads has its own end.
            let rest = width - text.count
            output.buffer.append("|\(text)")
            if rest > 0 { output.buffer.append("|" + String(repeating: fill, count: rest - 1)) }
            output.buffer.append("|\n")
            output.flushIfFull()
        }
        output.buffer.append("\n" + String(repeating: "=", count: width + 2) + "\n")
        for head in heads {
            output.buffer.append("| " + head + String(repeating: " ", count: width - 1 - head.count) + "|\n")
        }
        output.buffer.append("|" + String(repeating: "-", count: width) + "|\n")
        line(
            columns.enumerated().reduce(Self.left("", firstWidth)) {
                $0 + "|" + Self.left("\($1.offset + 1)", $1.element.width + 2)
            })
        line(columns.reduce(Self.left(" Interval", firstWidth)) { $0 + "| " + Self.centred($1.title, $1.width) + " " })
        line(String(repeating: "-", count: inner))
        for row in 0..<count {
            let start = Int64(row) &* interval
            let isLast = interval > 0 && start &+ interval > duration
            let end = isLast && decimals == 0 ? "Dur" : bound(isLast || interval == 0 ? duration : start &+ interval)
            let bounds = Self.right(bound(start), boundWidth) + " <> " + Self.right(end, boundWidth)
            line(
                columns.reduce(Self.left(margin + bounds, firstWidth)) {
                    $0 + "| " + Self.right($1.cells[row], $1.width) + " "
                })
        }
        output.buffer.append(String(repeating: "=", count: width + 2) + "\n")
    }

    private static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private static func centred(_ text: String, _ width: Int) -> String {
        left(right(text, text.count + (width - text.count + 1) / 2), width)
    }
}
