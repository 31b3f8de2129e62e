import CLinux
import Glibc
import System

/// A process that stays root when we become somebody else, and makes the recording's files where only root may.
///
/// It sees no packet. All it can be asked for is the next file of the recording that it was started for. It names and
/// counts the files itself, and deletes the oldest when there are more than the ring's bound. It ends when we do.
public struct RecordingHelper: ~Copyable {
    /// What the program is started with to be this helper; the arguments after it are ours alone.
    public static let argument = "--recording-helper"

    /// How many files of a ring it makes at once before the limits of the ring are reached.
    static let mostEarlyFiles = 20

    /// Whether it is to make all files, also where this process could: they belong to somebody else.
    let makesAll: Bool
    private let socket: Descriptor
    /// Declared after the socket: by then that is shut, so that the process has ended by itself.
    private let process: Child

    /// Starts the process, while we are still root.
    ///
    /// - Parameters:
    ///   - program: This program's file.
    ///   - path: As given to ``RecordingFiles``.
    ///   - ring: As given to ``RecordingFiles``.
    ///   - isPrivate: Nobody but their owner may read the files.
    ///   - owner: Whom the files are given to.
    ///   - makesAll: It is asked for all files, not only for those that this process may not make.
    /// - Throws: `CaptureError` where it cannot be started.
    public init(
        program: String = "/proc/self/exe", path: String, ring: CaptureLimits?, isPrivate: Bool = false, owner: User,
        makesAll: Bool = false
    ) throws(CaptureError) {
        let order = RecordingOrder(
            path: path, ring: ring, userID: owner.userID, groupID: owner.groupID, isPrivate: isPrivate)
        do throws(SystemFailure) {
            self = try Self.start([program, Self.argument] + order.arguments, makesAll: makesAll)
        } catch {
            throw CaptureError(.cannotCreate, path: path, detail: "no helper: \(error.message)")
        }
    }

    private init(_ socket: consuming Descriptor, _ process: consuming Child, makesAll: Bool) {
        self.socket = socket
        self.process = process
        self.makesAll = makesAll
    }

    private static func start(_ arguments: [String], makesAll: Bool) throws(SystemFailure) -> RecordingHelper {
        var ends: [Int32] = [-1, -1]
        guard linux_packet_sockets(&ends) == 0 else { throw SystemFailure() }
        let other = try Descriptor(owning: ends[1])
        let socket = try Descriptor(owning: ends[0])
        let process = try Child(
            arguments, input: other, output: try Descriptor(creating: "/dev/null"),
            errors: try Descriptor(copying: STDERR_FILENO), hearsEnding: false)
        return RecordingHelper(socket, process, makesAll: makesAll)
    }

    deinit {
        // At this it ends.
        linux_shut_down(socket.number)
    }

    var socketNumber: Int32 { socket.number }

    /// Opens the next file of a ring, or the file where there is one only: with `EALREADY` where it was opened before and
    /// is still there.
    ///
    /// - Parameter name: Set to what its name is made of.
    func next(_ name: inout RecordingName) throws(SystemFailure) -> Descriptor {
        guard RecordingRequest.send(to: socket.number) else { throw SystemFailure(code: EPIPE) }
        var file: Int32 = -1
        let answer = RecordingRequest.Answer(from: socket.number, &file)
        guard let answer, answer.code == 0, file >= 0 else {
            if file >= 0 { close(file) }
            throw SystemFailure(code: answer.map { $0.code == 0 ? EIO : $0.code } ?? EPIPE)
        }
        name = answer.name
        return try Descriptor(owning: file)
    }
}
