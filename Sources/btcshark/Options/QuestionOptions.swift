import ArgumentParser
import Insight
import Output

/// What is asked of the capture.
struct QuestionOptions: ParsableArguments {
    @Option(
        name: .customShort("z"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "At the end, answer a question about the complete capture, or print a statistic; -z help lists them. As a "
                + "table, with -T ndjson or --json as data. Repeat it for more.",
            valueName: "statistic"),
        completion: .statistics)
    var statistics: [String] = []

    @Flag(name: .long, help: "With -z: print each answer as one line of JSON, and nothing else.")
    var json = false

    @Flag(name: .long, help: "With -z flow: draw with ASCII alone, as where the locale is not UTF-8.")
    var ascii = false

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "With -z: the node that the capture is of, so that what it sent is distinguished from what it received; "
                + "several addresses with commas. Unless set it is found where it can be.",
            valueName: "address|address:port"),
        completion: .nothing)
    var node: String?

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Write what -z's questions tell, or all of them where none is asked, into this file, for Prometheus: at the "
                + "end, and with -i every 10 seconds.",
            valueName: "file"),
        completion: .file())
    var metrics: String?
}
