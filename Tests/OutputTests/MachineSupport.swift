import BitcoinP2P
import Fields
import Foundation
import Output
import Records

/// Fields of all kinds, for the writers that programs read.
enum Kinds {
    static let names = ValueNames((1, "MSG_TX", "a transaction"), (2, "MSG_BLOCK", "a block"))
    static let layer = Field("kinds", "Kinds <&\"'>", .layer, "a layer of the writer tests")
    static let list = Field("kinds.list", "List", .group, "a heading of the writer tests")
    static let item = Field("kinds.item", "Item", .group, "an entry of the writer tests")
    static let count = Field("kinds.count", "Count", .count, "a CompactSize of the writer tests")
    static let type = Field("kinds.type", "Type", .enumeration(names, bits: 32), "a named number of the writer tests")
    static let services = Field("kinds.services", "Services", .hexadecimal(bits: 64), "bits of the writer tests")
    static let network = Field("kinds.services.network", "NETWORK", .flag(mask: 1, bits: 64), "the lowest bit")
    static let witness = Field("kinds.services.witness", "WITNESS", .flag(mask: 8, bits: 64), "the fourth bit")
    static let hash = Field("kinds.hash", "Hash", .hash, "a hash of the writer tests")
    static let blob = Field("kinds.blob", "Blob", .bytes, "bytes of the writer tests")
    static let agent = Field("kinds.agent", "Agent", .text, "text of the writer tests")
    static let relay = Field("kinds.relay", "Relay", .boolean, "yes or no of the writer tests")
    static let seconds = Field("kinds.seconds", "Seconds", .seconds, "a date of the writer tests")
    static let instant = Field("kinds.instant", "Instant", .nanoseconds, "an instant of the writer tests")
    static let span = Field("kinds.span", "Span", .duration, "a span of the writer tests")
    static let amount = Field("kinds.amount", "Amount", .amount, "an amount of the writer tests")
    static let signed = Field("kinds.signed", "Signed", .signed(bits: 64), "a signed number of the writer tests")
    static let address = Field("kinds.address", "Address", .ipv4, "an address of the writer tests")
    static let stamp = Field(
        "kinds.stamp", "Stamp", .seconds, "a date of which there may be several", repeats: true)
    static let choice = Field(
        "kinds.choice", "Choice", .enumeration(names, bits: 32), "a named number of which there may be several",
        repeats: true)
    static let place = Field("kinds.place", "Place", .unsigned(bits: 8), "a computed number")
    static let rawPlace = Field("kinds.place_raw", "Place (raw)", .unsigned(bits: 8), "a number of the wire")
    static let all = [
        layer, list, item, count, type, services, network, witness, hash, blob, agent, relay, seconds, instant, span,
        amount, signed, address, stamp, choice, place, rawPlace,
    ]
}

/// All that `body` writes into an output, read back from a file.
func written(_ body: (ByteOutput) -> Void) -> String {
    _ = Kinds.all
    guard let file = tmpfile() else { return "no temporary file" }
    defer { fclose(file) }
    let output = ByteOutput(descriptor: fileno(file))
    body(output)
    output.flush()
    let count = Int(lseek(fileno(file), 0, SEEK_END))
    var bytes = [UInt8](repeating: 0, count: count)
    guard pread(fileno(file), &bytes, count, 0) == count else { return "not read back" }
    guard let text = String(validating: bytes, as: UTF8.self) else { return "no UTF-8" }
    return text
}

/// What `writer` makes of one record whose layer `fill` fills, and of its bytes.
func written(
    _ bytes: [UInt8] = [], time: Int64 = 0, _ make: (ByteOutput) -> any RecordSink, _ fill: (inout TreeSink) -> Void
) -> String {
    written { output in
        let record = makeRecord(layer: Kinds.layer, time: time, fill)
        let writer = make(output)
        writer.begin()
        writer.write(record, bytes.span.bytes)
        writer.end()
    }
}

/// A record whose tree is one layer.
func makeRecord(layer: Field, time: Int64 = 0, _ fill: (inout TreeSink) -> Void) -> Record {
    var record = makeRecord(time: time)
    var sink = TreeSink()
    let mark = sink.open(layer, at: 0, value: 0, flags: [])
    fill(&sink)
    sink.close(mark, at: 0)
    record.tree = sink.tree
    return record
}

/// A number, and the one that it is computed from, whose name is that of the first's bytes.
func fillPlaces(_ sink: inout TreeSink) {
    sink.generate(Kinds.place, value: 1, RawSpan())
    sink.leaf(Kinds.rawPlace, at: 0, length: 1, value: 7, flags: [])
}

/// Two entries with a number and a text each, a field between that also stands before, and one that was cut off.
let listBytes: [UInt8] = [1, 0, 0, 0, 0x61, 0x22, 9, 0, 0, 0, 0x62, 0x1b, 0xaa, 0xbb]
func fillList(_ sink: inout TreeSink) {
    sink.leaf(Kinds.count, at: 0, length: 1, value: 2, flags: [])
    let list = sink.open(Kinds.list, at: 0, value: 0, flags: [])
    for index in 0..<2 {
        let item = sink.open(Kinds.item, at: index * 6, value: UInt64(index), flags: .listEntry)
        sink.leaf(Kinds.type, at: index * 6, length: 4, value: UInt64(listBytes[index * 6]), flags: [])
        sink.leaf(Kinds.agent, at: index * 6 + 4, length: 2, value: 0, flags: [])
        sink.close(item, at: index * 6 + 6)
    }
    sink.close(list, at: 12)
    sink.leaf(Kinds.services, at: 0, length: 8, value: 9, flags: [])
    let mark = sink.reopen()
    sink.leaf(Kinds.network, at: 0, length: 8, value: 1, flags: .partOfParent)
    sink.leaf(Kinds.witness, at: 0, length: 8, value: 1, flags: .partOfParent)
    sink.close(mark, at: 8)
    sink.leaf(Kinds.count, at: 12, length: 1, value: 3, flags: [])
    sink.leaf(Kinds.blob, at: 12, length: 2, value: 0, flags: .truncated)
    sink.annotate(.common.truncated, value: 0)
    sink.annotate(.common.countOverLimit, value: 5)
}

/// User agents and the like that want to be something else.
let hostileTexts: [[UInt8]] =
    [
        "", ",", "\"", "\"\"", "'", "a,b", "a\"b,\"c", "line\nbreak", "carriage\rreturn\r\n", "tab\tbed", "\0",
        "\u{7f}",
        "back\\slash", "\\", "\\x2c", "/Satoshi:28.1.0/", "<script>alert('x')</script>", "]]>&amp;<!--",
        "=HYPERLINK(\"x\")",
        "+1", "-1", "@SUM", "\u{202e}evil", "\u{2066}x\u{2069}", "\u{feff}bom", "\u{2028}", "é₿😀", "\u{1b}[31mred",
        "\u{85}", "\u{fffe}", "\u{10ffff}", ";", " lead", "trail ",
    ].map { Array($0.utf8) } + [
        [0xff], [0x61, 0xc3], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98], [0xc0, 0x80], [0x22, 0xfe, 0x2c],
        Array(0...255),
    ]

/// The same made harmless: what each writer must show.
func harmless(_ bytes: [UInt8]) -> String { text { $0.append(wire: bytes.span.bytes) } }

/// A remark that a message type or the header declares.
func remark(_ name: String) -> Remark {
    _ = MessageTypes.standard
    _ = MessageHeaderLayout()
    return Remark(named: name) ?? .common.layoutUnsettled
}
