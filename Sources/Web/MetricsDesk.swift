#if Web
import NIOCore
import Synchronization

/// Where requests for metrics of a capture under way meet the thread that captures, which alone knows them.
public final class MetricsDesk: Sendable {
    private let asked = Atomic<UInt64>(0)
    private let last = Mutex<(number: UInt64, text: [UInt8])>((0, []))
    private static let longestWait: Duration = .seconds(3)

    /// Whether somebody waits. Asked for each frame.
    public var isAsked: Bool { asked.load(ordering: .relaxed) > 0 }

    /// Answers all who wait.
    public func answer(_ text: [UInt8]) {
        // Who asks from now on waits for the next.
        let number = asked.load(ordering: .relaxed)
        last.withLock { $0 = ($0.number &+ number, text) }
        asked.subtract(number, ordering: .relaxed)
    }

    /// The metrics as they are now; nil where nobody answers.
    func ask(_ thread: WebThread) async -> [UInt8]? {
        let before = last.withLock { $0.number }
        asked.add(1, ordering: .relaxed)
        let deadline = ContinuousClock.now + Self.longestWait
        while ContinuousClock.now < deadline {
            let (number, text) = last.withLock { $0 }
            if number != before { return text }
            do { try await thread.pause(for: .milliseconds(10)) } catch { return nil }
        }
        return nil
    }
}
#endif
