import Foundation
import Support
import Testing

/// `--files-from`: a list of captures is what as many `-r` are.
@Suite struct FilesFromTests {
    private let names = ["captures/relay.pcap", "captures/handshake.pcap", "captures/addrv2.pcap"]

    private func listed(_ text: String, _ more: [String] = ["-T", "ndjson"]) throws -> Outcome {
        try Program.run(["--files-from", "-"] + more, input: Data(text.utf8))
    }

    /// Runs with a list of that content in the working folder.
    private func run(list text: String, _ more: [String]) throws -> Outcome {
        let name = "list-\(UUID()).txt"
        let file = Program.workspace.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try Program.run(["--files-from", name] + more)
    }

    @Test(arguments: [["-T", "ndjson"], ["-z", "conv,tcp", "-q"], ["-2", "-T", "fields", "-e", "bitcoin.command"]])
    func isSeveralOptions(_ format: [String]) throws {
        let several = try Program.run(names.flatMap { ["-r", $0] } + format)
        #expect(several.status == 0 && several.output.count > 500)
        let lines = names.joined(separator: "\n")
        for text in [lines, lines + "\n", "\n\n" + lines + "\n\n"] {
            let outcome = try listed(text, format)
            #expect(outcome.status == 0 && outcome.output == several.output, "\(outcome.errorText)")
        }
        let outcome = try run(list: lines, format)
        #expect(outcome.status == 0 && outcome.output == several.output)
        // Beside others, and beside a filter.
        let rest = names.dropFirst().joined(separator: "\n")
        #expect(try listed(rest, ["-r", names[0]] + format).output == several.output)
    }

    @Test func aWordIsAFilter() throws {
        let asked = try Program.run(names.flatMap { ["-r", $0] } + ["bitcoin.ping"])
        #expect(asked.status == 0 && !asked.output.isEmpty)
        #expect(try listed(names.joined(separator: "\n"), ["bitcoin.ping"]).output == asked.output)
    }

    /// More than are opened before the program is locked in: the helper opens them. A folder, and names with spaces.
    @Test func manyAndFolders() throws {
        let manager = FileManager.default
        let name = "list of \(UUID())"
        let folder = Program.workspace.appendingPathComponent(name)
        try manager.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? manager.removeItem(at: folder) }
        let content = Data(try Inputs.capture("handshake.pcap"))
        let paths = (0..<120).map { "\(name)/ring \($0).pcap" }
        for path in paths { try content.write(to: Program.workspace.appendingPathComponent(path)) }
        let one = try Program.run(["-r", names[1], "-q"]).errorText
        let packets = try #require(one.firstMatch(of: #/([0-9]+) packets, /#).flatMap { Int($0.1) })
        for text in [paths.joined(separator: "\n"), name] {
            let outcome = try listed(text, ["-q"])
            #expect(outcome.status == 0)
            #expect(outcome.errorText.contains("\(packets * paths.count) packets, "), "\(outcome.errorText)")
        }
    }

    @Test func errorsNameTheLine() throws {
        let outcome = try listed("captures/relay.pcap\n\nnone.pcap\n-\na\u{0}b\n")
        #expect(outcome.status == 2)
        #expect(outcome.output == (try Program.run(["-r", "captures/relay.pcap", "-T", "ndjson"]).output))
        for line in [
            "--files-from: standard input, line 3: none.pcap: No such file or directory",
            "--files-from: standard input, line 4: -: standard input is the list already",
            "--files-from: standard input, line 5: no path: it has bytes that are no text",
        ] {
            #expect(outcome.errorText.contains(line), "\(outcome.errorText)")
        }
        let nothing = try listed("none.pcap\n")
        #expect(nothing.status == 2 && nothing.output.isEmpty)
        let missing = try Program.run(["--files-from", "none.txt"])
        #expect(missing.status == 2 && missing.errorText.contains("none.txt: No such file or directory"))
        let escape = try listed("\u{1b}[2J.pcap\n")
        #expect(escape.status == 2 && unprintable(escape.errors).isEmpty)
    }

    @Test func anEmptyListIsNoMistake() throws {
        let outcome = try listed("")
        #expect(outcome.status == 0 && outcome.output.isEmpty)
        #expect(outcome.errorText.contains("no paths in it"))
        #expect(try listed("\n\n", ["-q", "-Q"]).errors.isEmpty)
    }

    @Test(arguments: [
        (["-r", "-"], "standard input is the list already"), (["-i", "lo"], "-i cannot be used with --files-from"),
        (["--decode", "00"], "--decode and --files-from cannot be used together"),
    ])
    func refusals(_ more: [String], _ reason: String) throws {
        let outcome = try listed("captures/relay.pcap\n", more)
        #expect(outcome.status == 1 && outcome.errorText.contains(reason), "\(outcome.errorText)")
    }
}
