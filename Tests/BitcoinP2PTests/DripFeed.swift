import BitcoinP2P
import Support
import Testing

func doubleHash(_ bytes: [UInt8]) -> Hash256 { DoubleSHA256.hash(bytes.span.bytes) }

extension MessageFramer {
    func cut(_ bytes: [UInt8]) -> Message? { cut(bytes.span.bytes) }
}

/// Hands a stream to a framer in pieces, as reassembly would, and notes what it finds.
struct DripFeed {
    struct Found: Equatable {
        /// Of the header's first byte in the stream.
        var offset: Int
        var command: String
        var claimed: UInt32
        var payload: Int
        var header = 24
        var status = ChecksumStatus.good
        /// Told by `cut` at the end of the bytes.
        var isCut = false
    }

    struct Outcome: Equatable {
        var found: [Found] = []
        var skipped = 0
        /// Not consumed in the end, nor part of a cut message.
        var left = 0
    }

    /// Ends of the pieces, ascending; the end of the stream need not be among them.
    enum Pieces {
        case whole
        case bytes
        case random(seed: UInt64)
    }

    var network: Network?
    var synchronised = true
    /// Offsets at which bytes are lost: the framer is told that nothing follows, then that it goes on.
    var gaps: [Int] = []
    /// Ask again before as many bytes are there as were asked for.
    var isImpatient = false
    /// Look at checksums only afterwards where the framer lets us.
    var leavesVerdict = false

    func feed(_ stream: [UInt8], _ pieces: Pieces) -> Outcome {
        var framer = MessageFramer(network: network, synchronised: synchronised)
        var outcome = Outcome()
        var start = 0
        for end in gaps + [stream.count] {
            run(&framer, stream, start..<end, pieces, &outcome)
            framer.resume()
            start = end
        }
        return outcome
    }

    private func run(
        _ framer: inout MessageFramer, _ stream: [UInt8], _ part: Range<Int>, _ pieces: Pieces,
        _ outcome: inout Outcome
    ) {
        var at = part.lowerBound
        var wake = 0
        for end in ends(part, pieces) {
            let isLast = end == part.upperBound
            guard isLast || isImpatient || end >= wake else { continue }
            var isWaiting = false
            // The last bytes are seen twice, as by a stream that learns of its end after them.
            for final in isLast ? [false, true] : [false] {
                isWaiting = false
                while !isWaiting {
                    let rest = stream.span.bytes.extracting(at..<end)
                    switch framer.next(rest, isLast: final, leavesVerdict: leavesVerdict) {
                    case .needMore(let minimum):
                        if !final { #expect(minimum > end - at) }
                        wake = at + minimum
                        isWaiting = true
                    case .skipped(let count):
                        #expect(count > 0 && count <= end - at)
                        outcome.skipped += count
                        at += max(count, 1)
                    case .message(var message):
                        #expect(message.byteCount <= end - at)
                        message.verify(rest.extracting(first: message.byteCount))
                        #expect(!message.awaitsVerdict)
                        outcome.found.append(Found(message, at: at))
                        at += message.byteCount
                    }
                }
            }
        }
        if let message = framer.cut(stream.span.bytes.extracting(at..<part.upperBound)) {
            outcome.found.append(Found(message, at: at, isCut: true))
        } else {
            outcome.left += part.upperBound - at
        }
    }

    private func ends(_ part: Range<Int>, _ pieces: Pieces) -> [Int] {
        switch pieces {
        case .whole: return [part.upperBound]
        case .bytes: return Array(part.lowerBound...part.upperBound)
        case .random(let seed):
            var generator = SeededGenerator(seed: seed)
            var ends: [Int] = []
            var at = part.lowerBound
            while at < part.upperBound {
                let longest = [3, 30, 300, 3000].randomElement(using: &generator) ?? 30
                at = min(at + Int.random(in: 1...longest, using: &generator), part.upperBound)
                ends.append(at)
            }
            return ends.isEmpty ? [part.upperBound] : ends
        }
    }

    /// What is found however the stream is cut into pieces; anything else is a failure.
    func agreed(_ stream: [UInt8], _ location: SourceLocation = #_sourceLocation) -> Outcome {
        let whole = feed(stream, .whole)
        #expect(feed(stream, .bytes) == whole, "byte by byte", sourceLocation: location)
        let other = (0..<12 as Range<UInt64>).first { feed(stream, .random(seed: $0)) != whole }
        #expect(other == nil, "pieces of that seed", sourceLocation: location)
        var impatient = self
        impatient.isImpatient = true
        #expect(impatient.feed(stream, .bytes) == whole, "impatiently", sourceLocation: location)
        var leaving = self
        leaving.leavesVerdict = true
        for pieces in [Pieces.whole, .bytes, .random(seed: 12)] {
            #expect(leaving.feed(stream, pieces) == whole, "verified afterwards", sourceLocation: location)
        }
        return whole
    }
}

extension DripFeed.Found {
    init(_ message: MessageFramer.Message, at offset: Int, isCut: Bool = false) {
        self.init(
            offset: offset, command: message.header.command.name, claimed: message.header.length,
            payload: message.payloadLength, header: message.header.byteCount, status: message.status, isCut: isCut)
    }
}
