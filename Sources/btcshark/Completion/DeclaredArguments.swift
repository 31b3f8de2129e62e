import ArgumentParser
import Output

/// What a command line may have, as the options declare it to the argument library.
struct DeclaredArguments {
    struct Argument {
        enum Form: String { case flag, option, positional }

        let form: Form
        /// With their hyphens: `-r`, `--keylog`.
        let names: [String]
        let meaning: String
        let completion: Completion
        let isRepeating: Bool
        let isShown: Bool
    }

    /// Where the values of an argument come from.
    enum Completion: Equatable {
        /// It says nothing of them.
        case undeclared
        case files, folders
        case words([String])
        /// Of a function of ours, which the argument library calls.
        case asked
    }

    let arguments: [Argument]

    /// Of the command alone, without its subcommands.
    init(of command: any ParsableCommand.Type) {
        // The one form in which the library gives its declarations away.
        let json = try? JSONReader.read(Array(command._dumpHelp().utf8)[...])
        arguments = (json?["command"]?["arguments"]?.elements ?? []).compactMap(Self.argument)
    }

    func option(named name: String) -> Argument? {
        arguments.first { $0.form != .positional && $0.names.contains(name) }
    }

    /// The argument without a name in that place, from 0; the last one where it repeats.
    func positional(at place: Int) -> (index: Int, argument: Argument)? {
        let all = arguments.filter { $0.form == .positional }
        guard place < all.count || all.last?.isRepeating == true else { return nil }
        let index = min(place, all.count - 1)
        return (index, all[index])
    }

    private static func argument(_ json: JSON) -> Argument? {
        guard let form = json["kind"]?.string.flatMap(Argument.Form.init) else { return nil }
        let names = (json["names"]?.elements ?? []).compactMap { name -> String? in
            guard let text = name["name"]?.string else { return nil }
            return (name["kind"]?.string == "long" ? "--" : "-") + text
        }
        return Argument(
            form: form, names: names, meaning: json["abstract"]?.string ?? "",
            completion: completion(json["completionKind"]), isRepeating: json["isRepeating"] == .bool(true),
            isShown: json["shouldDisplay"] != .bool(false))
    }

    private static func completion(_ json: JSON?) -> Completion {
        guard let kind = json?.members.first else { return .undeclared }
        return switch kind.key {
        case "file": .files
        case "directory": .folders
        case "list": .words((kind.value["values"]?.elements ?? []).compactMap(\.string))
        case "custom": .asked
        default: .undeclared
        }
    }
}
