import Glibc
import System

/// A process that makes the recording's files, where this one may not, or may do so no longer.
///
/// It sees no packet. All it can be asked for is the next file of the recording that it was started for. It names and
/// counts the files itself, and deletes the oldest when there are more than the ring's bound. It ends when we do.
public struct RecordingHelper: ~Copyable {
    /// What the program is started with to be this helper; the arguments after it are ours alone.
    public static let argument = "--recording-helper"

    /// How many files of a ring it makes at once before the limits of the ring are reached.
    static let mostEarlyFiles = 20

    /// Whether it is to make all files, also where this process could: those of a ring, or of somebody else.
    let makesAll: Bool
    private let child: SocketChild

    /// Starts the process, with the rights that we have now.
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
            child = try SocketChild([program, Self.argument] + order.arguments)
        } catch {
            throw CaptureError(.cannotCreate, path: path, detail: "no helper: \(error.message)")
        }
        self.makesAll = makesAll
    }

    var socketNumber: Int32 { child.socketNumber }

    /// Opens the next file of a ring, or the file where there is one only: with `EALREADY` where it was opened before and
    /// is still there.
    ///
    /// - Parameter name: Set to what its name is made of.
    func next(_ name: inout RecordingName) throws(SystemFailure) -> Descriptor {
        guard RecordingRequest.send(to: socketNumber) else { throw SystemFailure(code: EPIPE) }
        var file: Int32 = -1
        let answer = RecordingRequest.Answer(from: socketNumber, &file)
        guard let answer, answer.code == 0, file >= 0 else {
            if file >= 0 { close(file) }
            throw SystemFailure(code: answer.map { $0.code == 0 ? EIO : $0.code } ?? EPIPE)
        }
        name = answer.name
        return try Descriptor(owning: file)
    }
}
