import Glibc
import System

/// The mark of a ring's file that somebody writes it (`flock`). It is there until all who share the open file have closed it.
///
/// Where the file system has no such marks, no file has one.
enum WrittenMark {
    /// How often one who looks whether there is a mark may be in the way, and for how long, in microseconds.
    private static let tries = 20
    private static let pause: UInt32 = 1_000

    /// Sets it on an open file.
    ///
    /// - Parameter number: Of the open file.
    /// - Returns: False where somebody else has set it.
    static func set(_ number: Int32) -> Bool {
        for _ in 0..<tries {
            if flock(number, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK { return true }
            usleep(pause)
        }
        return false
    }

    /// Whether anybody has set it on a file of this name.
    static func isSet(_ name: String, in folder: Int32) -> Bool {
        let file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        // What cannot be read has none that could be seen.
        guard file >= 0 else { return false }
        // With this its own lock is gone.
        defer { close(file) }
        return flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
}
