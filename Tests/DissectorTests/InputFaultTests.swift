import Capture
import Dissector
import Foundation
import Records
import Support
import Testing

/// The captures of `Tests/Faults/input`: a handshake and a ping each, or two of these, in a form that people have and that
/// once was not read.
@Suite struct InputFaultTests {
    private func read(_ path: String) throws -> (findings: Findings, drops: UInt64) {
        let writer = CollectingWriter(depth: .tree)
        let notes = CaptureNotes()
        var options = PipelineOptions()
        options.captureNotes = notes
        var pipeline = Pipeline(options, writer: writer)
        var files = CaptureFiles(paths: [path], notes: notes)
        var failure: (any Error)?
        while failure == nil,
            try files.next({ header, bytes in
                do { try pipeline.receive(header, bytes) } catch { failure = error }
            })
        {}
        if let failure { throw failure }
        pipeline.finish()
        return (Findings(all: writer.records, counts: pipeline.counts), files.drops)
    }

    private static let conversation = ["version", "version", "verack", "verack", "ping"]

    @Test(arguments: ["chdlc-in-ppp", "erspan-2", "l2tp", "nflog", "pktap", "vntag", "vxlan-gpe"])
    func encapsulated(_ name: String) throws {
        let found = try read(folder("Tests/Faults/input/\(name).pcap")).findings
        #expect(found.commands == Self.conversation && found.counts.connections == 1 && !found.counts.hasProblem)
    }

    @Test(
        arguments: [
            ("pcapng-two-snaplens.pcapng", 2), ("pcapng-ethernet-and-raw.pcapng", 2),
            ("pcapng-unused-interface.pcapng", 1),
            ("pcapng-packet-longer-than-snaplen.pcapng", 1), ("pcapng-second-section-big-endian.pcapng", 2),
        ]) func pcapng(_ name: String, _ connections: UInt64) throws
    {
        let found = try read(folder("Tests/Faults/input/\(name)")).findings
        #expect(found.commands.sorted() == (0..<connections).flatMap { _ in Self.conversation }.sorted())
        #expect(found.counts.connections == connections && !found.counts.hasProblem)
        #expect(found.records.allSatisfy { $0.isWhole && $0.status == 1 })
    }
}
