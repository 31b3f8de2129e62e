import BitcoinP2P
import FuzzSupport

// The framer by itself. The first byte says whether it knows the network, is in step, and loses bytes in between; the
// second how many bytes follow that are the lengths of the pieces, over and over. The stream is made of parts, each of a
// byte that chooses what it is: bytes as they stand, or messages whose checksums are right or nearly so. However the
// stream is cut into pieces, and whenever checksums are looked at, the same must be found, and what was found and skipped
// must be the stream.

/// What was found, and where.
struct Found: Equatable {
    var offset: Int
    var length: Int
    var command: [UInt8]
    var status: ChecksumStatus
}

struct Outcome: Equatable {
    var found: [Found] = []
    var skipped: [Int] = []
    /// Where the bytes that belong to nothing begin.
    var left = 0

    /// Skipped bytes may come in any number of parts.
    mutating func skip(_ at: Int, _ count: Int) { for place in at..<at + count { skipped.append(place) } }
}

func stream(_ input: inout Input) -> [UInt8] {
    var stream: [UInt8] = []
    while !input.isEmpty, stream.count < 1 << 17 {
        let choice = input.byte()
        let types = MessageTypes.standard.types
        let name = Array(types[Int(choice >> 3) % types.count].command.name.utf8.prefix(12))
        switch choice & 7 {
        case 0: stream += input.bytes(Int(input.byte()))
        case 1, 2: stream += framed(name, input.bytes(Int(input.byte())))
        case 3: stream += framed(name, input.bytes(Int(input.byte())), isDamaged: true)
        case 4:
            let length = UInt32(input.word()) << UInt32(input.byte() & 31)
            stream += framed(name, input.bytes(Int(input.byte())), length: length)
        case 5:
            // Without checksum, as before February 2012.
            var message = framed(Array((choice & 8 == 0 ? "version" : "verack").utf8), input.bytes(Int(input.byte())))
            message.removeSubrange(20..<24)
            stream += message
        case 6: stream += Array(framed(name, input.bytes(Int(input.byte()))).prefix(Int(input.byte())))
        default: for _ in 0...input.byte() & 15 { stream += [0xf9, 0xbe, 0xb4, 0xd9] }
        }
    }
    return stream
}

/// Runs a framer over the stream.
///
/// - Parameters:
///   - ends: Where the pieces end, ascending; the last is the end of the stream.
///   - gaps: Places behind which bytes are missing; each is among `ends`.
///   - leavesVerdict: Checksums that decide nothing are looked at behind the framer's back.
func run(
    _ stream: [UInt8], _ framer: MessageFramer, ends: [Int], gaps: [Int], leavesVerdict: Bool = false
) -> Outcome {
    var framer = framer
    var outcome = Outcome()
    var at = 0
    var steps = 0
    for end in ends {
        let isLast = end == stream.count || gaps.contains(end)
        asking: while true {
            steps += 1
            guard steps < 100 + 4 * stream.count + 2 * ends.count else { fatalError("it does not end") }
            let step = framer.next(
                stream.span.bytes.extracting(at..<end), isLast: isLast, leavesVerdict: leavesVerdict)
            switch step {
            case .needMore(let minimum):
                precondition(isLast || minimum > end - at, "as many bytes are there")
                break asking
            case .skipped(let count):
                precondition(count > 0 && count <= end - at, "skipped what is not there")
                outcome.skip(at, count)
                at += count
            case .message(var message):
                precondition(message.byteCount > 0 && message.byteCount <= end - at, "a message that is not there")
                precondition(leavesVerdict || !message.awaitsVerdict, "nobody asked for that")
                message.verify(stream.span.bytes.extracting(at..<at + message.byteCount))
                let payload = stream[(at + message.header.byteCount)..<at + message.byteCount]
                if message.status == .good {
                    let hash = DoubleSHA256.hash(Array(payload).span.bytes)
                    precondition(hash.checksum == message.header.checksum, "a checksum that is not right")
                    precondition(payload.count == Int(message.header.length))
                }
                outcome.found.append(
                    Found(
                        offset: at, length: message.byteCount, command: Array(message.header.command.name.utf8),
                        status: message.status))
                at += message.byteCount
            }
        }
        guard isLast else { continue }
        if let cut = framer.cut(stream.span.bytes.extracting(at..<end)) {
            precondition(cut.byteCount >= end - at)
            outcome.found.append(
                Found(
                    offset: at, length: end - at, command: Array(cut.header.command.name.utf8), status: .unverified))
        } else {
            outcome.skip(at, end - at)
        }
        at = end
        framer.resume()
    }
    outcome.left = at
    return outcome
}

fuzz { start, count in
    var input = Input(start, count)
    let flags = input.byte()
    let lengths = input.bytes(Int(input.byte() & 15)).map { max(Int($0), 1) }
    let gapAt = flags & 4 == 0 ? nil : Int(input.word())
    let stream = stream(&input)
    guard !stream.isEmpty else { return 0 }
    let network = flags & 1 == 0 ? nil : Network(magic: 0xf9be_b4d9)
    let framer = MessageFramer(network: network, synchronised: flags & 2 == 0)
    let gaps = gapAt.map { [1 + $0 % stream.count] } ?? []
    var ends: [Int] = []
    var place = 0
    var turn = 0
    while place < stream.count {
        place = min(place + (lengths.isEmpty ? 1 : lengths[turn % lengths.count]), stream.count)
        turn += 1
        ends.append(place)
    }
    let pieces = run(stream, framer, ends: Set(ends + gaps).sorted(), gaps: gaps)
    let whole = run(stream, framer, ends: Set(gaps + [stream.count]).sorted(), gaps: gaps)
    let later = run(stream, framer, ends: Set(ends + gaps).sorted(), gaps: gaps, leavesVerdict: true)
    guard pieces == whole, later == whole else {
        fatalError(
            "whole: \(whole.found), \(whole.skipped.count) skipped; pieces: \(pieces.found); later: \(later.found)")
    }
    // Every byte belongs to one message or was skipped once.
    var next = 0
    var skipped = whole.skipped[...]
    var found = whole.found[...]
    while next < stream.count {
        if skipped.first == next {
            skipped = skipped.dropFirst()
            next += 1
        } else if let message = found.first, message.offset == next, message.length > 0 {
            found = found.dropFirst()
            next += message.length
        } else {
            fatalError("nothing tells of byte \(next)")
        }
    }
    precondition(whole.left == stream.count && skipped.isEmpty && found.allSatisfy { $0.length == 0 })
    return 0
}
