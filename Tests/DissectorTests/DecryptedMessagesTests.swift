import Capture
import DisplayFilter
import Foundation
import Keys
import Records
import Support
import Testing

@testable import Dissector

/// Messages that are written in clean connections of v1.
@Suite struct DecryptedMessagesTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
        Pipeline.declareFields()
    }

    private var output: String { folder("out.pcapng") }

    /// Reads packets, and writes what is shown.
    private func write(
        _ packets: [Packet], _ options: PipelineOptions = PipelineOptions(), connectionLimit: Int? = nil,
        usesRecordThread: Bool = false
    ) throws -> (shown: [Seen], counts: DecryptedMessages.Counts) {
        let decrypted = try DecryptedMessages(
            to: output, format: .pcapng, application: "btcshark test", connectionLimit: connectionLimit)
        var options = options
        options.decrypted = decrypted
        options.usesRecordThread = usesRecordThread
        let shown = try dissect(packets, options)
        try decrypted.close()
        return (shown.records, decrypted.counts)
    }

    /// Without decrypted packets and handshakes: the command, where it came from, when, and its payload.
    private struct Told: Hashable {
        var time: Int64
        var from: String
        var to: String
        var command: String
        var payload: [UInt8]

        init(_ seen: Seen) {
            time = seen.time
            from = seen.from
            to = seen.to
            command = seen.command
            payload = Array(seen.bytes.suffix(Int(seen.payloadLength)))
        }
    }

    private func messages(_ records: [Seen]) -> [Told] {
        records.filter { $0.protocolName == "Bitcoin" && $0.isWhole || $0.shortID != nil }.map(Told.init)
    }

    /// Every byte is there once and in order, whatever the packets were.
    private func checkIsClean(_ packets: [Packet]) throws {
        let findings = try dissect(packets)
        #expect(findings.gaps.isEmpty && !findings.counts.hasProblem && findings.counts.skippedBytes == 0)
        #expect(findings.counts.malformedPackets == 0 && findings.counts.bytes.retransmitted == 0)
        for packet in packets {
            #expect(packet.bytes.count == packet.originalLength && packet.bytes.count <= 1460)
            #expect(packet.linkType == LinkTypeNumber.rawIP.rawValue)
        }
    }

    @Test(arguments: ["relay.pcap", "relay-ipv6.pcap", "handshake.pcap", "block-filters.pcap", "addrv2.pcap"])
    func ofV1(_ name: String) throws {
        let original = try packets(name)
        let (shown, counts) = try write(original)
        #expect(counts == DecryptedMessages.Counts(messages: UInt64(shown.count)))
        let written = try packets(at: output)
        try checkIsClean(written)
        let again = try dissect(written).records
        #expect(again.map(\.bytes) == shown.map(\.bytes))
        #expect(messages(again) == messages(shown))
        let times = written.map(\.time)
        #expect(times == times.sorted())
    }

    @Test(arguments: [false, true]) func ofV2(_ usesRecordThread: Bool) throws {
        let keys = KeyLog(path: DissectorTests.folder("captures/relay-v2-encrypted.keys"))
        try keys.refresh()
        let (shown, counts) = try write(
            packets("relay-v2-encrypted.pcap"), options(keys), usesRecordThread: usesRecordThread)
        let expected = messages(shown)
        #expect(expected.count > 200 && counts.messages == UInt64(expected.count) && counts.leftOut.isEmpty)
        let written = try packets(at: output)
        try checkIsClean(written)
        // No key is needed any more.
        let again = try dissect(written).records
        #expect(messages(again) == expected)
        #expect(again.allSatisfy { $0.status == 1 })
    }

    /// Lost, repeated and reordered frames: what is whole is written once.
    @Test(arguments: [
        Faults(drop: 0.05), Faults(duplicate: 0.3, reorder: 0.4), Faults(delay: 0.3, overlap: 0.3),
        Faults(truncate: 0.1),
    ])
    func ofDamagedCaptures(_ faults: Faults) throws {
        var generator = SeededGenerator(seed: 77)
        let damaged = faults.apply(to: try packets("relay.pcap"), &generator)
        let (shown, counts) = try write(damaged)
        let whole = shown.filter(\.isWhole)
        #expect(counts.messages == UInt64(whole.count) && counts.cut == UInt64(shown.count - whole.count))
        let written = try packets(at: output)
        try checkIsClean(written)
        #expect(try messages(dissect(written).records) == messages(whole))
    }

    // MARK: What cannot be written

    @Test func aWrongChecksumStaysWrong() throws {
        var talk = Talk()
        talk.send(.client, framed("verack"))
        talk.send(.client, framed("ping", filler(8), checksum: 0x0102_0304))
        talk.send(.client, framed("sendheaders"))
        let (shown, counts) = try write(talk.packets)
        #expect(counts.messages == 3 && shown.map(\.status) == [1, 0, 1])
        let again = try dissect(packets(at: output)).records
        #expect(again.map(\.bytes) == shown.map(\.bytes) && again.map(\.status) == [1, 0, 1])
    }

    @Test func decoysAndUnknownIdentifiers() throws {
        var pair = V2Pair(seed: 5)
        var talk = Talk()
        talk.send(.client, try pair.initiator.handshake(garbage: filler(20)))
        talk.send(.server, try pair.responder.handshake(garbage: []))
        talk.send(.client, try pair.initiator.message(18, filler(8)))
        talk.send(.client, try pair.initiator.packet(filler(30), isDecoy: true))
        talk.send(.server, try pair.responder.message(200, filler(5)))
        talk.send(.server, try pair.responder.message("x\u{7f}y", filler(5)))
        talk.send(.server, try pair.responder.packet([]))
        talk.send(.server, try pair.responder.message("strange", filler(4)))
        talk.finish(.client)
        talk.finish(.server)
        let (_, counts) = try write(talk.packets, options(keyLog(pair.line)))
        #expect(
            counts
                == DecryptedMessages.Counts(
                    messages: 2, decoys: 1, unknownIdentifiers: 1, unusableCommands: 1, emptyPackets: 1))
        #expect(
            counts.leftOut
                == "1 decoy, 1 message with an unknown short id, 1 message with a command that v1 does not take, "
                + "1 v2 packet without a message")
        let again = try dissect(packets(at: output)).records
        #expect(again.map(\.command) == ["ping", "strange"])
        // Without the secret there is nothing.
        let (_, none) = try write(talk.packets)
        #expect(none.messages == 0 && none.encryptedStreams == 2)
        #expect(none.leftOut == "2 streams that could not be decrypted")
        #expect(try packets(at: output).isEmpty)
    }

    // MARK: Which

    @Test func whatTheFilterTakes() throws {
        var options = PipelineOptions()
        options.filter = try Filter(
            "bitcoin.inv or bitcoin.ping", resolve: RecordNames.fields(named:), names: { RecordNames.all })
        let (shown, counts) = try write(packets("relay.pcap"), options)
        #expect(!shown.isEmpty && counts.messages == UInt64(shown.count))
        #expect(try dissect(packets(at: output)).records.map(\.bytes) == shown.map(\.bytes))
        options.recordLimit = 3
        #expect(try write(packets("relay.pcap"), options).counts.messages == 3)
    }

    // MARK: Connections

    /// The end of each side is written, and the ports are free for another connection.
    @Test func theSamePortsAgain() throws {
        var first = Talk()
        first.send(.client, framed("ping", filler(8)))
        first.finish(.client)
        first.finish(.server)
        first.settle()
        var second = Talk(isOpen: true)
        second.time = first.time + 5_000_000_000
        second.client.origin = 7_000_001
        second.server.origin = 9_000_001
        second.open()
        second.send(.server, framed("pong", filler(8)))
        let (shown, _) = try write(first.packets + second.packets)
        #expect(shown.map(\.stream) == [0, 1])
        let again = try dissect(packets(at: output)).records
        #expect(again.map(\.stream) == [0, 1] && again.map(\.command) == ["ping", "pong"])
    }

    @Test func tooManyConnections() throws {
        var talks = (0..<5).map { Talk(from: 50_001 + $0) }
        var packets: [Packet] = []
        for round in 0..<2 {
            for index in talks.indices {
                let count = talks[index].packets.count
                if round == 0 { packets += talks[index].packets }
                talks[index].send(.client, framed("ping", filler(8, from: 10 * round + index)))
                packets += talks[index].packets.dropFirst(count)
            }
        }
        let (shown, counts) = try write(packets, connectionLimit: 4)
        #expect(counts.messages == 10 && counts.closedEarly > 0)
        let again = try dissect(DissectorTests.packets(at: output)).records
        #expect(again.map(\.bytes) == shown.map(\.bytes))
        let (_, enough) = try write(packets)
        #expect(enough.closedEarly == 0)
    }

    // MARK: The file

    /// Each packet with bytes names the frame that completed the message.
    @Test func comments() throws {
        var talk = Talk()
        talk.send(.client, framed("verack"))
        talk.send(.client, framed("block", filler(3000)))
        _ = try write(talk.packets)
        let notes = CaptureNotes()
        var capture = CaptureFiles(paths: [output], notes: notes)
        var found: [String] = []
        while try capture.next({ header, _ in
            found.append(
                notes.comments(header.comment).map { String(decoding: $0, as: UTF8.self) }.joined(separator: "|"))
        }) {}
        let last = "from frame \(talk.packets.count)"
        // The handshake, verack and its acknowledgement, three segments of the block and theirs.
        #expect(found == ["", "", "", "from frame 4", "", last, last, last, ""])
    }

    @Test func outputsThatCannotBeWritten() throws {
        let input = try folder.write(Talk().packets, as: "in.pcap")
        #expect(throws: CaptureError(.isAnInput, path: input)) {
            _ = try DecryptedMessages(to: input, inputs: [input])
        }
        let decrypted = try DecryptedMessages(to: "/dev/full")
        var options = PipelineOptions()
        options.decrypted = decrypted
        _ = try dissect(packets("relay.pcap"), options)
        let error = #expect(throws: CaptureError.self) { try decrypted.close() }
        #expect(error?.problem == .writeFailed)
    }
}
