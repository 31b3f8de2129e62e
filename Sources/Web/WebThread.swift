#if Web
import NIOCore
import NIOPosix

/// The one thread that has the sockets, and does all that is asynchronous.
///
/// Swift's own threads are not used: their pool looks into `/proc` now and then, and ends the program where the sandbox
/// does not let it. So nothing here may sleep by `Task.sleep` or begin a task that does not prefer this thread.
public final class WebThread: Sendable {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let executor: LoopExecutor

    /// Begins. Threads keep the privileges and the sandbox that their maker had: those are given up before.
    public init() { executor = LoopExecutor(group.any()) }

    /// Does something on this thread.
    func run(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task(executorPreference: executor) { await body() }
    }

    /// Waits.
    func pause(for time: TimeAmount) async throws {
        try await group.any().scheduleTask(in: time) {}.futureResult.get()
    }
}

/// Has the pieces of asynchronous work done on the thread of an event loop.
private final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
#endif
