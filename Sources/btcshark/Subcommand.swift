import ArgumentParser
import Fields
import Glibc

/// The commands beside the one without a name: the first word decides, before anything is parsed.
///
/// No display filter can begin with one of these words: no field is called so.
enum Subcommand {
    static let all: [any ParsableCommand.Type] = {
        var commands: [any ParsableCommand.Type] = [BuildCommand.self, ReportCommand.self]
        #if Peer
        commands += [Connect.self, SurveyCommand.self] as [any ParsableCommand.Type]
        #endif
        #if Web
        commands.append(ServeCommand.self)
        #endif
        return commands.sorted { $0.configuration.commandName ?? "" < $1.configuration.commandName ?? "" }
    }()

    /// Runs the command that `arguments` begin with, and ends the program; does nothing where they begin with none.
    static func run(_ arguments: [String]) {
        guard let word = arguments.first else { return }
        if word == "help" { return help(arguments.dropFirst().first) }
        if let request = CompletionRequest(arguments) { return request.answerToEnd() }
        let option = "--\(CompletionScript.option)"
        if word == option { complete(arguments.dropFirst().first) }
        if word.hasPrefix(option + "=") { complete(String(word.dropFirst(option.count + 1))) }
        guard let command = named(word) else { return }
        command.runToEnd(Array(arguments.dropFirst()))
    }

    static func named(_ word: String?) -> (any ParsableCommand.Type)? {
        all.first { $0.configuration.commandName == word }
    }

    /// `build, connect, survey`.
    static var names: String { all.compactMap { $0.configuration.commandName }.joined(separator: ", ") }

    /// ` Did you mean connect?`; empty where no command is called like that.
    static func suggestion(for word: String) -> String {
        NearestNames.suggestion(for: word, among: all.compactMap { $0.configuration.commandName } + ["help"])
    }

    /// One script for all commands.
    private static func complete(_ name: String?) -> Never {
        guard let script = name.flatMap(CompletionScript.init) else {
            let shells = CompletionScript.allCases.map(\.rawValue).joined(separator: ", ")
            let shell = name.map { "'\($0)' is none of the shells" } ?? "name a shell"
            StandardError.complain(lines: "--\(CompletionScript.option): \(shell): \(shells).\nSee 'btcshark --help'.")
            Glibc.exit(Status.usage.rawValue)
        }
        print(script.text)
        Glibc.exit(Status.success.rawValue)
    }

    /// `btcshark help`, `btcshark help build`.
    private static func help(_ word: String?) {
        guard let word else {
            print(Btcshark.helpMessage())
            Glibc.exit(Status.success.rawValue)
        }
        guard let command = named(word) else {
            let hint = suggestion(for: word)
            StandardError.complain("help: there is no command '\(word)': \(names)\(hint.isEmpty ? "" : "." + hint)")
            Glibc.exit(Status.usage.rawValue)
        }
        print(command.helpMessage())
        Glibc.exit(Status.success.rawValue)
    }
}

extension ParsableCommand {
    /// Parses and runs the command, and ends the program with tshark's exit statuses.
    fileprivate static func runToEnd(_ arguments: [String]) {
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
            Glibc.exit(Status.success.rawValue)
        } catch let code as ExitCode {
            Glibc.exit(code.rawValue)
        } catch {
            let code = exitCode(for: error)
            if code == .success {
                print(fullMessage(for: error))
                Glibc.exit(Status.success.rawValue)
            }
            let name = configuration.commandName ?? ""
            StandardError.complain(lines: "\(message(for: error))\nSee 'btcshark \(name) --help'.")
            Glibc.exit(code == .validationFailure ? Status.usage.rawValue : code.rawValue)
        }
    }
}
