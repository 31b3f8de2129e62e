/// A segment that its receiver would drop, as far as can be seen.
@usableFromInline struct Suspect: Sendable {
    @usableFromInline var segment: HeldSegment
    /// The offset after its last byte on the wire.
    @usableFromInline var end: UInt64
    @usableFromInline var reason: UnusedReason
    /// It has a FIN after its bytes.
    @usableFromInline var fin: Bool
    /// What it acknowledges, where that lies ahead of what the other side has sent: it is sound once that has sent as much.
    @usableFromInline var acknowledgement: UInt32?
    /// The other side has been captured to send what it acknowledges: no fault is left, but an attacker may have guessed.
    @usableFromInline var isSound = false
    /// What it acknowledges; nil where that lies far back.
    @usableFromInline var number: UInt32?
    /// The other side was heard since it came.
    @usableFromInline var wasAnswered = false
    /// The receiver's window when it came.
    @usableFromInline var window: Int

    @usableFromInline init(
        segment: HeldSegment, end: UInt64, reason: UnusedReason, fin: Bool, acknowledgement: UInt32?, window: Int
    ) {
        self.segment = segment
        self.end = end
        self.window = window
        self.reason = reason
        self.fin = fin
        self.acknowledgement = acknowledgement
        number = acknowledgement
    }

    /// It acknowledges, or acknowledged, more than was captured of the other side.
    @inlinable var isAhead: Bool { acknowledgement != nil || isSound }

    /// The offset that its receiver acknowledges, should it use the segment.
    @inlinable var acknowledgedEnd: UInt64 { end &+ (fin ? 1 : 0) }
}

/// Segments set aside: used where the other side acknowledges their bytes and no better copy comes.
@usableFromInline struct Suspects: Sendable {
    @usableFromInline private(set) var all: [Suspect] = []
    @usableFromInline private(set) var footprint = 0
    /// Those whose acknowledgement is ahead of what the other side has sent.
    @usableFromInline private(set) var waitingForOther = 0

    private static var capacity: Int { 256 }

    @usableFromInline init() {}

    @inlinable var isEmpty: Bool { all.isEmpty }

    /// Keeps one; answers the one that had to make room for it.
    @usableFromInline mutating func append(_ suspect: Suspect) -> Suspect? {
        footprint += suspect.segment.cost
        if suspect.acknowledgement != nil { waitingForOther += 1 }
        all.append(suspect)
        guard all.count > Self.capacity || footprint > Limits.suspectBytes else { return nil }
        return remove(at: 0)
    }

    @discardableResult
    @usableFromInline mutating func remove(at index: Int) -> Suspect {
        let removed = all.remove(at: index)
        footprint -= removed.segment.cost
        if removed.acknowledgement != nil { waitingForOther -= 1 }
        return removed
    }

    @usableFromInline mutating func markSound(at index: Int) {
        all[index].isSound = true
        all[index].acknowledgement = nil
        waitingForOther -= 1
    }

    /// The lowest frame of those that may yet be found sound; nil where there are none.
    @usableFromInline var lowestFrame: UInt64? { all.lazy.filter(\.isAhead).map(\.segment.origin.frame).min() }

    /// How many acknowledge more than was captured of the other side, which was not heard since.
    @usableFromInline var unansweredCount: Int { all.count { $0.isAhead && !$0.wasAnswered } }

    /// Notes that the other side was heard: by a segment whose bytes end at `end`, or that has none. Those that acknowledge
    /// these bytes were sent after it.
    @usableFromInline mutating func noteAnswer(bytesTo end: SequenceNumber?) {
        for index in all.indices {
            if let end, let number = all[index].number, end.distance(to: SequenceNumber(number)) >= 0 { continue }
            all[index].wasAnswered = true
        }
    }

    /// The index of the first one ahead that begins before `limit` and ends after `next`: of those to which the other side
    /// has not answered, or of all.
    @usableFromInline func indexOfAhead(behind next: UInt64, before limit: UInt64, takesAll: Bool) -> Int? {
        all.indices.filter {
            all[$0].isAhead && all[$0].acknowledgedEnd > next && all[$0].segment.start < limit
                && (takesAll || !all[$0].wasAnswered)
        }.min { all[$0].segment.start < all[$1].segment.start }
    }

    /// The first offset that a suspect ends at, or its FIN has, and that lies after `next`.
    @usableFromInline func acknowledgedEnd(behind next: UInt64, upTo limit: UInt64) -> UInt64? {
        var found: UInt64?
        for suspect in all where suspect.acknowledgedEnd > next && suspect.acknowledgedEnd <= limit {
            found = min(found ?? .max, suspect.acknowledgedEnd)
        }
        return found
    }

    /// The start of the first suspect that is acknowledged up to `limit` and lies after `next`.
    @usableFromInline func firstStart(behind next: UInt64, acknowledged limit: UInt64) -> UInt64? {
        var found: UInt64?
        for suspect in all where suspect.segment.start > next && suspect.acknowledgedEnd <= limit {
            found = min(found ?? .max, suspect.segment.start)
        }
        return found
    }

    /// The index of the first sound one that goes on at `next` and is acknowledged up to `limit`.
    @usableFromInline func indexOfSound(goingOnAt next: UInt64, acknowledged limit: UInt64) -> Int? {
        all.firstIndex {
            $0.isSound && $0.segment.start <= next && $0.acknowledgedEnd > next && $0.acknowledgedEnd <= limit
        }
    }

    /// The index of the first suspect that goes on at `next` and is acknowledged up to `limit`.
    @usableFromInline func index(goingOnAt next: UInt64, acknowledged limit: UInt64) -> Int? {
        all.firstIndex { $0.segment.start <= next && $0.acknowledgedEnd > next && $0.acknowledgedEnd <= limit }
    }
}
