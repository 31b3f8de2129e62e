import Histogram
import Output

/// How much memory samples may still take. Those that share a budget are changed on the same thread.
public final class SampleBudget {
    /// Times that may still be kept as they are, of 8 bytes each.
    private var times: Int
    /// Histograms that may still be made, of 14 KB each.
    private var histograms: Int

    public init(times: Int = 4_000_000, histograms: Int = 500) {
        self.times = times
        self.histograms = histograms
    }

    fileprivate func takeTime() -> Bool {
        guard times > 0 else { return false }
        times -= 1
        return true
    }

    fileprivate func giveBack(times count: Int) { times += count }
    fileprivate func giveBack(histograms count: Int) { histograms += count }

    fileprivate func takeHistogram() -> Bool {
        guard histograms > 0 else { return false }
        histograms -= 1
        return true
    }
}

/// Spans of time, of which the least, the greatest and percentiles are asked.
///
/// The least and the greatest are exact. Percentiles are exact up to ``exactLimit`` samples; of more they come from a
/// histogram with two significant digits, and are not known where no histogram could be made.
public struct Samples: Sendable {
    static let exactLimit = 1_000
    /// Of fewer samples percentiles say nothing.
    static let leastForPercentiles: UInt64 = 5

    public private(set) var count: UInt64 = 0
    public private(set) var least: Int64?
    public private(set) var greatest: Int64?
    /// All of them together, exactly.
    public private(set) var sum: Int128 = 0
    /// All of them, until there are too many.
    private var exact: ContiguousArray<Int64> = []
    /// All of them, in microseconds, once there are too many; none where no histogram could be made. It is in an array since
    /// most samples have none, and it is large.
    private var histogram: [Histogram<UInt32>] = []

    private var areExact: Bool { UInt64(exact.count) == count }

    public init() {}

    /// - Parameter time: In nanoseconds.
    public mutating func add(_ time: Int64, _ budget: SampleBudget) {
        let wereExact = areExact
        count &+= 1
        sum &+= Int128(time)
        if let least, least <= time {} else { least = time }
        if let greatest, greatest >= time {} else { greatest = time }
        if wereExact {
            if exact.count < Self.exactLimit, budget.takeTime() { return exact.append(time) }
            makeHistogram(budget)
        }
        guard !histogram.isEmpty else { return }
        histogram[0].record(Self.recorded(time))
    }

    /// Adds those of another.
    public mutating func add(_ other: Samples, _ budget: SampleBudget) {
        if other.areExact {
            for time in other.exact { add(time, budget) }
            return
        }
        if areExact { makeHistogram(budget) }
        count &+= other.count
        sum &+= other.sum
        if let low = other.least { least = min(least ?? low, low) }
        if let high = other.greatest { greatest = max(greatest ?? high, high) }
        if let more = other.histogram.first, !histogram.isEmpty { histogram[0].add(more) } else { histogram = [] }
    }

    /// Removes all, and gives back what they took.
    public mutating func removeAll(_ budget: SampleBudget) {
        budget.giveBack(times: exact.count)
        budget.giveBack(histograms: histogram.count)
        self = Samples()
    }

    private mutating func makeHistogram(_ budget: SampleBudget) {
        if budget.takeHistogram() {
            var histogram = Histogram<UInt32>(
                highestTrackableValue: Self.greatestRecorded, numberOfSignificantValueDigits: .two)
            for time in exact { histogram.record(Self.recorded(time)) }
            self.histogram = [histogram]
        }
        budget.giveBack(times: exact.count)
        exact = []
    }

    /// The nearest rank: the ⌈percent·n/100⌉-th smallest, in nanoseconds; nil under five samples, or where it is not known.
    public func percentile(_ percent: Int) -> Int64? {
        guard count >= Self.leastForPercentiles, let least, let greatest else { return nil }
        if areExact {
            let rank = (exact.count * percent + 99) / 100
            return exact.sorted()[min(max(rank, 1), exact.count) - 1]
        }
        guard let histogram = histogram.first else { return nil }
        let found = Int64(clamping: histogram.valueAtPercentile(Double(percent))) &* 1_000
        return min(max(found, least), greatest)
    }

    /// How many are at most `limit` nanoseconds, for a cumulative histogram; nil where it is not known.
    public func count(upTo limit: Int64) -> UInt64? {
        if areExact { return UInt64(exact.count { $0 <= limit }) }
        return histogram.first?.count(within: 0...Self.recorded(limit))
    }

    /// For a histogram among metrics.
    ///
    /// - Parameter decimals: Of a second, which the clock has.
    func distribution(decimals: Int) -> Distribution {
        Distribution(counts: counts(upTo: Distribution.bounds), count: count, sum: sum, decimals: decimals)
    }

    /// How many are at most as long as each bound, which rise; nil where it is not known.
    private func counts(upTo bounds: [Int64]) -> [UInt64]? {
        guard areExact else {
            guard let histogram = histogram.first else { return nil }
            return bounds.map { histogram.count(within: 0...Self.recorded($0)) }
        }
        var counts = [UInt64](repeating: 0, count: bounds.count)
        for time in exact {
            if let place = bounds.firstIndex(where: { time <= $0 }) { counts[place] &+= 1 }
        }
        for place in counts.indices.dropFirst() { counts[place] &+= counts[place - 1] }
        return counts
    }

    /// An hour.
    private static let greatestRecorded: UInt64 = 3_600_000_000

    private static func recorded(_ time: Int64) -> UInt64 { min(UInt64(clamping: time / 1_000), greatestRecorded) }
}
