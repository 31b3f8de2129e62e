import Fields
import Testing

@testable import Output

@Suite struct TimeBinsTests {
    @Test(
        arguments: [
            (0, 180, 1_000), (6_400_000_000, 180, 50_000_000), (6_400_000_000, 60, 200_000_000), (179_999, 180, 1_000),
            (180_000, 180, 2_000), (86_400_000_000_000, 180, 600_000_000_000), (4_000_000_000, 4, 2_000_000_000),
        ] as [(Int64, Int, Int64)])
    func stepsCoverSpans(_ span: Int64, _ count: Int, _ step: Int64) {
        #expect(TimeSteps.step(of: span, atMost: count) == step)
    }

    /// Whatever the order and the span, sums over the final step are as if it had been known from the beginning.
    @Test(arguments: [1_000, 7_777_777, 999_999_999, 86_399_000_000_000, 40_000_000_000_000_000] as [Int64])
    func nothingIsLostWhileUnitsGrow(_ span: Int64) {
        var bins = TimeBins()
        let times = (0..<500).map { Int64(truncatingIfNeeded: ($0 * 7_919) % 500) * (span / 499) }
        for (index, time) in times.enumerated() { bins.add(UInt64(index + 1), at: time) }
        let last = times.max() ?? 0
        let step = TimeSteps.step(of: last, atMost: TimeBins.mostIntervals)
        let count = Int(last / step) + 1
        var expected = [UInt64](repeating: 0, count: count)
        for (index, time) in times.enumerated() { expected[Int(time / step)] += UInt64(index + 1) }
        #expect(count <= TimeBins.mostIntervals)
        #expect(bins.sums(step: step, count: count) == expected)
        #expect(bins.count <= 2_160)
    }

    @Test(
        arguments: [
            (0, "0 B"), (999, "999 B"), (1_000, "1 kB"), (8_653, "8.65 kB"), (9_995, "10 kB"), (44_146, "44.1 kB"),
            (99_950, "100 kB"), (999_499, "999 kB"), (999_500, "1 MB"), (73_912_345, "73.9 MB"),
            (.max, "18.4 EB"),
        ] as [(UInt64, String)])
    func sizes(_ bytes: UInt64, _ words: String) {
        var text = TextBuffer()
        text.append(size: bytes)
        #expect(text.string == words)
    }

    @Test(
        arguments: [
            (0, "0"), (500_000, "500 µs"), (1_500_000_000, "1.5 s"), (50_000_000, "50 ms"), (120_000_000_000, "2 min"),
            (10_800_000_000_000, "3 h"), (90_000_000_000, "90 s"), (604_800_000_000_000, "7 d"),
        ] as [(Int64, String)])
    func ticks(_ time: Int64, _ words: String) {
        var text = TextBuffer()
        text.append(tick: time)
        #expect(text.string == words)
    }
}
