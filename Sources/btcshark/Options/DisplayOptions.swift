import ArgumentParser
import Insight
import Output

/// How people read it.
struct DisplayOptions: ParsableArguments {
    @Flag(name: .customShort("V"), help: "Print the tree of every message: each field with its value.")
    var tree = false

    @Option(
        name: .customShort("O"), parsing: .unconditional,
        help: ArgumentHelp("Same as -V: bitcoin is the only protocol.", valueName: "protocols"),
        completion: .list(["bitcoin"]))
    var protocols: String?

    @Flag(name: [.customShort("P"), .customLong("print")], help: "Print the summary line also with -V or -w.")
    var summary = false

    @Flag(
        name: .long,
        help: "Print every message with its bytes explained: offset, bytes, field, value, type and what it means.")
    var annotate = false

    @Flag(
        name: .long,
        help: ArgumentHelp(
            "Show hashes in lines, long byte strings and texts, lists of frames, and very large messages in full, and on a "
                + "terminal lines and tables that are wider than it."))
    var full = false

    @Flag(name: .customShort("x"), help: "Print a hex dump of every message, header and payload as reassembled.")
    var hex = false

    @Flag(name: .long, help: "With -V or -x: show the encrypted bytes of v2 packets, too.")
    var encrypted = false

    @Option(
        name: .customShort("t"), parsing: .unconditional,
        help: ArgumentHelp(
            "Show times as: r since the first frame, d and dd since the message before, e seconds since 1970, a and ad "
                + "local clock without and with date, adoy with the day of the year, u, ud and udoy the same in UTC. "
                + "Unless set it is r, and with -i on a terminal a.",
            valueName: TimeFormat.allCases.map(\.rawValue).joined(separator: "|")),
        completion: .values(of: TimeFormat.self))
    var time: String?

    @Option(
        name: .customShort("u"), parsing: .unconditional,
        help: ArgumentHelp(
            "With -t r, d or dd: show seconds as such (s, the default), or as hours, minutes and seconds (hms).",
            valueName: "s|hms"),
        completion: .values(of: SecondsFormat.self))
    var seconds = "s"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Colour the output: auto (on a terminal, unless NO_COLOR is set), always (also without a value), never."))
    var color = ColorWhen.auto

    @Flag(name: .customShort("l"), help: "Write each message at once, also into a pipe.")
    var lineBuffered = false

    @Flag(name: .customShort("q"), help: "Print no messages, only the closing counts.")
    var quiet = false

    @Flag(
        name: .customShort("Q"), help: "Print no closing counts, only errors; with -z no messages either, as with -q.")
    var reallyQuiet = false
}
