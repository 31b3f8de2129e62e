/// What the other side has acknowledged of a stream, and what it had acknowledged a grace ago.
///
/// Instead of a history there is one mark: the acknowledgement at some moment. Once it is a grace old it is settled,
/// and the newest becomes the mark. So a lone acknowledgement settles after the grace exactly, one among many after
/// twice the grace at most.
///
/// A receiver's acknowledgements never go back. Where one does, the higher one before was captured out of order, or was
/// forged: it does not count until it comes again.
@usableFromInline struct Acknowledgements: Sendable {
    /// The highest offset acknowledged; 0 while none is ahead of the bytes delivered.
    @usableFromInline private(set) var reached: UInt64 = 0
    private var reachedAt: Int64 = 0
    private var mark: UInt64 = 0
    @usableFromInline private(set) var markedAt: Int64 = 0
    /// The highest offset that was ever acknowledged, though lower ones may have come since.
    @usableFromInline private(set) var highest: UInt64 = 0
    /// The highest offset acknowledged, old acknowledgements that came late left out: at the end it counts.
    @usableFromInline private(set) var undisputed: UInt64 = 0
    /// Acknowledged for at least a grace.
    @usableFromInline private(set) var settled: UInt64 = 0

    @usableFromInline init() {}

    // Invariant: settled ≤ mark ≤ reached and markedAt ≤ reachedAt.

    /// - Parameter next: The first offset not delivered; a mark before it is of no use any more.
    @usableFromInline mutating func advance(to offset: UInt64, next: UInt64, now: Int64) {
        guard offset > reached else { return }
        reached = offset
        highest = max(highest, offset)
        undisputed = max(undisputed, offset)
        reachedAt = now
        if mark == settled || mark <= next {
            mark = offset
            markedAt = now
        }
    }

    /// The other side acknowledges no more than `offset` now.
    ///
    /// - Parameter isOld: It has acknowledged more twice or before the highest, so this says nothing of that.
    @usableFromInline mutating func goBack(to offset: UInt64, isOld: Bool, now: Int64) {
        if !isOld { undisputed = min(undisputed, offset) }
        guard offset < reached else { return }
        reached = offset
        reachedAt = now
        settled = min(settled, offset)
        if mark > offset {
            mark = offset
            markedAt = now
        }
    }

    @usableFromInline mutating func settle(now: Int64, grace: Int64) {
        // Twice: the newest may itself be a grace old when nothing happened for long.
        for _ in 0..<2 where mark > settled && now - markedAt >= grace {
            settled = mark
            mark = reached
            markedAt = reachedAt
        }
    }
}
