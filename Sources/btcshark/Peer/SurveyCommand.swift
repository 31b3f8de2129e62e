#if Peer
import ArgumentParser
import BitcoinP2P
import Dissector
import Fields
import Glibc
import Insight
import Output
import Peer

/// `btcshark survey`: shakes hands with many peers, and counts what they say.
struct SurveyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "survey",
        abstract: "Shake hands with many peers, and count what they say.",
        usage: """
            btcshark survey <targets>|-|<capture> [-o <rows>] [--resume] [--rate <calls>] [--concurrency <meetings>] …
            btcshark survey --census <rows>
            """,
        discussion: """
            A line of JSON for each target, with what came of it; at the end a census of what the peers say. Each \
            target is called once. Towards public addresses there are ceilings and rules: see GOOD GUESTS in \
            btcshark-survey(1).
            """)

    @Argument(
        help: ArgumentHelp(
            "A file with a target a line, '-' for standard input, or a capture whose addr and addrv2 messages name them.",
            valueName: "targets"), completion: .file())
    var targets: String?

    @OptionGroup var peer: PeerOptions

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Write the rows to this file, which must be empty.", valueName: "file"),
        completion: .file())
    var output: String?

    @Flag(help: "Go on with a file of rows: call only targets that have none.")
    var resume = false

    @Option(
        help: ArgumentHelp(
            "The most calls in a second. (default: 20 towards public addresses, else no bound)", valueName: "calls"),
        completion: .nothing)
    var rate: Double?

    @Option(help: ArgumentHelp("The most meetings at once.", valueName: "meetings"), completion: .nothing)
    var concurrency = 64

    @Option(
        help: ArgumentHelp("How long a connection may take to come about.", valueName: "seconds"), completion: .nothing)
    var connectTimeout = 5.0

    @Option(
        help: ArgumentHelp("How long a meeting may take, from the call to the answered ping.", valueName: "seconds"),
        completion: .nothing)
    var handshakeTimeout = 30.0

    @Option(
        help: ArgumentHelp("Call none of the targets that this file lists.", valueName: "file"), completion: .file())
    var exclude: [String] = []

    @Option(
        help: ArgumentHelp("Who can be asked about this survey: peers see it in our user agent.", valueName: "text"),
        completion: .nothing)
    var contact: String?

    @Flag(help: "You have made sure that you may call so many public hosts.")
    var iMayScan = false

    @Option(help: ArgumentHelp("Count what these rows say, and call nobody.", valueName: "rows"), completion: .file())
    var census: [String] = []

    @Option(
        help: ArgumentHelp("How the census is written: text, json or ndjson.", valueName: "format"),
        completion: .list(["text", "json", "ndjson"]))
    var format = "text"

    @Flag(name: .shortAndLong, help: "Show no progress.")
    var quiet = false

    func run() throws {
        Pipeline.declareFields()
        let form = try answerFormat()
        if !census.isEmpty {
            guard targets == nil else { throw ValidationError("--census reads rows; it takes no targets.") }
            throw ExitCode(SurveyCensus.print(of: census, as: form).rawValue)
        }
        guard let targets else {
            throw ValidationError("Name a file with a target a line, '-' for standard input, or a capture.")
        }
        if resume, output == nil { throw ValidationError("--resume needs -o FILE.") }
        let plan = try SurveyPlan(self, targets, form)
        throw ExitCode(SurveyRun(plan).run().rawValue)
    }

    private func answerFormat() throws -> AnswerFormat {
        switch format {
        case "text": .table
        case "json": .json
        case "ndjson": .ndjson
        default: throw ValidationError("--format: there is no format '\(format)': text, json, ndjson.")
        }
    }
}
#endif
