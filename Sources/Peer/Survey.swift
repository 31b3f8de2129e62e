#if Peer
import System

/// Meets many peers, so many at once and so many a second, each once.
public struct Survey: Sendable {
    /// What happens, in order.
    public enum Event: Sendable {
        case met(Target, Acquaintance)
        /// A second has passed.
        case tick
    }

    private let meeting: Meeting
    private let concurrency: Int
    private let rate: Double?

    /// - Parameters:
    ///   - concurrency: Meetings at once.
    ///   - rate: Connections a second; nil for no bound.
    public init(_ meeting: Meeting, concurrency: Int, rate: Double?) {
        self.meeting = meeting
        self.concurrency = concurrency
        self.rate = rate
    }

    private enum Step: Sendable {
        /// Nil where the meeting was cancelled.
        case met(Target, Acquaintance?)
        case tick
    }

    /// Meets all targets, until the task is cancelled: those under way then are not met.
    ///
    /// - Parameters:
    ///   - skips: Asked before each call: whether it is not to be made.
    ///   - tell: Is told what happens, and how many meetings are under way. It answers whether to go on.
    public func run(
        _ targets: [Target], skips: @escaping @Sendable (Target) -> Bool,
        _ tell: @Sendable (_ event: Event, _ inFlight: Int) -> Bool
    ) async {
        let pace = Pace(rate)
        var queue = TargetQueue(targets)
        var inFlight = 0
        // Once it is, nobody is called any more.
        var isEnding = false
        await withTaskGroup(of: Step.self) { tasks in
            func begin() {
                while !isEnding, inFlight < concurrency, let target = queue.take() {
                    inFlight += 1
                    tasks.addTask { await meet(target, pace, skips) }
                }
            }
            func tick() {
                tasks.addTask {
                    try? await Task.sleep(for: .seconds(1))
                    return .tick
                }
            }
            tick()
            begin()
            while inFlight > 0, let step = await tasks.next() {
                var goesOn = !Task.isCancelled && !isEnding
                switch step {
                case .tick:
                    goesOn = tell(.tick, inFlight) && goesOn
                    if goesOn { tick() }
                case .met(let target, let known):
                    inFlight -= 1
                    queue.end(target)
                    if let known { goesOn = tell(.met(target, known), inFlight) && goesOn }
                    if goesOn { begin() }
                }
                // Those under way end as soon as they hear of it.
                if !goesOn {
                    isEnding = true
                    tasks.cancelAll()
                }
            }
            tasks.cancelAll()
        }
    }

    private func meet(_ target: Target, _ pace: Pace, _ skips: @Sendable (Target) -> Bool) async -> Step {
        if skips(target) {
            var known = Acquaintance()
            known.outcome = .skipped
            known.begun = SystemClock.nanoseconds
            return .met(target, known)
        }
        do {
            try await pace.turn()
        } catch {
            return .met(target, nil)
        }
        if Task.isCancelled { return .met(target, nil) }
        return .met(target, await meeting.meet(target))
    }
}
#endif
