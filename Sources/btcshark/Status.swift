/// tshark's exit statuses.
enum Status: Int32 {
    case success = 0
    /// A wrong option or argument.
    case usage = 1
    /// Input that cannot be read to its end, or output that cannot be written.
    case input = 2
    /// The peer did not shake hands.
    case noHandshake = 3
    /// Ended by a signal, as a shell says it: SIGHUP, SIGINT, SIGTERM.
    case hungUp = 129
    case interrupted = 130
    case terminated = 143
}
