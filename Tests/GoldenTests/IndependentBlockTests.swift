import Foundation
import Support
import Testing

/// How blocks came, by other code.
@Suite(.enabled(if: Program.isInstalled("python3"), "python3 is not installed"))
struct GoldenIndependentBlockTests {
    private static let questions = ["blocks", "cmpctblock"]

    @Test(arguments: GoldenIndependentAnswerTests.cases) func blocks(_ one: GoldenIndependentAnswerTests.Case) throws {
        guard let path = one.path(one.name), let keys = one.keys.map(one.path) ?? .some(nil) else {
            print("\(one.testDescription) is missing: skipped")
            return
        }
        let options = (one.node.map { ["--node", $0] } ?? []) + (keys.map { ["--keylog", $0] } ?? [])
        let script = Program.root.appendingPathComponent("Tests/Independent/answers.py").path
        let outcome = try Program.other(
            ["python3", "-B", script, path, "--ask", Self.questions.joined(separator: ",")] + options)
        try #require(outcome.status == 0, "\(outcome.errorText.suffix(500))")
        let theirs = outcome.outputText.split(separator: "\n").map(String.init)
        let ours = try Program.run(["-r", path, "-Q", "--json"] + Self.questions.flatMap { ["-z", $0] } + options)
        try #require(ours.status == 0, "\(ours.errorText)")
        let answers = ours.outputText.split(separator: "\n").map(String.init)
        try #require(answers.count == theirs.count && theirs.count == Self.questions.count)
        for (ours, theirs) in zip(answers, theirs) {
            if let difference = GoldenIndependentAnswerTests.difference(ours, theirs) {
                Issue.record("\(difference)")
                return
            }
        }
    }
}
