import Foundation

/// The examples of a document in Markdown: fenced blocks whose first line begins with `$ btcshark`, with commands and
/// what they give, errors unmarked. `UPDATE=1` writes what those commands give now that give something else; a line of
/// a single `…` is then lost.
struct MarkdownExamples {
    /// README, and all that stands in `Documentation`.
    static let documents: [String] = {
        let folder = Program.root.appendingPathComponent("Documentation").path
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        return ["README.md"] + names.filter { $0.hasSuffix(".md") }.map { "Documentation/\($0)" }
    }()

    private let file: URL
    private var lines: [String]

    init(_ path: String) throws {
        file = Program.root.appendingPathComponent(path)
        lines = try String(contentsOf: file, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    var examples: [Transcript] { blocks.flatMap { Self.transcripts(lines[$0]) } }

    /// The lines of each block, without its fences.
    private var blocks: [Range<Int>] {
        var blocks: [Range<Int>] = []
        var start: Int?
        for (index, line) in lines.enumerated() where line.hasPrefix("```") {
            if let first = start {
                if lines[first].hasPrefix("$ btcshark") { blocks.append(first..<index) }
                start = nil
            } else {
                start = index + 1
            }
        }
        return blocks
    }

    private static func transcripts(_ lines: ArraySlice<String>) -> [Transcript] {
        Transcript.parse(lines.joined(separator: "\n") + "\n")
    }

    mutating func update() throws {
        let old = lines
        for block in blocks.reversed() {
            let examples = try Self.transcripts(lines[block]).flatMap { example in
                let isTrue = try example.differenceOfExample() == nil
                return ["$ " + example.command] + (isTrue ? example.lines : try example.output())
            }
            lines.replaceSubrange(block, with: examples)
        }
        if lines != old { try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8) }
    }
}
