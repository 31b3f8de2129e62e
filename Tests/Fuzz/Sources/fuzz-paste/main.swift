import BitcoinP2P
import Dissector
import FuzzSupport
import Glibc
import Output

// What somebody has pasted, after a byte that says whether it is of a file and which type is named.
let output = ByteOutput(descriptor: open("/dev/null", O_WRONLY))
let colour = Colour(isOn: false)
Pipeline.declareFields()
let network = Network(magic: 0xf9be_b4d9)
let types = MessageTypes.standard.types
// More than this is only ever made of a star in a dump.
let limit = 64 << 20

func check(_ pasted: PastedText) {
    if pasted.bytes.count > limit { fatalError("more bytes than the limit") }
    var end = 0
    for part in pasted.parts {
        if part.lowerBound != end || part.isEmpty { fatalError("the parts are not the bytes") }
        end = part.upperBound
    }
    if end != pasted.bytes.count { fatalError("the parts are not all bytes") }
}

fuzz { start, count in
    var input = Input(start, count)
    let choice = input.byte()
    let text = input.all()
    guard let pasted = try? choice & 1 == 0 ? PastedText(text) : PastedText(input: text) else { return 0 }
    check(pasted)
    // A dump of a few lines may stand for megabytes; what dissects them has fuzzers of its own.
    guard pasted.bytes.count < 1 << 16 else { return 0 }
    let command = choice < 0x80 ? nil : types[Int(choice >> 1 & 0x3f) % types.count].command
    guard let contents = try? PastedContents(pasted, as: command, network: network) else { return 0 }
    var last = 0
    for piece in contents.pieces {
        if piece.range.lowerBound < last || piece.range.isEmpty { fatalError("pieces are not in order") }
        last = piece.range.upperBound
    }
    if contents.pieces.isEmpty || last > pasted.bytes.count { fatalError("there are no such pieces") }
    let annotated = AnnotatedText(full: choice & 2 != 0, colour: colour)
    let writer = TextWriter(output, summary: nil, annotated: annotated)
    var messages = PastedMessages(writer: writer)
    writer.begin()
    let unread = messages.dissect(contents, of: pasted.bytes.span.bytes, network: network)
    writer.end()
    if unread < 0 || unread > pasted.bytes.count { fatalError("more bytes are left than there were") }
    return 0
}
