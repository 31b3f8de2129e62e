import ArgumentParser
import Foundation
import Testing

@testable import btcshark

/// Every command of README and the manual pages that can be run here is run, and finds something.
@Suite struct GoldenExampleTests {
    struct Example: CustomTestStringConvertible {
        let source: String
        let command: String
        var testDescription: String { "\(source): \(command)" }
    }

    /// What the machine of a test does not have: peers, a node, other hosts, an interface to record for days, and files
    /// that only these make.
    private static let unavailable = [
        "btcshark connect", "btcshark survey", "btcshark serve", "--node-keys", "--print-key-probe", "node.keys",
        "ssh ",
        " -b ", "-r c.pcap", "> message", "IN.pcap", "setcap", "rows.ndjson", "bitcoin-cli", "sudo tcpdump", "apt ",
    ]

    /// Names that stand for the reader's own files and addresses, and what is read in their place.
    private static let ours = [
        (" -Z btcshark", ""), ("/var/lib/btcshark/", ""), (" capture.pcap", " captures/relay.pcap"),
        (" relay.pcap", " captures/relay.pcap"),
        ("monday.pcap tuesday.pcap", "captures/relay.pcap captures/relay-ipv6.pcap"), ("192.0.2.1", "10.20.0.1"),
        ("/srv/rings/host-a", "captures/."),
    ]

    /// The lines of commands that are shown without what they print.
    static let examples: [Example] = {
        var examples: [Example] = []
        for path in ["README.md"] + manuals {
            let text = (try? String(contentsOf: Program.root.appendingPathComponent(path), encoding: .utf8)) ?? ""
            let lines = text.split(separator: "\n")
            let commands =
                path.hasSuffix(".md") ? lines.compactMap(indented) : lines.compactMap(displayed) + blocks(lines)
            for command in commands where command.contains("btcshark ") {
                examples.append(Example(source: path, command: command))
            }
        }
        return examples
    }()

    private static let manuals: [String] = {
        let folder = Program.root.appendingPathComponent("man").path
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().map { "man/\($0)" }
    }()

    /// A line of code of Markdown, without a remark at its end; not one of an example with its output.
    private static func indented(_ line: Substring) -> String? {
        guard line.hasPrefix("    "), !line.hasPrefix("     "), !line.hasPrefix("    $ ") else { return nil }
        let command = line.dropFirst(4)
        guard command.hasPrefix("btcshark ") || command.hasPrefix("sudo btcshark ") else { return nil }
        return String(command.prefix(upTo: command.range(of: "  #")?.lowerBound ?? command.endIndex))
            .trimmingCharacters(in: .whitespaces)
    }

    private static func displayed(_ line: Substring) -> String? {
        guard line.hasPrefix(".Dl ") else { return nil }
        let command = plain(line.dropFirst(4))
        return command.hasPrefix("$ ") ? String(command.dropFirst(2)) : command
    }

    /// The commands of literal displays that begin with one: lines that end in a backslash or a bar go on.
    private static func blocks(_ lines: [Substring]) -> [String] {
        var commands: [String] = []
        var isInside = false
        var begun = ""
        for (index, line) in lines.enumerated() {
            if line.hasPrefix(".Bd") { isInside = lines.dropFirst(index + 1).first?.hasPrefix("btcshark ") == true }
            if line.hasPrefix(".Ed") { isInside = false }
            guard isInside, !line.hasPrefix(".") else { continue }
            begun += plain(line)
            if begun.hasSuffix("\\") || begun.hasSuffix("|") {
                begun += "\n"
            } else {
                commands.append(begun)
                begun = ""
            }
        }
        return commands
    }

    /// Without mandoc's escapes.
    private static func plain(_ line: Substring) -> String {
        let escapes = [("\\&", ""), ("\\-", "-"), ("\\(aq", "'"), ("\\(dq", "\""), ("\\e", "\\")]
        return escapes.reduce(String(line)) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }

    @Test func thereAreExamples() {
        #expect(Self.examples.contains { $0.source == "README.md" } && Self.manuals.count > 4)
        #expect(Self.examples.filter { Self.runnable($0.command) != nil }.count > 12)
        for manual in ["btcshark.1", "btcshark-build.1", "btcshark-report.1", "btcshark-statistics.7"] {
            #expect(Self.examples.contains { $0.source.hasSuffix(manual) }, "\(manual)")
        }
    }

    /// The same on a capture that is there; nil where something is not here.
    private static func runnable(_ command: String) -> String? {
        guard !unavailable.contains(where: command.contains) else { return nil }
        var line = command.replacing(/sudo btcshark -i \S+/, with: "btcshark -r captures/relay.pcap")
        for (theirs, ours) in ours { line = line.replacingOccurrences(of: theirs, with: ours) }
        if line.contains("| jq "), !Program.isInstalled("jq") {
            line = String(line[..<(line.range(of: "| jq ")?.lowerBound ?? line.endIndex)])
        }
        return line
    }

    @Test(arguments: examples)
    func findsSomething(_ example: Example) throws {
        guard let line = Self.runnable(example.command) else { return }
        // Each program of a pipe must end well; what one says beside is no fault.
        let outcome = try Program.other(["bash", "-o", "pipefail", "-c", line])
        if outcome.errorText.contains(" needs -i.\n") { return try Self.checkLive(example.command) }
        #expect(outcome.status == 0, "\(line): \(outcome.errorText)")
        guard let file = line.firstMatch(of: /(?:-w|-o|--metrics|--export-objects) ([^- ]\S*)/) else {
            #expect(!outcome.output.isEmpty, "\(line)")
            return
        }
        let path = Program.workspace.appendingPathComponent(String(file.1)).path
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.size] as? Int ?? 0) > 0, "\(line): \(path)")
    }

    /// What has an option that a saved capture does not take is live alone: all its options are read and checked as the
    /// program does before it opens the interface.
    private static func checkLive(_ command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        try #require(words.starts(with: ["sudo", "btcshark"]), "\(command)")
        let simple = words.allSatisfy { $0.allSatisfy { !"'\"\\$|<>;&`".contains($0) } }
        try #require(simple, "\(command): is more than words")
        let parsed = try Btcshark.parseAsRoot(LetterClusters.split(Array(words.dropFirst(2))))
        let plan = try Plan(try #require(parsed as? Btcshark).options)
        #expect(plan.isLive, "\(command)")
    }
}
