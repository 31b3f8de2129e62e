import Glibc
import Output
import System

/// A file that is replaced in one step, so that no reader sees half of it.
enum ReplacedFile {
    struct Failure: Error {
        let path: String
        let reason: String

        fileprivate init(_ path: String, _ number: Int32) {
            self.path = path
            reason = String(cString: strerror(number))
        }

        fileprivate init(_ path: String, reason: String) {
            self.path = path
            self.reason = reason
        }

        var words: String { "\(path): cannot be written: \(reason)" }
    }

    /// Writes a new file beside it, and renames that.
    static func replace(_ path: String, _ write: (ByteOutput) -> Void) throws(Failure) {
        let mode = try modeOfOld(path)
        // A link stays, as /dev/stdout is one: what it leads to is replaced.
        let target = mode == nil ? path : (try? Path.resolved(path)) ?? path
        // With a name that nobody else has.
        var name = Array((target + ".XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw Failure(path, errno) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let temporary = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let output = ByteOutput(descriptor: descriptor)
        write(output)
        output.flush()
        var problem = output.isClosed ? output.errorNumber : 0
        // mkstemp(3) lets only the owner read it; a reader is somebody else.
        let mask = umask(0)
        umask(mask)
        if problem == 0, fchmod(descriptor, mode ?? 0o666 & ~mask) != 0 { problem = errno }
        // Some file systems report only now that there was no room.
        if close(descriptor) != 0, problem == 0 { problem = errno }
        if problem == 0, rename(temporary, target) != 0 { problem = errno }
        guard problem != 0 else { return }
        unlink(temporary)
        throw Failure(path, problem)
    }

    /// The permissions of the file that is replaced; nil where there is none.
    private static func modeOfOld(_ path: String) throws(Failure) -> mode_t? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        // Renamed over a device or a pipe, that would be gone.
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(path, reason: "it is not a regular file") }
        return status.st_mode & 0o777
    }
}
