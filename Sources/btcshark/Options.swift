import ArgumentParser

/// The command line: tshark's letters where it has them.
struct Options: ParsableArguments {
    @Option(
        name: .customShort("r"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Read this capture; repeat it for several files that make one capture.",
            discussion: "pcap or pcapng, also compressed by gzip, zstd, xz or lz4; - is standard input.",
            valueName: "file"))
    var read: [String] = []

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Dissect this message instead of a capture; - takes hex or raw bytes from standard input.",
            valueName: "hex"))
    var decode: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("With --decode: the bytes are the bare payload of this message.", valueName: "command"))
    var command: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --as: the network addresses are written for: mainnet (the default), testnet3, testnet4, signet, regtest.",
            valueName: "name"))
    var network: String?

    @Flag(name: .customShort("V"), help: "Print the tree of every message: each field with its value.")
    var tree = false

    @Flag(name: .customShort("x"), help: "Print a hex dump of every message, header and payload as reassembled.")
    var hex = false

    @Flag(
        name: .long,
        help: "Print every message with its bytes explained: offset, bytes, field, value and what it means.")
    var annotate = false

    @Flag(name: .long, help: "Show long byte strings and lists of frames whole.")
    var full = false

    @Option(
        name: .customShort("T"), parsing: .unconditional,
        help: ArgumentHelp("How to print: text, or fields (with -e).", valueName: "text|fields"))
    var format = "text"

    @Option(
        name: .customShort("e"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "With -T fields: print this field; repeat it for more columns.", valueName: "field"))
    var fields: [String] = []

    @Option(
        name: .customShort("c"), parsing: .unconditional,
        help: ArgumentHelp("Stop after so many messages.", valueName: "count"))
    var count: UInt64?

    @Option(
        name: .customShort("t"), parsing: .unconditional,
        help: ArgumentHelp(
            "Show times as: r since the first frame, d and dd since the one before, e seconds since 1970, a and ad "
                + "local clock without and with date, u and ud the same in UTC.",
            valueName: "r|d|dd|e|a|ad|u|ud"))
    var time = "r"

    @Option(
        name: .customShort("d"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Take the streams of this port for Bitcoin's, beside 8333, 18333, 18444, 38333, 48333 and every stream "
                + "that begins with a known message header.",
            valueName: "tcp.port==N,bitcoin"))
    var decodeAs: [String] = []

    @Option(
        name: .customShort("z"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("At the end, print a statistic: expert counts what was remarked on.", valueName: "expert"))
    var statistics: [String] = []

    @Option(
        name: .customShort("G"), parsing: .unconditional,
        help: ArgumentHelp(
            "Print a list and end: fields (tshark's format), messages, expert, or manual: all of them as a manual page.",
            valueName: "fields|messages|expert|manual"))
    var list: String?

    @Flag(name: .customShort("n"), help: "Accepted for tshark's sake: names are never looked up.")
    var numeric = false

    @Flag(name: .customShort("l"), help: "Write each message at once, also into a pipe.")
    var lineBuffered = false

    @Flag(name: .customShort("q"), help: "Print no messages, only the closing counts.")
    var quiet = false

    @Flag(name: .customShort("Q"), help: "Print no closing counts, only errors.")
    var reallyQuiet = false

    @Option(
        name: .long,
        help: ArgumentHelp("Colour the output: auto (on a terminal, unless NO_COLOR is set), always, never."))
    var color = ColorWhen.auto

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Hold at most so many MiB of one direction of a connection while bytes are missing or a message is "
                + "incomplete; then the hole is given up.",
            valueName: "MiB"))
    var streamLimit = 33

    @Option(
        name: .long,
        help: ArgumentHelp("Hold at most so many MiB of all connections together.", valueName: "MiB"))
    var memoryLimit = 512

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Wait so many milliseconds of capture time for bytes that the other side has acknowledged.",
            valueName: "ms"))
    var gapGrace = 200

    @Flag(name: [.customShort("v"), .customLong("version")], help: "Print the version and end.")
    var version = false

    @Argument(help: ArgumentHelp("Kept for a display filter.", visibility: .hidden))
    var arguments: [String] = []
}

enum ColorWhen: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
}
