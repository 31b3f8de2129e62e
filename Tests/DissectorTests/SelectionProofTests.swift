import Capture
import DisplayFilter
import Dissector
import Foundation
import Output
import Records
import Support
import Testing

/// A capture that is written with a filter has the same messages for that filter, whatever happened to its frames.
@Suite struct SelectionProofTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
        Pipeline.declareFields()
    }

    /// What must be the same: not the numbers of frames and connections, nor what is said of bytes before a message, since
    /// those of other messages are left out.
    private struct Told: Hashable {
        var time: Int64
        /// Connections in the order of their first message.
        var rank: Int
        var from: String
        var to: String
        var command: String
        var bytes: [UInt8]
        var captured: UInt64?
        var status: UInt64?
        var notes: Set<String>

        static let ofBytes: Set<String> = [
            "bitcoin.message.cut", "bitcoin.segment.conflict", "bitcoin.segment.conflict_other_right",
            "bitcoin.segment.conflict_other_wrong", "bitcoin.segment.doubtful", "bitcoin.fragments.differ",
            "bitcoin.checksum.bad",
        ]
    }

    private func told(_ records: [Seen]) -> [Told] {
        var ranks: [UInt64: Int] = [:]
        return records.map { seen in
            let rank = ranks[seen.stream] ?? ranks.count
            ranks[seen.stream] = rank
            return Told(
                time: seen.time, rank: rank, from: seen.from, to: seen.to, command: seen.command, bytes: seen.bytes,
                captured: seen.captured, status: seen.status, notes: seen.notes.intersection(Told.ofBytes))
        }
    }

    private func options(_ text: String) throws -> PipelineOptions {
        var options = PipelineOptions()
        options.filter = try Filter(text, resolve: RecordNames.fields(named:), names: { RecordNames.all })
        return options
    }

    /// Writes what a filter lets through; answers that, and how many frames were written.
    private func write(
        _ packets: [Packet], _ options: PipelineOptions, to output: String
    ) throws -> (chosen: [Seen], frames: UInt64) {
        let input = try folder.write(packets, as: "in-\(UUID()).pcap")
        defer { try? FileManager.default.removeItem(atPath: input) }
        let seen = CollectingWriter()
        let collector = FrameCollector()
        let writer = WriterGroup([seen, collector])
        var selected = try SelectedPackets(from: [input], to: output)
        var pipeline = Pipeline(options, writer: writer, collector: collector)
        writer.begin()
        for (index, packet) in packets.enumerated() {
            let header = packet.header(number: index + 1)
            try selected.receive(header, packet.bytes.span.bytes)
            try pipeline.receive(header, packet.bytes.span.bytes)
        }
        pipeline.finish()
        writer.end()
        let selection = try selected.complete(collector.selection, for: collector.messages, options)
        #expect(selected.differingEnds == 0)
        return (seen.records.filter { !$0.isGap }, try selected.write(selection))
    }

    private static let faults = [
        Faults(), Faults(drop: 0.02), Faults(drop: 0.2), Faults(duplicate: 0.3), Faults(reorder: 0.3),
        Faults(overlap: 0.3), Faults(truncate: 0.1), Faults(delay: 0.2), Faults(drop: 0.2, keepsStarts: false),
        Faults(drop: 0.05, duplicate: 0.1, reorder: 0.2, delay: 0.1, split: 0.3, overlap: 0.2, truncate: 0.02),
        Faults(drop: 0.02, corrupt: 0.05),
    ]
    private static let filters = [
        "bitcoin.inv", "bitcoin.ping or bitcoin.pong", "bitcoin.tx and tcp.srcport == 8333",
        "bitcoin.headers or bitcoin.block", "tcp.srcport != 8333",
    ]

    @Test(arguments: ["relay.pcap", "relay-ipv6.pcap", "handshake.pcap", "block-filters.pcap"], faults)
    func sameMessages(_ name: String, _ faults: Faults) throws {
        let reference = try packets(name)
        let output = folder("out.pcap")
        for seed in 0..<2 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed &* 7_919 &+ 3)
            let damaged = faults.corrupted(faults.apply(to: reference, &generator), &generator)
            for text in Self.filters {
                let options = try options(text)
                let (chosen, frames) = try write(damaged, options, to: output)
                let copy = try packets(at: output)
                let again = try dissect(copy, options).records
                try #require(told(again) == told(chosen), "\(faults), seed \(seed), \(text)")
                try #require(frames <= damaged.count)
            }
        }
    }

    /// The capture begins late: no handshake.
    @Test(arguments: [0.1, 0.4, 0.8]) func lateStart(_ part: Double) throws {
        let all = try packets("relay.pcap")
        let late = Array(all.dropFirst(Int(Double(all.count) * part)))
        let output = folder("out.pcap")
        for text in Self.filters {
            let options = try options(text)
            let (chosen, _) = try write(late, options, to: output)
            let again = try dissect(packets(at: output), options).records
            try #require(told(again) == told(chosen), "\(text)")
        }
    }

    // MARK: What decides

    /// Another copy of bytes that were not in order yet comes after the receiver has acknowledged the first.
    @Test func anAcknowledgementDecidesBetweenCopies() throws {
        let output = folder("out.pcap")
        var talk = Talk()
        talk.send(.client, framed("verack"))
        // Its segment is captured last.
        let early = framed("sendheaders")
        let ping = framed("ping", filler(8))
        talk.lose(.client, early.count)
        let place = talk[.client].sent
        talk.send(.client, ping)
        talk.packet(.server, [], at: 0)
        // The same place, other bytes.
        var other = ping
        other[ping.count - 1] ^= 1
        talk.packet(.client, other, at: place)
        talk.packet(.client, early, at: place - early.count)
        talk.settle()
        let options = try options("bitcoin.ping")
        let (chosen, _) = try write(talk.packets, options, to: output)
        #expect(chosen.map(\.bytes) == [ping])
        let again = try dissect(packets(at: output), options).records
        #expect(told(again) == told(chosen))
    }

    /// Two connections of the same two ends, one after the other.
    @Test(arguments: [true, false]) func theSamePortsAgain(_ hasHandshake: Bool) throws {
        let output = folder("out.pcap")
        var first = Talk()
        first.send(.client, framed("verack"))
        first.send(.client, framed("ping", filler(8)))
        first.finish(.client)
        first.finish(.server)
        first.settle()
        var second = Talk(isOpen: true)
        second.time = first.time + 5_000_000_000
        second.client.origin = 7_000_001
        second.server.origin = 9_000_001
        if hasHandshake { second.open() }
        second.send(.client, framed("verack"))
        second.send(.client, framed("ping", filler(8, from: 9)))
        let packets = first.packets + second.packets
        let options = try options("bitcoin.ping")
        let (chosen, _) = try write(packets, options, to: output)
        #expect(!hasHandshake || chosen.count == 2 && Set(chosen.map(\.stream)).count == 2)
        #expect(!chosen.isEmpty)
        let again = try dissect(DissectorTests.packets(at: output), options).records
        #expect(told(again) == told(chosen))
    }

    /// A message is complete when a frame comes that brings bytes before it: that frame is kept, and nothing else.
    @Test func theFrameThatCompletes() throws {
        let output = folder("out.pcap")
        var talk = Talk()
        talk.send(.client, framed("verack"))
        for command in ["sendheaders", "ping", "getaddr"] {
            talk.send(.client, framed(command, command == "ping" ? filler(8) : []))
        }
        talk.packets.swapAt(4, 5)
        (talk.packets[4].time, talk.packets[5].time) = (talk.packets[5].time, talk.packets[4].time)
        let (chosen, frames) = try write(talk.packets, options("bitcoin.ping"), to: output)
        #expect(chosen.map(\.frame) == [6] && chosen.map(\.frames) == [[5]])
        #expect(frames == 3 + 2)
        #expect(try told(dissect(packets(at: output), options("bitcoin.ping")).records) == told(chosen))
    }

    // MARK: What is not added

    /// Where the frames of the messages are enough, nothing is added.
    @Test func nothingIsAddedWithoutNeed() throws {
        let output = folder("out.pcap")
        var talk = Talk()
        talk.send(.client, framed("verack"))
        talk.send(.server, framed("ping", filler(8)))
        talk.send(.client, framed("pong", filler(8)))
        talk.finish(.client)
        let (chosen, frames) = try write(talk.packets, options("bitcoin.pong"), to: output)
        #expect(chosen.map(\.command) == ["pong"])
        // As without a proof: the handshake and the frame of the message.
        #expect(frames == 4)
    }

    /// The frames of other ends stay out.
    @Test func othersStayOut() throws {
        let output = folder("out.pcap")
        var damaged = Talk()
        var other = Talk(8333, from: 50_001)
        damaged.send(.client, framed("block", filler(10_000)), losing: [2])
        damaged.settle()
        other.time = damaged.time
        other.send(.client, framed("verack"))
        let (chosen, _) = try write(damaged.packets + other.packets, options("bitcoin.block"), to: output)
        #expect(chosen.count == 1)
        let written = try packets(at: output)
        #expect(!written.isEmpty && written.allSatisfy { damaged.packets.contains($0) })
    }
}
