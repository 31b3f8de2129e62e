import Glibc
import Output

/// What standard output is shown on: a terminal, or something else, such as a pipe, a file or another program.
struct Terminal {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    let colour: Colour

    init(_ when: ColorWhen) {
        // An empty NO_COLOR counts as none (no-color.org).
        let wantsNone = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        colour = Colour(isOn: when == .always || when == .auto && isTerminal && !wantsNone)
    }

    /// Columns into which what people read is fitted; nil where it is shown in full: where there is no terminal, or its
    /// width is not known.
    var width: Int? { isTerminal ? Self.width : nil }

    /// Columns: as `COLUMNS` in the environment says, else as the terminal does; nil where neither does.
    static var width: Int? {
        if let text = getenv("COLUMNS"), let width = Int(String(cString: text)), (20...10_000).contains(width) {
            return width
        }
        guard let size = size(of: STDOUT_FILENO), size.ws_col >= 20 else { return nil }
        return Int(size.ws_col)
    }

    /// Columns of the terminal that a descriptor is; nil where it is none, or does not say.
    static func width(of descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1, let size = size(of: descriptor), size.ws_col >= 20 else { return nil }
        return Int(size.ws_col)
    }

    /// Rows; nil where the terminal does not say.
    static var height: Int? {
        guard let size = size(of: STDOUT_FILENO), size.ws_row >= 4 else { return nil }
        return Int(size.ws_row)
    }

    private static func size(of descriptor: Int32) -> winsize? {
        var size = winsize()
        return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 ? size : nil
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
