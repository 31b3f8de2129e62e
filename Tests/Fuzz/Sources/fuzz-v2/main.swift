import BitcoinP2P
import Capture
import Dissector
import Fields
import FuzzSupport
import Keys
import Output
import Records

// The beginning of the recorded v2 connection with its key, and changes made to it: the first byte says how many frames
// of it there are, then come changes of four bytes each: what, which frame, where, and by which value. What is shown as
// decrypted must have been sent.

/// The packets that were decrypted.
final class Packets: RecordSink {
    var contents: [[UInt8]] = []
    let wants = Wants(.tree, info: true)
    func begin() {}
    func end() {}
    func write(_ record: borrowing Record, _ bytes: RawSpan) {
        guard record.transport == .v2 else { return }
        contents.append(bytes.withUnsafeBytes { Array($0) })
    }
}

let root = #filePath.split(separator: "/").dropLast(5).reduce(into: "") { $0 += "/" + $1 }
let frames: [[UInt8]] = {
    var frames: [[UInt8]] = []
    do {
        var capture = try OfflineCapture(path: root + "/captures/relay-v2-encrypted.pcap")
        while frames.count < 80, try capture.next({ _, bytes in frames.append(bytes.withUnsafeBytes { Array($0) }) }) {}
    } catch {
        fatalError("\(error)")
    }
    return frames
}()
let options: PipelineOptions = {
    var options = PipelineOptions()
    let keys = KeyLog(path: root + "/captures/relay-v2-encrypted.keys")
    do { try keys.refresh() } catch { fatalError("\(error)") }
    options.keys = keys
    return options
}()

func decrypted(_ frames: some Sequence<[UInt8]>) -> [[UInt8]] {
    let packets = Packets()
    var sinkhole = Sinkhole(packets, options)
    for frame in frames { sinkhole.receive(frame, linkType: 1, originalLength: max(frame.count, 54)) }
    sinkhole.finish()
    return packets.contents
}

let sent: Set<[UInt8]> = {
    Pipeline.declareFields()
    // A failure that is told has no contents.
    let sent = Set(decrypted(frames)).union([[]])
    guard sent.count > 20 else { fatalError("the connection cannot be read") }
    return sent
}()

func change(_ frames: inout [[UInt8]], _ what: UInt8, _ place: Int, _ at: Int, _ value: UInt8) {
    // Behind the headers, that is in the ciphertext.
    let offset = min(54 + at, max(frames[place].count - 1, 0))
    switch what % 8 {
    case 0: frames[place][offset] ^= value | 1
    case 1: frames.remove(at: place)
    case 2: frames.insert(frames[place], at: min(place + Int(value & 7), frames.count))
    case 3: frames.swapAt(place, (place + Int(value & 7)) % frames.count)
    case 4: frames[place] = Array(frames[place].prefix(offset))
    case 5: frames[place].remove(at: offset)
    case 6: frames[place].insert(value, at: offset)
    default:
        // Anywhere, headers too.
        frames[place][at % frames[place].count] ^= value | 1
    }
}

fuzz { start, count in
    let sent = sent
    var input = Input(start, count)
    var changed = Array(frames.prefix(8 + Int(input.byte()) % 73))
    var changes = 0
    while !input.isEmpty, changes < 32 {
        let (what, place, at, value) = (input.byte(), input.byte(), input.byte(), input.byte())
        let number = Int(place) % changed.count
        if changed.count > 1, !changed[number].isEmpty { change(&changed, what, number, Int(at) * 6, value) }
        changes += 1
    }
    for contents in decrypted(changed) where !sent.contains(contents) {
        fatalError("\(contents.count) bytes that were never sent")
    }
    return 0
}
