import Glibc
import System

/// Reads what has come through a pipe, without waiting for more.
struct PipeReader: ~Copyable {
    private let end: Descriptor
    /// All writers are gone.
    private(set) var isOver = false

    init(_ end: consuming Descriptor) {
        self.end = end
        // The other end has flags of its own.
        _ = fcntl(self.end.number, F_SETFL, fcntl(self.end.number, F_GETFL) | O_NONBLOCK)
    }

    /// What `poll` waits for.
    var pollState: pollfd { pollfd(fd: isOver ? -1 : end.number, events: Int16(POLLIN), revents: 0) }

    /// Gives out what there is, piece by piece.
    mutating func read(_ take: (ArraySlice<UInt8>) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !isOver {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(end.number, $0.baseAddress, $0.count) }
            if count > 0 {
                take(buffer[..<count])
            } else if count == 0 {
                isOver = true
            } else if errno != EINTR {
                if errno != EAGAIN { isOver = true }
                return
            }
        }
    }
}
