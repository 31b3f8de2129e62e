import BitcoinP2P
import Support
import Testing

/// Streams made to cost much: each must come to its end in a number of steps, and with an amount of hashing, that is a
/// constant times its length. (Nothing is timed: where that is broken these tests take hours.)
@Suite struct FramerCostTests {
    private let magic = bigEndian(UInt32(0xf9be_b4d9))
    private let inv = framed("inv", filler(37))

    /// Runs a stream in pieces with a gap or the end behind it, and counts the steps.
    private func steps(
        _ stream: [UInt8], pieces: Int = 1448, gapEvery: Int = .max, leavesVerdict: Bool = false
    ) -> (count: Int, messages: Int) {
        var framer = MessageFramer(network: Network(magic: 0xf9be_b4d9), synchronised: false)
        var at = 0
        var wake = 0
        var end = 0
        var steps = 0
        var messages = 0
        while end < stream.count {
            end = min(end + pieces, stream.count)
            let isLast = end == stream.count || (end / pieces).isMultiple(of: gapEvery)
            guard end >= wake || isLast else { continue }
            asking: while true {
                steps += 1
                switch framer.next(
                    stream.span.bytes.extracting(at..<end), isLast: isLast, leavesVerdict: leavesVerdict)
                {
                case .message(let message):
                    messages += 1
                    at += message.byteCount
                case .skipped(let count): at += count
                case .needMore(let minimum):
                    wake = at + minimum
                    break asking
                }
            }
            if isLast {
                _ = framer.cut(stream.span.bytes.extracting(at..<end))
                framer.resume()
                at = end
            }
        }
        return (steps, messages)
    }

    private func repeated(_ unit: [UInt8], _ count: Int) -> [UInt8] {
        var stream: [UInt8] = []
        stream.reserveCapacity(unit.count * count)
        for _ in 0..<count { stream += unit }
        return stream
    }

    @Test func nothingButMagics() {
        let stream = [0] + repeated(magic, 1 << 18)
        #expect(steps(stream).count < stream.count)
        #expect(steps(stream, gapEvery: 3).count < stream.count)
    }

    /// A header every 24 bytes that claims megabytes which never come, of a known and of an unknown command.
    @Test(arguments: ["inv", "zzzz"] as [String], [4_000_000, 900_000, 30_000])
    func nothingButHeaders(_ command: String, _ claimed: UInt32) {
        let stream = [0] + repeated(framed(command, length: claimed), (1 << 20) / 24)
        #expect(steps(stream).count < stream.count)
        #expect(steps(stream, gapEvery: 100).count < stream.count)
    }

    /// Each header but the last claims more than there is, and the last is of a whole message: it is looked for, and
    /// hashed, behind every one.
    @Test func headersBeforeAWholeMessage() {
        let big = framed("tx", [UInt8](repeating: 3, count: 500_000))
        let stream = [0] + repeated(framed("zzzz", length: 4_000_000), 20_000) + big
        let (count, messages) = steps(stream)
        #expect(count < stream.count)
        #expect(messages >= 1)
    }

    @Test(arguments: [false, true])
    func headersInsideAMessageWithABadChecksum(leavesVerdict: Bool) {
        let inner = repeated(framed("zzzz", filler(0), length: 500_000, checksum: 1), 40_000)
        let stream = framed("tx", inner, checksum: 2) + filler(4) + inv
        #expect(steps(stream, leavesVerdict: leavesVerdict).count < stream.count)
    }

    /// Payloads in which a magic seems to begin everywhere.
    @Test func magicsThatAreNone() {
        let stream = repeated(framed("tx", [UInt8](repeating: magic[0], count: 100_000)), 50)
        let (count, messages) = steps(stream, pieces: 100_024, leavesVerdict: true)
        #expect(messages == 50)
        #expect(count < 200)
    }

    /// After all that was wasted the framer is not blind: a sound stream behind it is read again in time.
    @Test func soundStreamBehindAHostileOne() {
        let hostile = [0] + repeated(framed("zzzz", length: 900_000), (1 << 20) / 24)
        let sound = repeated(inv, 60_000)
        let (_, messages) = steps(hostile + sound)
        #expect(messages > 1000)
    }

    /// A capture that loses a segment of every long message is no attack.
    @Test func manyGapsInLongMessages() {
        var framer = MessageFramer(network: Network(magic: 0xf9be_b4d9), synchronised: true)
        let block = framed("block", [UInt8](repeating: 3, count: 1_000_000))
        let begun = Array(block[..<900_000])
        for _ in 0..<60 {
            guard case .needMore = framer.next(begun.span.bytes, isLast: true) else {
                Issue.record("a message was found in the middle of another")
                return
            }
            framer.resume()
        }
        // Still looked for with the same care: a message behind junk, a bad checksum before it.
        let stream = filler(30) + framed("tx", filler(50), checksum: 3) + inv
        var at = 0
        var found: [String] = []
        asking: while true {
            switch framer.next(stream.span.bytes.extracting(at..<stream.count), isLast: true) {
            case .message(let message):
                found.append(message.header.command.name)
                at += message.byteCount
            case .skipped(let count): at += count
            case .needMore: break asking
            }
        }
        #expect(found == ["tx", "inv"])
    }
}
