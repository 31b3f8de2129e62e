import CPcap
import Glibc

/// The process that ``RecordingHelper`` starts. Whoever asks may have been taken over by what it read: nothing is done
/// but to the files of one recording, whose name came from the command line.
public struct RecordingHelperProcess {
    private let path: String
    /// The files' folder, found before anybody reads a packet, so that its path cannot be made to lead elsewhere later.
    private let folder: Int32
    private let isRing: Bool
    private let userID: uid_t
    private let groupID: gid_t

    /// - Parameter arguments: Those of the program; nil where they do not begin with ``RecordingHelper/argument``.
    public init?(_ arguments: some Collection<String>) {
        let words = Array(arguments)
        guard words.count == 5, words[0] == RecordingHelper.argument, let userID = uid_t(words[3]),
            let groupID = gid_t(words[4])
        else { return nil }
        path = words[1]
        let parent = path[..<Self.nameStart(path)]
        // Where there is none, every request says so.
        folder = Glibc.open(parent.isEmpty ? "." : String(parent), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        isRing = words[2] == "ring"
        self.userID = userID
        self.groupID = groupID
    }

    /// Serves until the other end of standard input, a socket, is closed.
    public func run() {
        var request: [UInt64] = [0, 0, 0]
        while true {
            let size = MemoryLayout<UInt64>.size * request.count
            let received = request.withUnsafeMutableBytes { recv(STDIN_FILENO, $0.baseAddress, size, 0) }
            if received < 0, errno == EINTR { continue }
            guard received == size, let action = RecordingHelper.Action(rawValue: request[0]) else { return }
            let name = RecordingHelper.FileName(
                number: request[1], time: Int(Int64(bitPattern: request[2])))
            var file: Int32 = -1
            var code = act(action, name, &file)
            linux_send_with_descriptor(STDIN_FILENO, &code, MemoryLayout<Int32>.size, file)
            if file >= 0 { close(file) }
        }
    }

    private func act(_ action: RecordingHelper.Action, _ name: RecordingHelper.FileName, _ file: inout Int32) -> Int32 {
        let path = isRing ? RingFileName(path).path(number: name.number, time: name.time) : path
        let name = String(path[Self.nameStart(path)...])
        switch action {
        case .create:
            file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
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

    /// Opens a file that is there already. In a folder where others may make names, it could be a link to any file, or any
    /// file that was brought there: only the user's own is taken.
    private func open(_ name: String, _ file: inout Int32) -> Int32 {
        let found = openat(folder, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        if found < 0 { return errno == ELOOP ? EACCES : errno }
        var status = stat()
        guard fstat(found, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1,
            status.st_uid == userID || isFolderRootsAlone
        else {
            close(found)
            return EACCES
        }
        _ = fchown(found, userID, groupID)
        file = found
        return 0
    }

    private var isFolderRootsAlone: Bool {
        var status = stat()
        return fstat(folder, &status) == 0 && status.st_uid == 0 && status.st_mode & (S_IWGRP | S_IWOTH) == 0
    }

    /// Where a path's last part begins.
    private static func nameStart(_ path: String) -> String.Index {
        path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    }
}
