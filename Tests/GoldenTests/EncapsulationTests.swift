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

    private static let fields = [
        "frame.number", "tcp.srcport", "bitcoin.command", "bitcoin.ping.nonce", "frame.protocols", "eth.src", "eth.dst",
        "frame.len", "frame.cap_len", "tcp.flags",
    ]

    /// What tshark says of all that it knows, by their ports: as one capture, for it takes long to start.
    private static let theirs: [String: [String]] = {
        let merged = Program.workspace.appendingPathComponent("encapsulations.pcapng").path
        let paths = names.filter { !unreadByTshark.contains($0) }.map { folder.appendingPathComponent($0).path }
        guard (try? Program.other(["mergecap", "-a", "-F", "pcapng", "-w", merged] + paths))?.status == 0,
            let rows = try? rows("tshark", merged)
        else { return [:] }
        return Dictionary(rows.map { ($0[1], $0) }, uniquingKeysWith: { $1 })
    }()

    private static func rows(_ program: String, _ path: String) throws -> [[String]] {
        let outcome = try Program.other([program, "-r", path, "-T", "fields"] + fields.flatMap { ["-e", $0] })
        try #require(outcome.status == 0, "\(outcome.errorText)")
        if program == "btcshark" { #expect(outcome.errorText == "") }
        let rows = outcome.outputText.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        try #require(rows.allSatisfy { $0.count == fields.count })
        return rows
    }

    /// Where Wireshark has another layer, or another name for one.
    private static let otherPaths: Set = [
        "chdlc-in-ppp.pcap", "nsh-gpe.pcap", "nsh-md2.pcap", "pbb.pcap", "pktap.pcap", "ppi.pcap", "ppi-802.11.pcap",
        "qinq.pcap", "radiotap-data.pcap", "radiotap-fcs.pcap", "radiotap-fields.pcap", "radiotap-qos.pcap",
        "radiotap-wds.pcap", "teredo.pcap", "vxlan-gpe.pcap", "vxlan-gpe-ethernet.pcap",
    ]

    /// The message in each frame is read; the protocols that lead to it, and what their headers say, are as tshark has
    /// them.
    @Test(arguments: names)
    func read(_ name: String) throws {
        let rows = try Self.rows("btcshark", Self.folder.appendingPathComponent(name).path)
        #expect(rows.count == 2)
        for (frame, row) in zip(1..., rows) {
            let port = Int(row[1]) ?? 0
            #expect(
                row[0] == String(frame) && row[2] == "ping" && Int(row[3].dropFirst(2), radix: 16) == port - 9999,
                "\(row)")
            guard Program.isInstalled("tshark"), !Self.unreadByTshark.contains(name) else { continue }
            var their = try #require(Self.theirs[row[1]])
            // tshark counts Bitcoin twice where it has recognised it, and for each message.
            while their[4].hasSuffix(":bitcoin:bitcoin") { their[4].removeLast(":bitcoin".count) }
            if Self.otherPaths.contains(name) { their[4] = row[4] }
            #expect(row.dropFirst() == their.dropFirst())
        }
    }
}
