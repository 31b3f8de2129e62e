#if Web
import DisplayFilter
import Dissector
import Fields
import NIOPosix
import Output
import Records
import Synchronization

/// Finds the rows that a display filter lets through, by reading the capture once more.
///
/// It goes on where it stopped when there is more to read: one thread at a time reads.
final class FilterRun: @unchecked Sendable {
    /// How far it is.
    struct Progress: Sendable {
        var rows = RowSet()
        /// Rows that were looked at.
        var scanned: UInt64 = 0
        /// All rows that there are by now were looked at.
        var isComplete = false
        /// The capture is no longer what it was when it was read first.
        var hasChanged = false
    }

    private struct State {
        var rows = RowSet()
        /// All is read that was there when ``covered`` rows were.
        var covered = -1
        var hasEnded = false
        var isRunning = false
        var hasChanged = false
        /// When somebody has asked how far it is.
        var asked = ContinuousClock.now
    }

    /// Who wants to know how far it is asks a few times a second; a tab that does not for so long is gone.
    static let patience: Duration = .seconds(10)
    /// How often a reading looks whether anybody is still there: as many frames cost a millisecond, about.
    private static let framesBetweenLooks = 1_000

    let filter: Filter
    private let capture: ServedCapture
    private let window: RecordWindow
    private let patience: Duration
    private let state = Mutex(State())
    private let cancelled = Atomic<Bool>(false)
    /// Only the thread that runs touches it.
    private var reading: Rereading?

    /// - Parameter patience: For tests.
    init(_ filter: Filter, _ capture: ServedCapture, patience: Duration = FilterRun.patience) {
        self.filter = filter
        self.capture = capture
        self.patience = patience
        // Rows that the index has no room for are in no list.
        window = RecordWindow(1..<UInt64(capture.index.limit) + 1)
    }

    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    /// Nobody wants it any more.
    func cancel() { cancelled.store(true, ordering: .relaxed) }

    /// Cancels it where nobody has asked how far it is for long.
    private func cancelIfForsaken() {
        state.withLock { state in
            if ContinuousClock.now - state.asked > patience { cancel() }
        }
    }

    /// It has looked at all rows, and none will come.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// It reads now.
    var isRunning: Bool { state.withLock { $0.isRunning } }

    /// How far it is; has it go on where there is more to read.
    func progress(_ threads: NIOThreadPool) -> Progress {
        let count = capture.index.count
        let (progress, starts) = state.withLock { state in
            state.asked = .now
            let isComplete = state.hasEnded || state.covered >= count
            let starts = !isComplete && !state.isRunning && !isCancelled
            if starts { state.isRunning = true }
            return (
                Progress(
                    rows: state.rows, scanned: isComplete ? UInt64(count) : min(window.passed, UInt64(count)),
                    isComplete: isComplete, hasChanged: state.hasChanged), starts
            )
        }
        if starts {
            threads.submit { state in
                if case .active = state { self.run() } else { self.stop(covered: -1, hasEnded: false) }
            }
        }
        return progress
    }

    private func run() {
        // Rows that were there before all was read are covered then.
        let count = capture.index.count
        let isComplete = capture.isComplete
        let reading = reading ?? start()
        self.reading = reading
        var frames = 0
        let end = reading.read(
            isComplete: isComplete,
            isOver: {
                frames += 1
                if frames % Self.framesBetweenLooks == 0 { cancelIfForsaken() }
                return isCancelled || capture.isEnding
            })
        switch end {
        case .ended:
            self.reading = nil
            // Rows that were there before are not there now.
            let isShort = isComplete && window.passed < UInt64(count)
            if isShort { state.withLock { $0.hasChanged = true } }
            stop(covered: count, hasEnded: true)
        case .changed:
            self.reading = nil
            state.withLock { $0.hasChanged = true }
            stop(covered: count, hasEnded: true)
            // Who asks again has the files looked at again.
            cancel()
        case .caughtUp: stop(covered: count, hasEnded: false)
        case .stopped:
            self.reading = nil
            stop(covered: -1, hasEnded: false)
        }
    }

    private func stop(covered: Int, hasEnded: Bool) {
        state.withLock { state in
            state.isRunning = false
            state.covered = covered
            state.hasEnded = hasEnded
        }
    }

    private func start() -> Rereading {
        var options = capture.options
        options.filter = filter
        options.window = window
        if RecordNames.containsColumns(filter.fields) { options.columns = TimeColumn(.relative) }
        return Rereading(capture.input, options, writer: Writer(self))
    }

    private func note(_ number: UInt64) { state.withLock { $0.rows.insert(number) } }

    private final class Writer: RecordSink {
        private unowned let run: FilterRun
        init(_ run: FilterRun) { self.run = run }
        var wants: Wants { Wants(.summary) }
        func begin() {}
        func write(_ record: borrowing Record, _: RawSpan) {
            if record.isNumbered { run.note(record.number) }
        }
        func end() {}
    }
}
#endif
