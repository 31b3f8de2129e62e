/// How long we stay after the handshake.
struct Stay {
    private let time: Duration
    private var end: ContinuousClock.Instant?
    private var isLast = false
    /// The number of the alarm that counts.
    private(set) var alarm = 0

    init(_ time: Duration) { self.time = time }

    /// - Returns: False where it has begun before.
    mutating func begin() -> Bool {
        guard end == nil else { return false }
        end = ContinuousClock.now + time
        alarm = 1
        return true
    }

    /// What is left of it when nothing else is waited for; nil where it is over. New the first time: then another alarm
    /// counts.
    var left: (time: Duration, isNew: Bool)? {
        mutating get {
            guard let end else { return nil }
            let now = ContinuousClock.now
            guard end > now else { return nil }
            let isNew = !isLast
            isLast = true
            if isNew { alarm += 1 }
            return (end - now, isNew)
        }
    }
}
