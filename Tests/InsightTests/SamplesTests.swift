import Insight
import Testing

struct SamplesTests {
    private let budget = SampleBudget(histograms: 1)

    @Test func fewHaveNoPercentiles() {
        var samples = Samples()
        for time in [4, 1, 3, 2] { samples.add(Int64(time), budget) }
        #expect(samples.count == 4 && samples.least == 1 && samples.greatest == 4)
        #expect(samples.percentile(50) == nil && samples.percentile(95) == nil)
    }

    @Test func nearestRank() {
        var samples = Samples()
        for time in (1...20).shuffled() { samples.add(Int64(time), budget) }
        #expect(samples.percentile(50) == 10)
        #expect(samples.percentile(95) == 19)
        samples.add(21, budget)
        #expect(samples.percentile(50) == 11)
        #expect(samples.percentile(95) == 20)
    }

    /// More than are kept: two digits are right, the ends are exact; without a histogram nothing is said.
    @Test func many() throws {
        var (samples, without) = (Samples(), Samples())
        for time in (1...5_000).shuffled() {
            samples.add(Int64(time) * 1_000_003, budget)
            without.add(Int64(time) * 1_000_003, budget)
        }
        #expect(samples.least == 1_000_003 && samples.greatest == 5_000 * 1_000_003)
        for percent in [50, 95] {
            let found = try #require(samples.percentile(percent))
            let exact = Int64(percent * 50) * 1_000_003
            #expect(abs(found - exact) <= exact / 100 + 1_000, "\(percent): \(found)")
        }
        #expect(without.least == 1_000_003 && without.greatest == 5_000 * 1_000_003)
        #expect(without.percentile(50) == nil && without.count(upTo: .max) == nil)
        #expect(samples.sum == 1_000_003 * 5_000 * 5_001 / 2 && without.sum == samples.sum)
    }

    /// Whatever they are kept as, all are in the sum.
    @Test func sumOfSeveral() {
        var (all, some) = (Samples(), Samples())
        for time in 1...1_500 as ClosedRange<Int64> { some.add(time, budget) }
        for _ in 0..<3 { all.add(some, budget) }
        all.add(.max, budget)
        #expect(all.count == 4_501 && all.sum == 3 * 1_500 * 1_501 / 2 + Int128(Int64.max))
    }
}
