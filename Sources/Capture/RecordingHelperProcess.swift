import Glibc
import System

/// The process that ``RecordingHelper`` starts. The program that asks may have been taken over by what it read: nothing
/// is done but to the files of one recording, whose name came from the command line.
public struct RecordingHelperProcess {
    private let path: String
    /// The files' folder, found before anybody reads a packet, so that its path cannot be made to lead elsewhere later.
    private let folder: Int32
    private let isRing: Bool
    private let userID: uid_t
    private let groupID: gid_t
    /// Nobody but their owner may read the files.
    private let isPrivate: Bool

    /// - Parameter arguments: Those of the program; nil where they do not begin with ``RecordingHelper/argument``.
    public init?(_ arguments: some Collection<String>) {
        let words = Array(arguments)
        let isPrivate = words.count == 6 && words[5] == RecordingHelper.privateWord
        guard words.count == 5 || isPrivate, words[0] == RecordingHelper.argument, let userID = uid_t(words[3]),
            let groupID = gid_t(words[4])
        else { return nil }
        path = words[1]
        let parent = path[..<Path.nameStart(path)]
        // Where there is none, every request says so.
        folder = Glibc.open(parent.isEmpty ? "." : String(parent), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        isRing = words[2] == "ring"
        self.userID = userID
        self.groupID = groupID
        self.isPrivate = isPrivate
    }

    /// Serves until the other end of standard input, a socket, is closed.
    public func run() {
        while let request = RecordingRequest(receivedFrom: STDIN_FILENO) {
            var file: Int32 = -1
            let code = act(request, &file)
            RecordingRequest.answer(code, file, to: STDIN_FILENO)
            if file >= 0 { close(file) }
        }
    }

    func act(_ request: RecordingRequest, _ file: inout Int32) -> Int32 {
        let path = request.name.path(in: path, isRing: isRing)
        let name = String(path[Path.nameStart(path)...])
        switch request.action {
        case .create:
            let mode: mode_t = isPrivate ? 0o600 : 0o666
            file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
            if file < 0, errno == EEXIST { return open(name, &file) }
            if file < 0 { return errno }
            // Where the file system has no owners, it goes without.
            _ = fchown(file, userID, groupID)
            return 0
        case .delete:
            guard isRing else { return EPERM }
            return unlinkat(folder, name, 0) == 0 ? 0 : errno
        }
    }

    /// Opens a file that is there already: only the user's own, not a link. What root has made stays root's.
    private func open(_ name: String, _ file: inout Int32) -> Int32 {
        let found = openat(folder, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        if found < 0 { return errno == ELOOP ? EACCES : errno }
        var status = stat()
        guard fstat(found, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1,
            status.st_uid == userID
        else {
            close(found)
            return EACCES
        }
        if isPrivate, fchmod(found, 0o600) != 0 {
            let code = errno
            close(found)
            return code
        }
        file = found
        return 0
    }
}
