import Fields

/// What earlier messages of the capture tell of the things that a message lists: its layout shows it beside them.
public struct Earlier: Sendable {
    /// The first announcement of what an inventory lists, by the place there; nil where nobody had announced it.
    public var announcements: ContiguousArray<EarlierAnnouncement?> = []
    /// Of the transaction or block that the message is: the frame in which its sender announced it.
    public var announcedIn: UInt64?
    /// The first announcement of it.
    public var first: EarlierAnnouncement?

    public init() {}

    public var isEmpty: Bool { announcements.isEmpty && announcedIn == nil && first == nil }

    public mutating func removeAll() { if !isEmpty { self = Earlier() } }

    /// Notes the first announcement of what stands at a place; places rise.
    public mutating func note(_ announcement: EarlierAnnouncement, at place: Int) {
        while announcements.count < place { announcements.append(nil) }
        announcements.append(announcement)
    }
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
