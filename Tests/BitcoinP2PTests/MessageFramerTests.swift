import BitcoinP2P
import Support
import Testing

/// Messages back to back, with junk between them and with bytes lost (protocol.md sections 2.1 and 2.3).
@Suite struct MessageFramerTests {
    private typealias Found = DripFeed.Found

    private let feed = DripFeed()
    private let ping = framed("ping", filler(8))
    private let inv = framed("inv", filler(37))

    // MARK: In step

    @Test func backToBack() {
        let outcome = feed.agreed(ping + framed("verack") + inv + framed("mysample_svc", filler(300)))
        #expect(
            outcome.found == [
                Found(offset: 0, command: "ping", claimed: 8, payload: 8),
                Found(offset: 32, command: "verack", claimed: 0, payload: 0),
                Found(offset: 56, command: "inv", claimed: 37, payload: 37),
                Found(offset: 117, command: "mysample_svc", claimed: 300, payload: 300),
            ])
        #expect(outcome.skipped == 0)
        #expect(outcome.left == 0)
    }

    @Test func nothing() { #expect(feed.agreed([]) == DripFeed.Outcome()) }

    @Test func magicInsideAPayload() {
        let outcome = feed.agreed(framed("tx", filler(20) + ping + filler(9)) + inv)
        #expect(outcome.found.map(\.command) == ["tx", "inv"])
        #expect(outcome.skipped == 0)
    }

    @Test func badChecksum() {
        let outcome = feed.agreed(framed("tx", filler(50), checksum: 1) + inv + framed("ping", filler(8), checksum: 2))
        #expect(outcome.found.map(\.command) == ["tx", "inv", "ping"])
        #expect(outcome.found.map(\.status) == [.bad, .good, .bad])
        #expect(outcome.found.map(\.payload) == [50, 37, 8])
        #expect(outcome.skipped == 0)
    }

    @Test func invalidCommand() {
        let outcome = feed.agreed(framed("in\u{7f}", filler(5)) + framed("", filler(7)) + inv)
        #expect(outcome.found.map(\.payload) == [5, 7, 37])
        #expect(outcome.skipped == 0)
    }

    @Test(arguments: [(UInt32?.none, ChecksumStatus.good), (1, .bad)])
    func theVerdictIsLeft(_ checksum: UInt32?, _ status: ChecksumStatus) {
        var framer = MessageFramer(network: nil, synchronised: true)
        let first = framed("tx", filler(50), checksum: checksum)
        guard case .message(var message) = framer.next((first + inv).span.bytes, isLast: false, leavesVerdict: true)
        else {
            Issue.record("no message")
            return
        }
        #expect(message.awaitsVerdict)
        #expect(message.status == .unverified)
        // These are not its bytes.
        message.verify(inv.span.bytes)
        #expect(message.awaitsVerdict)
        message.verify(first.span.bytes)
        #expect(!message.awaitsVerdict)
        #expect(message.status == status)
        #expect(message.payloadHash == doubleHash(filler(50)))
    }

    private static let inner = framed("ping", filler(8))
    private static let outer = framed("tx", inner + filler(9))

    /// It is not left where the length may be wrong and another message may begin within, nor where the header may be short.
    @Test(
        arguments: [
            (framed("tx", filler(50)), [], false, true), (framed("tx", filler(50)), filler(9), false, true),
            (outer, inner, false, true), (outer, [], true, true), (outer, [], false, false),
            (outer, filler(9), false, false), (framed("version", filler(86)), inner, false, false),
        ] as [([UInt8], [UInt8], Bool, Bool)])
    func theVerdictIsLeftWhereItDecidesNothing(
        _ second: [UInt8], _ following: [UInt8], _ isLast: Bool, _ isLeft: Bool
    ) {
        var framer = MessageFramer(network: nil, synchronised: true)
        let stream = inv + second + following
        _ = framer.next(stream.span.bytes, isLast: isLast, leavesVerdict: true)
        let rest = stream.span.bytes.extracting(droppingFirst: inv.count)
        guard case .message(let message) = framer.next(rest, isLast: isLast, leavesVerdict: true) else {
            Issue.record("no message")
            return
        }
        #expect(message.awaitsVerdict == isLeft)
        #expect(message.status == (isLeft ? .unverified : .good))
    }

    @Test func payloadHashIsGivenWhereThePayloadIsWhole() throws {
        var framer = MessageFramer(network: nil, synchronised: true)
        guard case .message(let message) = framer.next(inv.span.bytes, isLast: false) else {
            Issue.record("no message")
            return
        }
        #expect(message.payloadHash == doubleHash(filler(37)))
        #expect(message.header.checksum == message.payloadHash?.checksum)
        #expect(message.header.network.name == "mainnet")
        #expect(message.byteCount == 61)
        #expect(framer.network?.name == "mainnet")
        #expect(framer.cut(Array(inv[..<30]))?.payloadHash == nil)
    }

    // MARK: Junk

    @Test(arguments: [1, 3, 4, 23, 24, 25, 1000])
    func junkBetweenMessages(_ count: Int) {
        let outcome = feed.agreed(ping + filler(count) + inv + filler(count, from: 99) + ping)
        #expect(outcome.found.map(\.command) == ["ping", "inv", "ping"])
        #expect(outcome.found.map(\.offset) == [0, 32 + count, 93 + 2 * count])
        #expect(outcome.skipped == 2 * count)
    }

    @Test(arguments: [true, false])
    func junkInFront(_ synchronised: Bool) {
        let drip = DripFeed(network: Network(magic: 0xf9be_b4d9), synchronised: synchronised)
        let outcome = drip.agreed(filler(77) + inv + ping)
        #expect(outcome.found.map(\.command) == ["inv", "ping"])
        #expect(outcome.skipped == 77)
    }

    @Test func junkAtTheEnd() {
        let outcome = feed.agreed(ping + filler(77))
        #expect(outcome.found.map(\.command) == ["ping"])
        #expect(outcome.skipped + outcome.left == 77)
    }

    @Test func halfAMagicAtTheEnd() {
        for count in 1..<4 {
            let outcome = feed.agreed(ping + filler(9) + ping[..<count])
            #expect(outcome.found.count == 1)
            #expect(outcome.skipped + outcome.left == 9 + count)
        }
    }

    @Test func networkLearntFromJunkOn() {
        let regtest = framed("inv", filler(37), magic: 0xfabf_b5da)
        let outcome = DripFeed(synchronised: false).agreed(filler(50) + regtest + regtest)
        #expect(outcome.found.map(\.offset) == [50, 111])
        // Once known, another network's magic is junk.
        let mixed = DripFeed(network: Network(magic: 0xf9be_b4d9), synchronised: false).agreed(regtest + inv)
        #expect(mixed.found.map(\.offset) == [61])
        #expect(mixed.skipped == 61)
    }

    // MARK: Resynchronisation

    @Test func falseMagicIsNotBelieved() {
        let fakes = framed("tx", filler(10), checksum: 7) + filler(10) + bigEndian(UInt32(0xf9be_b4d9)) + filler(30)
        let outcome = feed.agreed(ping + filler(20) + fakes + inv)
        #expect(outcome.found.map(\.command) == ["ping", "inv"])
        #expect(outcome.skipped == 20 + fakes.count)
    }

    @Test func badChecksumBeforeAnotherHeaderIsBelieved() {
        let outcome = feed.agreed(ping + filler(20) + framed("tx", filler(10), checksum: 7) + inv)
        #expect(outcome.found.map(\.command) == ["ping", "tx", "inv"])
        #expect(outcome.found.map(\.status) == [.good, .bad, .good])
        #expect(outcome.skipped == 20)
    }

    @Test func falseHeaderThatClaimsTooMuch() {
        let fake = framed("tx", filler(10), length: 4_000_001)
        let outcome = feed.agreed(ping + filler(20) + fake + inv)
        #expect(outcome.found.map(\.command) == ["ping", "inv"])
        #expect(outcome.skipped == 20 + fake.count)
    }

    @Test func falseHeaderThatClaimsTheRestOfTheStream() {
        let fake = framed("tx", filler(10), length: 3_000_000)
        let outcome = feed.agreed(ping + filler(20) + fake + inv + ping)
        #expect(outcome.found.map(\.command) == ["ping", "inv", "ping"])
        #expect(outcome.skipped == 20 + fake.count)
    }

    @Test func invalidCommandIsNotFoundOutOfStep() {
        let outcome = feed.agreed(ping + filler(20) + framed("in\u{7f}", filler(5)) + framed("", filler(7)) + inv)
        #expect(outcome.found.map(\.command) == ["ping", "inv"])
        #expect(outcome.skipped == 20 + 29 + 31)
    }

    @Test func falseMagicOfUnknownNetwork() {
        let custom = framed("inv", filler(37), magic: 0x54d2_6fbd)
        // Known from elsewhere.
        let known = DripFeed(network: Network(magic: 0x54d2_6fbd), synchronised: false)
        #expect(known.agreed(filler(30) + custom).found.map(\.offset) == [30])
        // From the stream's start.
        let start = feed.agreed(framed("version", filler(86), magic: 0x54d2_6fbd) + filler(11) + custom)
        #expect(start.found.map(\.command) == ["version", "inv"])
        #expect(start.skipped == 11)
        // Nobody knows it.
        let unknown = DripFeed(synchronised: false).agreed(filler(30) + custom)
        #expect(unknown.found == [])
        #expect(unknown.skipped + unknown.left == 91)
    }

    // MARK: Bytes lost

    @Test func gapInsideAMessage() {
        var drip = feed
        drip.gaps = [32 + 40]
        // The gap took the rest of `inv`; the caller passes over its declared end, so that the next byte is a header.
        let outcome = drip.agreed(ping + inv[..<40] + ping + inv)
        #expect(
            outcome.found == [
                Found(offset: 0, command: "ping", claimed: 8, payload: 8),
                Found(offset: 32, command: "inv", claimed: 37, payload: 16, status: .unverified, isCut: true),
                Found(offset: 72, command: "ping", claimed: 8, payload: 8),
                Found(offset: 104, command: "inv", claimed: 37, payload: 37),
            ])
        #expect(outcome.skipped == 0)
    }

    @Test func gapThatEndsInsideAMessage() {
        var drip = feed
        drip.gaps = [32]
        let outcome = drip.agreed(ping + inv[20...] + ping)
        #expect(outcome.found.map(\.command) == ["ping", "ping"])
        #expect(outcome.skipped == 41)
    }

    @Test func headerRightBehindTheGapIsBelieved() {
        var drip = feed
        drip.gaps = [32]
        let outcome = drip.agreed(ping + framed("anything", filler(90), checksum: 3) + filler(1))
        #expect(outcome.found.map(\.command) == ["ping", "anything"])
        #expect(outcome.found.last?.status == .bad)
    }

    @Test(arguments: [Int](0...61))
    func everyPlaceForTheEnd(_ count: Int) {
        let outcome = feed.agreed(ping + inv[..<count])
        #expect(outcome.found.first == Found(offset: 0, command: "ping", claimed: 8, payload: 8))
        if count < 20 {
            #expect(outcome.found.count == 1)
            #expect(outcome.skipped + outcome.left == count)
        } else {
            #expect(outcome.found.count == 2)
            #expect(outcome.found.last?.command == "inv")
            #expect(outcome.found.last?.payload == max(0, count - 24))
            #expect(outcome.found.last?.isCut == (count < 61))
            #expect(outcome.found.last?.status == (count < 61 ? .unverified : .good))
            #expect(outcome.skipped + outcome.left == 0)
        }
    }

    @Test func cutOutOfStepNeedsACommandThatIsKnown() {
        let known = DripFeed(network: Network(magic: 0xf9be_b4d9), synchronised: false)
        // `inv` is registered, whatever else is.
        #expect(known.agreed(filler(9) + inv[..<50]).found.map(\.command) == ["inv"])
        let unknown = known.agreed(filler(9) + framed("zzzz", filler(37))[..<50])
        #expect(unknown.found == [])
        #expect(unknown.skipped + unknown.left == 59)
    }

    @Test func cutOfOtherNetworksOrJunk() {
        let framer = MessageFramer(network: Network(magic: 0xf9be_b4d9), synchronised: true)
        #expect(framer.cut(framed("inv", filler(9), magic: 0xfabf_b5da)) == nil)
        #expect(framer.cut([]) == nil)
        #expect(framer.cut(Array(inv[..<19])) == nil)
        #expect(framer.cut(Array(inv[..<20]))?.payloadLength == 0)
        #expect(framer.cut(Array(inv[..<24]))?.payloadLength == 0)
        #expect(framer.cut(Array(inv[..<25]))?.payloadLength == 1)
    }
}
