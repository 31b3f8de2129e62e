import Glibc
import System

/// Files below a folder.
public enum FileTree {
    /// What is at a path, symbolic links followed.
    public enum Entry: Sendable {
        case file, folder, other
    }

    public static func entry(at path: String) -> Entry? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        default: .other
        }
    }

    /// The path without symbolic links and dots; nil where there is nothing.
    public static func resolved(_ path: String) -> String? {
        try? Path.resolved(path)
    }

    /// The regular files in a folder and in the folders in it that are wanted, sorted by path. Symbolic links in it are
    /// not followed.
    ///
    /// - Parameters:
    ///   - depth: How many folders deep to look.
    ///   - isWanted: Is given path and name.
    public static func files(
        below folder: String, depth: Int, where isWanted: (String, String) -> Bool
    ) throws(CaptureError) -> [String] {
        var found: [String] = []
        var folders: [String] = []
        for (name, type) in try entries(of: folder) {
            let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
            switch type {
            case S_IFREG where isWanted(path, name): found.append(path)
            case S_IFDIR where depth > 0: folders.append(path)
            default: break
            }
        }
        found.sort()
        for folder in folders.sorted() { found += try files(below: folder, depth: depth - 1, where: isWanted) }
        return found
    }

    private static func entries(of folder: String) throws(CaptureError) -> [(name: String, type: mode_t)] {
        guard let stream = opendir(folder) else {
            let failure = SystemFailure()
            throw CaptureError(
                failure.code == EACCES ? .permissionDenied : .cannotOpen, path: folder, detail: failure.message)
        }
        defer { closedir(stream) }
        var entries: [(String, mode_t)] = []
        while let entry = readdir(stream) {
            // The name is as long as it is, not as long as its declaration.
            let place = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
            let name = String(cString: UnsafeRawPointer(entry).advanced(by: place).assumingMemoryBound(to: CChar.self))
            var status = stat()
            guard name != ".", name != "..", fstatat(dirfd(stream), name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                continue
            }
            entries.append((name, status.st_mode & S_IFMT))
        }
        return entries
    }
}
