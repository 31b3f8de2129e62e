#if Peer
import NIOCore
import NIOPosix
import Synchronization
import System

/// What meetings run on: one thread for all sockets, beside Swift's own.
///
/// Threads keep the privileges that their maker had, so those are given up before this is made.
public final class PeerRuntime: Sendable {
    let group: MultiThreadedEventLoopGroup

    private init() { group = MultiThreadedEventLoopGroup(numberOfThreads: 1) }

    /// Runs something asynchronous on the calling thread, which waits for it.
    ///
    /// - Parameter isEnding: Asked twenty times a second: whether it is to be cancelled.
    public static func run<Result: Sendable>(
        isEnding: @escaping @Sendable () -> Bool, _ body: @escaping @Sendable (PeerRuntime) async -> Result
    ) -> Result? {
        let runtime = PeerRuntime()
        let isOver = Semaphore(0)
        let result = Mutex<Result?>(nil)
        let box = Box(result)
        let work = Task {
            let found = await body(runtime)
            box.value.withLock { $0 = found }
            isOver.signal()
        }
        let watch = Task {
            while !Task.isCancelled {
                if isEnding() { return work.cancel() }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        isOver.wait()
        watch.cancel()
        try? runtime.group.syncShutdownGracefully()
        return box.value.withLock { $0 }
    }

    /// A lock that two tasks have.
    private final class Box<Value: Sendable>: Sendable {
        let value: Mutex<Value?>
        init(_ value: consuming Mutex<Value?>) { self.value = value }
    }
}
#endif
