import Fields
import Glibc
import Synchronization

/// A file descriptor, and one large buffer of what will be written to it.
///
/// Errors are kept, not thrown: the reader of a pipe may go away at any time, which is no error of ours. Writers
/// look at ``isClosed`` now and then and stop. All else is for one thread at a time.
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
    /// Columns of the terminal that it is shown on: lines for people are cut to them, and tables fitted into them. Nil
    /// where all is written.
    public var width: Int?
    /// Asked before each write: whether the program is to end. Then a reader that takes nothing for a second is given
    /// up, with `ETIMEDOUT`; else a write waits for it as long as it takes.
    public var isEnding: @Sendable () -> Bool = { false }
    /// Signals do not interrupt the thread that writes. A write to a pipe then waits only for a moment before it asks
    /// again whether the program is to end.
    public var hearsNoSignals = false
    private let isPipe: Bool
    /// Nil where what is written is kept in memory, or taken by another.
    private let descriptor: Int32?
    /// Takes what is written, and leaves nothing in its place.
    private let taker: ((inout TextBuffer) -> Void)?
    /// What was written, where it is kept in memory.
    public private(set) var kept: [UInt8] = []
    /// Lines were left out of what is kept.
    public private(set) var isCut = false
    private var limit = 0

    public static let capacity = 1 << 16

    /// - Parameter descriptor: Stays open; the caller closes it.
    public init(descriptor: Int32, isLineBuffered: Bool = false) {
        self.descriptor = descriptor
        taker = nil
        var status = stat()
        isPipe = fstat(descriptor, &status) == 0 && [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT)
        self.isLineBuffered = isLineBuffered
        buffer.bytes.reserveCapacity(Self.capacity * 2)
    }

    /// Keeps in memory what is written, in complete lines of so many bytes at most.
    public init(inMemory limit: Int) {
        descriptor = nil
        taker = nil
        self.limit = limit
        isPipe = false
        isLineBuffered = false
    }

    /// Hands on what is written, in large pieces.
    public init(taker: @escaping (inout TextBuffer) -> Void) {
        descriptor = nil
        self.taker = taker
        isPipe = false
        isLineBuffered = false
    }

    public func flushIfFull() { drainIfFull(&buffer) }

    /// Hands ``buffer`` over to who writes a record, and takes it back with ``give(_:)``: what is appended meanwhile is
    /// appended to a value of its own, without an access to this object for each piece.
    func take() -> TextBuffer {
        var taken = TextBuffer()
        swap(&taken, &buffer)
        return taken
    }

    /// Takes back what ``take()`` has handed over, and writes it where it is much or each record is written at once.
    func give(_ text: consuming TextBuffer) {
        if isLineBuffered || text.count >= Self.capacity { drain(&text) }
        swap(&text, &buffer)
    }

    /// Writes what is in `text`, which may be ``buffer`` itself, where it is much or each record is written at once.
    func drainIfFull(_ text: inout TextBuffer) {
        if isLineBuffered || text.count >= Self.capacity { drain(&text) }
    }

    private func keep(_ bytes: [UInt8]) {
        if isCut { return }
        isCut = bytes.count > limit - kept.count
        kept += bytes.prefix(limit - kept.count)
        if isCut { kept.removeLast(kept.count - (kept.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0)) }
    }

    public func flush() { drain(&buffer) }

    /// Writes what is in `text`, which may be ``buffer`` itself, and empties it.
    public func drain(_ text: inout TextBuffer) {
        if let taker { return taker(&text) }
        defer { text.removeAll() }
        if isClosed { return }
        guard let descriptor else { return keep(text.bytes) }
        text.bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                var part = rest
                if isEnding() {
                    guard isTaken(descriptor, within: 1000) else { return close(ETIMEDOUT) }
                    // Into a pipe that is not full, a piece of this size never waits.
                    part = rest.prefix(Int(PIPE_BUF))
                } else if hearsNoSignals, isPipe {
                    guard isTaken(descriptor, within: 100) else { continue }
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
        errorNumber = error
        closed.store(true, ordering: .releasing)
    }

    private func isTaken(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
        var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while true {
            let count = poll(&state, 1, milliseconds)
            if count >= 0 || errno != EINTR { return count > 0 }
        }
    }
}
