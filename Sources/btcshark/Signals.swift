import Glibc
import Synchronization

/// What the user asks for by signals.
///
/// SIGINT and SIGTERM: the first asks for an orderly end, the second ends at once. SIGUSR1 asks for the counts so far.
/// SIGHUP, while packets are recorded, asks for the next file; else it is an end like SIGTERM.
enum Signals {
    private static let end = Atomic<Bool>(false)
    private static let counts = Atomic<Bool>(false)
    private static let rotation = Atomic<Bool>(false)

    /// Finish what is there.
    static var isEndRequested: Bool { end.load(ordering: .relaxed) }

    /// Whether the counts were asked for since this was last called.
    static func takeCountsRequest() -> Bool { counts.exchange(false, ordering: .relaxed) }

    /// Whether the next file was asked for since this was last called.
    static func takeRotationRequest() -> Bool { rotation.exchange(false, ordering: .relaxed) }

    /// Begins to listen. A read or a wait is interrupted.
    ///
    /// - Parameter rotates: SIGHUP asks for the next file.
    static func listen(rotates: Bool = false) {
        // Made here, not in the handlers, in which atomics and signal() are all that may be touched.
        end.store(false, ordering: .relaxed)
        counts.store(false, ordering: .relaxed)
        rotation.store(false, ordering: .relaxed)
        let ends: @convention(c) (Int32) -> Void = { number in
            Signals.end.store(true, ordering: .relaxed)
            signal(number, SIG_DFL)
        }
        handle(SIGINT, ends)
        handle(SIGTERM, ends)
        handle(SIGUSR1) { _ in Signals.counts.store(true, ordering: .relaxed) }
        if rotates {
            handle(SIGHUP) { _ in Signals.rotation.store(true, ordering: .relaxed) }
        } else {
            handle(SIGHUP, ends)
        }
    }

    private static func handle(_ number: Int32, _ handler: @convention(c) (Int32) -> Void) {
        var action = sigaction()
        // What nohup has made deaf stays so.
        if number == SIGHUP, sigaction(number, nil, &action) == 0, isIgnored(action) { return }
        action.__sigaction_handler.sa_handler = handler
        // Without SA_RESTART.
        action.sa_flags = 0
        sigaction(number, &action, nil)
    }

    private static func isIgnored(_ action: sigaction) -> Bool {
        unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
