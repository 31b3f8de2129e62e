import Glibc
import System
import Testing

/// Threads that wait for what others change.
@Suite struct MonitorTests {
    private struct Tokens {
        var left = 0
        var used = 0
        var isOver = false
    }

    /// Of equals each change wakes one, which wakes the next where there is more: all tokens are used, and all threads
    /// end. Who waits for something of its own is woken beside them.
    @Test(.timeLimit(.minutes(1)), arguments: [1, 2, 7])
    func equals(_ count: Int) throws {
        let monitor = Monitor(Tokens())
        let threads = try (0..<count).map { _ in try User(of: monitor) }
        var sum = 0
        for step in 0..<2_000 {
            // Often more at once than one thread takes.
            let more = step % 5
            sum += more
            monitor.change { $0.left += more }
            if step % 100 == 0 { monitor.wait { [sum] in $0.used == sum ? () : nil } }
        }
        monitor.change { $0.isOver = true }
        for thread in threads { thread.join() }
        #expect(monitor.adjust { $0.used } == sum)
    }

    /// One change may bring something for each of the equals.
    @Test func oneChangeForAll() throws {
        let monitor = Monitor(Tokens())
        let threads = try (0..<5).map { _ in try User(of: monitor, holdingEach: true) }
        monitor.change { $0.left = 5 }
        let end = ContinuousClock.now + .seconds(20)
        while monitor.adjust({ $0.left }) > 0, ContinuousClock.now < end { usleep(1_000) }
        #expect(monitor.adjust { $0.left } == 0)
        monitor.change { $0.isOver = true }
        for thread in threads { thread.join() }
        #expect(monitor.adjust { $0.used } == 5)
    }

    /// A thread that uses tokens, one at a time, until there will be no more.
    private final class User {
        private var thread: SignalFreeThread?

        /// - Parameter holdingEach: Until there will be no more.
        init(of monitor: Monitor<Tokens>, holdingEach: Bool = false) throws {
            thread = try SignalFreeThread {
                while Self.takes(from: monitor) {
                    if holdingEach { monitor.wait { $0.isOver ? () : nil } }
                    monitor.change { $0.used += 1 }
                }
            }
        }

        private static func takes(from monitor: Monitor<Tokens>) -> Bool {
            monitor.waitAmongEquals { tokens in
                if tokens.left > 0 {
                    tokens.left -= 1
                    return true
                }
                return tokens.isOver ? false : nil
            }
        }

        func join() { thread.take()?.join() }
    }
}
