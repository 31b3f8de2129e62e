import Synchronization

/// Secrets on their way from who dissects a recorded capture to who records it, and how far either has come.
///
/// The recorder does not wait for who dissects, so a file may be full before the secrets of its frames are found. It stays
/// open until who dissects is past its last frame, or the next one is full, too.
public final class SecretsHandover: Sendable {
    private struct State {
        var lines: [(frame: UInt64, lines: [UInt8])] = []
    }

    private let state = Mutex(State())
    private let hasLines = Atomic(false)
    private let dissected = Atomic<UInt64>(0)
    private let closed = Atomic<UInt64>(0)

    public init() {}

    /// Adds lines of a key log.
    ///
    /// - Parameter frame: The number of the last frame that was dissected.
    public func add(_ lines: [UInt8], at frame: UInt64) {
        if lines.isEmpty { return }
        state.withLock { $0.lines.append((frame, lines)) }
        hasLines.store(true, ordering: .releasing)
    }

    /// All secrets of frames up to this one were added that are known by now.
    public func noteDissected(through frame: UInt64) { dissected.store(frame, ordering: .releasing) }

    /// The last frame in a file that is closed: secrets of frames up to it come late.
    public var closedThrough: UInt64 { closed.load(ordering: .acquiring) }

    // MARK: The recorder's

    var dissectedThrough: UInt64 { dissected.load(ordering: .acquiring) }

    func noteClosed(through frame: UInt64) { closed.store(frame, ordering: .releasing) }

    /// What was added since this was last asked.
    func take() -> [(frame: UInt64, lines: [UInt8])] {
        guard hasLines.load(ordering: .acquiring) else { return [] }
        return state.withLock { state in
            hasLines.store(false, ordering: .releasing)
            defer { state.lines = [] }
            return state.lines
        }
    }
}
