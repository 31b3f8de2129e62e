#if Peer
import Fields
import Glibc
import Insight
import Output
import Peer
import Synchronization

/// Calls the targets of a plan, writes their rows, and says how far it is.
struct SurveyRun {
    private let plan: SurveyPlan

    init(_ plan: SurveyPlan) { self.plan = plan }

    func run() -> Status {
        do {
            try PeerPrivileges.giveUp()
        } catch {
            return .input
        }
        Signals.listen()
        if let notice = plan.notice { StandardError.complain(notice) }
        if !plan.isQuiet, plan.repeated > 0 {
            StandardError.complain("\(plan.repeated) of the targets are named again: each is called once")
        }
        let desk = SurveyDesk(plan)
        if !plan.targets.isEmpty {
            let (meeting, targets, rules) = (plan.meeting, plan.targets, plan.rules)
            let (concurrency, rate) = (plan.concurrency, plan.rate)
            _ = PeerRuntime.run(isEnding: { Signals.isEndRequested }) { runtime in
                let survey = Survey(Meeting(meeting, on: runtime), concurrency: concurrency, rate: rate)
                await survey.run(targets, skips: { rules.skips($0) }) { desk.take($0, $1) }
            }
        }
        return desk.finish()
    }
}

/// Where the rows of a survey come together: written one by one, each at once, so that a run which is killed loses none
/// that it has counted.
private final class SurveyDesk: Sendable {
    private struct State: ~Copyable {
        let rows: ByteOutput
        var tally: SurveyTally
        var census = PeerCensus()
        var progress: SurveyProgress
    }

    private let plan: SurveyPlan
    private let state: Mutex<State>

    init(_ plan: SurveyPlan) {
        self.plan = plan
        let rows = ByteOutput(descriptor: plan.rows)
        rows.isEnding = { Signals.isEndRequested }
        let tally = SurveyTally(total: plan.targets.count + plan.earlier, earlier: plan.earlier)
        state = Mutex(
            State(rows: rows, tally: tally, progress: SurveyProgress(isOn: !plan.isQuiet, rows: plan.rows)))
    }

    /// - Returns: Whether to go on.
    func take(_ event: Survey.Event, _ inFlight: Int) -> Bool {
        state.withLock { state in
            switch event {
            case .tick: break
            case .met(let target, let known):
                SurveyRow.append(target, known, plan.network, to: &state.rows.buffer)
                state.rows.flush()
                if state.rows.isClosed { return false }
                state.tally.add(known.outcome)
                state.census.add(target, known)
            }
            state.progress.show(state.tally, inFlight, isTick: event.isTick)
            return true
        }
    }

    /// The summary, and the census of all rows there are.
    func finish() -> Status {
        state.withLock { state in
            state.progress.clear()
            let isInterrupted = Signals.isEndRequested
            if StandardError.complain(ofFailed: state.rows) { return .input }
            defer { if plan.path != nil { Glibc.close(plan.rows) } }
            if plan.path != nil, fsync(plan.rows) != 0, errno != EINVAL {
                StandardError.complain("cannot write the rows: \(String(cString: strerror(errno)))")
                return .input
            }
            if !plan.isQuiet || isInterrupted { StandardError.write(state.tally.summary) }
            if isInterrupted { return .interrupted }
            // Rows on standard output are for a program; a table after them would be none.
            guard let path = plan.path else { return .success }
            if plan.earlier > 0 { return SurveyCensus.print(plan.rows, of: path, as: plan.format) }
            return SurveyCensus.print(state.census, as: plan.format)
        }
    }
}

extension Survey.Event {
    fileprivate var isTick: Bool { if case .tick = self { true } else { false } }
}

/// A line on standard error that says how far the survey is: renewed in place on a terminal, else one every ten seconds.
private struct SurveyProgress {
    private let isOn: Bool
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var last = ContinuousClock.now
    private var isShown = false

    /// - Parameter rows: Where the rows go: with them on the terminal there is no room for anything else.
    init(isOn: Bool, rows: Int32) { self.isOn = isOn && !(isatty(rows) == 1) }

    mutating func show(_ tally: SurveyTally, _ inFlight: Int, isTick: Bool) {
        guard isOn else { return }
        let now = ContinuousClock.now
        if isTerminal {
            guard isTick || now - last > .milliseconds(200) else { return }
            StandardError.write("\r\u{1b}[K" + tally.line(inFlight: inFlight))
            isShown = true
        } else {
            guard now - last >= .seconds(10) else { return }
            StandardError.write(tally.line(inFlight: inFlight) + "\n")
        }
        last = now
    }

    mutating func clear() {
        if isShown { StandardError.write("\r\u{1b}[K") }
        isShown = false
    }
}
#endif
