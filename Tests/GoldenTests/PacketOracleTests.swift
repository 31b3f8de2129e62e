import Foundation
import Testing

/// What is said of the packet that completed a message is what tshark says of that packet.
@Suite(.enabled(if: Program.isInstalled("tshark"), "tshark is not installed"))
struct PacketOracleTests {
    private static let names = [
        "eth.src", "eth.dst", "eth.type", "vlan.id", "ip.version", "ip.hdr_len", "ip.len", "ip.id", "ip.flags.df",
        "ip.frag_offset", "ip.ttl", "ip.proto", "ip.checksum", "ipv6.plen", "ipv6.nxt", "ipv6.hlim", "frame.cap_len",
        "frame.time_delta", "tcp.seq_raw", "tcp.ack", "tcp.ack_raw", "tcp.hdr_len", "tcp.flags", "tcp.flags.res",
        "tcp.flags.cwr", "tcp.flags.ece", "tcp.flags.urg", "tcp.flags.ack", "tcp.flags.push", "tcp.flags.reset",
        "tcp.flags.syn", "tcp.flags.fin", "tcp.window_size_value", "tcp.window_size", "tcp.window_size_scalefactor",
        "tcp.checksum", "tcp.urgent_pointer", "tcp.payload", "tcp.analysis.retransmission",
        "tcp.analysis.fast_retransmission", "tcp.analysis.spurious_retransmission", "tcp.analysis.out_of_order",
        "tcp.analysis.lost_segment",
    ]

    /// Values of each frame that has a row.
    private func rows(_ program: String, _ capture: String) throws -> [String: [String]] {
        let fields = (["frame.number"] + Self.names).flatMap { ["-e", $0] }
        // Of one payload that is in the packet twice tshark makes two values.
        let outcome = try Program.other([program, "-r", capture, "-T", "fields", "-E", "occurrence=f"] + fields)
        try #require(outcome.status == 0, "\(outcome.errorText)")
        var rows: [String: [String]] = [:]
        for line in outcome.outputText.split(separator: "\n") {
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            try #require(cells.count == Self.names.count + 1)
            rows[cells[0]] = Array(cells.dropFirst())
        }
        return rows
    }

    /// tshark prints what is only there or not as its own name or text; ours is 1.
    private func normal(_ value: String, of name: String) -> String {
        if name.hasPrefix("tcp.analysis."), !value.isEmpty { return "1" }
        return value == "True" ? "1" : value == "False" ? "0" : value
    }

    @Test(arguments: [
        "captures/handshake.pcap", "captures/relay.pcap", "captures/relay-ipv6.pcap", "captures/addrv2.pcap",
        "captures/block-filters.pcap",
    ])
    func samePackets(_ capture: String) throws {
        let ours = try rows("btcshark", capture)
        let theirs = try rows("tshark", capture)
        #expect(ours.count > 10)
        var differences: [String] = []
        for (frame, cells) in ours {
            let their = try #require(theirs[frame], "frame \(frame)")
            for (index, name) in Self.names.enumerated() {
                let (left, right) = (normal(cells[index], of: name), normal(their[index], of: name))
                // tshark hides a field of that name in IPv6, where ours is ipv6.version.
                if name == "ip.version", left.isEmpty, right == "6" { continue }
                if left != right { differences.append("frame \(frame): \(name): \(left) \(right)") }
            }
        }
        #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(5))")
    }
}
