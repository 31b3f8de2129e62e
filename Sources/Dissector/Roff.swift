/// Text for manual pages.
enum Roff {
    static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    /// Escapes what roff would take for its own: backslashes, and dots and apostrophes at the beginning of a line.
    static func escaped(_ text: String) -> String {
        let text = text.replacing("\\", with: "\\e").replacing("\"", with: "\\(dq")
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
    }

    /// A phrase as a sentence without its full stop.
    static func sentence(_ text: String) -> String { escaped(capitalised(text)) }
}
