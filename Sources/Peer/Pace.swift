/// Hands out turns: no more than so many a second, evenly, whoever asks.
actor Pace {
    private let gap: Duration
    private var next = ContinuousClock.now

    /// - Parameter rate: Turns a second; nil for no bound.
    init(_ rate: Double?) { gap = rate.map { .nanoseconds(Int64(1e9 / max($0, 1e-3))) } ?? .zero }

    /// Waits for the next turn.
    func turn() async throws {
        let now = ContinuousClock.now
        let mine = max(next, now)
        next = mine + gap
        if mine > now { try await Task.sleep(until: mine, clock: .continuous) }
    }
}
