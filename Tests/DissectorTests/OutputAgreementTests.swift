import BitcoinP2P
import Capture
import Dissector
import Fields
import Foundation
import Output
import Records
import Support
import Testing

/// Every format shows the same values: they are written over one tree.
@Suite struct OutputAgreementTests {
    /// What the records are in every format.
    private struct Written {
        var fields = ""
        var json = ""
        var ek = ""
        var ndjson = ""
        var pdml = ""
        /// With the bytes of each field.
        var raw: [String] = []
        var ekRaw = ""
        var records = 0
    }

    private final class Counter: RecordSink {
        var records = 0
        let wants = Wants(.summary, info: true)
        func begin() {}
        func end() {}
        func write(_: borrowing Record, _: RawSpan) { records += 1 }
    }

    private func write(_ columns: [FieldColumn], _ body: (any RecordSink) throws -> Void) throws -> Written {
        var format = FieldsFormat()
        try format.set("quote=d")
        let counter = Counter()
        var files: [UnsafeMutablePointer<FILE>] = []
        defer { for file in files { fclose(file) } }
        while files.count < 8, let file = tmpfile() { files.append(file) }
        try #require(files.count == 8)
        let descriptors = files.map { fileno($0) }
        let outputs = descriptors.map { ByteOutput(descriptor: $0) }
        let group = WriterGroup([
            FieldsWriter(outputs[0], columns: columns, format: format, depth: .tree), JSONWriter(outputs[1]),
            EKWriter(outputs[2]), NDJSONWriter(outputs[3]),
            PDMLWriter(outputs[4], creator: "test", captureFile: nil), counter,
            JSONWriter(outputs[5], .raw), JSONWriter(outputs[6], .valuesAndRaw), EKWriter(outputs[7], raw: true),
        ])
        group.begin()
        try body(group)
        group.end()
        let texts = try descriptors.map { descriptor in
            var bytes = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
            #expect(pread(descriptor, &bytes, bytes.count, 0) == bytes.count)
            return try #require(String(validating: bytes, as: UTF8.self))
        }
        return Written(
            fields: texts[0], json: texts[1], ek: texts[2], ndjson: texts[3], pdml: texts[4],
            raw: [texts[5], texts[6]],
            ekRaw: texts[7], records: counter.records)
    }

    /// Compares the formats record by record; answers how many values there were.
    private func compare(_ body: (any RecordSink) throws -> Void) throws -> Int {
        Pipeline.declareFields()
        let reader = try WrittenValues()
        let columns = reader.valued.compactMap { declaration in
            Catalog.field(named: declaration.name).map { FieldColumn(name: declaration.name, fields: [$0]) }
        }
        let written = try write(columns, body)
        let pdml = try reader.pdml(written.pdml)
        try #require(pdml.count == written.records)
        let formats = [
            ("fields", try reader.fields(written.fields, like: pdml)), ("json", try reader.json(written.json)),
            ("ek", try reader.ek(written.ek)), ("ndjson", try reader.ndjson(written.ndjson)),
        ]
        for (name, records) in formats {
            try #require(records.count == pdml.count, "\(name)")
            let isTold = { (value: (key: String, [String])) in name != "ek" || !reader.sharedKeys.contains(value.key) }
            for (number, (all, wanted)) in zip(records, pdml).enumerated() {
                let (values, expected) = (all.filter(isTold), wanted.filter(isTold))
                if values == expected { continue }
                let field = Set(values.keys).union(expected.keys).sorted().first { values[$0] != expected[$0] } ?? ""
                let (found, wanted) = (values[field]?.prefix(9) ?? [], expected[field]?.prefix(9) ?? [])
                Issue.record("record \(number), \(field): -T \(name) has \(found), -T pdml \(wanted)")
                return 0
            }
        }
        for text in written.raw { #expect(try JSONReader.read(text).elements.count == pdml.count) }
        for line in written.ekRaw.split(separator: "\n") { _ = try JSONReader.read(line) }
        return pdml.reduce(0) { $0 + $1.values.reduce(0) { $0 + $1.count } }
    }

    @Test func everyTypeOfMessage() throws {
        let samples = try Sample.all()
        let count = try compare { writer in
            var messages = PastedMessages(writer: writer)
            for sample in samples {
                guard let command = Command(name: sample.command) else { continue }
                messages.dissect(
                    payload: sample.bytes.span.bytes, as: command, network: Network(magic: 0xf9be_b4d9))
            }
        }
        #expect(samples.count > 100 && count > 2000, "\(samples.count) samples, \(count) values")
    }

    /// Fields that are cut off.
    @Test func messagesThatEndTooEarly() throws {
        let samples = try Sample.all()
        let count = try compare { writer in
            var messages = PastedMessages(writer: writer)
            for sample in samples {
                let bytes = sample.bytes
                guard let command = Command(name: sample.command) else { continue }
                for part in 1...3 {
                    messages.dissect(
                        payload: Array(bytes[..<(bytes.count * part / 4)]).span.bytes, as: command,
                        network: Network(magic: 0xf9be_b4d9))
                }
            }
        }
        #expect(count > 3500, "\(count) values")
    }

    /// User agents that want to be something else, with their header before them.
    @Test func hostileTexts() throws {
        let agents: [[UInt8]] =
            [
                "/a,b\"c\"/", "'; DROP", "line\nbreak\r", "\t", "<script>alert(1)</script>", "]]>&amp;", "=1+1",
                "\u{202e}x",
                "\\x2c", "\\", "a\\\\,b", "\u{1b}]0;x\u{7}", "é₿😀\u{2028}", "@,", "-", "\u{feff}", "",
            ].map { Array($0.utf8) } + [Array(0...255), [0xff, 0x22], [0xed, 0xa0, 0x80]]
        let version = try #require(try Sample.all().first { $0.command == "version" })
        let head = version.bytes.prefix(80)
        let count = try compare { writer in
            var messages = PastedMessages(writer: writer)
            for agent in agents {
                let length: [UInt8] = agent.count < 253 ? [UInt8(agent.count)] : [0xfd, 0x00, 0x01]
                let payload: [UInt8] = [UInt8](head) + length + agent + [1, 0, 0, 0, 1] as [UInt8]
                let message = framed("version", payload)
                #expect(messages.dissect(message.span.bytes) == message.count)
            }
        }
        #expect(count > 500, "\(count) values")
    }

    /// To a writer that has begun.
    private func read(
        _ packets: [Packet], to writer: any RecordSink, _ options: PipelineOptions = PipelineOptions()
    ) throws {
        var pipeline = Pipeline(options, writer: writer)
        for (index, packet) in packets.enumerated() where !pipeline.isDone {
            try pipeline.receive(
                FrameHeader(
                    number: UInt64(index + 1), time: packet.time, capturedLength: packet.bytes.count,
                    originalLength: packet.originalLength, linkType: LinkTypeNumber(rawValue: packet.linkType),
                    file: 0),
                packet.bytes.span.bytes)
        }
        pipeline.finish()
    }

    /// With frame, addresses, ports, what the sender said of itself, and the summary's columns.
    @Test(arguments: ["handshake.pcap", "addrv2.pcap", "relay-ipv6.pcap"])
    func captures(_ name: String) throws {
        let packets = try packets(name)
        let count = try compare { writer in
            var options = PipelineOptions()
            options.recordLimit = 300
            options.columns = TimeColumn(.delta)
            try read(packets, to: writer, options)
        }
        #expect(count > 300, "\(count) values")
    }

    /// Names that differ in dots and underscores alone share a key there.
    @Test func fieldsHaveTheirOwnKeysInEK() throws {
        Pipeline.declareFields()
        let known: Set = ["bitcoin.alert.set_sub_ver.length", "bitcoin.alert.set_sub_ver_length"]
        #expect(try WrittenValues().sharedKeys.subtracting(known).isEmpty)
    }

    /// What stands beside a value must not be the name of another field. Wireshark's own names break that: of these
    /// fields, which are computed, no bytes are written, and ``compare(_:)`` finds no key twice.
    @Test func noNameEndsAsIfItStoodBesideAnother() {
        Pipeline.declareFields()
        let names = Set(RecordNames.recordFields.map(\.name))
        let taken = names.flatMap { name in
            [".name", ".epoch", ".truncated", "_tree", "_raw"].map { name + $0 }.filter(names.contains)
        }
        #expect(Set(taken) == ["tcp.seq_raw", "tcp.ack_raw"])
    }

    /// With `-x`, too, `tcp.seq_raw` is the number in the header.
    @Test func aFieldWinsOverTheBytesOfAnother() throws {
        let packets = try packets("handshake.pcap")
        Pipeline.declareFields()
        let written = try write([]) { writer in try read(packets, to: writer) }
        let records = try JSONReader.read(written.raw[1]).elements
        #expect(records.count == written.records && !records.isEmpty)
        for record in records {
            let tcp = try #require(record["_source"]?["layers"]?["tcp"])
            let number = try #require(tcp["tcp.seq_raw"])
            guard case .string(let digits) = number, UInt32(digits) != nil else {
                Issue.record("tcp.seq_raw is \(number)")
                return
            }
            #expect(tcp["tcp.seq_raw_raw"] == nil, "of packets only what they say is at hand")
        }
    }
}
