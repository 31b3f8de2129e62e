import DisplayFilter
import Dissector
import Fields
import Foundation
import Output
import Records
import Support
import Testing

/// A gap has a record of its own, which is no message.
@Suite struct GapRecordTests {
    private let version = framed("version", [UInt8](repeating: 0, count: 86))
    private let ping = framed("ping", filler(8))
    private let long = framed("zzzz", filler(500))

    init() { Pipeline.declareFields() }

    /// A stream of the client in segments of 100 bytes, some of which are not captured.
    private func talk(_ stream: [UInt8], losing lost: Set<Int>, isOpen: Bool = false) -> Talk {
        var talk = Talk(isOpen: isOpen)
        talk.send(.client, stream, size: 100, losing: lost)
        talk.settle()
        return talk
    }

    private func options(filter text: String) throws -> PipelineOptions {
        var options = PipelineOptions()
        options.filter = try Filter(text, resolve: RecordNames.fields(named:), names: { RecordNames.all })
        return options
    }

    /// What a writer writes of frames.
    private func text(
        _ packets: [Packet], _ options: PipelineOptions = PipelineOptions(), _ writer: (ByteOutput) -> any RecordSink
    ) throws -> String {
        let file = try #require(tmpfile())
        defer { fclose(file) }
        let output = ByteOutput(descriptor: fileno(file))
        try feed(packets, to: writer(output), options)
        var bytes = [UInt8](repeating: 0, count: Int(lseek(fileno(file), 0, SEEK_END)))
        #expect(pread(fileno(file), &bytes, bytes.count, 0) == bytes.count)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func fields(_ packets: [Packet], _ names: String...) throws -> String {
        let columns = names.map { FieldColumn(name: $0, fields: RecordNames.fields(named: $0)) }
        return try text(packets) { FieldsWriter($0, columns: columns, format: FieldsFormat(), depth: .tree) }
    }

    // MARK: What it tells

    @Test func placeAndLength() throws {
        let talk = talk(version + long + ping, losing: [3])
        let result = try dissect(talk.packets)
        try #require(result.gaps.count == 1)
        let gap = result.gaps[0]
        #expect(gap.gap == GapSeen(offset: 300, length: 100, reason: 0))
        #expect(gap.info == "[100 bytes missing]")
        #expect(gap.length == 100)
        #expect(gap.hasProblem)
        #expect(gap.from == "192.0.2.1:50000")
        #expect(gap.to == "198.51.100.7:8333")
        #expect(gap.protocolName == "Bitcoin")
        #expect(gap.command == "" && gap.bytes == [] && gap.missing == 0 && gap.notes == [])
        // The grace has gone by when the first frame of after it comes.
        #expect(gap.frame == UInt64(talk.packets.count - 1))
        #expect(gap.time == talk.packets[talk.packets.count - 2].time)
        #expect(gap.frames == [gap.frame])
    }

    /// As many as there are, also within one message that they cut.
    @Test func severalInOneMessage() throws {
        let result = try dissect(talk(version + framed("zzzz", filler(2000)) + ping, losing: [3, 7, 8, 15]).packets)
        #expect(result.gaps.map(\.gap?.offset) == [300, 700, 1500])
        #expect(result.gaps.map(\.gap?.length) == [100, 200, 100])
        #expect(result.counts.gaps == 3)
        #expect(result.counts.missingBytes == 400)
        #expect(result.counts.messages == 3)
    }

    /// It is known to be a gap of Bitcoin's only when what follows is.
    @Test func beforeAllThatWasCaptured() throws {
        let result = try dissect(talk(version + ping + ping, losing: [0]).packets)
        #expect(result.gaps.map(\.gap) == [GapSeen(offset: 0, length: 100, reason: 0)])
        #expect(result.counts.gaps == 1)
        #expect(result.counts.missingBytes == 100)
    }

    /// Offsets count from the first byte that is known where the SYN was not captured.
    @Test func withoutTheSYN() throws {
        let result = try dissect(talk(version + long + ping, losing: [3], isOpen: true).packets)
        #expect(result.gaps.map(\.gap) == [GapSeen(offset: 300, length: 100, reason: 0)])
    }

    @Test func snapLength() throws {
        var talk = Talk()
        talk.packet(.client, version, at: 0, snap: 96)
        let result = try dissect(talk.packets)
        #expect(result.gaps.map(\.gap) == [GapSeen(offset: 42, length: 68, reason: 2)])
        #expect(result.gaps.map(\.frame) == [4])
    }

    @Test func reasons() throws {
        func reasons(_ talk: Talk) throws -> [UInt64?] { try dissect(talk.packets).gaps.map(\.gap?.reason) }
        var end = Talk()
        end.send(.client, version + long + ping, size: 100, losing: [3])
        #expect(try reasons(end) == [5])
        // One packet moves the clock by no more than a second.
        for _ in 0..<11 {
            end.time += 1_000_000_000
            end.packet(.client, [], at: end.client.sent)
        }
        #expect(try reasons(end) == [1])
        let field = try #require(RecordNames.fields(named: "bitcoin.gap.reason").first)
        guard case .enumeration(let names, _, _) = field.declaration.kind else {
            Issue.record("no enumeration")
            return
        }
        #expect(names.value(named: "acknowledged") == 0)
        #expect(names.value(named: "end") == 5)
    }

    @Test func ofAnEncryptedStream() throws {
        var generator = SeededGenerator(seed: 7)
        let bytes = (0..<3000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let result = try dissect(talk(bytes, losing: [20]).packets)
        #expect(result.counts.encryptedStreams == 1)
        #expect(result.gaps.map(\.gap) == [GapSeen(offset: 2000, length: 100, reason: 0)])
        #expect(result.records.map(\.missing) == [100])
    }

    /// Of a stream that only uses the port nothing is told, as its first bytes show that.
    @Test(arguments: [1, 5])
    func ofAnotherProtocol(_ lost: Int) throws {
        let lines = Array(String(repeating: "GET / HTTP/1.1\r\n", count: 60).utf8)
        let result = try dissect(talk(lines, losing: [lost]).packets)
        #expect(result.all.isEmpty)
        #expect(result.counts.gaps == 0 && result.counts.missingBytes == 0)
    }

    // MARK: Who shows it

    @Test func isNotCounted() throws {
        var talk = talk(version + long + ping, losing: [3])
        talk.send(.client, ping + ping)
        let all = try dissect(talk.packets)
        try #require(all.all.map(\.isGap) == [false, false, false, true, false, false])
        #expect(all.counts.messages == 5)
        for limit in 1...5 {
            var options = PipelineOptions()
            options.recordLimit = UInt64(limit)
            let some = try dissect(talk.packets, options)
            #expect(some.records.count == limit)
            #expect(some.all == Array(all.all.prefix(limit > 3 ? limit + 1 : limit)))
        }
    }

    @Test func filters() throws {
        let packets = talk(version + framed("zzzz", filler(2000)) + ping, losing: [3, 7, 8, 15]).packets
        func found(_ text: String) throws -> [UInt64?] {
            let result = try dissect(packets, options(filter: text))
            #expect(result.counts.shown == UInt64(result.all.count))
            #expect(result.counts.gaps == 3)
            return result.all.map(\.gap?.offset)
        }
        #expect(try found("bitcoin.gap") == [300, 700, 1500])
        #expect(try found("bitcoin.gap.length > 100") == [700])
        #expect(try found("bitcoin.gap.offset == 1500 && bitcoin.message.direction == 0") == [1500])
        #expect(try found("bitcoin.gap.reason == \"acknowledged\" and tcp.dstport == 8333") == [300, 700, 1500])
        #expect(try found("bitcoin.message.number and !bitcoin.gap") == [nil, nil, nil])
    }

    @Test func linesOfFields() throws {
        let packets = talk(version + long + ping, losing: [3]).packets
        #expect(try fields(packets, "bitcoin.command") == "version\nzzzz\nping\n")
        #expect(try fields(packets, "frame.number", "bitcoin.missing").split(separator: "\n").count == 3)
        let lines = try fields(packets, "bitcoin.command", "bitcoin.gap.length").split(separator: "\n")
        #expect(lines.sorted() == ["\t100", "ping\t", "version\t", "zzzz\t"])
        #expect(try fields(packets, "bitcoin.gap").split(separator: "\n") == ["Gap"])
    }

    @Test func everyOtherFormat() throws {
        let packets = talk(version + long + ping, losing: [3]).packets
        for (name, text) in [
            ("json", try text(packets) { JSONWriter($0) }), ("ek", try text(packets) { EKWriter($0) }),
            ("ndjson", try text(packets) { NDJSONWriter($0) }),
            ("pdml", try text(packets) { PDMLWriter($0, creator: "test", captureFile: nil) }),
        ] {
            #expect(text.contains("bitcoin.gap.offset") || text.contains("bitcoin_gap_offset"), "\(name)")
        }
        let tree = try text(packets) {
            TextWriter($0, summary: nil, tree: TreeText(full: false, colour: Colour(isOn: false)))
        }
        #expect(tree.contains("Bitcoin gap of 100 bytes, found at 2023-11-14"))
        #expect(tree.contains("        [Missing bytes: 100]\n"))
        let tabs = try text(packets) {
            TextWriter(
                $0, summary: SummaryLine(time: TimeColumn(.relative), colour: Colour(isOn: false), separator: 0x09))
        }
        #expect(tabs.contains("\tBitcoin\t100\t[100 bytes missing]\n"))
    }

    @Test(arguments: Statistic.allCases)
    func statistics(_ statistic: Statistic) throws {
        let packets = talk(version + framed("zzzz", filler(2000)) + ping, losing: [3, 7, 8, 15]).packets
        let all = try text(packets) { statistic.makeWriter($0, .ndjson) }
        #expect(try all == text(packets, options(filter: "!bitcoin.gap")) { statistic.makeWriter($0, .ndjson) })
        #expect(try text(packets, options(filter: "bitcoin.gap")) { statistic.makeWriter($0, .ndjson) } != all)
    }
}
