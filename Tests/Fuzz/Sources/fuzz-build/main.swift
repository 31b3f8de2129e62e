import BitcoinP2P
import Fields
import FuzzSupport
import Output

// Values of a message: the 12 bytes of its command, then those. Where the command is shorter its last byte says in which
// form they come; so the seeds of fuzz-payload are some here, too.
//
// 0: a payload, whose fields are built again of their bytes: the same must come out. 1: the text of `build -`, in JSON.
// 2: pieces, each a field of the type, what is given of it, and how long that is. What can be built is read again without a
// difference, and built again of what was read.
let registry = MessageTypes.standard
let network = Network(magic: 0xf9be_b4d9)

func values(of payload: [UInt8], _ type: MessageType) -> BuildValues {
    var sink = TreeSink(wantsInfo: false)
    type.dissect(payload.span.bytes, from: 0, MessageContext(network: network, time: 0), into: &sink)
    var values = BuildValues()
    values.add(sink.tree, 0..<sink.tree.nodes.count, of: payload.span.bytes, keepsWire: true)
    return values
}

func check(_ payload: [UInt8], _ type: MessageType) {
    // The length of an alert's signed part is given before that part, in which the message may end.
    guard type.command.name != "alert" else { return }
    do {
        let built = try MessageBuilder(network: network).build(type, values(of: payload, type))
        if Array(built.payload) != payload { fatalError("\(type.name): other bytes were built") }
    } catch {
        fatalError("\(type.name): \(error)")
    }
}

func pieces(_ input: inout Input, _ type: MessageType) -> BuildValues {
    let names = type.fields.names
    var values = BuildValues()
    var open: [Int] = []
    for _ in 0..<200 {
        let head = input.bytes(3)
        guard head.count == 3 else { break }
        let name = BuildValues.Name.written(names[Int(head[0]) % names.count])
        switch head[1] & 7 {
        case 0: open.append(values.open(name))
        case 1: if let group = open.popLast() { values.close(group) }
        case 2, 3: values.add(name, number: UInt64(head[2]) << UInt64(head[1] & 0x38))
        case 4: values.add(name, bytes: input.bytes(Int(head[2])))
        case 5: values.add(name, text: input.bytes(Int(head[2])))
        default: values.add(name, wire: input.bytes(Int(head[2] & 63)))
        }
    }
    while let group = open.popLast() { values.close(group) }
    return values
}

fuzz { start, count in
    var input = Input(start, count)
    let name = input.bytes(Command.byteCount)
    let whole = Command(name.span.bytes, at: 0).flatMap { registry[$0] }
    let shorter = Array(name.prefix(11)) + [0]
    let known = whole ?? Command(shorter.span.bytes, at: 0).flatMap { registry[$0] }
    let type = known ?? registry.types[Int(name.first ?? 0) % registry.types.count]
    let form = whole == nil ? name.last ?? 0 : 0
    var builder = MessageBuilder(network: network, fill: form & 0x40 == 0 ? .nothing : .zero)
    builder.updates = form & 0x80 != 0
    switch form & 3 {
    case 0: check(input.all(), type)
    case 1:
        var rest = [input.all()[...]]
        var stream = JSONStream { rest.popLast() ?? [] }
        while let json = try? stream.next() {
            guard let written = try? WrittenMessage(json, as: type) else { continue }
            guard let built = try? builder.build(written.type, written.values) else { continue }
            check(Array(built.payload), written.type)
        }
    default:
        if let built = try? builder.build(type, pieces(&input, type)) { check(Array(built.payload), type) }
    }
    return 0
}
