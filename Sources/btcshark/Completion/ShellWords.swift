/// A line as a shell takes it apart into words, up to the cursor.
enum ShellWords {
    /// The words of the line without their quotes; the last is the one at the cursor, empty after a space.
    static func split(_ line: some StringProtocol) -> [String] {
        var words: [String] = []
        var word = ""
        var isWord = false
        var quote: Character?
        var isEscaped = false
        for character in line {
            if isEscaped {
                // Within double quotes a backslash protects few characters, and is one itself before others.
                if quote == "\"", !"$`\"\\".contains(character) { word.append("\\") }
                word.append(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
                isWord = true
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
                isWord = true
            } else if quote == nil, character == " " || character == "\t" || character == "\n" {
                if isWord { words.append(word) }
                word = ""
                isWord = false
            } else {
                word.append(character)
                isWord = true
            }
        }
        return words + [word]
    }
}
