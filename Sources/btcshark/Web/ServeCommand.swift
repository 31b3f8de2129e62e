#if Web
import ArgumentParser
import BitcoinP2P
import Dissector
import Glibc
import Insight
import Web

/// `btcshark serve`: shows a capture in a browser.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Show a capture in a browser on this host: its messages, their fields and their bytes.",
        usage: """
            btcshark serve -r <file> [<file> ...] [--port <port>] [--keylog <file>] …
            btcshark serve -i <interface> [-f <filter>] [--port <port>] [--metrics-listen <address:port>] …
            """,
        discussion: """
            Prints the address to open. Only this host can reach it, and only with that address, which has a secret. \
            Nothing that a page can ask for reads or writes a file.
            """)

    @Option(
        name: .customShort("r"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Show this capture; repeat it for several files that make one capture. - is standard input.",
            valueName: "file"), completion: .file())
    var read: [String] = []

    @Option(
        name: .customShort("i"), parsing: .unconditional,
        help: ArgumentHelp("Show what comes by this interface.", valueName: "interface"))
    var interface: String?

    @Option(
        name: .customShort("f"), parsing: .unconditional,
        help: ArgumentHelp("Capture only packets that match, as in tcpdump.", valueName: "filter"))
    var captureFilter: String?

    @Option(
        name: .customShort("s"), parsing: .unconditional,
        help: ArgumentHelp("Capture at most this number of bytes of each packet.", valueName: "bytes"))
    var snapLength: Int?

    @Flag(name: .customShort("p"), help: "Capture only what is for this host.")
    var noPromiscuity = false

    @Option(
        name: .customShort("B"), parsing: .unconditional,
        help: ArgumentHelp("The kernel's buffer for packets.", valueName: "MiB"))
    var bufferSize: Int?

    @Option(
        name: .customShort("Z"), parsing: .unconditional,
        help: ArgumentHelp("Become this user once the interface is open.", valueName: "user"))
    var user: String?

    @Option(
        name: .customShort("d"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Treat the streams of this port as Bitcoin's.", valueName: "tcp.port==N,bitcoin"))
    var decodeAs: [String] = []

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp("Decrypt v2 connections (BIP 324) with the secrets in this file.", valueName: "file"),
        completion: .file())
    var keylog: String?

    @Option(
        name: .long, parsing: .unconditionalSingleValue,
        help: ArgumentHelp("With a key log: try this custom network too, by its magic bytes.", valueName: "hex"))
    var magic: [String] = []

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "The node that the capture is of, so that statistics distinguish what it sent from what it received.",
            valueName: "address|address:port"))
    var node: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With Bitcoin Core's message captures: the network for which addresses are written.", valueName: "name"),
        completion: .list(Network.known.map(\.name)))
    var network: String?

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp("Listen at this port; 0 is a free one.", valueName: "port"))
    var port = 0

    @Option(
        name: .long, parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Listen at this address of this host, too: others can then reach it, without encryption.",
            valueName: "address"))
    var listen: [String] = []

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Serve /metrics for Prometheus here, without the secret; only on loopback.", valueName: "address:port"))
    var metricsListen: String?

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "The list ends after this number of messages, of 40 bytes each in memory.", valueName: "count"))
    var maxMessages = 5_000_000

    @Flag(name: .shortAndLong, help: "Print the address and nothing else.")
    var quiet = false

    @Argument(
        help: ArgumentHelp("More captures of the same one, as a shell makes of *.pcap.", valueName: "file"),
        completion: .file())
    var moreFiles: [String] = []

    private var paths: [String] { read + moreFiles }

    func run() throws {
        guard paths.isEmpty == (interface != nil) else {
            throw ValidationError(
                paths.isEmpty
                    ? "serve: nothing to show: name a capture with -r, or an interface with -i."
                    : "serve: -r and -i cannot be used together.")
        }
        guard (0...65_535).contains(port) else { throw ValidationError("--port: 0 to 65535.") }
        guard (1...100_000_000).contains(maxMessages) else { throw ValidationError("--max-messages: 1 to 100000000.") }
        let metrics = try metricsListen.map(Self.loopback)
        let plan = try Plan(Options.parse(arguments), asking: interface == nil ? [] : QuestionName.allCases)
        let serving = Serving.Options(
            port: port, addresses: listen, metrics: metrics, maxMessages: maxMessages, isQuiet: quiet)
        throw ExitCode(Serving(plan, serving).run().rawValue)
    }

    /// What the same would be without a command: nothing is printed.
    private var arguments: [String] {
        var words = ["-q"]
        if quiet { words.append("-Q") }
        for file in paths { words += ["-r", file] }
        for port in decodeAs { words += ["-d", port] }
        for bytes in magic { words += ["--magic", bytes] }
        if noPromiscuity { words.append("-p") }
        let options = [
            ("-i", interface), ("-f", captureFilter), ("-s", snapLength.map { String($0) }),
            ("-B", bufferSize.map { String($0) }), ("-Z", user), ("--keylog", keylog), ("--network", network),
        ]
        for (option, value) in options {
            if let value { words += [option, value] }
        }
        if let node { words += ["--node", node] }
        // Somebody has to ask for it.
        if node != nil, interface == nil { words.append("--relations") }
        return words
    }

    /// `127.0.0.1:9332` or `[::1]:9332`.
    private static func loopback(_ text: String) throws -> (address: String, port: Int) {
        let colon = text.lastIndex(of: ":") ?? text.endIndex
        var address = String(text[..<colon])
        if address.hasPrefix("["), address.hasSuffix("]") { address = String(address.dropFirst().dropLast()) }
        guard let port = Int(text[colon...].dropFirst()), (1...65_535).contains(port) else {
            throw ValidationError(
                "--metrics-listen: name an address and a port from 1 to 65535, as in 127.0.0.1:9332.")
        }
        guard address == "::1" || address.hasPrefix("127.") || address == "localhost" else {
            throw ValidationError(
                "--metrics-listen: only loopback, as 127.0.0.1:\(port): a scraper needs no secret there.")
        }
        return (address == "localhost" ? "127.0.0.1" : address, port)
    }
}
#endif
