import BitcoinP2P

/// What a peer may still send, by ``FrameLimits``.
struct FrameBudget {
    private let limits: FrameLimits
    private var received = 0
    private var hasVersion = false
    /// After a `version`, as it should be.
    private var hasVerack = false

    init(_ limits: FrameLimits) { self.limits = limits }

    /// Whether a message of so many bytes, header included, may still come.
    func admit(_ byteCount: Int) throws(MeetingOutcome) {
        let limit = hasVerack ? limits.message : limits.beforeVerack
        if byteCount > limit { throw .tooLong }
        if byteCount > (hasVerack ? limits.afterVerack : limits.beforeVerack) - received { throw .tooMuch }
    }

    /// Counts what came.
    ///
    /// - Parameter command: Of a message; nil of what was none.
    mutating func receive(_ byteCount: Int, _ command: Command?) {
        received += byteCount
        if command == Command("version") {
            hasVersion = true
        } else if hasVersion, !hasVerack, command == Command("verack") {
            hasVerack = true
            received = 0
        }
    }
}
