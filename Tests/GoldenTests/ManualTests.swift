import Foundation
import Testing

/// README, manual page and help say what the program does.
@Suite struct GoldenManualTests {
    private static let manual =
        (try? String(
            contentsOf: Program.root.appendingPathComponent("man/btcshark.1"), encoding: .utf8)) ?? ""

    /// Literal displays (`.Bd -literal` to `.Ed`) whose first line begins with `$ btcshark`.
    private static var manualExamples: [Transcript] {
        var examples: [Transcript] = []
        var block: [String]?
        for line in manual.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(".Bd") {
                block = []
            } else if line.hasPrefix(".Ed") {
                if let lines = block, lines.first?.hasPrefix("$ btcshark") == true {
                    examples += Transcript.parse(lines.joined(separator: "\n") + "\n")
                }
                block = nil
            } else {
                block?.append(plain(line))
            }
        }
        return examples
    }

    /// Without mandoc's escapes.
    private static func plain(_ line: some StringProtocol) -> String {
        let escapes = [
            ("\\&", ""), ("\\-", "-"), ("\\(->", "→"), ("\\(mu", "×"), ("\\(el", "…"), ("\\(aq", "'"), ("\\e", "\\"),
        ]
        return escapes.reduce(String(line)) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }

    @Test func examplesAreTrue() throws {
        for example in Self.manualExamples { try Self.check(example) }
    }

    @Test(arguments: MarkdownExamples.documents)
    func examplesOfDocumentsAreTrue(_ path: String) throws {
        var document = try MarkdownExamples(path)
        #expect(!document.examples.isEmpty || path != "README.md")
        if ProcessInfo.processInfo.environment["UPDATE"] == "1" { try document.update() }
        for example in document.examples { try Self.check(example) }
    }

    private static func check(_ example: Transcript) throws {
        #expect(example.lines.contains { !$0.isEmpty && $0 != "…" }, "\(example.command): shows nothing")
        if let difference = try example.differenceOfExample() {
            Issue.record("$ \(example.command)\n\(difference)")
        }
    }

    /// Options in their order, each with the heading that it stands under.
    private struct Listed: Hashable, CustomStringConvertible {
        let heading: String
        let name: String
        var description: String { "\(name) (\(heading))" }
    }

    private static func optionsOfHelp() throws -> [Listed] {
        var listed: [Listed] = []
        var heading = ""
        for line in try Program.run(["--help"]).outputText.split(separator: "\n") {
            if line.hasSuffix(":"), line == line.uppercased(), !line.hasPrefix(" ") {
                heading = String(line.dropLast())
            }
            // `  -v, --version     Print …`; what follows the names is a value or two spaces.
            guard let names = line.prefixMatch(of: /\ \ (-[^ ,]+(?:, -[^ ,]+)*)(?: |$)/) else { continue }
            for name in names.1.split(separator: ", ") { listed.append(Listed(heading: heading, name: String(name))) }
        }
        return listed
    }

    private static var optionsOfManual: [Listed] {
        var listed: [Listed] = []
        var heading = ""
        for line in manual.split(separator: "\n") {
            if line.hasPrefix(".Ss ") { heading = line.dropFirst(4).uppercased() }
            guard let item = line.prefixMatch(of: /\.It Fl (.*)/) else { continue }
            for name in item.1.split(separator: " , ") {
                let word = name.prefix { $0 != " " }
                let typed = word.hasPrefix("\\-") ? "--" + word.dropFirst(2) : "-" + word
                listed.append(Listed(heading: heading, name: typed))
            }
        }
        return listed
    }

    /// They stand in the same order under the same headings. The library puts that of help itself under one of its own.
    @Test func manualAndHelpHaveTheSameOptions() throws {
        let help = try Self.optionsOfHelp().filter { !["-h", "--help"].contains($0.name) }
        let manual = Self.optionsOfManual.filter { !["-h", "--help"].contains($0.name) }
        #expect(help.count > 10 && Set(help.map(\.heading)).count > 5)
        #expect(Set(help).subtracting(manual) == [], "missing in the manual")
        #expect(Set(manual).subtracting(help) == [], "missing in --help")
        #expect(help.map(\.name) == manual.map(\.name), "in another order")
        #expect(Self.optionsOfManual.contains { $0.name == "--help" })
    }

    /// The statistics have a list of their own.
    @Test func helpNamesTheListOfStatistics() throws {
        let lines = try Program.run(["--help"]).outputText.split(separator: "\n")
        let start = try #require(lines.firstIndex { $0.hasPrefix("  -z <statistic>") })
        let entry = lines[start...].prefix { $0 == lines[start] || !$0.hasPrefix("  -") }
        #expect(entry.joined(separator: " ").contains("-z help") && entry.count < 6, "\(entry)")
    }

    @Test func theSynopsisNamesOptionsThatExist() throws {
        let help = try Program.run(["--help"]).outputText
        let synopsis = Self.manual.split(separator: ".Sh DESCRIPTION")[0]
        for flag in synopsis.matches(of: /Fl (\\-)?([A-Za-z-]+)/) {
            let names = flag.1 != nil ? ["--" + flag.2] : flag.2.map { "-\($0)" }
            for name in names { #expect(help.contains("  \(name)") || help.contains(", \(name)"), "\(name)") }
        }
    }

    /// The manual's marks in brackets are those that the summary line shows.
    @Test func marksOfTheManualAreShown() throws {
        let lines = try ["snap96", "huge-count", "huge-length", "hostile"]
            .map { try Program.run(["-r", "Inputs/\($0).pcap"]).outputText }.joined()
        for mark in ["[checksum bad]", " payload bytes]", " bytes missing]", " bytes skipped]", " bytes claimed]"] {
            #expect(lines.contains(mark), "\(mark)")
            #expect(Self.manual.contains(mark.trimmingCharacters(in: ["[", "]", " "])), "\(mark)")
        }
    }
}
