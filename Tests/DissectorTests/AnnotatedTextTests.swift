import BitcoinP2P
import Dissector
import Fields
import Output
import Records
import Support
import Testing

/// `--annotate`: what the bytes are, of which type, and what that means.
@Suite struct AnnotatedTextTests {
    private final class Collector: RecordSink {
        var text: AnnotatedText
        var lines: [[String]] = []

        init(full: Bool) {
            Pipeline.declareFields()
            text = AnnotatedText(full: full, colour: Colour(isOn: false))
        }

        var wants: Wants { Wants(.tree, info: false) }
        func begin() {}
        func end() {}

        func write(_ record: borrowing Record, _ bytes: RawSpan) {
            var buffer = TextBuffer()
            text.append(record, record.tree, bytes, to: &buffer)
            lines.append(buffer.string.split(separator: "\n").map(String.init))
        }
    }

    /// The lines of each message.
    private func annotated(_ messages: [[UInt8]], full: Bool = false) -> [[String]] {
        let collector = Collector(full: full)
        var pasted = PastedMessages(writer: collector)
        for message in messages { _ = pasted.dissect(message.span.bytes) }
        return collector.lines
    }

    private func annotated(_ command: String, _ payload: [UInt8]) -> [String] {
        annotated([framed(command, payload)])[0]
    }

    private func version() throws -> [UInt8] { try BitcoinMessage.sample("version").bytes }

    @Test func typesAreThoseOfTheWire() throws {
        let lines = annotated([try version()])[0]
        for (label, explanation) in [
            ("Packet magic: ", "uint32 big-endian: which"), ("Command name: ", "char[12]: what"),
            ("Payload Length: ", "uint32 little-endian: how"),
            ("Protocol version: ", "int32 little-endian: the newest"),
            ("Node services: ", "uint64 little-endian: what the sender"),
            ("Node timestamp: ", "int64 little-endian: what"),
            ("Address as receiving node: ", "net_addr without time: the receiver"),
            ("Node address: ", "16 bytes, big-endian: an IPv6"), ("Node port: ", "uint16 big-endian: the TCP port"),
            ("User agent length: ", "CompactSize: how many"), ("User agent: ", "var_str: name and version"),
            ("Block start height: ", "int32 little-endian: the height"),
        ] {
            let line = try #require(lines.first { $0.contains(label) }, "\(label)")
            #expect(line.contains(" — " + explanation), "\(line)")
        }
    }

    @Test func typesOfOtherMessages() throws {
        let hash = [UInt8](repeating: 9, count: 32)
        let address: [UInt8] = [1, 4, 1, 2, 3, 4, 0x20, 0x8d]
        for (command, payload, label, explanation) in [
            ("inv", [1, 1, 0, 0, 0] + hash, "Inventory vector 0", "inv_vect: one"),
            ("inv", [1, 1, 0, 0, 0] + hash, "Data hash: ", "32 bytes, shown in reverse: a txid"),
            ("inv", [1, 1, 0, 0, 0] + hash, "Type: MSG_TX", "uint32 little-endian: what"),
            ("sendcmpct", [1, 2, 0, 0, 0, 0, 0, 0, 0], "Announce: ", "bool: "),
            // Three bytes and one of a number that has 64 bits.
            ("addrv2", [1, 0, 0, 0, 0, 0xfd, 9, 4] + address, "Node services: ", "CompactSize: "),
            ("addrv2", [1, 0, 0, 0, 0, 9] + address, "Node services: ", "CompactSize: "),
            ("addrv2", [1, 0, 0, 0, 0, 9] + address, "Timestamp: ", "uint32 little-endian: "),
            ("addrv2", [1, 0, 0, 0, 0, 9] + address, "Node address: ", "4 bytes, big-endian: "),
            ("filteradd", [2, 7, 7], "Data: ", "var_bytes: "),
            ("ping", [1, 2, 3], "Random nonce: ", "uint64 little-endian: "),
        ] as [(String, [UInt8], String, String)] {
            let lines = annotated(command, payload)
            let isThere = lines.contains { $0.contains(label) && $0.contains(" — " + explanation) }
            #expect(isThere, "\(command): \(lines)")
        }
        // What is computed is of no type.
        let lines = annotated("tx", BitcoinMessage.tx(1, size: 9).payload)
        let computed = try #require(lines.first { $0.contains("[Size: ") })
        #expect(computed.contains(" — how many bytes"))
    }

    @Test func knownBitsThatAreNotSet() throws {
        let services = littleEndian(UInt64(0x400_0000_0000_0409))
        let address = services + [UInt8](repeating: 0, count: 18)
        let payload = littleEndian(UInt32(70016)) + services + littleEndian(UInt64(0)) + address
        let bits = annotated("version", payload).filter { $0.contains("NODE_") }
        // All that are known with the first integer, in their order; those that are set with the second one.
        #expect(bits.count == 17 + 3)
        #expect(bits[0].contains("NODE_NETWORK: Set — bit 0: serves all blocks"))
        #expect(bits[1].contains("NODE_GETUTXO: Not set — bit 1: answers"))
        #expect(bits.prefix(17).count { $0.contains(": Set") } == 3)
        #expect(bits.suffix(3).allSatisfy { $0.hasSuffix(": Set") })
        #expect(annotated("version", payload).contains { $0.contains("Unknown services: 0x0400000000000000") })
    }

    @Test func allBytesWithFull() throws {
        let message = framed("filteradd", [20] + [UInt8](repeating: 0xab, count: 20))
        let cut = annotated([message, message])
        #expect(cut[0].last == "Bytes are left out where … stands; --full shows all.")
        #expect(cut[1].last != cut[0].last, "it is said once")
        let full = annotated([message, message], full: true)
        #expect(!full.joined().contains { $0.contains("left out") || $0.contains("…") })
        // Of all lines with an offset, those of the payload have its bytes.
        let bytes = full[0].filter { $0.hasPrefix("0019") || $0.hasPrefix("0021") || $0.hasPrefix("0029") }
        #expect(bytes.count == 3 && bytes.allSatisfy { $0.contains("ab ab ab ab") })
        #expect(!annotated([framed("verack")], full: true)[0].contains { $0.contains("--full") })
    }

    /// Each field of a message is explained once, and none has a type twice.
    @Test func everySample() throws {
        for sample in try Sample.all() {
            let lines = annotated(sample.command, sample.bytes)
            #expect(!lines.contains { $0.contains(" — : ") || $0.contains("int0") || $0.contains(" 0 bits") })
        }
    }
}
