#if Web
import NIOCore
import NIOPosix

/// The one thread that has the sockets, and does all that is asynchronous.
///
/// Swift's own threads are not used: their pool looks into `/proc` now and then, and ends the program where the sandbox
/// does not let it. So nothing here may sleep by `Task.sleep` or begin a task that does not prefer this thread.
public final class WebThread: Sendable {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Begins. Threads keep the privileges and the sandbox that their maker had: those are given up before.
    public init() {}

    /// Does something on this thread.
    func run(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task(executorPreference: group.any().taskExecutor) { await body() }
    }

    /// Waits.
    func pause(for time: TimeAmount) async throws {
        try await group.any().scheduleTask(in: time) {}.futureResult.get()
    }
}
#endif
