import DisplayFilter
import Fields

/// Fields of every kind.
enum TestFields {
    static let inventory = ValueNames(
        (1, "MSG_TX", "a transaction"), (2, "MSG_BLOCK", "a block"), (0x4000_0001, "MSG_WITNESS_TX", "with witness"))

    static let layer = field("demo", .layer)
    static let group = field("demo.group", .group)
    static let byte = field("demo.u8", .unsigned(bits: 8))
    static let port = field("demo.port", .unsigned(bits: 16))
    static let huge = field("demo.u64", .unsigned(bits: 64))
    static let signed = field("demo.signed", .signed(bits: 32))
    static let services = field("demo.services", .hexadecimal(bits: 64))
    static let count = field("demo.count", .count)
    static let boolean = field("demo.boolean", .boolean)
    static let flag = field("demo.flag", .flag(mask: 8, bits: 64))
    static let clear = field("demo.clear", .flag(mask: 16, bits: 64))
    static let type = field("demo.type", .enumeration(inventory, bits: 32))
    static let hash = field("demo.hash", .hash)
    static let script = field("demo.script", .bytes)
    static let agent = field("demo.agent", .text)
    static let command = field("demo.command", .paddedText)
    static let seconds = field("demo.seconds", .seconds)
    static let time = field("demo.time", .nanoseconds)
    static let duration = field("demo.duration", .duration)
    static let amount = field("demo.amount", .amount)
    static let decimal = field("demo.decimal", .decimal)
    static let far = field("demo.far", .duration)
    static let source = field("demo.src", .ipv4)
    static let destination = field("demo.dst", .ipv4)
    static let address = field("demo.address", .ipv6)
    static let item = field("demo.item", .unsigned(bits: 32))
    static let other = field("demo.other", .unsigned(bits: 32))
    static let cutNumber = field("demo.cut.number", .unsigned(bits: 32))
    static let cutBytes = field("demo.cut.bytes", .bytes)
    static let cutHash = field("demo.cut.hash", .hash)
    static let cutAddress = field("demo.cut.address", .ipv4)
    static let generated = field("demo.generated", .text)
    static let absent = field("demo.absent", .unsigned(bits: 32))
    static let absentText = field("demo.absent.text", .text)

    private static func field(_ name: String, _ kind: Kind) -> Field {
        Field(name, "Label of \(name)", kind, "a field of the filter tests")
    }

    static let all = [
        layer, group, byte, port, huge, signed, services, count, boolean, flag, clear, type, hash, script, agent,
        command,
        seconds, time, duration, amount, decimal, far, source, destination, address, item, other, cutNumber, cutBytes,
        cutHash,
        cutAddress, generated, absent, absentText,
    ]

    /// Names that stand for several fields.
    static let aliases: [String: [Field]] = [
        "demo.addr": [source, destination], "demo.when": [seconds, time], "demo.host": [source, address],
        "demo.mixed": [byte, agent],
    ]

    static func resolve(_ name: String) -> [Field] {
        aliases[name] ?? all.filter { $0.declaration.name == name }
    }

    static var names: [String] { all.map(\.declaration.name) + aliases.keys.sorted() }
}

func filter(_ text: String) throws(FilterError) -> Filter {
    try Filter(text, resolve: TestFields.resolve, names: { TestFields.names })
}

/// A message under construction: its bytes, and the nodes over them.
struct Message: ~Copyable {
    var bytes: [UInt8] = []
    var sink = TreeSink()

    mutating func add(_ field: Field, _ content: [UInt8], value: UInt64 = 0, flags: NodeFlags = []) {
        sink.leaf(field, at: bytes.count, length: content.count, value: value, flags: flags)
        bytes += content
    }

    /// A little-endian number, read as a layout reads it.
    mutating func add<Number: FixedWidthInteger>(_ field: Field, _ number: Number) {
        var rest = number
        let content = (0..<Number.bitWidth / 8).map { _ in
            defer { rest >>= 7; rest >>= 1 }
            return UInt8(truncatingIfNeeded: rest)
        }
        add(field, content, value: UInt64(truncatingIfNeeded: number))
    }

    mutating func add(_ field: Field, text: String) { add(field, Array(text.utf8)) }

    func passes(_ text: String) throws(FilterError) -> Bool { try filter(text).matches(sink.tree, bytes.span.bytes) }
}

/// Hashes as people write them.
enum Hashes {
    static let genesis = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
    static let coinbase = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"

    /// In the order of the wire.
    static func wire(_ text: String) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }.reversed()
    }
}

/// A message with a value of each kind.
func sample() -> Message {
    var message = Message()
    typealias Fields = TestFields
    let layer = message.sink.open(Fields.layer, at: 0, value: 0, flags: [])
    message.add(Fields.byte, UInt8(200))
    message.add(Fields.port, UInt16(8333))
    message.add(Fields.port, UInt16(50000))
    message.add(Fields.huge, UInt64.max)
    message.add(Fields.signed, Int32(-7))
    message.add(Fields.services, UInt64(0x409))
    message.add(Fields.count, [0xfd, 0xfd, 0x00], value: 253)
    message.add(Fields.boolean, UInt8(2))
    message.add(Fields.flag, [], value: 8, flags: .partOfParent)
    message.add(Fields.clear, [], value: 0, flags: .partOfParent)
    message.add(Fields.type, UInt32(1))
    message.add(Fields.type, UInt32(2))
    message.add(Fields.hash, Hashes.wire(Hashes.genesis))
    message.add(Fields.script, [0x76, 0xa9, 0x14, 0x00, 0xff, 0x88, 0xac])
    message.add(Fields.agent, text: "/Satoshi:0.21.1(Äpfel)/")
    message.add(Fields.command, Array("inv".utf8) + Array(repeating: 0, count: 9))
    message.add(Fields.seconds, UInt32(1_301_327_937))
    message.add(Fields.time, UInt64(1_301_327_937_931_550_000))
    message.add(Fields.duration, Int64(-1_500_000_000))
    message.add(Fields.amount, Int64(5_000_000_000))
    message.add(Fields.decimal, Array("4.65654237e-10".utf8), value: Double(4.65654237e-10).bitPattern)
    message.add(Fields.decimal, Array("-12.5000 %".utf8), value: Double(-12.5).bitPattern)
    // 251,702,300,800 seconds and a half, which 64 bits do not hold as nanoseconds.
    let far = Int128(251_702_300_800_500_000_000)
    message.add(Fields.far, (0..<16).map { UInt8(truncatingIfNeeded: far >> Int128(8 * $0)) }, value: UInt64(Int64.max))
    message.add(Fields.source, [192, 168, 1, 142])
    message.add(Fields.destination, [184, 58, 165, 119])
    message.add(Fields.address, Array(repeating: 0, count: 10) + [0xff, 0xff, 10, 0, 0, 1])
    message.add(Fields.address, [0x20, 0x01, 0x0d, 0xb8] + Array(repeating: 0, count: 11) + [1])
    let group = message.sink.open(Fields.group, at: message.bytes.count, value: 0, flags: [])
    for item: UInt32 in [1, 5, 9] { message.add(Fields.item, item) }
    for item: UInt32 in [9, 12] { message.add(Fields.other, item) }
    message.sink.close(group, at: message.bytes.count)
    message.sink.generate(Fields.generated) { $0.append("bc1qexample") }
    message.add(Fields.cutNumber, [1, 2], flags: .truncated)
    message.add(Fields.cutBytes, [1, 2, 3], flags: .truncated)
    message.add(Fields.cutHash, [1, 2, 3], flags: .truncated)
    message.add(Fields.cutAddress, [1, 2, 3], flags: .truncated)
    message.sink.close(layer, at: message.bytes.count)
    return message
}
