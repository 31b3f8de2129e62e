import ArgumentParser
import Insight
import Output

/// What is printed of the program itself, and what tshark has.
struct OtherOptions: ParsableArguments {
    @Option(
        name: .customShort("G"), parsing: .unconditional,
        help: ArgumentHelp(
            "Print a list and end: \(List.lists.joined(separator: ", ")); or a manual page, which '| man -l -' shows: "
                + "manual has all fields, messages and remarks, statistics what -z can tell.",
            valueName: List.allCases.map(\.rawValue).joined(separator: "|")),
        completion: .values(of: List.self))
    var list: String?

    /// `Subcommand` answers it before anything is parsed.
    @Option(
        name: .customLong(CompletionScript.option), parsing: .unconditional,
        help: ArgumentHelp(
            "Print the script by which this shell completes command lines, and end.",
            valueName: CompletionScript.allCases.map(\.rawValue).joined(separator: "|")),
        completion: .values(of: CompletionScript.self))
    var completedShell: String?

    @Flag(name: [.customShort("v"), .customLong("version")], help: "Print the version and end.")
    var version = false

    @Option(
        name: .customShort("N"), parsing: .unconditional,
        help: ArgumentHelp("Accepted for compatibility with tshark: names are never looked up.", valueName: "flags"),
        completion: .nothing)
    var nameResolution: String?

    @Flag(name: .customShort("n"), help: "Accepted for compatibility with tshark: names are never looked up.")
    var numeric = false

    @Option(
        name: .customShort("o"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "tshark's preferences: gui.column.format chooses the columns of summary lines, as -G column-formats lists "
                + "them; accepted are those that ask for what is always done: "
                + Preferences.names.map { "\($0):TRUE" }.joined(separator: ", ") + ".", valueName: "preference:value"),
        completion: .preferences)
    var preferences: [String] = []
}
