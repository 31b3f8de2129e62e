#if Peer
import Foundation
import Support
import Testing

/// What the environment asks for beside the small numbers of `make test`.
private func number(_ name: String, or small: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? small
}

/// A row, as far as tests look at it.
struct Row: Decodable {
    let target: String
    let outcome: String
    let begun: Double
    let end_ms: Double
    let version: Int?
    let user_agent: String?
    let fingerprint: String?

    static func read(_ path: String) throws -> [Row] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        if let last = data.last { #expect(last == 0x0a, "the file ends within a row") }
        return try data.split(separator: 0x0a).map { try JSONDecoder().decode(Row.self, from: $0) }
    }
}

@Suite struct SurveyTests {
    private let peers: ScriptedPeers
    private let folder: Folder
    private var rows: String { folder.path + "/rows.ndjson" }

    init() throws {
        peers = try ScriptedPeers.shared()
        folder = try Folder()
        // Who was root and has become somebody else may not open anything in it any more.
        chmod(folder.path, 0o700)
    }

    /// What comes of each kind of peer; fuzzed ones may end in any way.
    private static let outcomes: [ScriptedPeers.Kind: String] = [
        .honest: "ok", .silent: "timeout-version", .half: "timeout-version", .halfclose: "closed-before-version",
        .drip: "timeout-version", .magic: "not-bitcoin", .network: "wrong-network", .long: "too-long",
        .reset: "closed-before-version", .endless: "too-much", .http: "not-bitcoin", .badsum: "bad-checksum",
        .noverack: "timeout-verack", .closeafter: "closed-before-verack", .short: "bad-version", .echo: "ourselves",
        .garbage: "not-bitcoin", .wrongpong: "timeout-pong", .nopong: "timeout-pong", .old: "ok", .escapes: "ok",
        .flood: "too-much", .chatty: "ok",
    ]

    /// How many rows are in the file by now.
    private var writtenRows: Int {
        ((try? Data(contentsOf: URL(fileURLWithPath: rows))) ?? Data()).count { $0 == 0x0a }
    }

    private func write(_ targets: [String], as name: String = "targets") throws -> String {
        try folder.write(Array((targets.joined(separator: "\n") + "\n").utf8), as: name)
    }

    private func survey(_ targets: [String], _ options: String...) throws -> ProgramEnd {
        try PeerProgram.run(["survey", try write(targets), "-o", rows] + options)
    }

    /// Full size: PEER_SURVEY=5000.
    @Test func eachKindOfPeerHasItsOutcome() throws {
        let count = number("PEER_SURVEY", or: 120)
        var targets: [String] = []
        var expected: [String: String] = [:]
        let kinds = Self.outcomes.keys.sorted { $0.rawValue < $1.rawValue }
        for index in 0..<count {
            let place = index / (kinds.count + 1)
            let kind = index % (kinds.count + 1)
            let target = kind == kinds.count ? peers.refused(place) : peers.target(kinds[kind], place)
            targets.append(target)
            expected[target] = kind == kinds.count ? "refused" : Self.outcomes[kinds[kind]]
        }
        let end = try survey(targets, "--concurrency", "256", "--handshake-timeout", count > 1000 ? "5" : "2")
        #expect(end.status == 0, "\(end.errors)")
        let found = try Row.read(rows)
        #expect(found.count == count && Set(found.map(\.target)).count == count)
        for row in found {
            if row.outcome != expected[row.target] {
                Issue.record("\(row.target): \(row.outcome), not \(expected[row.target] ?? "called")")
                return
            }
        }
        #expect(end.errors.filter { $0 != "," }.contains("\(count) targets called in "), "\(end.errors)")
        #expect(end.output.contains("/Satoshi:28.1.0/"), "a census ends it: \(end.output)")
        let again = try PeerProgram.run(["survey", "--census", rows])
        #expect(again.status == 0 && again.output == end.output, "the same census of the rows: \(again)")
    }

    @Test func saysNothingButTheHandshake() throws {
        let log = folder.path + "/log"
        let peers = try ScriptedPeers(log: log)
        let targets = (0..<5).map { peers.target(.chatty, $0) }
        let end = try survey(targets, "--contact", "ops@example.org")
        #expect(end.status == 0, "\(end.errors)")
        let allowed = ["version", "wtxidrelay", "sendaddrv2", "verack", "ping", "pong"]
        let received = try Received.read(log)
        #expect(received.count == 5)
        for peer in received {
            #expect(peer.received.map { $0[0] } == allowed, "\(peer)")
            let version = try #require(peer.received.first)[1]
            // Version 70016; no services; behind the name neither a height nor relay.
            #expect(version.hasPrefix("80110100" + "0000000000000000"))
            let name = "/btcshark:0.1.0(ops@example.org)/".utf8.map { String($0, radix: 16) }.joined()
            #expect(version.hasSuffix(name + "0000000000"), "\(version)")
        }
    }

    @Test func goesOnAfterItWasKilled() throws {
        let targets = (0..<60).map { peers.target($0 % 3 == 0 ? .silent : .honest, $0) }
        let path = try write(targets)
        let options = ["survey", path, "-o", rows, "--handshake-timeout", "1", "--concurrency", "10", "-q"]
        let first = try PeerProgram.start(options + ["--rate", "30"])
        // In the middle, whatever the machine's load is.
        #expect(eventually { writtenRows >= 15 })
        kill(first.process.processIdentifier, SIGKILL)
        #expect(try first.finish().wasSignalled)
        // As if it had been killed within a write.
        let file = try #require(FileHandle(forWritingAtPath: rows))
        try file.seekToEnd()
        try file.write(contentsOf: Data(#"{"target":"127.0.0.9:1","addr"#.utf8))
        try file.close()
        let unasked = try PeerProgram.run(options)
        #expect(unasked.status == 2 && unasked.errors.contains("--resume"), "\(unasked)")
        let end = try PeerProgram.run(options + ["--resume"])
        #expect(end.status == 0, "\(end.errors)")
        let found = try Row.read(rows)
        #expect(found.count == 60 && Set(found.map(\.target)) == Set(targets))
        let nothing = try PeerProgram.run(options + ["--resume"])
        #expect(nothing.status == 0, "\(nothing)")
        #expect(try Row.read(rows).count == 60)
        #expect(nothing.output == end.output, "the census is of all rows")
    }

    @Test func leavesAWholeFileWhenInterrupted() throws {
        let targets = (0..<40).map { peers.target($0 < 20 ? .honest : .silent, $0) }
        let run = try PeerProgram.start(
            ["survey", try write(targets), "-o", rows, "--concurrency", "30", "--handshake-timeout", "60"],
            hearsSignals: true)
        #expect(eventually { writtenRows == 20 })
        run.process.interrupt()
        let end = try run.finish()
        #expect(end.status == 130 && !end.wasSignalled, "\(end)")
        let found = try Row.read(rows)
        #expect(found.count == 20 && found.allSatisfy { $0.outcome == "ok" }, "\(found)")
        #expect(end.errors.contains("20 targets called") && end.errors.contains("20 left"), "\(end.errors)")
    }

    @Test func keepsItsRate() throws {
        let end = try survey((0..<41).map { peers.target(.honest, $0) }, "--rate", "40")
        #expect(end.status == 0, "\(end.errors)")
        let begun = try Row.read(rows).map(\.begun)
        let (first, last) = try (#require(begun.min()), #require(begun.max()))
        // 40 turns of 25 ms, of which the first call may be a little late.
        #expect(last - first > 0.8, "41 calls in \(last - first) s")
    }

    @Test func keepsItsNumberAtOnce() throws {
        let end = try survey(
            (0..<24).map { peers.target(.silent, $0) }, "--concurrency", "8", "--handshake-timeout", "0.4")
        #expect(end.status == 0, "\(end.errors)")
        let found = try Row.read(rows)
        for row in found {
            // What a row says of its end is cut to microseconds.
            let others = found.count { $0.begun <= row.begun && row.begun < $0.begun + $0.end_ms / 1000 }
            #expect(others <= 8, "\(others) at once")
        }
        #expect(found.contains { row in found.count { abs($0.begun - row.begun) < 0.3 } == 8 }, "never 8 at once")
    }

    @Test func leaksNoDescriptor() throws {
        let targets = (0..<200).map { peers.target($0 % 2 == 0 ? .honest : .badsum, $0) } + [peers.target(.silent)]
        let run = try PeerProgram.start(
            ["survey", try write(targets), "-o", rows, "--concurrency", "50", "--handshake-timeout", "60"],
            hearsSignals: true)
        #expect(eventually { writtenRows == 200 })
        var left = Int.max
        let isFew = {
            let place = "/proc/\(run.process.processIdentifier)/fd"
            left = try FileManager.default.contentsOfDirectory(atPath: place).count
            return left <= 25
        }
        #expect(try eventually(isFew), "\(left) descriptors are open with one connection left")
        run.process.interrupt()
        #expect(try run.finish().status == 130)
    }

    /// Full size: PEER_FUZZ=10000.
    @Test func outlivesFuzzedPeers() throws {
        let count = number("PEER_FUZZ", or: 60)
        let peers = try ScriptedPeers(seed: ProcessInfo.processInfo.environment["PEER_SEED"] ?? "1")
        let end = try survey(
            (0..<count).map { peers.target(.fuzz, $0) }, "--concurrency", "256", "--handshake-timeout", "1.5")
        #expect(end.status == 0, "\(end)")
        let found = try Row.read(rows)
        #expect(found.count == count)
        #expect(found.allSatisfy { $0.end_ms < 3_500 }, "a meeting outlived its deadline")
        #expect(Set(found.map(\.outcome)).count > 3, "they were not very different")
        for text in [end.output, end.errors] {
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7f...0x9f).contains($0.value) })
        }
    }

    @Test func takesTargetsFromACapture() throws {
        let capture = folder.path + "/capture.pcap"
        let asked = try PeerProgram.run(["connect", peers.target(.honest), "--getaddr", "--write-pcap", capture])
        #expect(asked.status == 0, "\(asked.errors)")
        let end = try PeerProgram.run(["survey", capture, "-o", rows])
        #expect(end.status == 0, "\(end.errors)")
        #expect(Set(try Row.read(rows).map(\.target)) == Set((1...3).map { "127.0.0.\($0):\(peers.port)" }))
    }

    @Test func leavesOutWhatIsExcludedAndRepeated() throws {
        let targets = (0..<4).map { peers.target(.honest, $0) }
        let excluded = try write([targets[1], "# nobody", ""], as: "excluded")
        let end = try survey(targets + targets + ["  \(targets[2])  # again"], "--exclude", excluded)
        #expect(end.status == 0, "\(end.errors)")
        #expect(end.errors.contains("5 of the targets are named again"), "\(end.errors)")
        #expect(Set(try Row.read(rows).map(\.target)) == Set([targets[0], targets[2], targets[3]]))
    }

    @Test func writesRowsToStandardOutput() throws {
        let end = try PeerProgram.run(["survey", "-"], input: Array((peers.target(.escapes) + "\n").utf8))
        #expect(end.status == 0, "\(end.errors)")
        let row = try JSONDecoder().decode(Row.self, from: Data(end.output.utf8))
        #expect(row.user_agent == #"/\x1b[2J\x1b]0;owned\x07\xc2\x9b31m\xe2\x80\xae"}\n{/"#, "\(end.output)")
        #expect(row.fingerprint == "version verack pong")
    }

    /// None of these calls anybody: they are refused before.
    @Test func isAGoodGuest() throws {
        let many = try write((0..<101).map { "8.8.\($0).8" })
        let few = try write(["8.8.8.8", "127.0.0.1"], as: "few")
        for (arguments, complaint) in [
            ([many], "--contact"), ([many, "--contact", "ops@example.org"], "--i-may-scan"),
            ([few, "--rate", "101"], "at most 100 a second"), ([few, "--concurrency", "257"], "at most 256"),
            ([few, "--contact", "no/body (me)"], "--contact: "),
        ] {
            let end = try PeerProgram.run(["survey"] + arguments)
            #expect(end.status == 1 && end.errors.contains(complaint) && end.output.isEmpty, "\(arguments): \(end)")
        }
    }

    /// A file that is none of a survey, or of another network, stays as it is.
    @Test(arguments: [
        "notes without an end of line", "notes\n", "{\"target\":\"127.0.0.1:1\",\"network\":\"regtest\"}\n",
    ])
    func resumesNothingElse(_ text: String) throws {
        let path = folder.path + "/foreign"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        let end = try PeerProgram.run(["survey", try write(["127.0.0.1:9"]), "-o", path, "--resume"])
        #expect(end.status == 2 && end.errors.contains("line 1"), "\(end)")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }

    @Test func namesTheLineThatIsNoTarget() throws {
        let end = try PeerProgram.run(["survey", try write(["127.0.0.1", "# all", "", "127.0.0.1:99999"])])
        #expect(end.status == 2 && end.errors.contains("line 4: '127.0.0.1:99999' is not"), "\(end)")
        let name = try PeerProgram.run(["survey", try write(["localhost"])])
        #expect(name.status == 1 && name.errors.contains("localhost:8333 is a name"), "\(name)")
        let missing = try PeerProgram.run(["survey", folder.path + "/missing"])
        #expect(missing.status == 2 && missing.errors.contains("No such file"), "\(missing)")
    }
}
#endif
