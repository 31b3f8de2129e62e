import Fields
import Support
import Testing

@testable import BitcoinP2P

/// Headers are read by offsets where messages are searched and counted, and field by field where they are shown.
@Suite struct HeaderReadingTests {
    private static let fields = MessageHeaderLayout()

    /// What the fields show, of those whose bytes are all there.
    private struct Shown: Equatable {
        var magic: UInt64?
        var time: UInt64?
        var command: [UInt8]?
        var length: UInt64?
        var checksum: UInt64?
        var isComplete = true
    }

    private func show(_ bytes: RawSpan, _ header: MessageHeader, from start: Int) -> Shown {
        var cursor = Cursor(bytes, from: start, TreeSink())
        var shown = Shown()
        do throws(Stop) {
            try Self.fields.layout(&cursor, header, .notPresent, calculated: nil)
        } catch {
            shown.isComplete = false
        }
        #expect(!shown.isComplete || cursor.offset == start + header.byteCount)
        let sink = cursor.finish()
        for index in sink.tree.nodes.indices {
            let node = sink.tree.nodes[index]
            guard node.flags.isDisjoint(with: [.truncated, .generated]) else { continue }
            switch node.field {
            case Self.fields.magic: shown.magic = node.value
            case Self.fields.captureTime: shown.time = node.value
            case Self.fields.command: shown.command = bytes.extracting(node.range).withUnsafeBytes { Array($0) }
            case Self.fields.length: shown.length = node.value
            case Self.fields.checksum: shown.checksum = node.value
            default: break
            }
        }
        return shown
    }

    private func bytes(_ command: Command) -> [UInt8] { (0..<Command.byteCount).map { command.bytes[$0] } }

    /// Of a header that is cut both readings have the fields that are there.
    @Test(arguments: 0..<100 as Range<UInt64>)
    func `headers read by offsets are those that the fields show`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let start = Int.random(in: 0...9, using: &generator)
        let all = generator.bytes(start + 30)
        let network = Network(magic: 1)
        for form in [MessageHeader.Form.withChecksum, .withoutChecksum] {
            let read = MessageHeader(all.span.bytes, at: start, network: network, form: form)
            let whole = try #require(read)
            for count in 0...form.byteCount {
                let bytes = Array(all[..<(start + count)])
                let shown = show(bytes.span.bytes, whole, from: start)
                var expected = Shown(isComplete: count == form.byteCount)
                expected.magic = bytes.span.bytes.loadBigEndian32(at: start).map(UInt64.init)
                expected.command = Command(bytes.span.bytes, at: start + 4).map(self.bytes)
                if let header = MessageHeader(bytes.span.bytes, at: start, network: network, form: form) {
                    expected.length = UInt64(header.length)
                    if form == .withChecksum, count == 24 { expected.checksum = UInt64(header.checksum) }
                    try #require(header.command == whole.command && (count == 24 || header.checksum == 0))
                }
                try #require(shown == expected, "\(form), \(count) bytes")
            }
        }
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `records of a node's own capture read by offsets are those that the fields show`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let start = Int.random(in: 0...9, using: &generator)
        var all = generator.bytes(start + 24)
        // A time that is not clamped, mostly.
        if generator.chance(90) { all[start + 6] = 0; all[start + 7] = 0 }
        let read = MessageCaptureRecord(all.span.bytes, at: start)
        let record = try #require(read)
        let shown = show(all.span.bytes, record.header(network: Network(magic: 1)), from: start)
        let expected = Shown(
            time: UInt64(bitPattern: record.time), command: bytes(record.command), length: UInt64(record.length))
        #expect(shown == expected)
    }
}
