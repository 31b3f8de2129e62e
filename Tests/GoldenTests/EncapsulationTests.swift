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

    /// Where Wireshark has another layer, or another name for one.
    private static let otherPaths: Set = [
        "chdlc-in-ppp.pcap", "nsh-gpe.pcap", "nsh-md2.pcap", "pbb.pcap", "pktap.pcap", "ppi.pcap", "ppi-802.11.pcap",
        "qinq.pcap", "radiotap-data.pcap", "radiotap-fcs.pcap", "radiotap-fields.pcap", "radiotap-qos.pcap",
        "radiotap-wds.pcap", "teredo.pcap", "vxlan-gpe.pcap", "vxlan-gpe-ethernet.pcap",
    ]

    /// The protocols that lead to a message, and what their headers say.
    @Test(
        .enabled(if: Program.isInstalled("tshark"), "tshark is not installed"),
        arguments: names.filter { !unreadByTshark.contains($0) })
    func headersAsTshark(_ name: String) throws {
        let path = Self.folder.appendingPathComponent(name).path
        let fields = ["frame.protocols", "eth.src", "eth.dst", "frame.cap_len", "tcp.flags"].flatMap { ["-e", $0] }
        let ours = try Program.run(["-r", path, "-T", "fields"] + fields)
        let theirs = try Program.other(["tshark", "-r", path, "-T", "fields"] + fields)
        func rows(_ outcome: Outcome) -> [[String]] {
            outcome.outputText.split(separator: "\n").map { row in
                var cells = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                // tshark counts Bitcoin twice where it has recognised it, and for each message.
                while cells[0].hasSuffix(":bitcoin:bitcoin") { cells[0].removeLast(":bitcoin".count) }
                if Self.otherPaths.contains(name) { cells[0] = "" }
                return cells
            }
        }
        #expect(rows(ours).count == 2 && rows(ours) == rows(theirs))
    }

    private static func fields(nonce: String) -> [String] {
        ["frame.number", "tcp.srcport", "bitcoin.command", nonce].flatMap { ["-e", $0] }
    }
}
