import BitcoinP2P
import FuzzSupport

// One message: the 12 bytes of its command, then the payload. It comes whole, with a right checksum. A command that
// nobody knows chooses a type by its first byte. The input's length chooses how records are made.
let registry = MessageTypes.standard

fuzz { start, count in
    var input = Input(start, count)
    let name = input.bytes(Command.byteCount)
    let known = Command(name.span.bytes, at: 0).flatMap { registry[$0] == nil ? nil : $0 }
    let command = known ?? registry.types[Int(name.first ?? 0) % registry.types.count].command
    var sinkhole = Sinkhole(usesRecordThread: count & 1 != 0, collectsFrames: count & 2 != 0)
    var conversation = Conversation(into: &sinkhole)
    conversation.send(framed(Array(command.name.utf8), input.all()), fromServer: false, into: &sinkhole)
    sinkhole.finish()
    return 0
}
