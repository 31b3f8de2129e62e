import Dissector
import Foundation
import Reassembly
import Testing

/// The captures of `Tests/Faults/reassembly`, each of which stands for a kind, with what is right of them. Most were
/// recorded beside a real Linux TCP.
@Suite struct FaultFileTests {
    private func dissectFault(_ name: String, _ options: PipelineOptions = PipelineOptions()) throws -> Findings {
        try dissect(packets("../Tests/Faults/reassembly/\(name).pcap"), options)
    }

    private func payloads(_ command: String, _ findings: Findings) -> [String] {
        findings.records.filter { $0.command == command }.map {
            String(decoding: $0.bytes.dropFirst(24), as: UTF8.self)
        }
    }

    /// One forged packet in each, or none; the reader has read 300 pings.
    @Test(arguments: ["none", "syn", "hole", "finbad", "stray", "databad"]) func evasion(_ kind: String) throws {
        let found = try dissectFault("live-evasion-\(kind)")
        let pings = found.records.filter { $0.command == "ping" }
        #expect(pings.count == 300 && pings.allSatisfy { $0.status == 1 && $0.isWhole })
        #expect(Set(pings.map(\.bytes)).count == 300)
        #expect(found.counts.missingBytes == 0 && found.counts.skippedBytes == 0 && found.counts.connections == 1)
        let unused: [String: UInt64] = ["hole": 1, "stray": 4, "databad": 32]
        #expect(found.counts.bytes.unused.total == unused[kind, default: 0])
    }

    /// Held bytes that differ, as Linux's reader has read them.
    @Test(arguments: [
        ("cover", "REALREAL"), ("engulf", "REALREAL"), ("tail", "REALFAKE"), ("inorder-over", "REALREAL"),
        ("same", "FAKEFAKE"), ("head", "FAKEREAL"),
    ]) func overlap(_ kind: String, _ read: String) throws {
        let found = try dissectFault("linux-overlap-\(kind)")
        #expect(payloads("ping", found).last == read)
        #expect(found.all.contains { $0.info.contains("retransmission differs") })
        #expect(found.counts.bytes.differing > 0 && found.counts.missingBytes == 0)
    }

    @Test func withoutAnACKFlag() throws {
        let found = try dissectFault("data-without-ack-flag")
        let nonces = found.records.filter { $0.command == "ping" }.map { $0.bytes[24] }
        #expect(nonces == [0, 1, 2, 3, 4])
        #expect(found.counts.bytes.unused[.noAcknowledgement] == 32)
    }

    @Test func oldTimestamp() throws {
        let found = try dissectFault("paws-old-timestamp")
        #expect(payloads("ping", found) == ["firstone", "REALREAL", "lastping"])
        #expect(found.counts.bytes.unused[.timestamp] == 32)
    }

    @Test func bytesOfASYN() throws {
        let refused = try dissectFault("syn-data-not-acked")
        #expect(refused.records.first?.command == "ping" && refused.records.first?.frames == [4])
        #expect(refused.counts.bytes.unused[.synData] == 32)
        let taken = try dissectFault("syn-data")
        #expect(taken.counts.bytes.unused.total == 0 && taken.counts.missingBytes == 0)
        #expect(taken.records.contains { $0.command == "ping" })
    }

    @Test(arguments: [1, 2, 5]) func reorderedWithoutASYN(_ number: Int) throws {
        let found = try dissectFault("nosyn-reordered-\(number)")
        #expect(found.commands.count { $0 == "ping" } == 100)
    }

    @Test func oddAndEvenBytes() throws {
        let found = try dissectFault("oddeven-1000")
        #expect(found.records.allSatisfy { $0.isWhole && $0.status == 1 } && found.counts.missingBytes == 0)
    }

    @Test func anHourWithinAMessage() throws {
        let found = try dissectFault("idle-hour-message-cut")
        #expect(found.records.allSatisfy { $0.isWhole } && found.commands.last == "ping")
        #expect(Set(found.records.map(\.stream)) == [0] && found.counts.connections == 1)
    }

    /// How many connections there are, and which have messages.
    @Test(
        arguments: [
            ("idle-hour-new-connection", 2, [0, 1]), ("synack-first", 1, [0]), ("server-side-only", 3, [0, 1, 2]),
            ("zeek1564-direction-delayed-700ms", 1, [0]), ("late-rst", 2, [0, 1]),
        ] as [(String, UInt64, [UInt64])]) func numbers(_ name: String, _ connections: UInt64, _ streams: [UInt64])
        throws
    {
        let found = try dissectFault(name)
        #expect(found.counts.connections == connections)
        #expect(Set(found.records.map(\.stream)).isSubset(of: streams) && !found.records.isEmpty)
    }

    @Test func inMidStream() throws {
        let swapped = try dissectFault("mid-stream-first-two-swapped")
        #expect(swapped.commands == ["ping", "ping", "ping", "ping"] && swapped.counts.skippedBytes == 0)
        let second = try dissectFault("mid-stream-second-segment-first")
        #expect(second.commands == ["inv", "ping"] && second.counts.skippedBytes == 0)
    }

    @Test func anHourOfAV2Connection() throws {
        var options = PipelineOptions()
        let lines = try String(contentsOfFile: folder("Tests/Faults/reassembly/v2-idle-hour.keys"), encoding: .utf8)
        options.keys = try keyLog(lines)
        let found = try dissectFault("v2-idle-hour", options)
        #expect(found.commands.count { $0 == "ping" } == 10 && found.commands.count { $0 == "pong" } == 10)
    }

    @Test func bytesThatComeTooLate() throws {
        let found = try dissectFault("two-taps-skew-400ms")
        #expect(found.counts.bytes.late == 9415 && found.counts.text.contains("--gap-grace 400 would read them"))
        var options = PipelineOptions()
        options.gapGrace = 400_000_000
        let patient = try dissectFault("two-taps-skew-400ms", options)
        #expect(patient.counts.missingBytes == 0 && patient.counts.cutMessages == 0)
    }

    @Test func aProxyHeader() throws {
        let found = try dissectFault("proxy-header-same-segment")
        #expect(found.commands.count == 5 && found.counts.skippedBytes > 0)
    }

    /// Which copy counts cannot be known.
    @Test func aCopyThatMayNotHaveArrived() throws {
        let found = try dissectFault("ttl1-insertion")
        #expect(found.all.contains { $0.hasProblem } && found.commands.contains("ping"))
    }
}
