import CLinux

/// The processors of this machine.
package enum Processors {
    /// How many this process may use at once: those that it may run on, or fewer where its time is limited.
    package static func count(_ quota: ProcessorQuota = ProcessorQuota()) -> Int {
        min(allowed, quota.processors ?? .max)
    }

    /// How many it may run on: those of `taskset` are fewer than there are.
    package static var allowed: Int {
        // One bit for each; the kernel has 8192 at most.
        var set = [UInt8](repeating: 0, count: 1024)
        guard linux_sched_getaffinity(&set, set.count) > 0 else { return 1 }
        return max(1, set.reduce(0) { $0 + $1.nonzeroBitCount })
    }
}
