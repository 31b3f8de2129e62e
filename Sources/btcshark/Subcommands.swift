import ArgumentParser
import Glibc

/// The commands that have a name of their own: it is the first word. Anything else is what it always was: a dissection.
enum Subcommands {
    #if Peer
    static let all: [any ParsableCommand.Type] = [Connect.self, SurveyCommand.self]
    #else
    static let all: [any ParsableCommand.Type] = []
    #endif

    /// Runs the command that the first word names, and ends the program.
    ///
    /// - Returns: Where it names none.
    static func run(_ arguments: [String]) {
        guard let name = arguments.first, let command = all.first(where: { $0._commandName == name }) else { return }
        do {
            var command = try command.parseAsRoot(Array(arguments.dropFirst()))
            try command.run()
            Glibc.exit(Status.success.rawValue)
        } catch let code as ExitCode {
            Glibc.exit(code.rawValue)
        } catch {
            let code = command.exitCode(for: error)
            if code == .success {
                print(command.fullMessage(for: error))
                Glibc.exit(Status.success.rawValue)
            }
            let text = command.message(for: error)
            if !text.isEmpty { StandardError.write("btcshark: \(text)\nSee 'btcshark \(name) --help'.\n") }
            Glibc.exit(code == .validationFailure ? Status.usage.rawValue : code.rawValue)
        }
    }
}
