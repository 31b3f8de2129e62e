/// Which way the messages of a file went that a node has captured.
enum CapturedDirection: Sendable {
    case received, sent
    /// The file's name does not say it.
    case unknown

    /// By the words of a file's name, of letters: `recv` or `received`, or `sent`, as in `msgs_recv.dat`. A name with both
    /// says nothing.
    init(fileName: String) {
        let words = Set(fileName.lowercased().split { !$0.isLetter })
        switch (words.contains("recv") || words.contains("received"), words.contains("sent")) {
        case (true, false): self = .received
        case (false, true): self = .sent
        default: self = .unknown
        }
    }

    /// A file's name with a star for the word that says the direction: the same of both files of a connection.
    static func stem(of fileName: String) -> String {
        var stem = ""
        var word = ""
        for character in fileName.lowercased() + " " {
            if character.isLetter {
                word.append(character)
                continue
            }
            stem += ["recv", "received", "sent"].contains(word) ? "*" : word
            stem.append(character)
            word = ""
        }
        return stem
    }
}
