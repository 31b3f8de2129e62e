import DisplayFilter
import Fields
import FuzzSupport

// A display filter, up to the first NUL byte; then what is in the message that it is asked of.

/// A field of each kind, with short names that libFuzzer finds again.
let names = ValueNames((1, "MSG_TX", "a transaction"), (2, "MSG_BLOCK", "a block"))
let kinds: [(name: String, kind: Kind)] = [
    ("f.layer", .layer), ("f.group", .group), ("f.u8", .unsigned(bits: 8)), ("f.u64", .unsigned(bits: 64)),
    ("f.signed", .signed(bits: 32)), ("f.hex", .hexadecimal(bits: 64)), ("f.count", .count), ("f.bool", .boolean),
    ("f.flag", .flag(mask: 4, bits: 8)), ("f.enum", .enumeration(names, bits: 32)), ("f.hash", .hash),
    ("f.bytes", .bytes), ("f.text", .text), ("f.padded", .paddedText), ("f.s", .seconds), ("f.ns", .nanoseconds),
    ("f.dur", .duration), ("f.amount", .amount), ("f.v4", .ipv4), ("f.v6", .ipv6),
]
let fields = kinds.map { Field($0.name, $0.name, $0.kind, "a field of the fuzzer") }
let aliases = [
    "f.addr": [fields[18], fields[19]], "f.time": [fields[14], fields[15]], "f.mix": [fields[2], fields[12]],
]

func resolve(_ name: String) -> [Field] {
    aliases[name] ?? kinds.firstIndex { $0.name == name }.map { [fields[$0]] } ?? []
}

/// Nodes of any field with any value, some of them generated, cut or behind the end of the bytes.
func tree(_ input: inout Input, _ message: inout [UInt8]) -> Tree {
    var sink = TreeSink()
    for field in fields { add(field, [1, 2, 0x61, 0], &sink, &message, flags: []) }
    while !input.isEmpty {
        let choice = input.byte()
        let field = fields[Int(choice) % fields.count]
        let content = input.bytes(Int(input.byte()))
        if choice & 0xc0 == 0xc0 {
            sink.generate(field, value: UInt64(choice), content.span.bytes)
        } else {
            add(field, content, &sink, &message, flags: choice & 0x80 == 0 ? [] : .truncated)
        }
    }
    sink.leaf(fields[11], at: message.count, length: 5, value: 0, flags: [])
    return sink.tree
}

func add(_ field: Field, _ content: [UInt8], _ sink: inout TreeSink, _ message: inout [UInt8], flags: NodeFlags) {
    let value = content.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    sink.leaf(field, at: message.count, length: content.count, value: value, flags: flags)
    message += content
}

fuzz { start, count in
    var input = Input(start, count)
    var text: [UInt8] = []
    while !input.isEmpty {
        let byte = input.byte()
        if byte == 0 { break }
        text.append(byte)
    }
    let filterText = String(decoding: text, as: UTF8.self)
    do throws(FilterError) {
        let filter = try Filter(filterText, resolve: resolve, names: { kinds.map(\.name) })
        let negated = try? Filter("!(\(filterText))", resolve: resolve, names: { [] })
        var message: [UInt8] = []
        let tree = tree(&input, &message)
        let verdict = filter.matches(tree, message.span.bytes)
        // Deeper than allowed, or longer, it is none.
        if let negated, negated.matches(tree, message.span.bytes) == verdict {
            fatalError("neither it nor its contrary")
        }
    } catch {
        let characters = filterText.count
        precondition(error.position >= 0 && error.length > 0 && error.position + error.length <= characters + 1)
        precondition(!error.description.isEmpty)
    }
    return 0
}
