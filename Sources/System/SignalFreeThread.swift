import CLinux
import Glibc

/// A thread that hears no signal: those are left to the other threads.
package struct SignalFreeThread: ~Copyable {
    private let number: pthread_t

    /// Begins.
    ///
    /// - Parameter body: What it does; kept until it returns, also where nobody waits for that.
    package init(_ body: @escaping @Sendable () -> Void) throws(SystemFailure) {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        let context = Unmanaged.passRetained(ThreadBody(body))
        var number: pthread_t = 0
        let code = pthread_create(&number, nil, threadMain, context.toOpaque())
        pthread_sigmask(SIG_SETMASK, &before, nil)
        if code != 0 {
            context.release()
            throw SystemFailure(code: code)
        }
        self.number = number
    }

    deinit { pthread_detach(number) }

    /// Waits for its end.
    package consuming func join() {
        pthread_join(number, nil)
        discard self
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// What the thread begins with: its body, retained for it.
private func threadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run() }
    return nil
}
