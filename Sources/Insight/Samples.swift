import Histogram

/// How many histograms may still be made: one takes 14 KB.
public final class HistogramBudget {
    private var left: Int

    /// For one thread: those that share a budget are changed on the same one.
    public init(_ count: Int = 500) { left = count }

    fileprivate func take() -> Bool {
        guard left > 0 else { return false }
        left -= 1
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
    static let leastForPercentiles = 5

    public private(set) var count: UInt64 = 0
    public private(set) var least: Int64?
    public private(set) var greatest: Int64?
    /// All of them, up to the limit; then none.
    private var exact: ContiguousArray<Int64> = []
    /// In microseconds.
    private var histogram: Histogram<UInt32>?

    public init() {}

    /// - Parameter time: In nanoseconds.
    public mutating func add(_ time: Int64, _ budget: HistogramBudget) {
        count &+= 1
        least = min(least ?? time, time)
        greatest = max(greatest ?? time, time)
        if count <= UInt64(Self.exactLimit) {
            exact.append(time)
            return
        }
        if !exact.isEmpty {
            if budget.take() {
                var histogram = Histogram<UInt32>(
                    highestTrackableValue: Self.greatestRecorded, numberOfSignificantValueDigits: .two)
                for time in exact { histogram.record(Self.recorded(time)) }
                self.histogram = histogram
            }
            exact = []
        }
        _ = histogram?.record(Self.recorded(time))
    }

    /// The nearest rank: the ⌈percent·n/100⌉-th smallest, in nanoseconds; nil under five samples, or where it is not known.
    public func percentile(_ percent: Int) -> Int64? {
        guard count >= UInt64(Self.leastForPercentiles), let least, let greatest else { return nil }
        if count <= UInt64(Self.exactLimit) {
            let rank = (exact.count * percent + 99) / 100
            return exact.sorted()[min(max(rank, 1), exact.count) - 1]
        }
        guard let histogram else { return nil }
        let found = Int64(clamping: histogram.valueAtPercentile(Double(percent))) &* 1_000
        return min(max(found, least), greatest)
    }

    /// How many are at most `limit` nanoseconds, for a cumulative histogram; nil where it is not known.
    public func count(upTo limit: Int64) -> UInt64? {
        if count <= UInt64(Self.exactLimit) { return UInt64(exact.count { $0 <= limit }) }
        return histogram?.count(within: 0...Self.recorded(limit))
    }

    /// An hour.
    private static let greatestRecorded: UInt64 = 3_600_000_000

    private static func recorded(_ time: Int64) -> UInt64 { min(UInt64(clamping: time / 1_000), greatestRecorded) }
}
