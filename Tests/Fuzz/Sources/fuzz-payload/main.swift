import BitcoinP2P
import Dissection
import FuzzSupport

// One message: the 12 bytes of its command, then the payload. It comes whole, with a right checksum. A command that
// nobody knows chooses a type by its first byte.
let registry = Registry.standard

fuzz { start, count in
    var input = Input(start, count)
    let name = input.bytes(Command.byteCount)
    let known = Command(name.span.bytes, at: 0).flatMap { registry[$0] == nil ? nil : $0 }
    let command = known ?? registry.types[Int(name.first ?? 0) % registry.types.count].command
    let payload = input.all()
    var packet = Packet()
    packet.flags = 0x02
    var sinkhole = Sinkhole()
    sinkhole.receive(packet.frame, linkType: 1)
    packet.flags = 0x18
    packet.sequence = 1
    var message = TextBuffer()
    message.bytes = [0xf9, 0xbe, 0xb4, 0xd9]
    message.bytes += Array(command.name.utf8)
    message.append(padding: 16 - message.count)
    for shift in [0, 8, 16, 24] { message.append(ascii: UInt8(truncatingIfNeeded: payload.count >> shift)) }
    message.append(hexadecimalBytes: DoubleSHA256.hash(payload.span.bytes).checksum)
    message.bytes += payload
    var rest = message.bytes[...]
    while !rest.isEmpty {
        packet.payload = Array(rest.prefix(1400))
        sinkhole.receive(packet.frame, linkType: 1)
        packet.sequence &+= UInt32(packet.payload.count)
        rest = rest.dropFirst(1400)
    }
    sinkhole.finish()
    return 0
}

extension TextBuffer {
    fileprivate mutating func append(padding count: Int) { bytes += Array(repeating: 0, count: max(0, count)) }

    fileprivate mutating func append(hexadecimalBytes number: UInt32) {
        for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
