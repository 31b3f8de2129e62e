import Glibc
import Synchronization
import System

/// Inputs that were opened before this process was locked in, or can be had from a helper since.
///
/// There is one set for the process, as there is one sandbox. Where nothing was prepared, inputs are opened as they come.
public enum OpenedInputs {
    private struct State: ~Copyable {
        /// By path: open files at their beginning, or the number of the error with which each opening failed.
        var files: [String: [Result<Int32, SystemFailure>]] = [:]
        var helper: InputHelper?
    }

    private static let state = Mutex(State())

    /// More files are not opened in advance. Half of what the process may have open stays for all else, the sandbox's own
    /// places among them.
    private static var mostFiles: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 16 }
        return min(48, max(0, Int(clamping: limit.rlim_cur / 2) - 16))
    }

    /// Opens what will be read.
    ///
    /// - Parameters:
    ///   - paths: Inputs as `CaptureFiles` takes them. Of those that can be read only once, the first input alone is opened:
    ///     it may be waited for.
    ///   - times: How often each file will be opened.
    ///   - output: A file that this process has made, and may have to take back; nil for none.
    /// - Returns: Those that are to be opened later by this process itself: pipes and devices.
    /// - Throws: `CaptureError` where there is no helper although one is needed.
    public static func prepare(
        _ paths: [String], times: Int, output: String? = nil
    ) throws(CaptureError) -> [String] {
        var late: [String] = []
        var files: [String] = []
        var isCompressed = false
        for (index, path) in paths.enumerated() {
            if path != "-", isReadAgain(path) {
                files.append(path)
                continue
            }
            // What comes later by a pipe may be compressed.
            if index > 0 { isCompressed = true }
            if index > 0, let number = inheritedDescriptor(path) {
                share(number, as: path)
                continue
            }
            if path != "-" { late.append(path) }
            if index == 0 { isCompressed = open(path) || isCompressed }
        }
        if files.count <= mostFiles, files.count * times <= mostFiles {
            for path in files { for _ in 0..<times { isCompressed = open(path) || isCompressed } }
            if !isCompressed, output == nil { return late }
        }
        let helper = try InputHelper(paths: files, output: output)
        state.withLock { $0.helper = helper }
        return late
    }

    /// The socket to the helper, where there is one.
    public static var helperSocket: Int32? { state.withLock { $0.helper?.socketNumber } }

    static var helper: InputHelper? { state.withLock { $0.helper } }

    /// An input at its beginning; nil where it is to be opened by this process.
    static func take(_ path: String) throws(SystemFailure) -> Descriptor? {
        let opened = state.withLock { state in
            state.files[path]?.isEmpty == false ? state.files[path]?.removeFirst() : nil
        }
        if let opened { return try Descriptor(owning: opened.get()) }
        return try helper?.open(path)
    }

    /// - Returns: Whether it is compressed.
    private static func open(_ path: String) -> Bool {
        do throws(SystemFailure) {
            let file = try Descriptor(opening: path)
            let start = file.type == S_IFDIR ? [] : file.peek(Compression.longestMagic)
            let number = file.release()
            state.withLock { $0.files[path, default: []].append(.success(number)) }
            return Compression.recognised(in: start) != nil
        } catch {
            state.withLock { $0.files[path, default: []].append(.failure(error)) }
            return false
        }
    }

    /// The descriptor that a shell has opened for this process, by its name in the file system: it may be closed to the user
    /// that this process becomes.
    private static func inheritedDescriptor(_ path: String) -> Int32? {
        if path == "/dev/stdin" { return STDIN_FILENO }
        for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) {
            return Int32(path.dropFirst(folder.count))
        }
        return nil
    }

    private static func share(_ number: Int32, as path: String) {
        let shared = Result { () throws(SystemFailure) in try Descriptor(copying: number).release() }
        state.withLock { $0.files[path, default: []].append(shared) }
    }

    /// What is no file at all is opened in advance, too, since it is known then what is wrong with it.
    private static func isReadAgain(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return true }
        return status.st_mode & S_IFMT == S_IFREG || status.st_mode & S_IFMT == S_IFDIR
    }
}
