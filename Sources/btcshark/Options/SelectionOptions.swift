import ArgumentParser
import Insight
import Output

/// Which messages are shown, and what is looked at to tell.
struct SelectionOptions: ParsableArguments {
    @Option(
        name: [.customShort("Y"), .customLong("display-filter")], parsing: .unconditional,
        help: ArgumentHelp(
            "Show only messages that match this display filter; it may also stand alone, after -r FILE.",
            valueName: "filter"),
        completion: .displayFilter)
    var displayFilter: String?

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Show only messages in which this occurs, whatever the field, and say where: a txid, wtxid or block hash, a "
                + "short id, a Bitcoin address, or a node's address, also with its port.",
            valueName: "id"),
        completion: .nothing)
    var find: String?

    @Option(
        name: .customShort("c"), parsing: .unconditional,
        help: ArgumentHelp("Stop after this many messages.", valueName: "count"),
        completion: .nothing)
    var count: UInt64?

    @Flag(
        name: .customShort("2"),
        help: ArgumentHelp(
            "Read the files twice, so that requests say which frames answer them, and how they ended, and --find TXID "
                + "finds a transaction's announcements by wtxid, too."))
    var twoPasses = false

    @Option(
        name: .customShort("d"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Treat the streams of this port, or of the ports from N to M, as Bitcoin's, besides 8333, 18333, 18444, 38333, "
                + "48333 and every stream that begins with a known message header.",
            valueName: "tcp.port==N[-M],bitcoin"),
        completion: .list(["tcp.port=="]))
    var decodeAs: [String] = []

    @Flag(
        name: .long,
        help: "Lines of answers say how long their requests have waited.")
    var relations = false
}
