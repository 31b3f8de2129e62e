import BitcoinP2P
import DisplayFilter
import Dissector
import Fields
import Foundation
import Output
import Records
import Support
import Testing

/// What is remarked on messages, as fields and at the end of the summary line.
@Suite struct RemarkTests {
    init() { Pipeline.declareFields() }

    /// A message each: sound, with an unknown type in its list, with a CompactSize that is longer than it need be, with
    /// an IPv4 address of three bytes, with bytes behind its end, and with a wrong checksum.
    private static var messages: [[UInt8]] {
        let hash = [UInt8](repeating: 7, count: 32)
        let shortAddress: [UInt8] = [1, 5, 0, 0, 0, 9, 1, 3, 1, 2, 3, 0x20, 0x8d]
        return [
            framed("ping", Array(1...8)), framed("inv", [1, 9, 0, 0, 0] + hash),
            framed("inv", [0xfd, 1, 0, 1, 0, 0, 0] + hash), framed("addrv2", shortAddress),
            framed("ping", Array(1...9)), framed("pong", Array(1...8), checksum: 1),
        ]
    }

    private func options(_ text: String? = nil) throws -> PipelineOptions {
        var options = PipelineOptions()
        options.filter = try text.map {
            try Filter($0, resolve: RecordNames.fields(named:), names: { RecordNames.all })
        }
        return options
    }

    private func write(_ options: PipelineOptions, _ writer: some RecordSink) {
        var messages = PastedMessages(options, writer: writer)
        writer.begin()
        for bytes in Self.messages { _ = messages.dissect(bytes.span.bytes) }
        writer.end()
    }

    /// Which of the messages a filter shows, whatever the writer looks at.
    private func shown(_ text: String) throws -> [Int] {
        let all = Self.messages
        let found = try [Depth.summary, .header, .tree].map { depth in
            let writer = CollectingWriter(depth: depth)
            write(try options(text), writer)
            return writer.records.compactMap { all.firstIndex(of: $0.bytes) }
        }
        #expect(found[0] == found[1] && found[0] == found[2], "\(text)")
        return found[0]
    }

    @Test func remarksAreFields() throws {
        #expect(try shown("_ws.expert") == [1, 2, 3, 4, 5])
        #expect(try shown("_ws.malformed") == [2, 3])
        #expect(try shown("_ws.expert.severity == \"Error\"") == [2, 3, 5])
        #expect(try shown("_ws.expert.severity == error") == [2, 3, 5])
        #expect(try shown("_ws.expert.severity == 0x00800000") == [2, 3, 5])
        #expect(try shown("_ws.expert.severity < Error") == [1, 4])
        #expect(try shown("_ws.expert.group == \"Malformed\"") == [2, 3])
        #expect(try shown("_ws.expert.group == checksum") == [5])
        #expect(try shown("_ws.expert.message contains \"CompactSize\"") == [2])
        #expect(try shown("_ws.expert.message matches \"must have 4 bytes\"") == [3])
        #expect(try shown("count(_ws.expert) == 1") == [1, 2, 3, 4, 5])
        #expect(try shown("not _ws.expert") == [0])
    }

    /// Who looks at the tree sees it as it is without a filter for remarks.
    @Test func filtersDoNotChangeTheTree() throws {
        final class Nodes: RecordSink {
            var counts: [Int] = []
            let wants = Wants(.tree, info: true)
            func begin() {}
            func end() {}
            func write(_ record: borrowing Record, _: RawSpan) { counts.append(record.tree.nodes.count) }
        }
        let (plain, filtered) = (Nodes(), Nodes())
        write(try options(), plain)
        var asking = try options("_ws.expert or _ws.col.info contains \"ping\"")
        asking.columns = TimeColumn(.relative)
        write(asking, filtered)
        #expect(plain.counts.count == 6)
        #expect(filtered.counts == plain.counts)
    }

    @Test func remarksAreColumns() throws {
        let names = ["_ws.expert.message", "_ws.expert.severity", "_ws.expert.group", "_ws.malformed"]
        let columns = names.map { FieldColumn(name: $0, fields: RecordNames.fields(named: $0)) }
        let text = try captured { output in
            write(
                try options(),
                NDJSONWriter(output, columns: columns, depth: Depth(holding: columns.flatMap(\.fields))))
        }
        let lines = text.split(separator: "\n")
        try #require(lines.count == 6)
        #expect(lines[0].contains("\"_ws.expert.message\":null"))
        #expect(
            lines[2] == """
                {"_ws.expert.message":["This CompactSize is longer than necessary: receivers reject the message"],\
                "_ws.expert.severity":[8388608],"_ws.expert.group":[117440512],"_ws.malformed":{}}
                """)
    }

    /// The line tells of what makes a message malformed whether its tree is made or not, and statistics count it.
    @Test func linesTellOfMalformedMessages() throws {
        for depth in [Depth.summary, .header, .tree] {
            let writer = CollectingWriter(depth: depth)
            write(try options(), writer)
            let isTold = writer.records.map { $0.info.hasSuffix("[malformed]") }
            #expect(isTold == [false, false, true, true, false, false], "\(depth)")
            #expect(writer.records.map(\.hasProblem) == [false, false, true, true, false, true], "\(depth)")
        }
        let text = try captured { output in write(try options(), MessageStatistics(output, .ndjson)) }
        #expect(text.split(separator: "\n").first?.contains("\"problems\":3") == true)
    }

    /// That the capture ends within a message is no fault of the message; what is wrong before is.
    @Test func cutMessagesAreNotMalformedForThat() throws {
        for depth in [Depth.summary, .tree] {
            let writer = CollectingWriter(depth: depth)
            var messages = PastedMessages(try options(), writer: writer)
            for index in [1, 2] { _ = messages.dissect(Array(Self.messages[index].dropLast(5)).span.bytes) }
            let isTold = writer.records.map { $0.info.contains("[malformed]") }
            #expect(isTold == [false, true], "\(depth)")
        }
    }

    /// What is written to an output.
    private func captured(_ body: (ByteOutput) throws -> Void) throws -> String {
        let file = try #require(tmpfile())
        defer { fclose(file) }
        let output = ByteOutput(descriptor: fileno(file))
        try body(output)
        output.flush()
        var bytes = [UInt8](repeating: 0, count: Int(lseek(fileno(file), 0, SEEK_END)))
        #expect(pread(fileno(file), &bytes, bytes.count, 0) == bytes.count)
        return String(decoding: bytes, as: UTF8.self)
    }
}
