import Fields

/// Which columns of a table have room on a terminal, and how wide they are. Those that name a row are always there; the
/// others are taken by their importance, from the left, as long as there is room. Texts may be shortened for that.
struct TableFit {
    /// What a long text is shortened to, and at last any that names a row.
    private static let leastOfLongText = 16
    private static let leastOfName = 8

    /// Places of the columns that are shown, ascending.
    private(set) var shown: [Int]
    /// Of all columns.
    private(set) var widths: [Int]
    private let wanted: [Int]
    private let gaps: [Int]

    /// - Parameters:
    ///   - widths: Columns of the terminal that each needs.
    ///   - gaps: Before each, but for the first that is shown.
    ///   - room: Columns of the terminal; nil where all is shown.
    init(_ columns: [Column], widths wanted: [Int], gaps: [Int], into room: Int?) {
        self.wanted = wanted
        self.gaps = gaps
        shown = Array(columns.indices)
        widths = wanted
        guard let room, total > room else { return }
        for (index, column) in columns.enumerated() {
            if case .longText = column.unit { widths[index] = min(widths[index], Self.leastOfLongText) }
        }
        shown = columns.indices.filter { columns[$0].importance == .name }
        let others = columns.indices.filter { columns[$0].importance != .name }
            .sorted { (columns[$1].importance, $0) < (columns[$0].importance, $1) }
        var isFull = false
        for index in others where columns[index].importance > .detail || !isFull {
            let before = shown
            shown = (shown + [index]).sorted()
            guard total > room else { continue }
            shown = before
            isFull = true
        }
        shorten(into: room)
        widen(into: room)
    }

    /// Columns of the terminal.
    var total: Int {
        shown.reduce(0) { $0 + widths[$1] } + shown.dropFirst().reduce(0) { $0 + gaps[$1] }
    }

    func isShortened(_ index: Int) -> Bool { widths[index] < wanted[index] }

    /// Takes from the widest until all have room.
    private mutating func shorten(into room: Int) {
        while total > room, let widest = shown.max(by: { widths[$0] < widths[$1] }), widths[widest] > Self.leastOfName {
            widths[widest] -= 1
        }
    }

    /// Gives room that is left to what was shortened.
    private mutating func widen(into room: Int) {
        var left = room - total
        for index in shown where left > 0 {
            let more = min(left, wanted[index] - widths[index])
            widths[index] += more
            left -= more
        }
    }
}
