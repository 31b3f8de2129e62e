import Fields

/// What earlier messages of the capture tell of the things that a message lists: its layout shows it beside them.
public struct Earlier: Sendable {
    /// The first announcement of what an inventory lists, by the place there; nil where nobody had announced it.
    public var announcements: ContiguousArray<EarlierAnnouncement?> = []

    public init() {}
}

/// That a peer announced a transaction or block before.
public struct EarlierAnnouncement: Sendable {
    /// The frame that completed it.
    public var frame: UInt64
    /// `address:port` of who announced, safe to print.
    public var announcer: [UInt8]
    /// From that announcement to the one at hand, in nanoseconds; nil where this is none, or the clock ran back.
    public var lag: Int64?

    public init(frame: UInt64, announcer: [UInt8], lag: Int64?) {
        self.frame = frame
        self.announcer = announcer
        self.lag = lag
    }
}
