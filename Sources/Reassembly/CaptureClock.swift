/// A clock that follows the times of a capture and never goes back.
///
/// Packets that are a little out of order do not move it. A leap of more than `leap` in either direction is believed
/// only when the next packet confirms it, so that one nonsense time neither expires everything nor stops the clock.
@usableFromInline struct CaptureClock: Sendable {
    /// Nanoseconds since the first packet, leaps back left out.
    @usableFromInline private(set) var now: Int64 = 0
    /// The capture time that corresponds to `now`.
    @usableFromInline private(set) var time: Int64 = 0
    @usableFromInline private(set) var started = false
    private var suspect: Int64?

    /// Ten minutes.
    @usableFromInline static var leap: Int64 { 600_000_000_000 }

    @usableFromInline init() {}

    @inlinable mutating func advance(to packetTime: Int64) {
        let (step, overflow) = packetTime.subtractingReportingOverflow(time)
        // The common case: a small step forward after another.
        if !overflow, step >= 0, step <= Self.leap, started { return move(step, to: packetTime) }
        unusual(packetTime)
    }

    /// Invariant: `now` never exceeds 2⁶², where it would stop. A leap of 26 days expires everything as well as one of
    /// centuries, so that even nonsense does not lead there soon.
    @usableFromInline mutating func move(_ step: Int64, to packetTime: Int64) {
        now = min(now &+ min(step, 1 << 51), 1 << 62)
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
            // Both lie ahead: the nearer is certain.
            let certain = min(suspected, packetTime)
            let (leap, overflow) = certain.subtractingReportingOverflow(time)
            move(overflow ? .max : leap, to: certain)
            if packetTime > certain { advance(to: packetTime) }
        } else {
            // Both lie behind: the capture's times begin anew.
            move(0, to: max(suspected, packetTime))
        }
    }
}
