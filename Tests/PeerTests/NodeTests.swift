#if Peer
import Foundation
import Support
import Testing

/// A node of Bitcoin Core, or of Bitcoin Knots, as witness: `bitcoind` on the path, or what BTCSHARK_BITCOIND names.
private let bitcoind: String? = {
    let environment = ProcessInfo.processInfo.environment
    if let named = environment["BTCSHARK_BITCOIND"] { return named }
    return (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/bitcoind" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }
}()

@Suite(.enabled(if: bitcoind != nil, "needs bitcoind: Debian's bitcoin-knots, or BTCSHARK_BITCOIND=program"))
struct NodeTests {
    /// A node of regtest that listens on loopback only, and its log.
    private final class Node {
        let port = Int.random(in: 20_000..<30_000)
        private let folder: Folder
        private let process = Process()

        init(_ options: String...) throws {
            folder = try Folder()
            process.executableURL = URL(fileURLWithPath: try #require(bitcoind))
            process.arguments =
                [
                    "-regtest", "-datadir=\(folder.path)", "-bind=127.0.0.1:\(port)", "-debug=net", "-dnsseed=0",
                    "-fixedseeds=0", "-listenonion=0", "-server=0", "-printtoconsole=0",
                ] + options
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            for _ in 0..<600 where !log.contains("msghand thread start") { usleep(100_000) }
        }

        deinit {
            // It has inherited that threads of tests hear no other signal.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }

        var log: String {
            (try? String(contentsOfFile: folder.path + "/regtest/debug.log", encoding: .utf8)) ?? ""
        }

        func logs(_ text: String) -> Bool {
            for _ in 0..<50 where !log.contains(text) { usleep(100_000) }
            return log.contains(text)
        }
    }

    @Test(arguments: [false, true])
    func takesUsForAPeer(_ isV2: Bool) throws {
        let node = try Node()
        let options = ["connect", "127.0.0.1:\(node.port)", "--network", "regtest", "--ping", "1"]
        let end = try PeerProgram.run(options + (isV2 ? ["--v2"] : []))
        #expect(end.status == 0, "\(end)")
        #expect(node.logs("New inbound \(isV2 ? "v2" : "v1") peer connected: version: 70016"), "\(node.log)")
        #expect(node.logs("received: pong (8 bytes)"), "our answer to its ping was read")
        #expect(!node.log.contains("Misbehaving") && !node.log.contains("ignoring"), "\(node.log)")
        // What we said, as the node read it.
        for line in ["receive version message: /btcshark:0.1.0/: version 70016, blocks=0", "txrelay=0"] {
            #expect(node.log.contains(line))
        }
    }

    @Test func isCalledAgainWithV1() throws {
        let node = try Node("-v2transport=0")
        let end = try PeerProgram.run(["connect", "127.0.0.1:\(node.port)", "--network", "regtest", "--v2"])
        #expect(end.status == 0 && end.output.contains("again with v1"), "\(end)")
        #expect(node.logs("New inbound v1 peer connected"))
    }

    @Test func readsWhatIsSent() throws {
        let node = try Node()
        let folder = try Folder()
        let message = try folder.write(
            Array("fabfb5da66656566696c74657200000008000000e80fd19fe803000000000000".utf8), as: "feefilter")
        let end = try PeerProgram.run(
            ["connect", "127.0.0.1:\(node.port)", "--network", "regtest", "--v2", "--send", message])
        #expect(end.status == 0, "\(end)")
        #expect(node.logs("received: feefilter of 0.00001000 BTC/kvB"), "\(node.log)")
    }
}
#endif
