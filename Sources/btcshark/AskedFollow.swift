import ArgumentParser
import Output

/// What `-z follow` asks for: the messages of a connection as bytes.
struct AskedFollow {
    static let name = "follow"
    static let meaning =
        "the messages of one connection as bytes: follow,tcp,hex,STREAM, or ascii or raw in place of hex"

    let form: FollowStatistics.Form
    let stream: UInt64

    /// Nil where the text asks for something else.
    init?(_ text: String) throws {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.first == Self.name else { return nil }
        guard parts.count == 4, parts[1] == "tcp", let form = FollowStatistics.Form(rawValue: parts[2]),
            !parts[3].isEmpty, parts[3].allSatisfy(\.isNumber), let stream = UInt64(parts[3])
        else {
            throw ValidationError(
                "-z \(text): say follow,tcp,hex,STREAM with the number of a connection, or ascii or raw in place of hex."
            )
        }
        self.form = form
        self.stream = stream
    }
}
