#if Web
import DisplayFilter
import Dissector
import NIOPosix
import Synchronization

/// Display filters of all tabs that look at the capture: what they have found is kept for a while, and each tab has one that
/// runs.
final class FilterRuns: Sendable {
    fileprivate struct State {
        /// The ones asked for last stand last.
        var runs: [(text: String, run: FilterRun)] = []
        /// What each tab looks at now, the last ones last.
        var tabs: [(name: String, text: String)] = []
    }

    /// Filters that are kept.
    static let most = 16
    /// Filters that run at once.
    static let mostRunning = 4
    fileprivate static let mostTabs = 64

    private let capture: ServedCapture
    private let state = Mutex(State())
    let threads: NIOThreadPool

    init(_ capture: ServedCapture) {
        self.capture = capture
        threads = NIOThreadPool(numberOfThreads: 2)
        threads.start()
    }

    /// The run of a filter for a tab, whose other one is cancelled if no other tab looks at that.
    func run(_ text: String, tab: String) throws(FilterProblem) -> FilterRun {
        if let known = known(text, tab) { return known }
        let filter = try Self.parse(text)
        return state.withLock { state in
            if let index = state.runs.firstIndex(where: { $0.text == text && !$0.run.isCancelled }) {
                return state.runs[index].run
            }
            let run = FilterRun(filter, capture)
            state.runs.append((text, run))
            state.look(tab, at: text)
            return run
        }
    }

    /// Cancels what a tab has looked at: it looks at all rows.
    func leave(tab: String) { state.withLock { $0.look(tab, at: "") } }

    private func known(_ text: String, _ tab: String) -> FilterRun? {
        state.withLock { state in
            guard let index = state.runs.firstIndex(where: { $0.text == text && !$0.run.isCancelled }) else {
                return nil
            }
            let entry = state.runs.remove(at: index)
            state.runs.append(entry)
            state.look(tab, at: text)
            return entry.run
        }
    }

    static func parse(_ text: String) throws(FilterProblem) -> Filter {
        let filter: Filter
        do throws(FilterError) {
            filter = try Filter(text, resolve: RecordNames.fields(named:), names: { RecordNames.all })
        } catch {
            throw FilterProblem(error, in: text)
        }
        if let name = RecordNames.nameForSecondReading(among: Array(filter.fields)) {
            throw FilterProblem(
                message: "\(name) is known only with -2, which reads the files twice.", at: 0, length: text.utf16.count)
        }
        return filter
    }
}

extension FilterRuns.State {
    fileprivate mutating func look(_ tab: String, at text: String) {
        tabs.removeAll { $0.name == tab }
        tabs.append((tab, text))
        if tabs.count > FilterRuns.mostTabs { tabs.removeFirst() }
        // What no tab looks at need not go on, nor stand ready for it.
        for (other, run) in runs where !run.hasEnded && !tabs.contains(where: { $0.text == other }) { run.cancel() }
        let running = runs.filter { $0.run.isRunning && !$0.run.isCancelled }
        for entry in running.dropLast(FilterRuns.mostRunning) { entry.run.cancel() }
        runs.removeAll { $0.run.isCancelled }
        if runs.count > FilterRuns.most { runs.removeFirst().run.cancel() }
    }
}

/// Why a text is no filter, and where, in UTF-16 of the text.
struct FilterProblem: Error {
    let message: String
    let at: Int
    let length: Int

    init(message: String, at: Int, length: Int) {
        self.message = message
        self.at = at
        self.length = length
    }

    init(_ error: FilterError, in text: String) {
        message = error.message
        let start = text.index(text.startIndex, offsetBy: error.position, limitedBy: text.endIndex) ?? text.endIndex
        let end = text.index(start, offsetBy: error.length, limitedBy: text.endIndex) ?? text.endIndex
        at = text[..<start].utf16.count
        length = max(1, text[start..<end].utf16.count)
    }
}
#endif
