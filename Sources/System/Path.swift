import Glibc

/// Names of files, as text.
package enum Path {
    /// Where a path's last part begins, after its last slash.
    package static func nameStart(_ path: String) -> String.Index {
        path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    }

    /// The path without symbolic links and dots.
    package static func resolved(_ path: String) throws(SystemFailure) -> String {
        guard let text = realpath(path, nil) else { throw SystemFailure() }
        defer { free(text) }
        return String(cString: text)
    }

    /// Where files take room that are not to stay.
    package static var temporaryFolder: String {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        return folder.isEmpty ? "/tmp" : folder
    }

    /// How much can be written into a folder; 0 where that is not known.
    package static func freeBytes(in folder: String) -> UInt64 {
        var room = statvfs()
        guard statvfs(folder, &room) == 0 else { return 0 }
        return UInt64(room.f_bavail).multipliedReportingOverflow(by: UInt64(room.f_frsize)).partialValue
    }

    /// The program of a name, as a shell finds it in `PATH`; a name with a slash is a path itself. Nil where there is none.
    package static func program(named name: String) -> String? {
        if name.contains("/") { return access(name, F_OK) == 0 ? name : nil }
        let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        for folder in folders.split(separator: ":", omittingEmptySubsequences: false) {
            let path = folder.isEmpty ? "./" + name : folder + "/" + name
            var status = stat()
            if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 { return path }
        }
        return nil
    }
}
