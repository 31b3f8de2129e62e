import ArgumentParser
import BitcoinP2P
import DisplayFilter
import Dissector
import Glibc
import Insight
import Records
import Report

/// `btcshark report`: one page of HTML about a capture.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write one page about a capture: what happened when, who took part, how long answers took.",
        usage:
            "btcshark report -r <file> [<file> ...] -o <page> [-Y <filter>] [-c <count>] [--keylog <file>] [--node <address>]",
        discussion: """
            The page is one file of HTML without scripts, which asks nothing of any network: to open, to send, to print. \
            Its numbers are those of -z.
            """)

    @Option(
        name: .customShort("r"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Read this capture; repeat it for several files that make one capture. - is standard input.",
            valueName: "file"), completion: .file())
    var read: [String] = []

    @Option(
        name: .customShort("o"), parsing: .unconditional,
        help: ArgumentHelp("Write the page into this file; - is standard output.", valueName: "page"),
        completion: .file())
    var output = ""

    @Option(
        name: .customShort("Y"), parsing: .unconditional,
        help: ArgumentHelp("Show in the ladder and among the remarks only messages that match.", valueName: "filter"),
        completion: .displayFilter)
    var displayFilter: String?

    @Option(
        name: .customShort("c"), parsing: .unconditional,
        help: ArgumentHelp("Stop after this many messages.", valueName: "count"), completion: .nothing)
    var count: UInt64?

    @Option(
        name: .customShort("d"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Treat the streams of this port as Bitcoin's.", valueName: "tcp.port==N,bitcoin"),
        completion: .list(["tcp.port=="]))
    var decodeAs: [String] = []

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp("Decrypt v2 connections (BIP 324) with the secrets in this file.", valueName: "file"),
        completion: .file())
    var keylog: String?

    @Option(
        name: .long, parsing: .unconditionalSingleValue,
        help: ArgumentHelp("With a key log: try this custom network too, by its magic bytes.", valueName: "hex"),
        completion: .nothing)
    var magic: [String] = []

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "The node that the capture is of, so that what it sent is known from what it received.",
            valueName: "address|address:port"), completion: .nothing)
    var node: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With Bitcoin Core's message captures: the network for which addresses are written.", valueName: "name"),
        completion: .networks)
    var network: String?

    @Argument(
        help: ArgumentHelp("More captures of the same one, as a shell makes of *.pcap.", valueName: "file"),
        completion: .file())
    var moreFiles: [String] = []

    private var paths: [String] { read + moreFiles }

    func run() throws {
        guard !paths.isEmpty else { throw ValidationError("report: nothing to read: name a capture with -r.") }
        guard !output.isEmpty else { throw ValidationError("report: name the page with -o, as in -o page.html.") }
        let inputs = paths + [keylog].compactMap(\.self)
        guard output == "-" || !inputs.contains(where: { Plan.isSameFile($0, output) }) else {
            throw ValidationError("report: '\(output)' is itself read: name another file with -o.")
        }
        let plan = try Plan(Options.parse(arguments), asking: Report.questions)
        let filter = try displayFilter.map { try Plan.filter($0) }
        let collector = ReportCollector(
            node: plan.pipeline.inquiry?.namedNode, fields: filter?.fields ?? [],
            selection: filter.map { filter in { record, bytes in filter.matches(record.tree, bytes) } })
        let report = PlannedReport(collector, options, to: output)
        let status = Run(plan, report: report).run()
        throw ExitCode(report.hasFailed ? Status.input.rawValue : status.rawValue)
    }

    /// What the same would be without a command: nothing is printed.
    private var arguments: [String] {
        var words = ["-q", "-Q"]
        for file in paths { words += ["-r", file] }
        for port in decodeAs { words += ["-d", port] }
        for bytes in magic { words += ["--magic", bytes] }
        if let count { words += ["-c", String(count)] }
        for (option, value) in [("--keylog", keylog), ("--node", node), ("--network", network)] {
            if let value { words += [option, value] }
        }
        return words
    }

    /// For the page: names of files without their folders, which are nobody's business who gets it.
    private var options: ReportOptions {
        let files = paths.filter { $0 != "-" }
        var words: [String] = []
        for file in paths { words += ["-r", Self.name(of: file)] }
        for port in decodeAs { words += ["-d", port] }
        for bytes in magic { words += ["--magic", bytes] }
        if let keylog { words += ["--keylog", Self.name(of: keylog)] }
        if let node { words += ["--node", node] }
        if let network { words += ["--network", network] }
        var choosing: [String] = []
        if let displayFilter { choosing += ["-Y", "'\(displayFilter)'"] }
        if let count { choosing += ["-c", String(count)] }
        return ReportOptions(
            files: files.map(Self.name), size: files.count == paths.count ? Self.size(of: files) : nil,
            reading: words, choosing: choosing, filter: displayFilter, count: count, version: Btcshark.version)
    }

    private static func name(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// Of regular files; nil where one is something else.
    private static func size(of files: [String]) -> UInt64? {
        var sum: UInt64 = 0
        for file in files {
            var status = stat()
            guard stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            sum &+= UInt64(clamping: status.st_size)
        }
        return sum
    }
}
