import Glibc
import System

/// A process that stays root when we become somebody else, and makes the recording's files where only root may.
///
/// It sees no packet. All it can be asked for is the next file of the recording it was started for, or to delete one
/// of its files; it ends when we do.
public struct RecordingHelper: ~Copyable {
    /// What the program is started with to be this helper; the arguments after it are ours alone.
    public static let argument = "--recording-helper"
    /// Its last argument where nobody but their owner may read the files.
    static let privateWord = "private"

    private let socket: Descriptor
    /// Declared after the socket: by then that is shut, so that the process has ended by itself.
    private let process: Child

    /// Starts the process, while we are still root.
    ///
    /// - Parameters:
    ///   - program: This program's file.
    ///   - path: As given to ``RecordingFiles``.
    ///   - isRing: Whether there is to be one file after another.
    ///   - isPrivate: Nobody but their owner may read the files.
    ///   - owner: Whom the files are given to.
    /// - Throws: `CaptureError` where it cannot be started.
    public init(
        program: String = "/proc/self/exe", path: String, isRing: Bool, isPrivate: Bool = false, owner: User
    ) throws(CaptureError) {
        var arguments = [
            program, Self.argument, path, isRing ? "ring" : "file", "\(owner.userID)", "\(owner.groupID)",
        ]
        if isPrivate { arguments.append(Self.privateWord) }
        do throws(SystemFailure) {
            self = try Self.start(arguments)
        } catch {
            throw CaptureError(.cannotCreate, path: path, detail: "no helper: \(error.message)")
        }
    }

    private init(_ socket: consuming Descriptor, _ process: consuming Child) {
        self.socket = socket
        self.process = process
    }

    private static func start(_ arguments: [String]) throws(SystemFailure) -> RecordingHelper {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw SystemFailure() }
        let other = try Descriptor(owning: ends[1])
        let socket = try Descriptor(owning: ends[0])
        let process = try Child(
            arguments, input: other, output: try Descriptor(creating: "/dev/null"),
            errors: try Descriptor(copying: STDERR_FILENO), hearsEnding: false)
        return RecordingHelper(socket, process)
    }

    deinit {
        // At this it ends.
        shutdown(socket.number, Int32(SHUT_RDWR))
    }

    // MARK: Requests

    /// Creates a file, or opens it where it is there already.
    func create(_ name: RecordingName) throws(SystemFailure) -> Descriptor {
        var file: Int32 = -1
        let code = ask(RecordingRequest(.create, name), &file)
        guard code == 0, file >= 0 else { throw SystemFailure(code: code == 0 ? EIO : code) }
        return try Descriptor(owning: file)
    }

    /// Deletes a file.
    func delete(_ name: RecordingName) throws(SystemFailure) {
        var file: Int32 = -1
        let code = ask(RecordingRequest(.delete, name), &file)
        if file >= 0 { close(file) }
        guard code == 0 else { throw SystemFailure(code: code) }
    }

    /// - Returns: 0, or an error's number.
    private func ask(_ request: RecordingRequest, _ file: inout Int32) -> Int32 {
        guard request.send(to: socket.number) else { return EPIPE }
        return RecordingRequest.answer(from: socket.number, &file)
    }
}
