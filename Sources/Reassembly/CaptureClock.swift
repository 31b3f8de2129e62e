/// A clock that follows the times of a capture and never goes back.
///
/// Packets that are a little out of order do not move it. A leap of more than `leap` in either direction is believed
/// only when the next packet confirms it, so that one nonsense time neither ends every wait nor stops the clock. A step
/// moves the clock by at most a second: a pause of the capture, or of the traffic, is no time in which a hole was not
/// filled.
@usableFromInline struct CaptureClock: Sendable {
    /// Nanoseconds since the first packet, leaps back and pauses left out.
    @usableFromInline private(set) var now: Int64 = 0
    /// The capture time that corresponds to `now`.
    @usableFromInline private(set) var time: Int64 = 0
    @usableFromInline private(set) var started = false
    private var suspect: Int64?

    /// Ten minutes.
    @usableFromInline static var leap: Int64 { 600_000_000_000 }

    /// The most that one packet moves the clock: a second.
    private static var longestStep: Int64 { 1_000_000_000 }

    @usableFromInline init() {}

    @inlinable mutating func advance(to packetTime: Int64) {
        let (step, overflow) = packetTime.subtractingReportingOverflow(time)
        // The common case: a small step forward after another.
        if !overflow, step >= 0, step <= Self.leap, started { return move(step, to: packetTime) }
        unusual(packetTime)
    }

    /// Invariant: `now` never exceeds 2⁶², where it would stop.
    @usableFromInline mutating func move(_ step: Int64, to packetTime: Int64) {
        now = min(now &+ min(step, Self.longestStep), 1 << 62)
        time = packetTime
        suspect = nil
    }

    @usableFromInline mutating func unusual(_ packetTime: Int64) {
        guard started else {
            started = true
            time = packetTime
            return
        }
        let (step, overflow) = packetTime.subtractingReportingOverflow(time)
        if !overflow, step < 0, step >= -Self.leap {
            suspect = nil
            return
        }
        guard let suspected = suspect, (suspected > time) == (packetTime > time) else {
            suspect = packetTime
            return
        }
        if packetTime > time {
            // Both lie ahead: the nearer is certain. What came with the first has waited only since then.
            let certain = min(suspected, packetTime)
            let (waited, overflow) = packetTime.subtractingReportingOverflow(certain)
            if !overflow, waited <= Self.leap { return move(waited, to: packetTime) }
            move(.max, to: certain)
            suspect = packetTime
        } else {
            // Both lie behind: the capture's times begin anew.
            move(0, to: max(suspected, packetTime))
        }
    }
}
