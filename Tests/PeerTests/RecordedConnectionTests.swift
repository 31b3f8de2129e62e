#if Peer
import Foundation
import Support
import Testing

/// What `--write-pcap` writes, read by the program itself.
@Suite struct RecordedConnectionTests {
    @Test(arguments: ["127.0.0.1", "[::1]"])
    func hasTheMessagesOfTheTimeline(_ host: String) throws {
        let peers = try ScriptedPeers.shared()
        let folder = try Folder()
        let capture = folder.path + "/connection.pcap"
        let end = try PeerProgram.run([
            "connect", "\(host):\(peers.port)", "--ping", "2", "--getaddr", "--write-pcap", capture,
        ])
        #expect(end.status == 0, "\(end.errors)")
        // Arrow and command.
        let said = end.lines.prefix { !$0.isEmpty }.compactMap { line -> String? in
            let words = line.split(separator: " ")
            guard words.count > 2, ["→", "←"].contains(words[1]) else { return nil }
            return "\(words[1]) \(words[2])"
        }
        #expect(said.count > 12)
        let read = try PeerProgram.run([
            "-r", capture, "-T", "fields", "-e", "bitcoin.command", "-e", "tcp.srcport", "-e",
            "bitcoin.checksum.status",
        ])
        #expect(read.status == 0 && read.errors.isEmpty, "\(read.errors)")
        let found = read.lines.dropLast().map { line in line.split(separator: "\t").map(String.init) }
        let written = found.map { ($0[1] == "\(peers.port)" ? "← " : "→ ") + $0[0] }
        // Both sides speak at once: only the order of each side's own is certain.
        for arrow in ["→", "←"] {
            #expect(written.filter { $0.hasPrefix(arrow) } == said.filter { $0.hasPrefix(arrow) })
        }
        #expect(found.allSatisfy { $0[2] == "1" || $0[2] == "Good" }, "\(read.output)")
        let whole = try PeerProgram.run(["-r", capture, "-q", "-z", "connections", "-T", "ndjson"])
        #expect(whole.status == 0 && whole.output.contains("\"initiator_user_agent\":\"/btcshark:0.1.0/\""), "\(whole)")
        let remarks = try PeerProgram.run(["-r", capture, "-q", "-z", "expert"])
        #expect(!remarks.output.contains("Error") && !remarks.output.contains("Warn"), "\(remarks.output)")
    }

    @Test func isRefusedBeforeAnybodyIsCalled() throws {
        let folder = try Folder()
        let end = try PeerProgram.run(["connect", "127.0.0.1:1", "--write-pcap", folder.path + "/missing/x.pcap"])
        #expect(end.status == 2 && end.errors.contains("No such file"), "\(end)")
    }
}
#endif
