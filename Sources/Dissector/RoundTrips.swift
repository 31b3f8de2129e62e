import Insight

/// The round trips of all sides that have some.
struct RoundTrips {
    private var samples: ContiguousArray<Samples> = []
    private var free: ContiguousArray<Int32> = []
    private let budget = SampleBudget()

    /// - Parameter place: Where those of the side stand; -1 while it has none.
    @inline(__always)
    mutating func add(_ time: Int64, at place: inout Int32) {
        if place < 0 { place = makePlace() }
        samples[Int(place)].add(time, budget)
    }

    private mutating func makePlace() -> Int32 {
        if let place = free.popLast() { return place }
        samples.append(Samples())
        return Int32(truncatingIfNeeded: samples.count &- 1)
    }

    subscript(place: Int32) -> Samples { place < 0 ? Samples() : samples[Int(place)] }

    /// Removes those of a side, which has none then; answers how many they were.
    mutating func forget(_ place: Int32) -> UInt64 {
        guard place >= 0 else { return 0 }
        free.append(place)
        defer { samples[Int(place)].removeAll(budget) }
        return samples[Int(place)].count
    }

    /// Takes those of a side out, which has none then.
    mutating func take(_ place: Int32) -> Samples {
        guard place >= 0 else { return Samples() }
        free.append(place)
        defer { samples[Int(place)] = Samples() }
        return samples[Int(place)]
    }
}
