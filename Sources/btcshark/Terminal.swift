import Glibc

/// What standard output is shown on.
enum Terminal {
    /// Columns: as `COLUMNS` in the environment says, else as the terminal does; nil where neither does.
    static var width: Int? {
        if let text = getenv("COLUMNS"), let width = Int(String(cString: text)), (20...10_000).contains(width) {
            return width
        }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 else { return nil }
        return Int(size.ws_col)
    }

    /// Whether the locale has UTF-8, by the first of these names that is set.
    static var isUTF8: Bool {
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
            guard let value = getenv(name), value.pointee != 0 else { continue }
            let text = String(cString: value).lowercased()
            return text.contains("utf-8") || text.contains("utf8")
        }
        return false
    }
}
