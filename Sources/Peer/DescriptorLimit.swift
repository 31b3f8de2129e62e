import Glibc

/// How many files and sockets this process may have open.
public enum DescriptorLimit {
    /// Kept for all that is no connection.
    public static let reserve = 64

    /// Raises the limit as far as any process may without privileges.
    ///
    /// - Returns: How many connections there is room for.
    public static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 - reserve }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            // A process with millions of them has tables as large.
            raised.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, 1 << 20))
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur) - reserve
    }
}
