import CLinux
import Glibc
import System

/// The process that ``RecordingHelper`` starts. The program that asks may have been taken over by what it read: nothing
/// is done but to make the files of one recording, whose name came from the command line.
///
/// A next file that comes before its time, as SIGHUP asks for it, deletes none: so one who asks for one after the other
/// destroys no earlier recording, and after a few is refused.
public struct RecordingHelperProcess: ~Copyable {
    private let order: RecordingOrder
    /// The files' folder, found before anybody reads a packet, so that its path cannot be made to lead elsewhere later;
    /// the reason where there is none.
    private let folder: Descriptor?
    private let folderProblem: Int32
    private var files: RingFiles?
    /// The newest file, and when it was made.
    private var last: Descriptor?
    private var begun = 0.0
    /// How many files may be made before their time, and since when.
    private var early = Allowance(most: RecordingHelper.mostEarlyFiles, now: monotonicSeconds())

    /// - Parameter arguments: Those of the program; nil where they do not begin with ``RecordingHelper/argument``.
    public init?(_ arguments: some Collection<String>) {
        let words = Array(arguments)
        guard words.first == RecordingHelper.argument, let order = RecordingOrder(Array(words.dropFirst())) else {
            return nil
        }
        self.order = order
        do throws(SystemFailure) {
            let folder = try Descriptor(folderOf: order.path)
            if order.ring != nil {
                files = try RingFiles(RingFileName(order.path), in: folder, owner: order.userID)
            }
            self.folder = .some(folder)
            folderProblem = 0
        } catch {
            // Every request says so.
            folder = nil
            folderProblem = error.code
        }
    }

    /// Keeps two capabilities, and no call or folder beyond what it does, and then serves.
    ///
    /// - Returns: The exit status.
    public consuming func runLockedIn() -> Int32 {
        do throws(PrivilegesError) {
            // The mode of a file that is there is changed only for a private recording.
            try Privileges.keep([.changeOwner, .overridePermissions] + (order.isPrivate ? [.overrideOwner] : []))
        } catch { return 1 }
        let parent = order.path[..<Path.nameStart(order.path)]
        let files = SandboxProfile.Files(written: [parent.isEmpty ? "." : String(parent)])
        _ = Sandbox.enter(SandboxProfile(.making, files: files, helpers: [STDIN_FILENO]))
        run()
        return 0
    }

    /// Serves until the other end of a socket, standard input as a rule, is closed.
    public mutating func run(on socket: Int32 = STDIN_FILENO) {
        while RecordingRequest.receive(from: socket) {
            var name = RecordingName()
            var file: Int32 = -1
            let code = next(&name, &file)
            RecordingRequest.Answer(code: code, name: name).send(file, to: socket)
            if file >= 0 { close(file) }
        }
    }

    // MARK: Files

    /// Makes the next file of a ring, or opens the one file.
    ///
    /// - Returns: 0, or an error's number.
    mutating func next(_ name: inout RecordingName, _ file: inout Int32) -> Int32 {
        guard let folder = folderNumber else { return folderProblem }
        guard let ring = order.ring else {
            return isThere(fileName(name), in: folder) ? EALREADY : create(fileName(name), in: folder, &file)
        }
        let isDue = isDue(ring)
        guard isDue || early.take(at: monotonicSeconds()) else { return EAGAIN }
        name = RecordingName(number: (files?.number ?? 0) &+ 1, time: time(nil))
        let text = fileName(name)
        let code = create(text, in: folder, &file)
        guard code == 0 else { return code }
        files?.add(text, number: name.number)
        if isDue, let bound = ring.files { return deleteOldest(downTo: bound) }
        return 0
    }

    private var folderNumber: Int32? {
        switch folder {
        case .some(let folder): folder.number
        case .none: nil
        }
    }

    private func fileName(_ name: RecordingName) -> String {
        let path = name.path(in: order.path, isRing: order.ring != nil)
        return String(path[Path.nameStart(path)...])
    }

    /// Whether the file that was made last still has this name.
    private func isThere(_ name: String, in folder: Int32) -> Bool {
        switch last {
        case .none: return false
        case .some(let last):
            var status = stat()
            guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0, let identity = last.fileIdentity else {
                return false
            }
            return FileIdentity(status) == identity
        }
    }

    private mutating func deleteOldest(downTo bound: UInt64) -> Int32 {
        var failed: SystemFailure?
        switch folder {
        case .some(let folder): failed = files?.delete(downTo: bound, in: folder)?.1
        case .none: break
        }
        return failed?.code ?? 0
    }

    /// Whether the last file is as long as the ring's limits say, by what this process sees itself.
    private func isDue(_ ring: CaptureLimits) -> Bool {
        switch last {
        case .none: return true
        case .some(let last):
            var status = stat()
            guard fstat(last.number, &status) == 0 else { return false }
            // A file can be made long without a byte in it.
            let hole = lseek(last.number, 0, LINUX_SEEK_HOLE)
            let size = UInt64(clamping: hole < 0 ? status.st_size : min(status.st_size, hole))
            // Of packets only the least size is known; in a pcapng file each takes more. The clock is exact to some
            // milliseconds.
            let mostPackets = (max(size, 24) - 24) / 16
            var limits = ring
            limits.files = nil
            return limits.isReached(
                duration: monotonicSeconds() - begun + 0.02, packets: mostPackets, bytes: size)
        }
    }

    /// - Returns: 0, or an error's number.
    private mutating func create(_ name: String, in folder: Int32, _ file: inout Int32) -> Int32 {
        let mode: mode_t = order.isPrivate ? 0o600 : 0o666
        file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        if file < 0, errno == EEXIST {
            let code = open(name, in: folder, &file)
            if code != 0 { return code }
        } else if file < 0 {
            return errno
        } else {
            // Where the file system has no owners, it goes without.
            _ = fchown(file, order.userID, order.groupID)
        }
        if order.ring != nil, !WrittenMark.set(file) {
            close(file)
            file = -1
            return EBUSY
        }
        // Opened once more, since a copy would move the place at which the other process writes.
        let again = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        do throws(SystemFailure) {
            guard again >= 0 else { throw SystemFailure() }
            last = .some(try Descriptor(owning: again))
        } catch {
            close(file)
            file = -1
            return error.code
        }
        begun = monotonicSeconds()
        return 0
    }

    /// Opens a file that is there already: only the user's own, not a link. What root has made stays root's.
    private func open(_ name: String, in folder: Int32, _ file: inout Int32) -> Int32 {
        let found = openat(folder, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        if found < 0 { return errno == ELOOP ? EACCES : errno }
        var status = stat()
        guard fstat(found, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1,
            status.st_uid == order.userID
        else {
            close(found)
            return EACCES
        }
        if order.isPrivate, fchmod(found, 0o600) != 0 {
            let code = errno
            close(found)
            return code
        }
        file = found
        return 0
    }
}
