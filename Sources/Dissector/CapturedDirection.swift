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
}
