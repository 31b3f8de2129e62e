import Fields
import Glibc
import Output

/// What a completion script asks: `---complete bash LINE WORD`, or `---complete zsh|fish WORD ...`. The answer's first
/// line says whether files are looked for, after how many characters of the word completion begins, and whether more of
/// the word follows. Then comes a candidate a line, without those characters; for zsh and fish with its meaning.
struct CompletionRequest {
    static let word = "---complete"

    private let shell: CompletionScript
    private let words: [String]
    private let current: String
    /// How many characters of ``current`` the shell does not replace, as bash what stands before a `=`.
    private let kept: Int

    /// Nil where the arguments ask for something else.
    init?(_ arguments: [String]) {
        guard arguments.first == Self.word, let shell = arguments.dropFirst().first.flatMap(CompletionScript.init)
        else {
            return nil
        }
        self.shell = shell
        var words = Array(arguments.dropFirst(2))
        var own = ""
        if shell == .bash {
            guard words.count == 2 else { return nil }
            own = words[1]
            // Without the program.
            words = Array(ShellWords.split(words[0]).dropFirst())
        }
        current = shell == .fish ? ShellWords.split(words.last ?? "").last ?? "" : words.last ?? ""
        self.words = words.dropLast()
        guard shell == .bash else {
            kept = 0
            return
        }
        kept = current.hasSuffix(own) ? current.count - own.count : 0
    }

    /// Answers, and ends the program.
    func answerToEnd() {
        let completion = Completion(after: words, at: current)
        let output = ByteOutput(descriptor: STDOUT_FILENO)
        // bash replaces from where its own word begins.
        let start = shell == .bash ? max(0, completion.start - kept) : completion.start
        let open = completion.staysOpen ? " open" : ""
        output.buffer.append("\(completion.paths.rawValue) \(start)\(open)\n")
        for candidate in completion.candidates {
            output.buffer.append(line(candidate, completion.start))
            output.buffer.append("\n")
        }
        output.flush()
        Glibc.exit(Status.success.rawValue)
    }

    private func line(_ candidate: Completion.Candidate, _ start: Int) -> String {
        let meaning = String(candidate.meaning.prefix(100)).replacing("\n", with: " ")
        return switch shell {
        case .bash: String(candidate.text.dropFirst(kept))
        case .zsh:
            String(candidate.text.dropFirst(start)).replacing("\\", with: "\\\\").replacing(":", with: "\\:")
                + (meaning.isEmpty ? "" : ":" + meaning)
        case .fish: candidate.text + (meaning.isEmpty ? "" : "\t" + meaning)
        }
    }
}
