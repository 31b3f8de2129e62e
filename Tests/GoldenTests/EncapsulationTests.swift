import Foundation
import Testing

/// Captures of each link type and encapsulation, made by scapy (`Encapsulations/make.py`), as tshark reads them.
///
/// Each holds two frames, around IPv4 and around IPv6. In each is a segment with a ping, whose nonce is its port less 9999.
@Suite struct EncapsulationTests {
    static let folder = Program.root.appendingPathComponent("Tests/GoldenTests/Encapsulations")
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".pcap") }.sorted()

    /// Of link types that tshark 4.0 does not know.
    static let unreadByTshark: Set = ["brcm-tag.pcap", "dsa-ether.pcap", "dsa.pcap"]

    @Test func thereAreMany() {
        #expect(Self.names.count >= 50)
        #expect(Self.unreadByTshark.isSubset(of: Self.names))
    }

    @Test(arguments: names)
    func read(_ name: String) throws {
        let path = Self.folder.appendingPathComponent(name).path
        let ours = try Program.run(["-r", path, "-T", "fields"] + Self.fields(nonce: "bitcoin.ping.nonce"))
        #expect(ours.status == 0 && ours.errorText == "", "\(ours.errorText)")
        let rows = ours.outputText.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
        #expect(rows.count == 2)
        for (frame, row) in zip(1..., rows) {
            let port = Int(row[1]) ?? 0
            #expect(
                row[0] == String(frame) && row[2] == "ping" && Int(row[3].dropFirst(2), radix: 16) == port - 9999,
                "\(row)")
        }
    }

    @Test(
        .enabled(if: Program.isInstalled("tshark"), "tshark is not installed"),
        arguments: names.filter { !unreadByTshark.contains($0) })
    func readAsTshark(_ name: String) throws {
        let path = Self.folder.appendingPathComponent(name).path
        let ours = try Program.run(["-r", path, "-T", "fields"] + Self.fields(nonce: "bitcoin.ping.nonce"))
        let theirs = try Program.other(
            ["tshark", "-r", path, "-T", "fields"] + Self.fields(nonce: "bitcoin.ping.nonce"))
        #expect(ours.outputText == theirs.outputText)
    }

    private static func fields(nonce: String) -> [String] {
        ["frame.number", "tcp.srcport", "bitcoin.command", nonce].flatMap { ["-e", $0] }
    }
}
