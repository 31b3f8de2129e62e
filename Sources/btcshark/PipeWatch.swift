import Glibc

/// Watches the pipe that a capture is read from while records wait for others: its writer may say nothing for a
/// long time, and somebody may look at what is printed.
struct PipeWatch: ~Copyable {
    private var path: String?
    private var descriptor: Int32?
    /// When what waits has waited for long enough.
    private var deadline: ContinuousClock.Instant?
    /// Nothing came until then. What is read before more comes was in a buffer, and is as old.
    private var wasQuiet = false
    /// Some have waited since ``rest()``.
    private(set) var hasWaited = false

    /// The longest wait of a record.
    static let limit: Duration = .milliseconds(250)

    deinit {
        if let descriptor, descriptor != STDIN_FILENO { _ = close(descriptor) }
    }

    /// No record waits.
    mutating func rest() {
        hasWaited = false
        if !wasQuiet { deadline = nil }
    }

    /// Waits for input as long as records may wait for others.
    ///
    /// - Parameter path: What is being read.
    /// - Returns: Whether nothing came: the records should wait no longer. False where the input is no pipe.
    mutating func isQuiet(_ path: String?) -> Bool {
        if path != self.path { open(path) }
        guard let descriptor else { return false }
        hasWaited = true
        let now = ContinuousClock.now
        let end = deadline ?? now + Self.limit
        deadline = end
        let milliseconds = max(end - now, .zero) / .milliseconds(1)
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // An interrupted wait is left to who reads.
        let isQuiet = poll(&entry, 1, Int32(milliseconds.rounded(.up))) == 0
        if wasQuiet, !isQuiet { deadline = nil }
        wasQuiet = isQuiet
        return isQuiet
    }

    private mutating func open(_ path: String?) {
        if let descriptor, descriptor != STDIN_FILENO { _ = close(descriptor) }
        descriptor = nil
        self.path = path
        var status = stat()
        if path == "-" {
            if fstat(STDIN_FILENO, &status) == 0, status.st_mode & S_IFMT != S_IFREG { descriptor = STDIN_FILENO }
        } else if let path, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFIFO {
            // Its other reader has it open, so this neither waits nor takes anything.
            let opened = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
            descriptor = opened >= 0 ? opened : nil
        }
    }
}
