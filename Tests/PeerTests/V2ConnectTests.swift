#if Peer
import Foundation
import Support
import Testing

@Suite struct V2ConnectTests {
    private static let said = ["version", "wtxidrelay", "sendaddrv2", "verack", "ping"]

    @Test(arguments: [V2Peer.Kind.honest, .decoys])
    func shakesHandsEncrypted(_ kind: V2Peer.Kind) throws {
        let peer = try V2Peer(kind)
        let end = try PeerProgram.run(["connect", "127.0.0.1:\(peer.port)", "--v2"])
        #expect(end.status == 0, "\(end.errors)")
        #expect(end.output.contains("keys of v2 agreed") && end.output.contains("/v2peer:1/"), "\(end.output)")
        #expect(peer.received == Self.said)
    }

    @Test func callsAgainWithV1() throws {
        let peer = try V2Peer(.v1Only)
        let end = try PeerProgram.run(["connect", "127.0.0.1:\(peer.port)", "--v2"])
        #expect(end.status == 0, "\(end)")
        #expect(end.output.contains("the peer does not know v2: again with v1"), "\(end.output)")
        #expect(peer.received == Self.said)
    }

    @Test(arguments: [
        (V2Peer.Kind.damaged, "not-authentic"), (.endless, "too-much"), (.random, "not-bitcoin"),
        (.silent, "timeout-version"),
    ])
    func namesWhatWentWrong(_ kind: V2Peer.Kind, _ word: String) throws {
        let peer = try V2Peer(kind)
        let end = try PeerProgram.run(["connect", "127.0.0.1:\(peer.port)", "--v2", "--timeout", "2"])
        #expect(end.status == 3 && end.errors.hasPrefix("btcshark: \(word): "), "\(end)")
    }

    /// The capture of an encrypted connection says with its key log what the timeline said.
    @Test func isReadBackWithItsKeyLog() throws {
        let peer = try V2Peer(.decoys)
        let folder = try Folder()
        let (capture, keys) = (folder.path + "/v2.pcap", folder.path + "/v2.keys")
        let feefilter = "f9beb4d966656566696c74657200000008000000e80fd19fe803000000000000"
        let end = try PeerProgram.run([
            "connect", "127.0.0.1:\(peer.port)", "--v2", "--write-pcap", capture, "--write-keylog", keys, "--ping", "2",
            "--send", try folder.write(Array(feefilter.utf8), as: "feefilter"),
        ])
        #expect(end.status == 0, "\(end.errors)")
        #expect(peer.received == Self.said + ["feefilter", "ping", "ping"])
        let options = [
            "-r", capture, "-Y", "bitcoin.command", "-T", "fields", "-e", "tcp.srcport", "-e", "bitcoin.command",
        ]
        let read = try PeerProgram.run(options + ["--keylog", keys])
        #expect(read.status == 0, "\(read.errors)")
        let found = read.lines.dropLast().map { $0.split(separator: "\t").map(String.init) }
        #expect(found.filter { $0[0] != "\(peer.port)" }.map { $0[1] } == peer.received, "\(read.output)")
        let answers = ["version", "wtxidrelay", "verack", "pong", "pong", "pong"]
        #expect(found.filter { $0[0] == "\(peer.port)" }.map { $0[1] } == answers, "\(read.output)")
        let without = try PeerProgram.run(options)
        #expect(without.output.isEmpty, "without the keys nothing is read")
        let mode = try FileManager.default.attributesOfItem(atPath: keys)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}
#endif
