import Glibc
import Synchronization
import System

/// What files were when they were looked at first, so that who reads them again knows whether they are still the same.
///
/// A file is another one where its name leads to another one now, or where its size or the time of its last change differs.
public final class FileVersions: Sendable {
    private struct Version: Equatable {
        let device: dev_t
        let number: ino_t
        let size: off_t
        let seconds: Int
        let nanoseconds: Int

        /// Nil where there is nothing that can be opened.
        init?(of path: String) {
            var status = stat()
            if stat(path, &status) != 0 {
                // What is in a folder that is closed to this process is open to the helper.
                guard errno == EACCES, Self.askHelper(of: path, &status) else { return nil }
            }
            device = status.st_dev
            number = status.st_ino
            size = status.st_size
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
        }

        private static func askHelper(of path: String, _ status: inout stat) -> Bool {
            do throws(SystemFailure) {
                guard let file = try OpenedInputs.take(path) else { return false }
                return fstat(file.number, &status) == 0
            } catch {
                return false
            }
        }
    }

    private struct Look: Equatable {
        let paths: [String]
        let versions: [Version?]
    }

    private let first = Mutex<Look?>(nil)

    /// Notes nothing yet: the first call of ``areSame(_:)`` does.
    public init() {}

    /// Notes what files are now.
    public convenience init(of paths: [String]) {
        self.init()
        _ = areSame(paths)
    }

    /// Whether these are the files that were there at the first call, as they were then.
    ///
    /// A reading is one of those files where this was so before it opened the first and after it had read the last.
    public func areSame(_ paths: [String]) -> Bool {
        let now = Look(paths: paths, versions: paths.map { Version(of: $0) })
        return first.withLock { first in
            if first == nil { first = now }
            return first == now
        }
    }
}
