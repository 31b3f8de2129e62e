import ArgumentParser

/// What can stand at the cursor of a command line.
struct Completion {
    /// One of the things that the word at the cursor can become.
    struct Candidate: Equatable {
        /// The complete word.
        var text: String
        var meaning: String
    }

    /// Whether the shell looks for files, beside the candidates.
    enum Paths: String { case none, files, folders }

    private(set) var candidates: [Candidate] = []
    private(set) var paths = Paths.none
    /// How many characters of the word at the cursor stand before what is completed, as `-r` in `-rFILE`.
    private(set) var start = 0

    /// Names beyond this number are shown up to their next point, as folders are shown without what is in them.
    private static let manyNames = 100
    private static let ofNames = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")

    /// - Parameters:
    ///   - words: Those before the cursor's, without the program.
    ///   - current: The one at the cursor, up to the cursor.
    init(after words: [String], at current: String) {
        if words.isEmpty { offerCommands(current) }
        if words == ["help"] {
            offerCommands(current)
            return
        }
        let command = Subcommand.named(words.first)
        let line = CommandLineSoFar(command ?? Btcshark.self, words.dropFirst(command == nil ? 0 : 1))
        offer(current, line)
        shorten(current)
        skipToName(current)
    }

    /// Whether more of the word follows, so that no space does.
    var staysOpen: Bool { candidates.contains { $0.text.last.map(".=:,".contains) == true } }

    // MARK: What is offered

    private mutating func offer(_ current: String, _ line: CommandLineSoFar) {
        if let (option, name) = line.pending { return offerValues(of: option, name, current[...], line) }
        if !line.isOver, current.hasPrefix("-") {
            guard let (option, name, value) = line.attachedValue(in: current), !isName(current, line) else {
                return offerOptions(current, line)
            }
            start = current.count - value.count
            return offerValues(of: option, name, value, line)
        }
        guard let (index, argument) = line.declared.positional(at: line.positionals) else { return }
        offerValues(of: argument, "positional@\(index)", current[...], line)
    }

    /// Of `-r` the value may follow in the same word, but a space is usual.
    private func isName(_ word: String, _ line: CommandLineSoFar) -> Bool { line.declared.option(named: word) != nil }

    private mutating func offerCommands(_ current: String) {
        for command in Subcommand.all {
            add(command.configuration.commandName ?? "", command.configuration.abstract, to: current)
        }
    }

    private mutating func offerOptions(_ current: String, _ line: CommandLineSoFar) {
        for argument in line.declared.arguments where argument.isShown && !line.isSpent(argument) {
            for name in argument.names { add(name, argument.meaning, to: current) }
        }
    }

    private mutating func offerValues(
        of argument: DeclaredArguments.Argument, _ name: String, _ value: Substring, _ line: CommandLineSoFar
    ) {
        switch argument.completion {
        case .undeclared: break
        case .files: paths = .files
        case .folders: paths = .folders
        case .words(let words): offer(words, value)
        case .asked: offer(line.words(for: name, value), value)
        }
    }

    /// Offers words that have their meanings after a TAB.
    private mutating func offer(_ words: [String], _ value: Substring) {
        let before = String(value.base.prefix(start))
        for word in words {
            if word == CompletionKind.filesToo { paths = .files; continue }
            let tab = word.firstIndex(of: "\t") ?? word.endIndex
            add(before + word[..<tab], String(word[tab...].dropFirst()), to: String(value.base))
        }
    }

    private mutating func add(_ text: String, _ meaning: String, to current: String) {
        guard text.hasPrefix(current), !text.isEmpty else { return }
        candidates.append(Candidate(text: text, meaning: meaning))
    }

    // MARK: What is shown

    /// Cuts many names after their next point: `bitcoin.tx.` stands for all that begin so.
    private mutating func shorten(_ current: String) {
        guard candidates.count > Self.manyNames else { return }
        let groups = Dictionary(grouping: candidates) { Self.group(of: $0.text, after: current.count) }
        guard groups.count > 1 || groups.first?.key.isEmpty == false else { return }
        var seen: Set<String> = []
        candidates = candidates.compactMap { candidate in
            let group = Self.group(of: candidate.text, after: current.count)
            guard groups[group, default: []].count > 1, !group.isEmpty else { return candidate }
            return seen.insert(group).inserted ? Candidate(text: group, meaning: "") : nil
        }
    }

    /// The name up to the first point after that number of characters; empty where there is none.
    private static func group(of name: String, after count: Int) -> String {
        name.dropFirst(count).firstIndex(of: ".").map { String(name[...$0]) } ?? ""
    }

    /// Within a filter only the name at the cursor is completed, and what stands before it is not shown. A path begins
    /// where the word does.
    private mutating func skipToName(_ current: String) {
        guard !candidates.isEmpty, paths == .none, !current.hasPrefix("-") || start > 0 else { return }
        let name = current.reversed().prefix { Self.ofNames.contains($0) }.count
        start = max(start, current.count - name)
    }
}
