import Foundation
import Support
import Testing

/// What captured packets tell of a node is what the node itself wrote down of its messages: everything that needs neither
/// packets nor exact times.
struct GoldenNodeOwnCaptureTests {
    /// The keys of rows that both know.
    private static let keys: [String: [String]] = [
        "relay": [
            "announced", "asked", "delivered", "notfound", "duplicates", "wasted_bytes", "choice_samples",
            "service_samples", "held_samples",
        ],
        "blocks": ["row", "hash", "first_how", "announcers", "path", "transactions", "blocks"],
        "cmpctblock": ["hash", "mode", "short_ids", "prefilled", "seen", "ambiguous", "requested", "result"],
        "census": ["kind", "value", "peers", "connections"],
        "identity": ["user_agent", "claims", "verdict", "contradicted"],
        "violations": ["rule", "count", "reaction"],
    ]

    @Test(arguments: [
        ("node-a/10.20.0.2_52816", "relay.pcap", nil, "10.20.0.1"),
        ("node-b/10.20.0.1_8333", "relay.pcap", nil, "10.20.0.2"),
        ("node-a-v2/10.20.0.2_50862", "relay-v2-encrypted.pcap", "relay-v2-encrypted.keys", "10.20.0.1"),
    ])
    func sameAsThePackets(_ own: String, _ name: String, _ keys: String?, _ node: String) throws {
        guard let own = Recorded.path("message-capture/" + own), let path = Recorded.path(name),
            let keys = keys.map(Recorded.path) ?? .some(nil)
        else {
            print("\(own) is missing: skipped")
            return
        }
        for (question, compared) in Self.keys {
            let ofNode = try Self.rows(["-r", own], question, compared)
            let ofPackets = try Self.rows(
                ["-r", path, "--node", node] + (keys.map { ["--keylog", $0] } ?? []), question, compared)
            #expect(ofNode == ofPackets, "\(question)")
            #expect(!ofNode.isEmpty || question == "violations")
        }
    }

    /// The compared values of each row, sorted: the order of rows depends on names that only packets tell.
    private static func rows(_ arguments: [String], _ question: String, _ keys: [String]) throws -> [String] {
        let outcome = try Program.run(arguments + ["-Q", "--json", "-z", question])
        try #require(outcome.status == 0, "\(outcome.errorText)")
        let object = try JSONSerialization.jsonObject(with: outcome.output) as? [String: Any]
        let rows = try #require(object?["rows"] as? [[String: Any]])
        return rows.filter { question != "census" || !["transport"].contains($0["kind"] as? String) }.map { row in
            keys.map { key in "\(key) \(row[key] ?? "missing")" }.joined(separator: ", ")
        }.sorted()
    }
}
