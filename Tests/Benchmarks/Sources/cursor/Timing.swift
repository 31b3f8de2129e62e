import CAllocations
import Glibc

/// What one call costs: nanoseconds of processor time over several runs, and calls of malloc.
struct Timing {
    let median: Double
    let minimum: Double
    let allocations: Double

    private static let runs = 15
    /// Nanoseconds, long enough that the clock does not matter.
    private static let runLength = 20_000_000.0

    static func measure(_ call: () -> Void) -> Timing {
        // Also warms up caches, and buffers that are kept from call to call.
        var count = 1
        while elapsed(count, call) < runLength { count *= 2 }

        let before = allocation_count()
        for _ in 0..<count { call() }
        let allocations = Double(allocation_count() - before) / Double(count)

        let times = (0..<runs).map { _ in elapsed(count, call) / Double(count) }.sorted()
        return Timing(median: times[runs / 2], minimum: times[0], allocations: allocations)
    }

    /// Processor time, which other programs do not disturb much.
    private static func elapsed(_ count: Int, _ call: () -> Void) -> Double {
        let begin = processorTime()
        for _ in 0..<count { call() }
        return Double(processorTime() - begin)
    }

    private static func processorTime() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
