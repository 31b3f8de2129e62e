import Glibc

/// The time of day.
public enum SystemClock {
    /// Nanoseconds since the Unix epoch, as frames' times are.
    public static var nanoseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
