import Dissection
import Glibc
import Synchronization

/// A file descriptor behind one large buffer.
///
/// Errors are kept, not thrown: the reader of a pipe may go away at any time, which is no error of ours. Whoever writes
/// looks at ``isClosed`` now and then and stops. All else is for one thread at a time.
public final class ByteOutput {
    /// What is yet to be written; writers append to it and call ``flushIfFull()``.
    public var buffer = TextBuffer()
    /// Nobody reads any more, or writing failed: nothing further is written.
    /// Any thread may ask.
    public var isClosed: Bool { closed.load(ordering: .acquiring) }
    private let closed = Atomic<Bool>(false)
    /// The system's number of the error that closed it; 0 if the reader went away.
    public private(set) var errorNumber: Int32 = 0
    /// Each record is written at once.
    public var isLineBuffered: Bool
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
                let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if written == 0 || errno != EINTR {
                    errorNumber = written == 0 ? EIO : errno == EPIPE ? 0 : errno
                    closed.store(true, ordering: .releasing)
                    return
                }
            }
        }
    }
}
