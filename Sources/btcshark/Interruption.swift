import Glibc
import Synchronization

/// SIGINT and SIGTERM: the first asks for an orderly end, the second ends at once.
enum Interruption {
    private static let flag = Atomic<Bool>(false)

    /// A signal has come: finish what is there.
    static var isRequested: Bool { flag.load(ordering: .relaxed) }

    /// Begins to listen. A read that waits for input is interrupted.
    static func listen() {
        // Made here, not in the handler.
        flag.store(false, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            var action = sigaction()
            // Atomics and signal() are all that may be touched here.
            action.__sigaction_handler.sa_handler = { number in
                Interruption.flag.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
            // Without SA_RESTART.
            action.sa_flags = 0
            sigaction(number, &action, nil)
        }
    }
}
