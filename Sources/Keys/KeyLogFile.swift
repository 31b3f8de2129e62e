import BitcoinP2P
import Glibc
import System

/// A key log that cannot be read.
public struct KeyLogError: Error, Sendable, CustomStringConvertible {
    public let path: String
    public let reason: String
    /// The file will not be looked at again.
    public let isFinal: Bool

    public var description: String { "the key log \(path) cannot be read: \(reason)" }

    /// - Parameter number: What the system said (errno).
    init(path: String, number: Int32) {
        self.path = path
        reason = strerror(number).map { String(cString: $0) } ?? "error \(number)"
        isFinal = false
    }

    /// Of a file that is no key log.
    init(path: String, reason: String) {
        self.path = path
        self.reason = reason
        isFinal = true
    }
}

/// Reads the lines of a file, and later those that have been appended.
struct KeyLogFile {
    private let path: String
    private var file: OpenKeyLog?
    /// Bytes read of this file.
    private var position: off_t = 0
    /// A pipe was read, or the file is too large: nothing more is read.
    private var isExhausted = false
    /// By then a pipe must have ended.
    private let pipeLimit: Duration
    private var line: UInt64 = 1
    /// The beginning of a line whose end has not been read.
    private var rest: [UInt8] = []
    /// The line is too long: what comes up to its end is skipped.
    private var isOverlong = false

    private static let chunk = 64 << 10

    init(path: String, pipeLimit: Duration) {
        self.path = path
        self.pipeLimit = pipeLimit
    }

    /// Gives out each line that is new, and a last one without line feed if it is a whole secret.
    mutating func read(_ take: (KeyLogLine, UInt64) -> Void) throws(KeyLogError) {
        if isExhausted { return }
        try open()
        // Asked for each segment of a connection that waits, of which strangers make as many as they like.
        guard let file, !file.isRegular || file.size != position else { return }
        // It is not read again, whatever becomes of this.
        isExhausted = !file.isRegular
        let deadline = ContinuousClock.now + pipeLimit
        var buffer = [UInt8](repeating: 0, count: Self.chunk)
        while true {
            if !file.isRegular, !file.hasMore(until: deadline) {
                throw KeyLogError(
                    path: path,
                    reason:
                        "this pipe did not end within \(pipeLimit.components.seconds) seconds: name a regular file, "
                        + "which is read on as it grows")
            }
            let count = buffer.withUnsafeMutableBytes { Glibc.read(file.number, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                throw KeyLogError(path: path, number: errno)
            }
            if count == 0 { break }
            position += off_t(count)
            split(buffer[..<count], take)
            if position > KeyLog.sizeLimit {
                isExhausted = true
                throw KeyLogError(
                    path: path,
                    reason: "it has more than \(KeyLog.sizeLimit >> 20) MiB; what is after these is not used")
            }
        }
        if case .secret = KeyLogLine(rest[...]) { take(KeyLogLine(rest[...]), line) }
    }

    /// What the last line says that has no line feed, if it is no whole secret.
    mutating func finish() -> (KeyLogLine, UInt64)? {
        defer { rest = [] }
        let content = isOverlong ? .wrong(.tooLong) : KeyLogLine(rest[...])
        if case .wrong = content { return (content, line) }
        return nil
    }

    /// Opens the file, or opens it again where another has taken its place.
    private mutating func open() throws(KeyLogError) {
        if let file {
            guard file.isRegular else { return }
            var status = stat()
            guard stat(path, &status) == 0 else {
                // It was removed, or its folder is closed to the user we have become: what is open is read on. Where that
                // was removed from a closed folder, nobody knows what took its place.
                guard errno == EACCES, file.isRemoved, file.size == position else { return }
                throw KeyLogError(
                    path: path, reason: "it was removed or replaced, and its folder is closed to this user")
            }
            if status.st_dev == file.device, status.st_ino == file.inode {
                if status.st_size >= position { return }
                lseek(file.number, 0, SEEK_SET)
                restart()
                return
            }
        }
        do throws(KeyLogError) {
            file = try OpenKeyLog(path: path)
        } catch {
            isExhausted = error.isFinal
            throw error
        }
        restart()
    }

    private mutating func restart() {
        position = 0
        line = 1
        rest = []
        isOverlong = false
    }

    private mutating func split(_ bytes: ArraySlice<UInt8>, _ take: (KeyLogLine, UInt64) -> Void) {
        var bytes = bytes
        while let end = bytes.firstIndex(of: 0x0a) {
            append(bytes[..<end])
            take(isOverlong ? .wrong(.tooLong) : KeyLogLine(rest[...]), line)
            rest.removeAll(keepingCapacity: true)
            isOverlong = false
            line += 1
            bytes = bytes[(end + 1)...]
        }
        append(bytes)
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) {
        if isOverlong { return }
        rest.append(contentsOf: bytes.prefix(KeyLog.lineLimit + 1 - rest.count))
        // A comment may be as long as it likes.
        if rest.count > KeyLog.lineLimit {
            if case .empty = KeyLogLine(rest[...]) { rest.removeLast() } else { isOverlong = true }
        }
    }
}

/// The file as it is open now.
private final class OpenKeyLog: Sendable {
    private let descriptor: Descriptor
    let device: dev_t
    let inode: ino_t
    /// Not a pipe, which cannot be read again.
    let isRegular: Bool

    var number: Int32 { descriptor.number }

    init(path: String) throws(KeyLogError) {
        do {
            // A pipe that nobody writes into must not hold us up here.
            descriptor = try Descriptor(file: path, flags: O_NONBLOCK)
        } catch { throw KeyLogError(path: path, number: error.code) }
        var status = stat()
        fstat(descriptor.number, &status)
        device = status.st_dev
        inode = status.st_ino
        isRegular = status.st_mode & S_IFMT == S_IFREG
        guard !isRegular else { return }
        switch status.st_mode & S_IFMT {
        case S_IFIFO: break
        case S_IFDIR: throw KeyLogError(path: path, reason: "it is a folder: name a file")
        default: throw KeyLogError(path: path, reason: "it is neither a regular file nor a pipe")
        }
    }

    /// Waits until there is something to read of a pipe, or its end. False where that takes too long.
    func hasMore(until deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let left = deadline - ContinuousClock.now
            guard left > .zero else { return false }
            var state = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
            // A tenth of a second at most after the deadline.
            let count = poll(&state, 1, 100)
            if count > 0 || count < 0 && errno != EINTR { return true }
        }
    }

    /// No name is left of it.
    var isRemoved: Bool {
        var status = stat()
        return fstat(number, &status) == 0 && status.st_nlink == 0
    }

    /// In bytes, by now.
    var size: off_t {
        var status = stat()
        return fstat(number, &status) == 0 ? status.st_size : 0
    }
}
