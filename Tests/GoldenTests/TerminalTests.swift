import Foundation
import Support
import Testing

/// What is shown on a terminal has its width and its colours; what goes into a pipe has neither.
@Suite struct GoldenTerminalTests {
    private func shown(
        _ arguments: [String], columns: UInt16 = 80, _ environment: [String: String] = [:]
    ) throws -> [String] {
        let terminal = try PseudoTerminal(columns: columns)
        let output = FileHandle(fileDescriptor: terminal.programEnd, closeOnDealloc: false)
        let outcome = try Program.run(arguments, environment: environment, output: output)
        let text = terminal.finish()
        #expect(outcome.status == 0, "\(outcome.errorText)")
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    private func piped(_ arguments: [String]) throws -> [String] {
        try Program.run(arguments).outputText.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map(String.init)
    }

    private static let plain = ["--color", "never"]
    private static let relay = ["-r", "captures/relay.pcap"]

    @Test(arguments: [UInt16(40), 80, 100])
    func linesAreCut(columns: UInt16) throws {
        let complete = try piped(Self.relay)
        let cut = try shown(Self.relay + Self.plain, columns: columns)
        #expect(cut.count == complete.count && complete.contains { $0.count > columns })
        for (cut, complete) in zip(cut, complete) where cut != complete {
            // Once one had no room all do without the protocol.
            let narrow = complete.replacing(" Bitcoin ", with: " ")
            let isCut = cut.count == columns && cut.last == "…"
            #expect(cut == narrow || isCut && narrow.hasPrefix(cut.dropLast()), "\(cut)")
        }
        #expect(try shown(Self.relay + Self.plain, columns: 1_000) == complete)
        #expect(
            try shown(Self.relay + Self.plain + ["--full"], columns: columns) == piped(Self.relay + ["--full"]),
            "with --full all is shown")
    }

    /// What was asked for is there, though the line has no room: README's own answers.
    @Test func answersAreShown() throws {
        let pongs = try shown(Self.relay + Self.plain + ["--relations", "bitcoin.pong"])
        #expect(pongs.first == "   28   0.013982 10.20.0.1:8333 → 10.20.0.2:52816 32 pong 1473…046b [197 µs]")
        #expect(pongs.count == 4 && pongs.allSatisfy { $0.hasSuffix("s]") && $0.count <= 80 }, "\(pongs)")
        #expect(
            try shown(Self.relay + Self.plain + ["--relations", "bitcoin.close"]) == [
                "  336  51.347676 10.20.0.2:52816 → 10.20.0.1:8333 0 connection closed by",
                "      10.20.0.2:52816 (FIN) 44.9 s after pong",
            ])
        let piped = try piped(Self.relay + ["--relations", "bitcoin.pong"])
        #expect(piped.first?.hasSuffix(" Bitcoin 32 pong 14735583e72c046b [197 µs]") == true, "\(piped)")
    }

    /// The environment knows better, as for a pager that shows a part of the terminal.
    @Test func columnsOfTheEnvironment() throws {
        let narrow = try shown(Self.relay + Self.plain, columns: 40)
        #expect(try shown(Self.relay + Self.plain, columns: 200, ["COLUMNS": "40"]) == narrow)
        let pipe = try Program.run(Self.relay, environment: ["COLUMNS": "40"])
        #expect(pipe.outputText == (try Program.run(Self.relay)).outputText)
    }

    /// A terminal that does not say how wide it is.
    @Test func nobodyKnowsTheWidth() throws {
        #expect(try shown(Self.relay + Self.plain, columns: 0) == piped(Self.relay))
    }

    /// In a tree only a hash, key or address may be wider, since it is there to be copied.
    @Test func treesAreCut() throws {
        let arguments = Self.relay + ["-V", "bitcoin.tx || bitcoin.version || bitcoin.inv"]
        let cut = try shown(arguments + Self.plain)
        let complete = try piped(arguments)
        #expect(cut.count == complete.count)
        for (cut, complete) in zip(cut, complete) {
            let hasIdentifier = cut.firstMatch(of: /[0-9A-Za-z]{26,90}/) != nil
            #expect(cut.count <= 80 || hasIdentifier, "\(cut)")
            #expect(cut == complete || cut.last == "…", "\(cut)")
        }
        let kept = complete.filter { $0.contains("Merkle root: ") || $0.contains("[Address: ") }
        #expect(kept.contains { $0.count > 80 } && kept.allSatisfy(cut.contains))
    }

    /// What teaches is folded: no word is missing.
    @Test func annotatedTextIsFolded() throws {
        let arguments = Self.relay + ["--annotate", "bitcoin.version"]
        let folded = try shown(arguments + Self.plain)
        let complete = try piped(arguments)
        func words(_ lines: [String]) -> [Substring] { lines.joined(separator: " ").split(separator: " ") }
        // The line of the message itself is cut.
        func annotated(_ lines: [String]) -> [String] { lines.filter { !$0.contains(" → ") } }
        #expect(words(annotated(folded)) == words(annotated(complete)))
        #expect(folded.count > complete.count)
        for line in folded where line.count > 80 {
            #expect(line.split(separator: " ").contains { $0.count > 40 }, "\(line)")
        }
    }

    @Test(arguments: [
        "conv,tcp", "bitcoin,tree", "capture", "connections", "bytes", "latency", "relay", "blocks", "cmpctblock",
        "requests", "identity", "violations", "census",
    ])
    func tablesFit(_ name: String) throws {
        let arguments = Self.relay + ["-q", "-Q", "-z", name]
        let complete = try piped(arguments)
        let fitted = try shown(arguments)
        for line in fitted { #expect(line.count <= 80, "\(line)") }
        let hadRoom = complete.first.map { $0.count <= 80 } ?? true
        let says = fitted.contains { $0.hasPrefix("For 80 columns ") }
        // Of a table of words nothing is left out.
        #expect(says || hadRoom || name == "capture", "\(fitted)")
        #expect(try shown(arguments + ["--full"]) == piped(arguments + ["--full"]))
        #expect(try shown(arguments, columns: 1_000) == complete)
    }

    /// What names a row is there.
    @Test func conversationsInEightyColumns() throws {
        let lines = try shown(Self.relay + ["-q", "-Q", "-z", "conv,tcp"])
        #expect(
            lines.contains("10.20.0.2:52816  <->  10.20.0.1:8333       256  52799  51.347941"), "\(lines)")
        #expect(lines.joined(separator: " ").contains("left out: Messages <-, Bytes <-, Messages ->, Bytes ->"))
    }

    /// Who was slowest comes first, and how many pings came is there before what the network took.
    @Test func latencyInEightyColumns() throws {
        let lines = try shown(Self.relay + ["-q", "-Q", "-z", "latency"])
        #expect(
            lines.contains("#  Asked by         Answered by      Pings  Answered     Min      Max  TCP SYN"), "\(lines)"
        )
        let rows = lines.filter { $0.hasPrefix("0  ") }
        #expect(rows.first?.contains(" 1.06 ms ") == true && rows.last?.contains("  368 µs ") == true, "\(rows)")
    }

    @Test func violationsInEightyColumns() throws {
        let lines = try shown(["-r", "captures/bloom-filter.pcap", "-q", "-Q", "-z", "violations"])
        #expect(
            lines.contains("#  Peer             Side  Rule                    Core does    Count  Frame"), "\(lines)")
        #expect(
            lines.contains("0  127.0.0.1:52362  →     too-large bloom filter  misbehaving      2     33"), "\(lines)")
    }

    /// What went nobody knows which way is counted as such, and never as nothing.
    @Test func bytesOfUnknownWays() throws {
        let arguments = ["-r", "captures/block-filters.pcap", "-q", "-Q", "-z", "bytes"]
        let lines = try shown(arguments)
        #expect(lines.contains { $0.contains("Messages ->") && $0.contains("Way unknown") }, "\(lines)")
        let blocks = try #require(lines.first { $0.hasPrefix("block ") })
        #expect(blocks.contains(#/^block +\? +\? +[1-9][0-9]* +\? +\? .* 99775 /#), "\(blocks)")
        struct Answer: Decodable {
            struct Row: Decodable { let messages: Int? }
            let rows: [Row]
        }
        let json = try Program.run(arguments + ["--json"]).outputText
        let messages = try JSONDecoder().decode(Answer.self, from: Data(json.utf8)).rows.compactMap(\.messages)
        let all = try #require(lines.first { $0.hasPrefix("All ") }).split(separator: " ").dropFirst().prefix(3)
        #expect(all.compactMap { Int($0) }.reduce(0, +) == messages.reduce(0, +), "\(all)")
        // Where all is known there is no such column.
        #expect(!(try piped(Self.relay + ["-q", "-Q", "-z", "bytes"]).contains { $0.contains("Way unknown") }))
    }

    @Test func expertInfoFits() throws {
        let arguments = ["-r", "captures/bloom-filter.pcap", "-q", "-Q", "-z", "expert"]
        #expect(try piped(arguments).contains { $0.count > 60 })
        for line in try shown(arguments, columns: 60) { #expect(line.count <= 60, "\(line)") }
    }

    @Test func colours() throws {
        let coloured = try shown(Self.relay)
        #expect(coloured.contains { $0.contains("\u{1b}[36m10.20.0.2:52816 → 10.20.0.1:8333\u{1b}[0m") })
        #expect(coloured.contains { $0.contains("\u{1b}[32m10.20.0.1:8333 → 10.20.0.2:52816\u{1b}[0m") })
        #expect(coloured.contains { $0.contains("\u{1b}[33mtx\u{1b}[0m ") })
        let plain = try shown(Self.relay + Self.plain)
        #expect(coloured.map { $0.replacing(/\u{1b}\[[0-9]+m/, with: "") } == plain)
        #expect(try shown(Self.relay, ["NO_COLOR": "1"]) == plain)
        #expect(try shown(Self.relay, ["NO_COLOR": ""]) == coloured)
        #expect(try shown(Self.relay + ["--color", "always"], ["NO_COLOR": "1"]) == coloured)
        let tree = try shown(Self.relay + ["-V", "bitcoin.command == \"tx\""])
        #expect(tree.contains("    \u{1b}[33mTx message\u{1b}[0m"), "\(tree.prefix(20))")
        #expect(tree.contains { $0.contains("Protocol, \u{1b}[0m\u{1b}[36m10.20.0.2:52816 → 10.20.0.1:8333\u{1b}[0m") })
    }

    /// Of what programs read nothing is cut, wherever it goes.
    @Test(arguments: ["tabs", "json", "ndjson", "pdml", "ek"])
    func otherFormatsAreComplete(_ format: String) throws {
        let arguments = Self.relay + Self.plain + ["-T", format, "-c", "3"]
        #expect(try shown(arguments, columns: 40) == piped(arguments))
    }

    /// Times of a file count from its first frame there, too.
    @Test func timesOfAFile() throws {
        let line = try #require(try shown(Self.relay + Self.plain + ["-c", "1"]).first)
        #expect(line.contains("   0.0"), "\(line)")
    }
}
