import Glibc
import System

/// A folder to which files are added, whole or not at all, and in which nothing that was there is touched.
struct ObjectFolder: ~Copyable {
    enum Outcome {
        case added
        /// There was a file of that name with the same bytes.
        case same
        /// There is something else of that name.
        case taken
        /// The system's number of the error.
        case failed(Int32)
    }

    private let descriptor: Int32
    private var temporary = 0
    /// The file system knows no hard links.
    private var isPlain = false

    /// Opens the folder, and makes it if there is none (mode 0755 without the umask's bits).
    ///
    /// - Returns: Nil on failure; then `errno` tells why.
    static func open(_ path: String) -> ObjectFolder? {
        if mkdir(path, 0o755) != 0, errno != EEXIST { return nil }
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        return descriptor < 0 ? nil : ObjectFolder(descriptor: descriptor)
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Adds a file with these bytes.
    ///
    /// - Parameter name: Without slashes.
    mutating func add(_ name: String, _ bytes: RawSpan) -> Outcome {
        if let present = compare(name, bytes) { return present }
        return isPlain ? write(directly: name, bytes) : write(linking: name, bytes)
    }

    /// What is there of that name already; nil if nothing is. Links are not followed.
    private func compare(_ name: String, _ bytes: RawSpan) -> Outcome? {
        let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return errno == ENOENT ? nil : .taken }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size == bytes.byteCount else {
            return .taken
        }
        var chunk = [UInt8](repeating: 0, count: min(1 << 16, max(1, bytes.byteCount)))
        var rest = bytes
        while !rest.isEmpty {
            let count = read(file, &chunk, min(chunk.count, rest.byteCount))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return .taken }
            let isSame = rest.withUnsafeBytes { $0.prefix(count).elementsEqual(chunk.prefix(count)) }
            guard isSame else { return .taken }
            rest = rest.extracting(droppingFirst: count)
        }
        return .same
    }

    /// Writes under a name of its own and then links to it the wanted one, which fails where that is taken: so a file
    /// that has its name is whole.
    private mutating func write(linking name: String, _ bytes: RawSpan) -> Outcome {
        var file: Int32 = -1
        var own = ""
        // A name may be left over from a process of the same number that was killed.
        for _ in 0..<1000 {
            temporary += 1
            own = ".btcshark-\(getpid())-\(temporary).part"
            file = Self.create(own, in: descriptor)
            if file >= 0 || errno != EEXIST { break }
        }
        guard file >= 0 else { return .failed(errno) }
        let error = Self.fill(file, bytes)
        defer { unlinkat(descriptor, own, 0) }
        guard error == 0 else { return .failed(error) }
        if linkat(descriptor, own, descriptor, name, 0) == 0 { return .added }
        switch errno {
        case EEXIST: return compare(name, bytes) ?? .taken
        case EPERM, EOPNOTSUPP, ENOSYS:
            isPlain = true
            return write(directly: name, bytes)
        case let error: return .failed(error)
        }
    }

    private func write(directly name: String, _ bytes: RawSpan) -> Outcome {
        let file = Self.create(name, in: descriptor)
        guard file >= 0 else { return errno == EEXIST ? .taken : .failed(errno) }
        let error = Self.fill(file, bytes)
        guard error != 0 else { return .added }
        unlinkat(descriptor, name, 0)
        return .failed(error)
    }

    private static func create(_ name: String, in folder: Int32) -> Int32 {
        openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    }

    /// Writes the bytes and closes the file; answers the number of the first error, or 0.
    private static func fill(_ file: Int32, _ bytes: RawSpan) -> Int32 {
        do throws(SystemFailure) {
            let descriptor = try Descriptor(owning: file)
            try descriptor.write(all: bytes)
            // Some file systems tell only now that the disk is full.
            return close(descriptor.release()) != 0 && errno != EINTR ? errno : 0
        } catch { return error.code }
    }
}
