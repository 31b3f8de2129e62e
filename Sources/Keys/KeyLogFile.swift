import BitcoinP2P
import Glibc
import System

/// A key log that cannot be read.
public struct KeyLogError: Error, Sendable, CustomStringConvertible {
    public let path: String
    /// What the system said (errno).
    public let number: Int32

    public var description: String {
        let reason = strerror(number).map { String(cString: $0) } ?? "error \(number)"
        return "the key log \(path) cannot be read: \(reason)"
    }
}

/// Reads the lines of a file, and later those that have been appended.
struct KeyLogFile {
    private let path: String
    private var file: OpenKeyLog?
    /// Bytes read of this file.
    private var position: off_t = 0
    /// A pipe was read to its end.
    private var isExhausted = false
    private var line: UInt64 = 1
    /// The beginning of a line whose end has not been read.
    private var rest: [UInt8] = []
    /// The line is too long: what comes up to its end is skipped.
    private var isOverlong = false

    private static let chunk = 64 << 10

    init(path: String) { self.path = path }

    /// Gives out each line that is new, and a last one without line feed if it is a whole secret.
    mutating func read(_ take: (KeyLogLine, UInt64) -> Void) throws(KeyLogError) {
        if isExhausted { return }
        try open()
        // Asked for each segment of a connection that waits, of which strangers make as many as they like.
        guard let file, !file.isRegular || file.size != position else { return }
        var buffer = [UInt8](repeating: 0, count: Self.chunk)
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(file.number, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw KeyLogError(path: path, number: errno)
            }
            if count == 0 { break }
            position += off_t(count)
            split(buffer[..<count], take)
        }
        if !file.isRegular { isExhausted = true }
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
            // It was removed, or its folder is closed to the user we have become: what is open is read on.
            guard stat(path, &status) == 0 else { return }
            if status.st_dev == file.device, status.st_ino == file.inode {
                if status.st_size >= position { return }
                lseek(file.number, 0, SEEK_SET)
                restart()
                return
            }
        }
        file = try OpenKeyLog(path: path)
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
            descriptor = try Descriptor(file: path)
        } catch { throw KeyLogError(path: path, number: error.code) }
        var status = stat()
        fstat(descriptor.number, &status)
        device = status.st_dev
        inode = status.st_ino
        isRegular = status.st_mode & S_IFMT == S_IFREG
    }

    /// In bytes, by now.
    var size: off_t {
        var status = stat()
        return fstat(number, &status) == 0 ? status.st_size : 0
    }
}
