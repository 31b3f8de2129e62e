import Foundation
import Testing

/// The files of `Transcripts`; their form is told at ``Transcript``.
@Suite struct GoldenTranscriptTests {
    private static let folder = Program.root.appendingPathComponent("Tests/GoldenTests/Transcripts")
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".transcript") }.sorted()
    private static let isUpdating = ProcessInfo.processInfo.environment["UPDATE"] == "1"

    @Test func thereAreTranscripts() { #expect(!Self.names.isEmpty) }

    @Test(arguments: names)
    func transcript(_ name: String) throws {
        let file = Self.folder.appendingPathComponent(name)
        let text = try String(contentsOf: file, encoding: .utf8)
        var transcripts = Transcript.parse(text)
        #expect(!transcripts.isEmpty && text.hasPrefix("$ "), "\(name) begins with a command")
        for index in transcripts.indices {
            let actual = try transcripts[index].actual()
            guard let difference = Transcript.difference(actual, transcripts[index].lines) else { continue }
            if Self.isUpdating {
                transcripts[index].lines = actual
            } else {
                Issue.record("$ \(transcripts[index].command)\n\(difference)")
            }
        }
        guard Self.isUpdating else { return }
        let updated = transcripts.flatMap { ["$ " + $0.command] + $0.lines }.joined(separator: "\n") + "\n"
        if updated != text { try updated.write(to: file, atomically: true, encoding: .utf8) }
    }

    @Test func patternsLeaveOutLines() {
        func fits(_ lines: String, _ pattern: String) -> Bool {
            Transcript.difference(lines.map(String.init), pattern.map { $0 == "*" ? "…" : String($0) }) == nil
        }
        #expect(fits("", "") && fits("abc", "abc") && fits("", "*") && fits("abc", "*") && fits("abc", "**"))
        #expect(
            fits("abc", "a*") && fits("abc", "*c") && fits("abc", "a*c") && fits("abc", "*b*") && fits("abc", "a*bc"))
        #expect(fits("abcabd", "a*abd") && fits("abcd", "*b*d") && fits("aXbc", "a*bc"))
        #expect(!fits("abc", "ab") && !fits("ab", "abc") && !fits("abc", "") && !fits("", "a"))
        #expect(!fits("abc", "b*") && !fits("abc", "*b") && !fits("abc", "a*d") && !fits("abc", "*d*"))
        #expect(!fits("ab", "ab*b") && !fits("abc", "c*b*"), "no line stands for two")
    }

    @Test func parsing() {
        let parsed = Transcript.parse("$ one\na\n\n! b\n? 2\n$ two\n$ three\n…\n")
        #expect(parsed.map(\.command) == ["one", "two", "three"])
        #expect(parsed.map(\.lines) == [["a", "", "! b", "? 2"], [], ["…"]])
    }
}
