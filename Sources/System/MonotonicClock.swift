import Glibc

/// Seconds since some moment, whatever happens to the clock on the wall; exact to a few milliseconds, and cheap.
package func monotonicSeconds() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}
