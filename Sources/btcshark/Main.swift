import ArgumentParser
import Capture
import Dissector
import Glibc
import Keys
import System

@main
struct Btcshark: ParsableCommand {
    static let version = "0.1.0"
    /// As files name it that we have written.
    static let application = "btcshark \(version)"

    static let configuration = CommandConfiguration(
        commandName: "btcshark",
        abstract: "Find, verify and dissect the Bitcoin peer-to-peer messages in a capture.",
        usage: """
            btcshark -r <file> ... [-V | --annotate] [-x] [-T <format>] [-e <field> ...] [-c <count>] [-q] [-w <file>] [<filter>]
            btcshark -i <interface> [-f <filter>] [-w <file>] [-a <limit>] [-b <limit>] [-V] [-T <format>] [<filter>]
            btcshark --decode <text> [--as <command>] [-V] [-x] [-T <format>] [<filter>]
            btcshark -D
            btcshark -G \(List.allCases.map(\.rawValue).joined(separator: "|"))
            """,
        discussion: """
            One line a message: the frame that completed it, time, source, destination, protocol, bytes, and what \
            it says. -V shows every field.

            Other commands: \(Subcommand.names). \
            See 'btcshark help COMMAND'.
            """)

    @OptionGroup var options: Options

    /// The argument library ends with 64 where tshark ends with 1.
    static func main() {
        StandardDescriptors.openClosed()
        refuseSetuid()
        // The process that watches a node for us.
        if let status = NodeKeyHelper.run(CommandLine.arguments) { Glibc.exit(status) }
        signal(SIGPIPE, SIG_IGN)
        Allocator.returnBigBuffers()
        if let status = runHelper(CommandLine.arguments.dropFirst()) { Glibc.exit(status) }
        Subcommand.run(Array(CommandLine.arguments.dropFirst()))
        do {
            let arguments = LetterClusters.split(Array(CommandLine.arguments.dropFirst()))
            var command = try parseAsRoot(LackedOption.remove(from: arguments))
            try command.run()
        } catch let code as ExitCode {
            // The library would make the whole help first, for a quarter of all instructions of a small capture.
            Glibc.exit(code.rawValue)
        } catch {
            let code = exitCode(for: error)
            if code == .success {
                let text = fullMessage(for: error)
                if !text.isEmpty { print(text) }
                Glibc.exit(Status.success.rawValue)
            }
            // Without the usage, below which the reason would be lost; the library makes it whatever is asked of it,
            // which takes longer than a small capture.
            let text = (error as? ValidationError)?.message ?? message(for: error)
            if !text.isEmpty { StandardError.complain(lines: "\(text)\nSee 'btcshark --help'.") }
            Glibc.exit(code == .validationFailure ? Status.usage.rawValue : code.rawValue)
        }
    }

    /// Is one of the helpers that this program starts, where the arguments ask for it, and answers the exit status.
    private static func runHelper(_ arguments: ArraySlice<String>) -> Int32? {
        if let helper = RecordingHelperProcess(arguments) { return helper.runLockedIn() }
        if let helper = InterfaceHelperProcess(arguments) { return helper.run() }
        if let helper = InputHelperProcess(arguments) { return helper.runWithFewRights() }
        return nil
    }

    /// Any user who calls a program that is root for everybody would have all that root has: any file read, written and
    /// deleted.
    private static func refuseSetuid() {
        guard Privileges.areOfProgramFile else { return }
        StandardError.complain("must not be installed setuid or setgid: use sudo, or setcap as the manual says")
        Glibc.exit(Status.usage.rawValue)
    }

    mutating func run() throws {
        if options.version {
            print(VersionText.lines(calledAs: CommandLine.arguments.first ?? ""))
            return
        }
        if options.listInterfaces {
            throw ExitCode(InterfaceList.print().rawValue)
        }
        if let list = options.list {
            throw ExitCode(try List(list).print(mapping: options.mappedLayers).rawValue)
        }
        if options.statistics.contains("help") {
            AskedStatistic.printHelp()
            return
        }
        if let path = options.printKeyProbe {
            throw ExitCode(KeyProbeText.print(for: path).rawValue)
        }
        try options.readPipes()
        let chosen = try options.chooseInterface()
        if options.interface == nil, !Privileges.isRoot, Privileges.hasCapabilities {
            // From the program's file, for live captures; nothing else needs them.
            do throws(PrivilegesError) {
                try Privileges.dropCapabilities()
            } catch {
                StandardError.complain("\(error)")
                throw ExitCode(Status.input.rawValue)
            }
        }
        let plan = try Plan(options)
        if let chosen { StandardError.complain(chosen) }
        throw ExitCode(Run(plan).run().rawValue)
    }
}
