import Glibc

/// A bar on standard error for long files, if that is a terminal and standard output is not.
struct Progress {
    private let isOn = isatty(STDERR_FILENO) == 1 && isatty(STDOUT_FILENO) == 0
    private var frames = 0
    private var begun: Int64?
    private var shown = false
    private var last: Int64 = 0

    /// Called for each frame; looks at the clock now and then. `fraction` is asked a few times a second.
    mutating func step(_ fraction: () -> Double?) {
        guard isOn else { return }
        frames &+= 1
        guard frames & 0xfff == 0 else { return }
        let now = Self.milliseconds()
        let start = begun ?? now
        begun = start
        // Short runs show none.
        guard now - start > 1000, now - last > 200, let fraction = fraction() else { return }
        last = now
        shown = true
        let width = 40
        let filled = max(0, min(width, Int(fraction * Double(width))))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        StandardError.write("\r[\(bar)] \(Int(fraction * 100))% ")
    }

    /// Takes the bar away.
    mutating func clear() {
        if shown { StandardError.write("\r\u{1b}[K") }
    }

    private static func milliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
