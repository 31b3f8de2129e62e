import Capture
import Dissector
import Fields
import Foundation
import Insight
import Keys
import Records
import Support
import Testing

/// The answers to questions are those of `Tests/Independent`, which shares no code with the program, on captures in which
/// nothing is missing.
@Suite(.enabled(if: Program.isInstalled("python3"), "python3 is not installed"))
struct GoldenIndependentAnswerTests {
    /// A capture, and what else the program is given.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var node: String?
        var keys: String?

        var testDescription: String { ([name] + [node, keys].compactMap(\.self)).joined(separator: " ") }
    }

    static let cases =
        [
            "addrv2.pcap", "block-filters.pcap", "bloom-filter.pcap", "handshake-sll2-nanosecond.pcap",
            "handshake.pcap", "handshake.pcapng", "relay-ipv6.pcap", "relay-v2-encrypted.pcap", "relay.pcap",
            "txreconciliation.pcap",
        ].map { Case(name: $0) } + [
            Case(name: "relay.pcap", node: "10.20.0.1"), Case(name: "relay.pcap", node: "10.20.0.2:52816"),
            Case(name: "addrv2.pcap", node: "127.0.0.1"),
            Case(name: "relay-v2-encrypted.pcap", keys: "relay-v2-encrypted.keys"),
            Case(name: "relay-v2-encrypted.pcap", node: "10.20.0.1", keys: "relay-v2-encrypted.keys"),
        ]
    private static let questions = ["capture", "connections", "bytes", "latency", "requests"]
    /// What is told of transactions, blocks and peers.
    private static let told = ["relay", "blocks", "cmpctblock", "identity", "violations", "census"]

    @Test(arguments: cases) func told(_ one: Case) throws {
        _ = try compare(one, Self.told, ["--ask", Self.told.joined(separator: ",")])
    }

    /// A node and six peers that tell each other of the same transactions, by txid or by wtxid.
    @Test(arguments: [(1, nil), (2, "10.0.0.9"), (3, "10.0.1.3")] as [(Int, String?)])
    func madeRelay(_ seed: Int, _ node: String?) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("made-relay-\(UUID()).pcap").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try lines(["made_relay.py", "\(seed)", path])
        let questions = Self.told
        let theirs = try lines(
            ["answers.py", path, "--ask", questions.joined(separator: ",")] + (node.map { ["--node", $0] } ?? []))
        let ours = try answers(path, questions, node.map { ["--node", $0] } ?? [])
        try #require(theirs.count >= questions.count)
        for (ours, theirs) in zip(ours, theirs) { #expect(Self.difference(ours, theirs) == nil) }
    }

    /// What the program answers: a line for each question.
    private func answers(_ path: String, _ questions: [String], _ options: [String]) throws -> [String] {
        let ours = try Program.run(["-r", path, "-Q", "--json"] + questions.flatMap { ["-z", $0] } + options)
        try #require(ours.status == 0, "\(ours.errorText)")
        let answers = ours.outputText.split(separator: "\n").map(String.init)
        try #require(answers.count == questions.count)
        return answers
    }

    /// Compares the answers to questions.
    ///
    /// - Returns: What the independent computation says beside; nil where there is nothing to compare, or a difference.
    private func compare(_ one: Case, _ questions: [String], _ asking: [String]) throws -> ArraySlice<String>? {
        guard let path = Recorded.path(one.name), let keys = one.keys.map(Recorded.path) ?? .some(nil) else {
            print("\(one.testDescription) is missing: skipped")
            return nil
        }
        let options = (one.node.map { ["--node", $0] } ?? []) + (keys.map { ["--keylog", $0] } ?? [])
        let independent = try lines(["answers.py", path] + options + asking)
        let answers = try answers(path, questions, options)
        try #require(independent.count >= questions.count)
        for (ours, theirs) in zip(answers, independent) {
            if let difference = Self.difference(ours, theirs) {
                Issue.record("\(difference)")
                return nil
            }
        }
        return independent.dropFirst(questions.count)
    }

    /// What the questions answer, and each pair of messages by itself with the time between.
    @Test(arguments: cases) func answers(_ one: Case) throws {
        guard let theirs = try compare(one, Self.questions, []), let keys = one.keys.map(Recorded.path) ?? .some(nil),
            let path = Recorded.path(one.name)
        else { return }
        let pairs = try PairCollector.pairs(of: path, keys: keys)
        if let index = (0..<max(pairs.count, theirs.count)).first(where: {
            pairs.dropFirst($0).first != theirs.dropFirst($0).first
        }) {
            let (own, other) = (pairs.dropFirst(index).first, theirs.dropFirst(index).first)
            Issue.record("pair \(index) is '\(own ?? "missing")', not '\(other ?? "missing")'")
        }
    }

    /// What each node itself asked by hash or nonce, and what came, by its own message capture; and the side of a capture
    /// of packets that it was.
    @Test(arguments: [
        ("node-a/10.20.0.2_52816", "relay.pcap", nil, 1, 7), ("node-b/10.20.0.1_8333", "relay.pcap", nil, 0, 117),
        ("node-a-v2/10.20.0.2_50862", "relay-v2-encrypted.pcap", "relay-v2-encrypted.keys", 1, 7),
    ])
    func messageCaptures(_ peer: String, _ name: String, _ keys: String?, _ side: Int, _ count: Int) throws {
        guard let folder = Recorded.path("message-capture/" + peer), let path = Recorded.path(name),
            let keys = keys.map(Recorded.path) ?? .some(nil)
        else {
            print("\(peer) is missing: skipped")
            return
        }
        let theirs = try lines(["answers.py", "--message-capture", folder])
        let words = try lines(["answers.py", "--asked", path, "\(side)"] + (keys.map { ["--keylog", $0] } ?? []))
        #expect(theirs == words && theirs.count == count, "by the packets and by the node itself")

        let ofPackets = try Self.answered(
            ["-r", path, "--node", side == 1 ? "10.20.0.1" : "10.20.0.2"] + (keys.map { ["--keylog", $0] } ?? []))
        let ofMessages = try Self.answered(["-r", folder])
        let kinds = Dictionary(theirs.map { ($0.prefix { $0 != " " }, 1) }, uniquingKeysWith: +)
        let expected = Dictionary(uniqueKeysWithValues: kinds.map { (String($0.key), $0.value) })
        #expect(ofPackets == expected)
        #expect(ofMessages == expected)
    }

    /// How many requests that the node asked were answered or not found, by kind; those of headers are left out.
    private static func answered(_ arguments: [String]) throws -> [String: Int] {
        let outcome = try Program.run(arguments + ["-Q", "--json", "-z", "requests"])
        let object = try JSONSerialization.jsonObject(with: outcome.output) as? [String: Any]
        var answered: [String: Int] = [:]
        for row in object?["rows"] as? [[String: Any]] ?? [] where row["flow"] as? String == "sent" {
            let count = (row["answered"] as? Int ?? 0) + (row["notfound"] as? Int ?? 0)
            if let kind = row["kind"] as? String, kind != "headers", count > 0 { answered[kind] = count }
        }
        return answered
    }

    private func lines(_ arguments: [String]) throws -> [String] {
        let script = Program.root.appendingPathComponent("Tests/Independent/").path + "/" + arguments[0]
        // Writes no compiled files into the package.
        let outcome = try Program.other(["python3", "-B", script] + arguments.dropFirst())
        try #require(outcome.status == 0, "\(outcome.errorText.suffix(500))")
        return outcome.outputText.split(separator: "\n").map(String.init)
    }

    // MARK: Comparison

    /// Nil where two lines of JSON have the same keys in the same order, and the same values; `1.50` is `1.5`.
    static func difference(_ ours: String, _ theirs: String) -> String? {
        let (ours, theirs) = (tokens(ours), tokens(theirs))
        var key = ""
        for index in 0..<max(ours.count, theirs.count) {
            let (own, other) = (ours.dropFirst(index).first, theirs.dropFirst(index).first)
            guard own == other else { return "after \(key): \(own ?? "nothing") and not \(other ?? "nothing")" }
            if ours.dropFirst(index + 1).first == ":" { key = ours[index] }
        }
        return nil
    }

    /// Texts, numbers and signs of a line of JSON.
    private static func tokens(_ line: String) -> [String] {
        var tokens: [String] = []
        var rest = Array(line.utf8)[...]
        while let first = rest.first {
            var end = rest.startIndex + 1
            if first == UInt8(ascii: "\"") {
                while end < rest.endIndex, rest[end] != first { end += rest[end] == UInt8(ascii: "\\") ? 2 : 1 }
                end = min(end + 1, rest.endIndex)
            } else if !"{}[]:,".utf8.contains(first) {
                while end < rest.endIndex, !"{}[]:,".utf8.contains(rest[end]) { end += 1 }
            }
            var token = String(decoding: rest[..<end], as: UTF8.self)
            if first != UInt8(ascii: "\""), token.contains(".") {
                while token.hasSuffix("0") { token.removeLast() }
                if token.hasSuffix(".") { token.removeLast() }
            }
            tokens.append(token)
            rest = rest[end...]
        }
        return tokens
    }

    @Test func differences() {
        #expect(Self.difference(#"{"a":1.50,"b":[2.00,"0.10"]}"#, #"{"a":1.5,"b":[2,"0.10"]}"#) == nil)
        #expect(Self.difference(#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#) != nil)
        #expect(Self.difference(#"{"a":10}"#, #"{"a":1}"#) == #"after "a": 10 and not 1"#)
        #expect(Self.difference(#"{"a":"1.0"}"#, #"{"a":"1"}"#) != nil)
        #expect(Self.difference(#"{"a":[]}"#, #"{"a":[]},"b""#) != nil)
    }
}

/// Lines with the pairs that each message makes.
private final class PairCollector: RecordSink {
    let inquiry = Inquiry([], relates: true)
    private(set) var pairs: [(request: UInt64, answer: UInt64, text: String)] = []
    private var number: UInt64 = 0
    private var filters: Set<UInt64> = []
    private let ticks: Int64

    private init(nanosecondsATick ticks: Int64) { self.ticks = ticks }

    let wants = Wants(.summary, info: false)
    func begin() {}
    func end() {}

    func write(_ record: borrowing Record, _ bytes: RawSpan) {
        guard record.isMessage else { return }
        number += 1
        // Of an answer of several messages the first counts.
        for pair in inquiry.related where pair.kind != .cfilters || filters.insert(pair.requestMessage).inserted {
            let time = pair.responseTime.map { "\($0 / ticks)" } ?? "unknown"
            let text = "pair \(pair.requestMessage) \(number) \(time)"
            pairs.append((pair.requestMessage, number, text))
        }
    }

    static func pairs(of path: String, keys: String?) throws -> [String] {
        let collector = PairCollector(nanosecondsATick: path.contains("nanosecond") ? 1 : 1_000)
        var options = PipelineOptions()
        options.inquiry = collector.inquiry
        options.observation = .connections
        options.keys = keys.map { KeyLog(path: $0) }
        var pipeline = Pipeline(options, writer: collector)
        var files = CaptureFiles(paths: [path])
        var failure: (any Error)?
        while try files.next({ header, bytes in
            do { try pipeline.receive(header, bytes) } catch { failure = error }
        }) {}
        if let failure { throw failure }
        pipeline.finish()
        return collector.pairs.sorted { ($0.answer, $0.request) < ($1.answer, $1.request) }.map(\.text)
    }
}
