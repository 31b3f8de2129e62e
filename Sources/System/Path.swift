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
}
