#if Peer
import BitcoinP2P
import Glibc
import Keys
import System

/// A key log that we write ourselves: of connections that we have made.
final class WrittenKeyLog: Sendable {
    private let descriptor: Int32
    private let path: String

    /// Creates the file, for this user only, or adds to it.
    init(_ path: String) throws(InputFileError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        self.path = path
        guard descriptor >= 0 else { throw InputFileError(description: "\(path): \(SystemFailure().message)") }
    }

    deinit { close(descriptor) }

    func write(_ key: EllSwiftKey, _ secret: SharedSecret) {
        let line = KeyLog.line(key, secret)
        if Glibc.write(descriptor, line, line.count) != line.count {
            StandardError.complain("cannot write \(path): \(SystemFailure().message)")
        }
    }
}
#endif
