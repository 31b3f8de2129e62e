import ArgumentParser
import BitcoinP2P
import Dissector
import Fields
import Output
import System

/// `btcshark build`: makes messages of values.
struct BuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build messages of values, by the layouts that read them.",
        usage: """
            btcshark build <type> [<field>=<value> | <field>:=<hex>] ...
            btcshark build [<type>] - [<field>=<value> | <field>:=<hex>] ...
            """,
        discussion: """
            What is built is printed in hexadecimal, a message a line, as --decode - reads it. A field is named as in \
            -G fields, or by the end of its name; groups are named before it, with / between: item/hash. A name given \
            again in a group begins its next entry; item[0] names one. Counts, lengths and the header follow.

            With -, messages are read as -T ndjson, -T json or -T jsonraw have shown them, or payloads as JSON objects; \
            words then change fields of each.
            """)

    @Argument(
        help: ArgumentHelp("The message's command, such as version; with - it may be left out.", valueName: "type"),
        completion: .messages)
    var type: String

    @Argument(
        help: ArgumentHelp(
            "A field and its value: a number, a name, names of services, a time, a hash as it is shown, hexadecimal, "
                + "text, an address; with := its bytes as they stand on the wire.", valueName: "field=value"),
        completion: .builtFields)
    var words: [String] = []

    @Flag(help: "Take zero for what is not given; of version also a number, the clock, a nonce and a name.")
    var fill = false

    @Option(
        help: ArgumentHelp(
            "The network whose magic the header has: mainnet unless set, or unless the message says it.",
            valueName: "network"), completion: .networks)
    var network = "mainnet"

    @Flag(help: "Print the payload without the header.")
    var payload = false

    @Flag(
        help:
            "Make counts, lengths and checksum again where they are given and not right, and let computed fields differ: for messages that were changed."
    )
    var update = false

    @Flag(name: .customLong("no-check"), help: "Do not read what was built again to compare it with what was given.")
    var noCheck = false

    @Option(
        name: .customShort("w"),
        help: ArgumentHelp("Write the messages into this capture, by made-up connections.", valueName: "file"),
        completion: .file())
    var write: String?

    func run() throws {
        // Names of other rooms' fields are known then: JSON has them beside the message's.
        Pipeline.declareFields()
        guard write == nil || !payload else { throw ValidationError("--payload: a capture has complete messages.") }
        let readsInput = type == "-" || words.contains("-")
        let changes = words.filter { $0 != "-" }
        let expected = type == "-" ? nil : try Self.type(named: type)
        let network = try Pasted.network(network)
        var builder = MessageBuilder(network: network, fill: fill ? BuildFill(isZero: true, Self.usual) : .nothing)
        builder.updates = update || readsInput && !changes.isEmpty
        builder.checks = !noCheck
        let arguments = try BuildArguments(changes, changing: readsInput)
        let output = try BuildOutput(payload: payload, capture: write, network: network)
        let status: Status
        if readsInput {
            status = BuildInput(builder, expected, arguments).run(output)
        } else if let expected {
            status = Self.build(expected, named: type, arguments, builder, output)
            if status == .success, changes.isEmpty, !fill { Self.noteAbsent(from: expected, network) }
        } else {
            status = .usage
        }
        throw ExitCode(output.finish(status).rawValue)
    }

    private static func build(
        _ type: MessageType, named name: String, _ arguments: BuildArguments, _ builder: MessageBuilder,
        _ output: BuildOutput
    ) -> Status {
        do throws(BuildError) {
            output.write(try builder.build(type, arguments.values, command: Command(name: name)).bytes)
            return .success
        } catch {
            complain(error, at: nil)
            suggestPaths(error, type, builder.network)
            return .usage
        }
    }

    /// Says what a message lacks of which nothing was given.
    private static func noteAbsent(from type: MessageType, _ network: Network) {
        let paths = MessageOutline(of: type, network: network).entries.map(\.path)
        guard !paths.isEmpty else { return }
        let rest = paths.count > 8 ? ", …" : ""
        let old = type.command == Command("ping") ? "; since BIP 31 a ping has a nonce" : ""
        StandardError.complain(
            "nothing was given, so lists are empty and what may be absent is: "
                + paths.prefix(8).joined(separator: ", ") + rest + old)
    }

    /// Names the groups of fields that were given without.
    private static func suggestPaths(_ error: BuildError, _ type: MessageType, _ network: Network) {
        let paths = MessageOutline(of: type, network: network).entries.map(\.path)
        var meant: [String] = []
        for problem in error.problems where problem.place.isEmpty {
            for path in paths where path.hasSuffix("/" + problem.field) && !meant.contains(path) { meant.append(path) }
        }
        guard !meant.isEmpty else { return }
        StandardError.write("With its group: \(meant.prefix(8).map { $0 + "=" }.joined(separator: ", "))\n")
    }

    /// One line a problem; what is missing is followed by what helps.
    static func complain(_ error: BuildError, at line: Int?) {
        let place = line.map { "line \($0): " } ?? ""
        for text in error.description.split(separator: "\n") { StandardError.complain(place + text) }
        if !error.missing.isEmpty { StandardError.write("Give them, or let --fill take zero.\n") }
    }

    private static func type(named name: String) throws -> MessageType {
        if let command = Command(name: name), let type = MessageTypes.standard[command] { return type }
        let hint = NearestNames.suggestion(for: name, among: MessageTypes.standard.types.map(\.name))
        throw ValidationError("build: no type of message is called '\(name)'; -G messages lists them.\(hint)")
    }

    /// What a `version` says where nothing is given.
    private static var usual: [Field: BuildFill.Content] {
        let fields = MessageTypes.standard.fields
        let seconds = SystemClock.nanoseconds / 1_000_000_000
        return [
            fields.version: .number(70016), fields.timestamp: .number(UInt64(bitPattern: seconds)),
            fields.versionNonce: .number(.random(in: .min ... .max)),
            fields.userAgent: .bytes(Array("/btcshark:\(Btcshark.version)/".utf8)),
        ]
    }
}
