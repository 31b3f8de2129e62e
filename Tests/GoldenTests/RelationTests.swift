import Foundation
import Support
import Testing

/// What fields say of requests and answers is what `-z requests` counts.
struct GoldenRelationTests {
    static let captures = ["relay.pcap", "handshake.pcap", "bloom-filter.pcap", "addrv2.pcap", "txreconciliation.pcap"]

    private struct Answer: Decodable {
        struct Row: Decodable {
            let requests: Int
            let answered: Int
            let notfound: Int
            let unanswered: Int
            let unclear: Int
            let open: Int
            let max_seconds: Double?
        }

        let rows: [Row]
    }

    private func lines(_ options: [String]) throws -> [[String]] {
        let result = try Program.run(options)
        try #require(result.status == 0, "\(result.errorText)")
        return result.outputText.split(separator: "\n").map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test(arguments: captures) func agree(_ name: String) throws {
        let path = Program.root.appendingPathComponent("captures/" + name).path
        let result = try Program.run(["-r", path, "-Q", "--json", "-z", "requests"])
        let rows = try JSONDecoder().decode(Answer.self, from: Data(result.outputText.utf8)).rows
        func sum(_ count: (Answer.Row) -> Int) -> Int { rows.reduce(0) { $0 + count($1) } }

        // Every thing that was asked for has one outcome.
        let outcomes = try lines(["-2", "-r", path, "-T", "fields", "-e", "bitcoin.request.outcome"])
            .flatMap { $0[0].split(separator: ",").map(String.init) }
        func count(_ outcome: String) -> Int { outcomes.count { $0 == outcome } }
        #expect(outcomes.count == sum(\.requests))
        #expect(count("0") == sum(\.answered) && count("1") == sum(\.notfound))
        #expect(count("2") == sum(\.unanswered) && count("3") == sum(\.unclear) && count("4") == sum(\.open))

        // What an answer says of its request, the request says of its answer.
        let answers = try lines(
            [
                "-r", path, "-T", "fields", "-e", "frame.number", "-e", "bitcoin.response_to", "-e",
                "bitcoin.response_time",
            ]
                + ["bitcoin.response_to"])
        let requests = try lines(
            [
                "-2", "-r", path, "-T", "fields", "-e", "frame.number", "-e", "bitcoin.response_in",
                "bitcoin.response_in",
            ])
        let backward = Set(answers.flatMap { answer in answer[1].split(separator: ",").map { "\($0) \(answer[0])" } })
        let forward = Set(
            requests.flatMap { request in request[1].split(separator: ",").map { "\(request[0]) \($0)" } })
        #expect(!backward.isEmpty && backward == forward)
        let slowest = answers.flatMap { $0[2].split(separator: ",").compactMap { Double($0) } }.max()
        #expect(slowest == rows.compactMap(\.max_seconds).max())
    }
}
