import ArgumentParser
import Insight
import Output

/// How long what is incomplete is held, and how many work.
struct LimitOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Hold at most this many MiB of one direction of a connection while bytes are missing or a message is "
                + "incomplete; then give the hole up.",
            valueName: "MiB"),
        completion: .nothing)
    var streamLimit = 33

    @Option(
        name: .long,
        help: ArgumentHelp("Hold at most this many MiB of all connections together.", valueName: "MiB"),
        completion: .nothing)
    var memoryLimit = 512

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Wait this many milliseconds of capture time for bytes that the other side has acknowledged.",
            valueName: "ms"),
        completion: .nothing)
    var gapGrace = 200

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Dissect what -r and -i bring on this many threads; with 1 one message after the other. Unless set as "
                + "many as processors that it may use. What is written is the same.",
            valueName: "n"),
        completion: .nothing)
    var threads: Int?
}
