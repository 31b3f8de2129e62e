import Glibc
import Synchronization

/// What the user asks for by signals.
///
/// SIGINT and SIGTERM: the first asks for an orderly end, the second ends at once. SIGUSR1 asks for the counts so far.
/// SIGHUP, while packets are recorded, asks for the next file; else it is an end like SIGTERM. SIGWINCH says that the
/// terminal has another size.
enum Signals {
    /// The number of the first that asked for the end; 0 where none did.
    private static let ending = Atomic<Int32>(0)
    private static let counts = Atomic<Bool>(false)
    private static let rotation = Atomic<Bool>(false)
    private static let resize = Atomic<Bool>(false)

    /// Finish what is there.
    static var isEndRequested: Bool { ending.load(ordering: .relaxed) != 0 }

    /// What asked for the end; nil where nothing did.
    static var end: (name: String, status: Status)? {
        switch ending.load(ordering: .relaxed) {
        case 0: nil
        case SIGHUP: ("SIGHUP", .hungUp)
        case SIGTERM: ("SIGTERM", .terminated)
        default: ("SIGINT", .interrupted)
        }
    }

    /// Whether the counts were asked for since this was last called.
    static func takeCountsRequest() -> Bool { take(counts) }

    /// Whether the next file was asked for since this was last called.
    static func takeRotationRequest() -> Bool { take(rotation) }

    /// Whether the terminal has changed its size since this was last called.
    static func takeResize() -> Bool { take(resize) }

    /// Asked for each frame: only looked at, as a rule.
    private static func take(_ flag: borrowing Atomic<Bool>) -> Bool {
        flag.load(ordering: .relaxed) && flag.exchange(false, ordering: .relaxed)
    }

    /// Begins to listen. A read or a wait is interrupted by an end; by the others, only a wait of the live capture.
    ///
    /// - Parameters:
    ///   - rotates: SIGHUP asks for the next file.
    ///   - redraws: Somebody draws on the terminal, and wants to know of another size.
    static func listen(rotates: Bool = false, redraws: Bool = false) {
        // Made here, not in the handlers, in which atomics and signal() are all that may be touched.
        ending.store(0, ordering: .relaxed)
        counts.store(false, ordering: .relaxed)
        rotation.store(false, ordering: .relaxed)
        resize.store(false, ordering: .relaxed)
        let ends: @convention(c) (Int32) -> Void = { number in
            _ = Signals.ending.compareExchange(expected: 0, desired: number, ordering: .relaxed)
            signal(number, SIG_DFL)
        }
        handle(SIGINT, ends)
        handle(SIGTERM, ends)
        handle(SIGUSR1, flags: SA_RESTART) { _ in Signals.counts.store(true, ordering: .relaxed) }
        if redraws {
            handle(SIGWINCH, flags: SA_RESTART) { _ in Signals.resize.store(true, ordering: .relaxed) }
        }
        if rotates {
            handle(SIGHUP, flags: SA_RESTART) { _ in Signals.rotation.store(true, ordering: .relaxed) }
        } else {
            handle(SIGHUP, ends)
        }
    }

    private static func handle(_ number: Int32, flags: Int32 = 0, _ handler: @convention(c) (Int32) -> Void) {
        var action = sigaction()
        // What nohup has made deaf stays so.
        if number == SIGHUP, sigaction(number, nil, &action) == 0, isIgnored(action) { return }
        action.__sigaction_handler.sa_handler = handler
        action.sa_flags = flags
        sigaction(number, &action, nil)
    }

    private static func isIgnored(_ action: sigaction) -> Bool {
        unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
