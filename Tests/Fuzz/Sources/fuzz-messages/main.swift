import Dissector
import FuzzSupport
import Glibc
import Output

// What a node captured of one peer: the first two bytes say how much of the rest it received; what is left it sent.
let directory = "/dev/shm/btcshark-fuzz-\(getpid())"
let folder = "\(directory)/192.0.2.1_8333"
mkdir(directory, 0o700)
mkdir(folder, 0o700)

func put(_ bytes: [UInt8], _ name: String) {
    let number = open("\(folder)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    _ = bytes.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
    close(number)
}

let output = ByteOutput(descriptor: open("/dev/null", O_WRONLY))
Pipeline.declareFields()

fuzz { start, count in
    var input = Input(start, count)
    let received = Int(input.word())
    put(input.bytes(received), "msgs_recv.dat")
    put(input.all(), "msgs_sent.dat")
    let colour = Colour(isOn: false)
    let writer = TextWriter(
        output, summary: SummaryLine(time: TimeColumn(.utcWithDate), colour: colour),
        tree: TreeText(full: false, colour: colour), hex: true)
    guard var captures = try? MessageCaptures(paths: [directory], writer: writer) else { return 0 }
    // Every error is told once, so it ends.
    while true {
        do throws(MessageCaptureError) {
            if try !captures.next() { break }
        } catch {
            _ = error.description
        }
    }
    return 0
}
