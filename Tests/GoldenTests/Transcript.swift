import Foundation

/// A command line and what it gives.
///
/// A transcript file holds one or more of them. A line that begins with `$ ` is the command, a line of shell that runs
/// in the ``Program/workspace`` with this `btcshark`, in UTC. The lines up to the next command are what it gives: first
/// standard output; then standard error, each line behind `! `; then `? 2` where the exit status is 2, nothing where
/// it is 0. A line of a single `…` stands for any number of lines, also none.
///
/// `UPDATE=1 Tests/run.sh --build GoldenTests` writes what the commands give now, except where that still fits; look at the
/// difference before it is committed.
struct Transcript {
    var command: String
    var lines: [String]

    /// Calls are filtered; which version of Landlock there is, is the kernel's to say. Some tools switch both off.
    private static func isUsualSandbox(_ line: String) -> Bool {
        let isOff = ProcessInfo.processInfo.environment["BTCSHARK_SANDBOX"] == "off"
        return line.hasPrefix(isOff ? "Sandbox: " : "Sandbox: seccomp; ")
    }

    /// What the command gives now.
    func actual() throws -> [String] {
        let outcome = try Program.shell(command)
        var lines = Self.lines(outcome.outputText)
        lines += Self.lines(outcome.errorText).map { line in
            line.isEmpty ? "!" : Self.isUsualSandbox(line) ? "! Sandbox: as this kernel has it" : "! " + line
        }
        if outcome.signalled {
            lines.append("? signal \(outcome.status)")
        } else if outcome.status != 0 {
            lines.append("? \(outcome.status)")
        }
        return lines
    }

    /// Nil where an example of a manual is true, else where it differs: it shows standard output, or errors behind it,
    /// too, without marks and without the blank lines at the end.
    func differenceOfExample() throws -> String? {
        let outcome = try Program.shell(command)
        func trimmed(_ lines: [String]) -> [String] {
            Array(lines.reversed().drop(while: \.isEmpty).reversed())
        }
        let output = Self.lines(outcome.outputText)
        let expected = trimmed(lines)
        guard let difference = Self.difference(trimmed(output), expected) else { return nil }
        let all = trimmed(output + Self.lines(outcome.errorText))
        return Self.difference(all, expected) == nil ? nil : difference
    }

    /// Standard output of the command now, without blank lines at its end.
    func output() throws -> [String] {
        Array(Self.lines(try Program.shell(command).outputText).reversed().drop(while: \.isEmpty).reversed())
    }

    private static func lines(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last?.isEmpty == true { lines.removeLast() } else { lines.append("(no newline at the end)") }
        return lines
    }

    /// Nil where `lines` fit `pattern`, in which `…` stands for any lines; else where they differ.
    static func difference(_ lines: [String], _ pattern: [String]) -> String? {
        var parts = pattern.split(separator: "…", omittingEmptySubsequences: false).map(Array.init)
        var rest = lines[...]
        let first = parts.removeFirst()
        guard rest.starts(with: first) else { return describe(Array(rest), first) }
        rest = rest.dropFirst(first.count)
        guard let last = parts.popLast() else { return rest.isEmpty ? nil : describe(lines, pattern) }
        for part in parts where !part.isEmpty {
            let starts = rest.indices.dropLast(part.count - 1)
            guard let found = starts.first(where: { rest[$0...].starts(with: part) }) else {
                return "after '…' there is no line '\(part[0])' with what follows it"
            }
            rest = rest[(found + part.count)...]
        }
        guard rest.count >= last.count, rest.suffix(last.count).elementsEqual(last) else {
            return "the end is not that after '…': " + (describe(Array(rest.suffix(last.count)), last) ?? "too short")
        }
        return nil
    }

    /// The first line that differs.
    private static func describe(_ lines: [String], _ pattern: [String]) -> String? {
        for index in 0..<max(lines.count, pattern.count) {
            let actual = index < lines.count ? lines[index] : nil
            let expected = index < pattern.count ? pattern[index] : nil
            if actual != expected {
                return "line \(index + 1) is\n    \(actual ?? "(missing)")\nnot\n    \(expected ?? "(nothing more)")"
            }
        }
        return nil
    }

    /// All transcripts of a text; lines before the first command are dropped.
    static func parse(_ text: String) -> [Transcript] {
        var transcripts: [Transcript] = []
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for line in lines {
            if line.hasPrefix("$ ") {
                transcripts.append(Transcript(command: String(line.dropFirst(2)), lines: []))
            } else if !transcripts.isEmpty {
                transcripts[transcripts.count - 1].lines.append(String(line))
            }
        }
        return transcripts
    }
}
