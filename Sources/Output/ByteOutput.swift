import Dissection
import Glibc

/// A file descriptor behind one large buffer.
///
/// Errors are kept, not thrown: the reader of a pipe may go away at any time, which is no error of ours. Whoever writes
/// looks at ``isClosed`` now and then and stops.
public final class ByteOutput {
    /// What is yet to be written; writers append to it and call ``flushIfFull()``.
    public var buffer = TextBuffer()
    /// Nobody reads any more, or writing failed: nothing further is written.
    public private(set) var isClosed = false
    /// The system's number of the error that closed it; 0 if the reader went away.
    public private(set) var errorNumber: Int32 = 0
    /// Each record is written at once.
    public var isLineBuffered: Bool
    /// Asked before each write: whether the program is to end. Then a reader that takes nothing for a second is given
    /// up, with `ETIMEDOUT`; else a write waits for it as long as it takes.
    public var isEnding: () -> Bool = { false }
    private let descriptor: Int32

    public static let capacity = 1 << 16

    /// - Parameter descriptor: Stays open; the caller closes it.
    public init(descriptor: Int32, isLineBuffered: Bool = false) {
        self.descriptor = descriptor
        self.isLineBuffered = isLineBuffered
        buffer.bytes.reserveCapacity(Self.capacity * 2)
    }

    public func flushIfFull() {
        if isLineBuffered || buffer.count >= Self.capacity { flush() }
    }

    public func flush() { drain(&buffer) }

    /// Writes what is in `text`, which may be ``buffer`` itself, and empties it.
    public func drain(_ text: inout TextBuffer) {
        defer { text.removeAll() }
        if isClosed { return }
        text.bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                var part = rest
                if isEnding() {
                    guard isTaken(within: 1000) else { return close(ETIMEDOUT) }
                    // Of a pipe that is not full, so much never waits.
                    part = rest.prefix(Int(PIPE_BUF))
                }
                let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: part).baseAddress, part.count)
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if written == 0 || errno != EINTR {
                    return close(written == 0 ? EIO : errno == EPIPE ? 0 : errno)
                }
            }
        }
    }

    private func close(_ error: Int32) {
        isClosed = true
        errorNumber = error
    }

    private func isTaken(within milliseconds: Int32) -> Bool {
        var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while true {
            let count = poll(&state, 1, milliseconds)
            if count >= 0 || errno != EINTR { return count > 0 }
        }
    }
}
