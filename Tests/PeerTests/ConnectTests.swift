#if Peer
import Foundation
import Support
import Testing

@Suite struct ConnectTests {
    let peers: ScriptedPeers

    init() throws { peers = try ScriptedPeers.shared() }

    @Test func shakesHandsAndShowsTheVersion() throws {
        let end = try PeerProgram.run(["connect", peers.target(.honest)])
        #expect(end.status == 0, "\(end.errors)")
        let commands = end.lines.prefix { !$0.isEmpty }.map { String($0.dropFirst(8)) }
        #expect(commands.first?.hasPrefix("  connected to \(peers.target(.honest))") == true, "\(end.output)")
        #expect(
            commands.dropFirst().first?.hasPrefix("→ version     70016 /btcshark:0.1.0/ height 0, no relay") == true)
        for line in ["← version     70016 /Satoshi:28.1.0/ height 870000", "← wtxidrelay", "→ sendaddrv2", "→ verack"] {
            #expect(commands.contains { $0.hasPrefix(line) }, "\(line) in \(end.output)")
        }
        #expect(commands.last?.hasPrefix("  handshake complete in ") == true, "\(end.output)")
        #expect(end.output.contains("    User agent: /Satoshi:28.1.0/"), "\(end.output)")
        #expect(end.output.contains("Good"), "the checksum is the peer's own: \(end.output)")
    }

    /// Each way in which a peer does not shake hands has its word.
    @Test(arguments: [
        (ScriptedPeers.Kind.silent, "timeout-version"), (.half, "timeout-version"), (.drip, "timeout-version"),
        (.halfclose, "closed-before-version"), (.reset, "closed-before-version"), (.magic, "not-bitcoin"),
        (.http, "not-bitcoin"), (.network, "wrong-network"), (.long, "too-long"), (.endless, "too-much"),
        (.badsum, "bad-checksum"), (.noverack, "timeout-verack"), (.closeafter, "closed-before-verack"),
        (.short, "bad-version"), (.echo, "ourselves"), (.garbage, "not-bitcoin"), (.wrongpong, "timeout-pong"),
        (.nopong, "timeout-pong"),
    ])
    func namesWhatWentWrong(_ kind: ScriptedPeers.Kind, _ word: String) throws {
        let end = try PeerProgram.run(["connect", peers.target(kind), "--timeout", "1.5"])
        #expect(end.status == 3, "\(end)")
        #expect(end.errors.hasPrefix("btcshark: \(word): "), "\(end.errors)")
        #expect(!end.output.contains("handshake complete"))
    }

    @Test func saysThatNobodyListens() throws {
        let end = try PeerProgram.run(["connect", peers.refused()])
        #expect(end.status == 3)
        #expect(end.errors.hasPrefix("btcshark: refused: "), "\(end.errors)")
    }

    @Test func asksSendsAndPings() throws {
        let file = try Folder()
        let feefilter = "f9beb4d966656566696c74657200000008000000e80fd19fe803000000000000"
        let end = try PeerProgram.run([
            "connect", peers.target(.honest), "--getaddr", "--ping", "3", "--send",
            try file.write(Array(feefilter.utf8), as: "feefilter.hex"),
        ])
        #expect(end.status == 0, "\(end.errors)")
        #expect(end.output.contains("← addr        3 addresses"), "\(end.output)")
        #expect(end.output.contains("→ --send 32 bytes: feefilter"), "\(end.output)")
        #expect(end.output.contains("3 of 3 pings answered, round trip "), "\(end.output)")
    }

    @Test func answersThePeersPing() throws {
        let end = try PeerProgram.run(["connect", peers.target(.chatty)])
        #expect(end.status == 0, "\(end.errors)")
        #expect(end.output.contains("→ pong"))
        #expect(end.output.contains("← surprise 5 bytes, of a type that is not known"), "\(end.output)")
    }

    /// A node of before 2021 would not know `wtxidrelay` and `sendaddrv2`.
    @Test func negotiatesNothingWithOldPeers() throws {
        let end = try PeerProgram.run(["connect", peers.target(.old)])
        #expect(end.status == 0, "\(end.errors)")
        #expect(!end.output.contains("wtxidrelay") && !end.output.contains("sendaddrv2"), "\(end.output)")
    }

    @Test func escapesWhatThePeerSays() throws {
        let end = try PeerProgram.run(["connect", peers.target(.escapes)])
        #expect(end.status == 0, "\(end.errors)")
        #expect(end.output.contains(#"/\x1b[2J\x1b]0;owned\x07"#), "\(end.output)")
        for text in [end.output, end.errors] {
            #expect(
                !text.unicodeScalars.contains {
                    $0.value < 0x20 && $0 != "\n" || (0x7f...0x9f).contains($0.value) || $0 == "\u{202e}"
                })
        }
    }

    @Test func callsByIPv6AndByName() throws {
        for host in ["[::1]:\(peers.port)", "localhost:\(peers.port)"] {
            let end = try PeerProgram.run(["connect", host])
            #expect(end.status == 0, "\(host): \(end.errors)")
        }
    }

    @Test func goesThroughAProxy() throws {
        let proxy = ["--proxy", "127.0.0.1:\(peers.proxyPort)"]
        let name = "expyuzz4wqqyqhjnaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaad.onion"
        for host in [name, peers.target(.honest), "[::1]:\(peers.port)"] {
            let end = try PeerProgram.run(["connect", host] + proxy)
            #expect(end.status == 0, "\(host): \(end.errors)")
        }
        let refused = try PeerProgram.run(["connect", peers.refused()] + proxy)
        #expect(refused.status == 3 && refused.errors.hasPrefix("btcshark: refused: "), "\(refused.errors)")
        let unreachable = try PeerProgram.run(["connect", "unreachable.onion"] + proxy)
        #expect(unreachable.errors.hasPrefix("btcshark: unreachable: "), "\(unreachable.errors)")
        let wrong = try PeerProgram.run(["connect", name, "--proxy", peers.target(.http), "--timeout", "1.5"])
        #expect(wrong.errors.hasPrefix("btcshark: proxy-failed: "), "\(wrong.errors)")
        let without = try PeerProgram.run(["connect", name])
        #expect(without.status == 1 && without.errors.contains("--proxy"), "\(without.errors)")
    }

    @Test(arguments: [
        ["connect"], ["connect", "a:b:c"], ["connect", "127.0.0.1:0"], ["connect", "127.0.0.1", "--ping", "-1"],
    ])
    func refusesWrongArguments(_ arguments: [String]) throws {
        let end = try PeerProgram.run(arguments)
        #expect(end.status == 1 && end.errors.contains("btcshark connect --help"), "\(end)")
    }

    @Test func leavesInterrupted() throws {
        let run = try PeerProgram.start(["connect", peers.target(.honest), "--stay", "60"], hearsSignals: true)
        #expect(try eventually { try run.output.contains("verack") })
        run.process.interrupt()
        let end = try run.finish()
        #expect(end.status == 130 && !end.wasSignalled, "\(end)")
        #expect(end.output.contains("User agent: /Satoshi:28.1.0/"), "what was learnt is shown: \(end.output)")
    }

    /// Every thread is nobody's, without a capability, while it speaks with a stranger.
    @Test(.enabled(if: geteuid() == 0, "needs root, to see it given up")) func isNotRoot() throws {
        let run = try PeerProgram.start(["connect", peers.target(.silent), "--timeout", "3"])
        let tasks = "/proc/\(run.process.processIdentifier)/task"
        var lines: [String] = []
        // Two threads or more: it has connected.
        _ = eventually {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
            lines = names.flatMap { name -> [String] in
                let status = try? String(contentsOfFile: "\(tasks)/\(name)/status", encoding: .utf8)
                return (status ?? "").split(separator: "\n").map(String.init).filter { line in
                    ["Uid:", "CapEff:", "CapPrm:"].contains { line.hasPrefix($0) }
                }
            }
            if !lines.contains(where: { $0.hasPrefix("Uid:\t65534") }) { lines = [] }
            return lines.count >= 6 || !run.process.isRunning
        }
        #expect(lines.count >= 6)
        for line in lines where line.hasPrefix("Uid:") {
            #expect(line == "Uid:" + String(repeating: "\t65534", count: 4))
        }
        for line in lines where line.hasPrefix("Cap") { #expect(line.hasSuffix("\t0000000000000000"), "\(line)") }
        #expect(try run.finish().status == 3)
    }
}
#endif
