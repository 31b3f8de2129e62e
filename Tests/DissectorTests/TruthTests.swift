import Dissector
import Fields
import Foundation
import Testing

/// What is dissected from packets, against what the nodes themselves logged of the same connection.
@Suite struct TruthTests {
    private func messages(_ records: [Seen]) -> [Logged] {
        records.map { Logged(command: $0.command, payload: Array($0.bytes[24...])) }
    }

    @Test func relayIsWhatTheNodesLogged() throws {
        let result = try dissect(packets("relay.pcap"))
        let (a, b) = ("10.20.0.1:8333", "10.20.0.2:52816")
        let fromA = messages(result.records.filter { $0.from == a && $0.to == b })
        let fromB = messages(result.records.filter { $0.from == b && $0.to == a })
        #expect(fromA.count + fromB.count == result.records.count)
        #expect(result.records.count == 256)
        #expect(try fromA == Logged.messages("node-a/10.20.0.2_52816/msgs_sent.dat"))
        #expect(try fromA == Logged.messages("node-b/10.20.0.1_8333/msgs_recv.dat"))
        #expect(try fromB == Logged.messages("node-a/10.20.0.2_52816/msgs_recv.dat"))
        #expect(try fromB == Logged.messages("node-b/10.20.0.1_8333/msgs_sent.dat"))
        #expect(result.records.map(\.status) == [UInt64?](repeating: 1, count: 256))
        #expect(!result.counts.hasProblem)
    }

    private func countsPerCommand(_ name: String) throws -> [String: Int] {
        Dictionary(grouping: try dissect(packets(name)).commands) { $0 }.mapValues(\.count)
    }

    /// The same scenario over IPv6, which happens to have the same messages but for their order.
    @Test func sameScenarioOverIPv6() throws {
        #expect(try countsPerCommand("relay-ipv6.pcap") == countsPerCommand("relay.pcap"))
    }

    @Test(arguments: ["handshake.pcapng", "handshake-sll2-nanosecond.pcap"])
    func sameConnectionInOtherFormats(_ name: String) throws {
        let plain = try dissect(packets("handshake.pcap")).records
        let other = try dissect(packets(name)).records
        #expect(plain.count == 23)
        #expect(other.map(\.bytes) == plain.map(\.bytes))
        #expect(other.map(\.from) == plain.map(\.from))
        #expect(other.map(\.frame) == plain.map(\.frame))
        #expect(other.map(\.info) == plain.map(\.info))
        // The cooked capture has nanoseconds of its own.
        if name.hasSuffix("pcapng") { #expect(other == plain) }
        #expect(plain.allSatisfy { $0.status == 1 && !$0.hasProblem })
    }

    @Test func encryptedRelay() throws {
        let result = try dissect(packets("relay-v2-encrypted.pcap"))
        #expect(result.records.map(\.protocolName) == ["BitcoinV2", "BitcoinV2"])
        #expect(result.counts.messages == 0)
        #expect(result.counts.encryptedStreams == 2)
        #expect(!result.counts.hasProblem)
    }

    @Test(arguments: [
        ("addrv2.pcap", 63), ("bloom-filter.pcap", 224), ("block-filters.pcap", 1170), ("txreconciliation.pcap", 231),
    ])
    func everyMessageIsSound(_ name: String, _ count: Int) throws {
        let result = try dissect(packets(name))
        #expect(result.records.count == count)
        // But for what is sent to see the node refuse it.
        #expect(
            result.records.allSatisfy {
                $0.status == 1 && $0.hasProblem == $0.notes.contains { $0.hasSuffix(".over_limit") }
            })
        #expect(!result.counts.hasProblem)
    }
}
