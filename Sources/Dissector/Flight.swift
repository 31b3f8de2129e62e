/// The segments of one side that the other has not acknowledged yet, each with the time when it was captured.
///
/// Sequence numbers are compared as serial ones (RFC 1982).
struct Flight {
    /// Where nothing is sent twice `start` differs from `end`.
    private struct Segment: BitwiseCopyable {
        var start: UInt32
        var end: UInt32
        var time: Int64
    }

    /// Of one side. Of more the oldest is forgotten.
    static let limit = 1_024
    /// A power of two.
    private static let smallest = 4

    /// A ring. Segments ascend in it.
    private var ring: ContiguousArray<Segment> = []
    private var head: Int32 = 0
    private var count: Int32 = 0

    /// Places for segments, beyond the first of each side, that all sides may have together.
    struct Budget {
        var places = 1 << 18
    }

    /// Places that it has of the budget.
    var cost: Int { max(ring.count - Self.smallest, 0) }

    /// Appends a segment that is sent for the first time.
    @inline(__always)
    mutating func append(_ start: UInt32, _ end: UInt32, at time: Int64, _ budget: inout Budget) {
        if Int(count) == ring.count { makeRoom(&budget) }
        ring[(Int(head) &+ Int(count)) & (ring.count &- 1)] = Segment(start: start, end: end, time: time)
        count &+= 1
    }

    /// Removes the segments before `number`, which the other side acknowledges; answers when the one that ends exactly there
    /// was captured, unless a part of it was sent again.
    @inline(__always)
    mutating func acknowledge(_ number: UInt32) -> Int64? {
        var found: Int64?
        while count > 0 {
            let first = ring[Int(head)]
            let behind = Int32(bitPattern: number &- first.end)
            if behind < 0 { return found }
            head = Int32(truncatingIfNeeded: (Int(head) &+ 1) & (ring.count &- 1))
            count &-= 1
            if behind == 0, first.start != first.end { found = first.time }
        }
        head = 0
        return found
    }

    /// Bytes are sent again: segments with any of them tell no time any more.
    mutating func void(_ start: UInt32, _ end: UInt32) {
        var (low, high) = (0, Int(count))
        while low < high {
            let middle = (low &+ high) / 2
            if Int32(bitPattern: ring[place(middle)].end &- start) > 0 { high = middle } else { low = middle &+ 1 }
        }
        while low < Int(count) {
            let place = place(low)
            guard Int32(bitPattern: end &- ring[place].start) > 0 else { break }
            ring[place].start = ring[place].end
            low &+= 1
        }
    }

    mutating func removeAll() {
        head = 0
        count = 0
    }

    private func place(_ index: Int) -> Int { (Int(head) &+ index) & (ring.count &- 1) }

    @inline(never)
    private mutating func makeRoom(_ budget: inout Budget) {
        let size = ring.isEmpty ? Self.smallest : ring.count * 2
        guard size <= Self.limit, ring.isEmpty || budget.places >= ring.count else {
            head = Int32(truncatingIfNeeded: place(1))
            count &-= 1
            return
        }
        if !ring.isEmpty { budget.places -= ring.count }
        var larger = ContiguousArray(repeating: Segment(start: 0, end: 0, time: 0), count: size)
        for index in 0..<Int(count) { larger[index] = ring[place(index)] }
        ring = larger
        head = 0
    }
}
