import ArgumentParser

/// The words of a command before the cursor, as the parser will take them.
struct CommandLineSoFar {
    private let command: any ParsableCommand.Type
    let declared: DeclaredArguments
    /// Without the subcommand's name.
    private let words: [String]
    /// The option whose value comes next, by the name that it was given.
    private(set) var pending: (option: DeclaredArguments.Argument, name: String)?
    /// How many words are no options and no values of options.
    private(set) var positionals = 0
    /// After `--` nothing is an option.
    private(set) var isOver = false
    private var used: Set<String> = []

    init(_ command: any ParsableCommand.Type, _ words: some Sequence<String>) {
        self.command = command
        declared = DeclaredArguments(of: command)
        self.words = Array(words)
        for word in self.words { receive(word) }
    }

    /// Whether the option cannot be given once more.
    func isSpent(_ argument: DeclaredArguments.Argument) -> Bool {
        !argument.isRepeating && argument.names.contains(where: used.contains)
    }

    /// The option whose value begins within `word`, as in `-rFILE`, `-nrFILE` and `--keylog=FILE`.
    func attachedValue(
        in word: String
    ) -> (option: DeclaredArguments.Argument, name: String, value: Substring)? {
        if word.hasPrefix("--") {
            guard let equals = word.firstIndex(of: "=") else { return nil }
            let name = String(word[..<equals])
            guard let option = declared.option(named: name), option.form == .option else { return nil }
            return (option, name, word[word.index(after: equals)...])
        }
        var rest = word.dropFirst()
        while let letter = rest.popFirst() {
            guard let argument = declared.option(named: "-\(letter)") else { return nil }
            if argument.form == .option { return (argument, "-\(letter)", rest) }
        }
        return nil
    }

    /// What the function of that argument answers for a value that begins so: words, each with its meaning after a TAB.
    func words(for name: String, _ value: Substring) -> [String] {
        // As the library's own scripts ask for it: the place among the words, and how much of that word stands before
        // the cursor.
        let question =
            ["---completion", "--", name, String(words.count), String(value.count)] + words + [String(value)]
        do {
            _ = try command.parseAsRoot(question)
            return []
        } catch {
            guard command.exitCode(for: error) == .success else { return [] }
            return command.fullMessage(for: error).split(separator: "\n").map(String.init)
        }
    }

    private mutating func receive(_ word: String) {
        if pending != nil {
            pending = nil
        } else if isOver || word == "-" || !word.hasPrefix("-") {
            positionals += 1
        } else if word == "--" {
            isOver = true
        } else if let (option, name, value) = attachedValue(in: word) {
            used.insert(name)
            if value.isEmpty, !word.hasPrefix("--") { pending = (option, name) }
        } else if let argument = declared.option(named: word) {
            used.insert(word)
            if argument.form == .option { pending = (argument, word) }
        }
    }
}
