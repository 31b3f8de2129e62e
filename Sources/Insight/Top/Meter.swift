/// A count that grows, and how fast it did lately.
struct Meter {
    private(set) var total: UInt64 = 0
    /// What it was at each of the last marks.
    private var marks = InlineArray<5, UInt64>(repeating: 0)

    mutating func add(_ number: UInt64) { total &+= number }

    /// A count that is kept elsewhere, and never falls.
    mutating func set(_ total: UInt64) { self.total = max(self.total, total) }

    mutating func mark(_ place: Int) { marks[place] = total }

    /// How much was added since that mark, which is the oldest one.
    func grown(since place: Int) -> UInt64 { total &- marks[place] }
}

/// The moments of the last marks of all ``Meter``s: rates are those of the time since the oldest one.
struct MeterClock {
    private var moments: InlineArray<5, Int64>
    private var turn = 0

    /// - Parameter begun: In nanoseconds, as all moments.
    init(begun: Int64) { moments = InlineArray(repeating: begun) }

    /// Which mark is the oldest one, and the next to be renewed.
    var place: Int { turn }

    /// Nanoseconds since the oldest mark.
    func span(until now: Int64) -> UInt64 { UInt64(max(0, now &- moments[turn])) }

    /// Goes on once all meters are marked.
    mutating func mark(at now: Int64) {
        moments[turn] = now
        turn = (turn + 1) % moments.count
    }
}
