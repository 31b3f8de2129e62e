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
            let path = path(of: name, in: folder)
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

    /// How many files and folders in the folders of a folder no text can name, as deep as ``files(below:depth:where:)``
    /// looks.
    public static func unnamable(below folder: String, depth: Int) throws(CaptureError) -> UInt64 {
        guard depth > 0 else { return 0 }
        var count: UInt64 = 0
        for (name, type) in try entries(of: folder) where type == S_IFDIR {
            let path = path(of: name, in: folder)
            count += try FolderNames(of: path).unnamable + unnamable(below: path, depth: depth - 1)
        }
        return count
    }

    private static func path(of name: String, in folder: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    private static func entries(of folder: String) throws(CaptureError) -> [(name: String, type: mode_t)] {
        var entries: [(String, mode_t)] = []
        for name in try FolderNames(of: folder).names {
            var status = stat()
            guard lstat(path(of: name, in: folder), &status) == 0 else { continue }
            entries.append((name, status.st_mode & S_IFMT))
        }
        return entries
    }
}
