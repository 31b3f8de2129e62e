#if Web
import Synchronization

/// Which rows a request is about.
struct RowChoice: Hashable, Sendable {
    /// Empty for all.
    var filter = ""
    /// In nanoseconds since the first frame.
    var time: ClosedRange<Int64>?
    var stream: UInt64?

    var isAll: Bool { filter.isEmpty && time == nil && stream == nil }
}

/// The rows of a choice as a list, as far as they are known.
struct RowList: Sendable {
    private enum Content: Sendable {
        /// That many rows from the first on.
        case all(Int)
        case some(RowSet)
    }

    private let content: Content
    /// All rows that there are by now were looked at.
    let isComplete: Bool
    /// Rows that were looked at.
    let scanned: UInt64

    init(all count: Int, isComplete: Bool) {
        content = .all(count)
        self.isComplete = isComplete
        scanned = UInt64(count)
    }

    init(_ rows: RowSet, isComplete: Bool, scanned: UInt64) {
        content = .some(rows)
        self.isComplete = isComplete
        self.scanned = scanned
    }

    var count: Int {
        switch content {
        case .all(let count): count
        case .some(let rows): rows.count
        }
    }

    /// The numbers of the rows at some positions, as far as there are any.
    func numbers(at positions: Range<Int>) -> [UInt64] {
        switch content {
        case .all(let count):
            let range = positions.clamped(to: 0..<count)
            return range.map { UInt64($0) + 1 }
        case .some(let rows): return rows.numbers(at: positions)
        }
    }

    func forEach(_ body: (UInt64) -> Void) {
        switch content {
        case .all(let count):
            var number: UInt64 = 1
            while number <= UInt64(count) {
                body(number)
                number += 1
            }
        case .some(let rows): rows.forEach(body)
        }
    }

    func contains(_ number: UInt64) -> Bool {
        switch content {
        case .all(let count): number > 0 && number <= UInt64(count)
        case .some(let rows): rows.contains(number)
        }
    }

    /// Where a row stands, or would stand.
    func position(of number: UInt64) -> Int {
        switch content {
        case .all(let count): min(Int(clamping: max(number, 1) - 1), count)
        case .some(let rows): rows.position(of: number)
        }
    }
}

extension RowChoice {
    /// Whether a row's stream and time are chosen.
    private func includes(_ entry: IndexEntry?, since start: Int64) -> Bool {
        guard let entry else { return false }
        if let stream, UInt64(entry.stream) != stream { return false }
        return time.map { $0.contains(entry.time &- start) } ?? true
    }

    /// The list of the rows of this choice.
    ///
    /// - Parameter run: Of its filter; nil where it has none.
    func list(_ capture: ServedCapture, _ run: FilterRun.Progress?) -> RowList {
        // Nothing is complete before the first reading has found all rows; of a live capture all that there is by now.
        let isIndexed = capture.isLive || capture.isComplete
        let count = capture.index.count
        guard !isAll else { return RowList(all: count, isComplete: isIndexed) }
        let isComplete = (run?.isComplete ?? true) && isIndexed
        let scanned = run?.scanned ?? UInt64(count)
        if time == nil, stream == nil, let run, run.rows.last <= UInt64(count) {
            return RowList(run.rows, isComplete: isComplete, scanned: scanned)
        }
        let all = capture.index.rows()
        let start = all.start ?? 0
        var rows = RowSet()
        if let run {
            rows = run.rows.filtered { includes(all[$0], since: start) }
        } else {
            var number: UInt64 = 1
            while number <= UInt64(all.count) {
                if includes(all[number], since: start) { rows.insert(number) }
                number += 1
            }
        }
        return RowList(rows, isComplete: isComplete, scanned: scanned)
    }
}
#endif
