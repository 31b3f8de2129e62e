#if Peer
import BitcoinP2P
import Glibc
import Keys
import Synchronization
import System

/// A key log that we write ourselves: of connections that we have made.
final class WrittenKeyLog: Sendable {
    private let descriptor: Int32
    private let path: String
    private let failed = Atomic(false)

    /// A line could not be written, and was complained of.
    var hasFailed: Bool { failed.load(ordering: .relaxed) }

    /// Creates the file, for this user only, or adds to it.
    init(_ path: String) throws(InputFileError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o600)
        self.path = path
        guard descriptor >= 0 else { throw InputFileError(description: "\(path): \(SystemFailure().message)") }
        // Also of a file that was there: it has secrets now.
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG { fchmod(descriptor, 0o600) }
    }

    deinit { close(descriptor) }

    func write(_ key: EllSwiftKey, _ secret: SharedSecret) {
        let line = KeyLog.line(key, secret)
        if Glibc.write(descriptor, line, line.count) != line.count {
            StandardError.complain("cannot write \(path): \(SystemFailure().message)")
            failed.store(true, ordering: .relaxed)
        }
    }
}
#endif
