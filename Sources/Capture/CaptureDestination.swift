import Glibc
import System

/// A file that a capture is about to be written to: opened, but what it holds is not touched yet.
///
/// It is opened before anything is read, so that nobody waits an hour for the news that it cannot be written.
public struct CaptureDestination: ~Copyable {
    /// The file as it was given: a path, or `-` for standard output.
    public let path: String
    let descriptor: Descriptor
    /// Whether there was no such file, and this process has made it.
    package let isNew: Bool
    /// Asked while nobody takes what is written into a pipe or a socket: whether the program is to end. Then a reader
    /// that takes nothing for a second is given up; else it is waited for as long as it takes.
    public var isEnding: @Sendable () -> Bool = { false }

    /// Opens a file for writing, and creates it where there is none.
    ///
    /// - Parameters:
    ///   - path: A file, a FIFO, or `-` for standard output, which is left open.
    ///   - inputs: What is read meanwhile: none of these files may be the same one.
    ///   - isPrivate: Nobody but this user may read the file, from its creation on.
    /// - Throws: `CaptureError` of the problem `cannotCreate`, `isAnInput` or `isTerminal`.
    public init(path: String, inputs: [String] = [], isPrivate: Bool = false) throws(CaptureError) {
        let descriptor: Descriptor
        var isNew = false
        do throws(SystemFailure) {
            descriptor = try Descriptor(creating: path, mode: isPrivate ? 0o600 : 0o666, isNew: &isNew)
        } catch {
            throw CaptureError(.cannotCreate, path: path, detail: error.message)
        }
        guard isatty(descriptor.number) == 0 else { throw CaptureError(.isTerminal, path: path) }
        if let own = descriptor.fileIdentity, inputs.contains(where: { FileIdentity(of: $0) == own }) {
            throw CaptureError(.isAnInput, path: path)
        }
        // One that was there keeps its mode when it is opened.
        if isPrivate, !isNew, descriptor.type == S_IFREG, fchmod(descriptor.number, 0o600) != 0 {
            let reason = "others may read it, and this cannot be changed: \(SystemFailure().message)"
            throw CaptureError(.cannotCreate, path: path, detail: reason)
        }
        self.path = path
        self.descriptor = descriptor
        self.isNew = isNew
    }

    /// A file that was opened elsewhere.
    init(_ descriptor: consuming Descriptor, path: String) {
        self.path = path
        self.descriptor = descriptor
        isNew = false
    }

    /// Takes back a file that this process has made, where nothing is to be written; by the helper where this process is
    /// locked in.
    public func removeIfNew() {
        guard isNew, FileIdentity(of: path) == descriptor.fileIdentity, unlink(path) != 0 else { return }
        OpenedInputs.helper?.removeOutput()
    }

    /// Empties a file that is there already. Standard output may have been opened to be appended to.
    consuming func emptied() -> Descriptor {
        if path != "-", descriptor.type == S_IFREG { _ = ftruncate(descriptor.number, 0) }
        return descriptor
    }
}

/// What makes a regular file the same as another, whatever their names.
struct FileIdentity: Hashable {
    let device: dev_t
    let number: ino_t

    init?(_ status: stat) {
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        device = status.st_dev
        number = status.st_ino
    }

    /// Of the file at `path`, or for `-` of standard input; nil where there is no regular file.
    init?(of path: String) {
        var status = stat()
        guard (path == "-" ? fstat(STDIN_FILENO, &status) : stat(path, &status)) == 0 else { return nil }
        self.init(status)
    }
}

extension Descriptor {
    /// Opens a file for writing, or for `-` shares standard output. Waits for a reader where the file is a FIFO.
    init(creating path: String) throws(SystemFailure) {
        var isNew = false
        try self.init(creating: path, mode: 0o666, isNew: &isNew)
    }

    /// As `init(creating:)`.
    ///
    /// - Parameters:
    ///   - mode: Of a new file, of which the process's mask takes away.
    ///   - isNew: Set to whether there was no such file.
    init(creating path: String, mode: mode_t, isNew: inout Bool) throws(SystemFailure) {
        isNew = false
        var number: Int32
        if path == "-" {
            number = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        } else {
            number = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
            isNew = number >= 0
            if !isNew, errno == EEXIST { number = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode) }
        }
        guard number >= 0 else { throw SystemFailure() }
        try self.init(owning: number)
    }

    var fileIdentity: FileIdentity? {
        var status = stat()
        return fstat(number, &status) == 0 ? FileIdentity(status) : nil
    }
}
