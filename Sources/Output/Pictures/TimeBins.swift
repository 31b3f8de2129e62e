/// Widths of intervals that people read easily: 1, 2 and 5 of each power of ten up to 5 s, then what clocks and calendars
/// have. In nanoseconds.
package enum TimeSteps {
    package static let all: [Int64] = {
        var steps: [Int64] = []
        var decade: Int64 = 1_000
        while decade <= second {
            steps += [decade, 2 * decade, 5 * decade]
            decade *= 10
        }
        steps += [10, 15, 30].map { $0 * second }
        steps += [1, 2, 5, 10, 15, 30].map { $0 * 60 * second }
        steps += [1, 2, 3, 6, 12].map { $0 * 3_600 * second }
        // From here on weeks: 4, 52, 520 and 5,200 of them are a month, a year, a decade and a century, about.
        return steps + [1, 2, 7, 28, 364, 3_640, 36_400].map { $0 * 86_400 * second }
    }()

    /// The finest step of which at most `count` cover a span.
    package static func step(of span: Int64, atMost count: Int) -> Int64 {
        // The last moment of the span is in an interval of its own where it falls on a border.
        all.first { max(span, 0) / $0 < Int64(max(count, 1)) } ?? all[all.count - 1]
    }

    package static let second: Int64 = 1_000_000_000
}

/// Sums over intervals of time, for a picture whose scale is known only at the end.
///
/// They are kept in units that get coarser while the span grows, so that memory is bounded. The invariant: every step
/// that covers the span with at most ``mostIntervals`` intervals is a multiple of the unit, so nothing is lost.
package struct TimeBins: Sendable {
    /// The most intervals that a picture has.
    package static let mostIntervals = 180

    /// Each divides the next.
    private static let units: [Int64] = {
        var units: [Int64] = []
        var decade: Int64 = 1_000
        while decade <= TimeSteps.second {
            units.append(decade)
            decade *= 10
        }
        return units + [5, 60, 300, 3_600, 86_400, 604_800, 364 * 86_400].map { $0 * TimeSteps.second }
    }()

    /// How many intervals of each unit may be needed, by the largest step below the next unit.
    private static let capacities: [Int] = units.indices.map { place in
        let next = place + 1 < units.count ? units[place + 1] : .max
        let largest = TimeSteps.all.last { $0 < next } ?? units[place]
        return mostIntervals * Int(clamping: largest / units[place])
    }

    private var unit = 0
    /// The interval of the first sum: what came late has none before it.
    private var base = 0
    private var sums: ContiguousArray<UInt64> = []

    package init() {}

    package var isEmpty: Bool { sums.isEmpty }
    /// How many sums are kept, of 8 bytes each.
    package var count: Int { sums.count }

    /// - Parameter time: Since the beginning, in nanoseconds; what is before it counts as the beginning.
    package mutating func add(_ amount: UInt64, at time: Int64) {
        let time = max(time, 0)
        while time / Self.units[unit] >= Int64(Self.capacities[unit]), unit + 1 < Self.units.count { coarsen() }
        let place = min(Int(clamping: time / Self.units[unit]), Self.capacities[unit] - 1)
        if sums.isEmpty { base = place }
        if place < base {
            sums.insert(contentsOf: repeatElement(0, count: base - place), at: 0)
            base = place
        }
        while sums.count <= place - base { sums.append(0) }
        sums[place - base] &+= amount
    }

    private mutating func coarsen() {
        let ratio = Int(Self.units[unit + 1] / Self.units[unit])
        unit += 1
        guard !sums.isEmpty else { return }
        let first = base / ratio
        for place in sums.indices {
            let sum = sums[place]
            sums[place] = 0
            sums[(base + place) / ratio - first] &+= sum
        }
        sums.removeLast(sums.count - ((base + sums.count - 1) / ratio - first + 1))
        base = first
    }

    /// The sums over intervals of a step.
    ///
    /// - Parameters:
    ///   - step: One of ``TimeSteps/all`` that covers all times with at most ``mostIntervals`` intervals.
    ///   - count: How many intervals are wanted.
    package func sums(step: Int64, count: Int) -> [UInt64] {
        var result = [UInt64](repeating: 0, count: max(count, 1))
        for (place, sum) in sums.enumerated() where sum > 0 {
            let time = Int64(base + place) &* Self.units[unit]
            result[min(Int(clamping: time / max(step, 1)), result.count - 1)] &+= sum
        }
        return result
    }
}
