import BitcoinP2P
import Capture
import Dissector
import Fields
import Foundation
import Output
import Records
import Support
import Testing

/// What a format has printed of a message is enough to build it again, byte by byte.
@Suite struct BuiltAgainTests {
    enum Format: String, CaseIterable {
        case json, jsonx, jsonraw, ndjson

        func writer(_ output: ByteOutput) -> any RecordSink {
            switch self {
            case .json: JSONWriter(output)
            case .jsonx: JSONWriter(output, .valuesAndRaw)
            case .jsonraw: JSONWriter(output, .raw)
            case .ndjson: NDJSONWriter(output)
            }
        }

        /// Whether it has the bytes of each field, also such as no value gives.
        var hasBytes: Bool { self == .jsonx || self == .jsonraw }
    }

    /// Keeps header and payload of each message that was captured whole.
    private final class Messages: RecordSink {
        let wants = Wants(.summary)
        private(set) var messages: [[UInt8]] = []
        func begin() {}
        func end() {}
        func write(_ record: borrowing Record, _ bytes: RawSpan) {
            messages.append(bytes.withUnsafeBytes { Array($0) })
        }
    }

    /// What `body` gives, and what the format prints of it.
    private func print(_ format: Format, _ body: (any RecordSink) throws -> Void) throws -> (text: [UInt8], [[UInt8]]) {
        Pipeline.declareFields()
        let file = try #require(tmpfile())
        defer { fclose(file) }
        let messages = Messages()
        let group = WriterGroup([format.writer(ByteOutput(descriptor: fileno(file))), messages])
        group.begin()
        try body(group)
        group.end()
        var bytes = [UInt8](repeating: 0, count: Int(lseek(fileno(file), 0, SEEK_END)))
        #expect(pread(fileno(file), &bytes, bytes.count, 0) == bytes.count)
        return (bytes, messages.messages)
    }

    /// The first message that is not built again of its text, and why; nil where all are.
    private func firstDifference(
        _ format: Format, _ body: (any RecordSink) throws -> Void
    ) throws -> (problem: String?, count: Int) {
        let (text, messages) = try print(format, body)
        var pieces = [text[...]]
        var stream = JSONStream { pieces.popLast() ?? [] }
        var count = 0
        while let json = try stream.next() {
            guard count < messages.count else { return ("more values than messages", count) }
            let message = messages[count]
            count += 1
            do {
                let written = try WrittenMessage(json, as: nil)
                var builder = MessageBuilder(network: Network(magic: 0xf9be_b4d9), time: written.time)
                builder.time = written.time
                let built = try builder.build(written.type, written.values, command: written.command)
                if built.bytes != message { return ("\(message.hex) gave \(built.bytes.hex)", count) }
            } catch {
                return ("\(message.hex): \(error)", count)
            }
        }
        return (count == messages.count ? nil : "\(messages.count) messages, \(count) values", count)
    }

    private static func message(_ command: String, _ payload: [UInt8], checksum: UInt32? = nil) -> [UInt8] {
        var message: [UInt8] = [0xf9, 0xbe, 0xb4, 0xd9]
        message += Array(command.utf8) + Array(repeating: 0, count: 12 - command.utf8.count)
        withUnsafeBytes(of: UInt32(payload.count).littleEndian) { message += $0 }
        let sum = checksum ?? DoubleSHA256.hash(payload.span.bytes).checksum
        withUnsafeBytes(of: sum.bigEndian) { message += $0 }
        return message + payload
    }

    private static func paste(_ messages: [[UInt8]], into sink: any RecordSink) {
        let options = PipelineOptions()
        for message in messages {
            var pasted = PastedMessages(options, writer: sink)
            _ = pasted.dissect(message.span.bytes)
        }
    }

    @Test(arguments: Format.allCases)
    func samples(_ format: Format) throws {
        let messages = try Sample.all().map { Self.message($0.command, $0.bytes) }
        try #require(messages.count > 100)
        let (problem, count) = try firstDifference(format) { sink in Self.paste(messages, into: sink) }
        #expect(problem == nil)
        #expect(count == messages.count)
    }

    @Test(
        arguments: Format.allCases,
        ["handshake", "relay", "bloom-filter", "addrv2", "block-filters", "txreconciliation"])
    func captures(_ format: Format, _ name: String) throws {
        let path = folder("captures/\(name).pcap")
        let (problem, count) = try firstDifference(format) { sink in
            var pipeline = Pipeline(PipelineOptions(), writer: sink)
            var files = CaptureFiles(paths: [path])
            var failure: (any Error)?
            while try files.next({ header, bytes in
                do { try pipeline.receive(header, bytes) } catch { failure = error }
            }) {}
            pipeline.finish()
            if let failure { throw failure }
        }
        #expect(problem == nil)
        #expect(count > 0)
    }

    /// Payloads made from the samples by a few changes each, some with a wrong checksum; as many as BTCSHARK_BUILD_ROUNDS
    /// says.
    @Test(arguments: [Format.jsonx, .jsonraw])
    func changedPayloads(_ format: Format) throws {
        let rounds = ProcessInfo.processInfo.environment["BTCSHARK_BUILD_ROUNDS"].flatMap { Int($0) } ?? 2000
        var random = SeededGenerator(seed: format == .jsonx ? 1 : 2)
        let samples = try Sample.all().filter { $0.command != "alert" && $0.payload.count < 40_000 }
        for _ in 0..<max(1, rounds / 500) {
            var messages: [[UInt8]] = []
            for _ in 0..<500 {
                guard let sample = samples.randomElement(using: &random) else { return }
                let payload = mutated(sample.bytes, &random)
                let checksum: UInt32? = random.chance(10) ? UInt32.random(in: 0...(.max), using: &random) : nil
                messages.append(Self.message(sample.command, payload, checksum: checksum))
            }
            let (problem, count) = try firstDifference(format) { sink in Self.paste(messages, into: sink) }
            if let problem {
                Issue.record("message \(count): \(problem)")
                return
            }
        }
    }
}
