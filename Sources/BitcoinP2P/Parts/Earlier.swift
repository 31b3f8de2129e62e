import Fields

/// What earlier messages of the capture tell of the things that a message lists: its layout shows it beside them.
public struct Earlier: Sendable {
    /// The first announcement of what an inventory lists, by the place there; nil where nobody had announced it.
    public var announcements: ContiguousArray<EarlierAnnouncement?> = []
    /// Of the transaction or block that the message is: the frame in which its sender announced it.
    public var announcedIn: UInt64?
    /// The first announcement of it.
    public var first: EarlierAnnouncement?
    /// Of a `getdata`: that of the first thing it asks for.
    public var asked: AskedAnnouncement?
    /// Of a `cmpctblock`: how many of its short ids stand for one transaction that was seen, and how many for several.
    public var shortIDs: (seen: UInt64, ambiguous: UInt64)?
    /// Of a `cmpctblock`: the transactions that its short ids stand for, in their order; of a `blocktxn`: those that it has, as
    /// far as they were seen.
    public var transactions: ContiguousArray<EarlierTransaction?> = []
    /// Of a `blocktxn`: what the short ids are made with of the compact block that it fills.
    public var shortIDKey: ShortIDKey?

    public init() {}

    public var isEmpty: Bool {
        announcements.isEmpty && announcedIn == nil && first == nil && shortIDs == nil && transactions.isEmpty
            && shortIDKey == nil && asked == nil
    }

    public mutating func removeAll() { if !isEmpty { self = Earlier() } }

    /// Notes the first announcement of what stands at a place.
    public mutating func note(_ announcement: EarlierAnnouncement, at place: Int) {
        while announcements.count <= place { announcements.append(nil) }
        announcements[place] = announcement
    }

    /// The transaction at a place, if it was seen.
    func transaction(at place: Int) -> EarlierTransaction? { place < transactions.count ? transactions[place] : nil }
}

/// A transaction that an earlier `tx` message has.
public struct EarlierTransaction: Sendable {
    public var wtxid: Hash256
    /// The frame that completed the first such message.
    public var frame: UInt64

    public init(wtxid: Hash256, frame: UInt64) {
        self.wtxid = wtxid
        self.frame = frame
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

/// The announcement of what a message asks for, by the side that it asks.
public struct AskedAnnouncement: Sendable {
    /// The frame that completed the announcement.
    public var frame: UInt64
    /// From its last byte to the request's first one, in nanoseconds: how long the asker has waited.
    public var time: Int64

    public init(frame: UInt64, time: Int64) {
        self.frame = frame
        self.time = time
    }
}
