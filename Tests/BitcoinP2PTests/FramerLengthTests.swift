import BitcoinP2P
import Support
import Testing

/// Length fields: long, wrong and hostile ones, and headers of 20 bytes (protocol.md sections 2.1 and 2.2).
@Suite struct FramerLengthTests {
    private let feed = DripFeed()
    private let ping = framed("ping", filler(8))
    private let inv = framed("inv", filler(37))

    /// `version` 31900 with a header of 20 bytes, from protocol.md section 13.2.
    private let oldVersion = [UInt8](
        hex:
            """
            f9beb4d976657273696f6e0000000000550000009c7c00000100000000000000e615104d00000000010000000000000000000000000000\
            000000ffff0a000001208d010000000000000000000000000000000000ffff0a000002208ddd9d202c3ab457130055810100
            """)

    // MARK: Headers of 20 bytes

    @Test func oldHandshake() {
        let verack = framed("verack", hasChecksum: false)
        let outcome = feed.agreed(oldVersion + verack + framed("getblocks", filler(69)) + inv)
        #expect(outcome.found.map(\.command) == ["version", "verack", "getblocks", "inv"])
        #expect(outcome.found.map(\.header) == [20, 20, 24, 24])
        #expect(outcome.found.map(\.status) == [.notPresent, .notPresent, .good, .good])
        #expect(outcome.found.map(\.payload) == [85, 0, 69, 37])
        #expect(outcome.skipped == 0)
    }

    @Test func oldHandshakeIsAllThereIs() {
        let outcome = feed.agreed(oldVersion)
        #expect(outcome.found.map(\.header) == [20])
        #expect(outcome.found.map(\.payload) == [85])
        let both = feed.agreed(oldVersion + framed("verack", hasChecksum: false))
        #expect(both.found.map(\.header) == [20, 20])
        #expect(both.found.map(\.isCut) == [false, false])
    }

    @Test func newHandshake() {
        let outcome = feed.agreed(framed("version", filler(86)) + framed("verack") + inv)
        #expect(outcome.found.map(\.header) == [24, 24, 24])
        #expect(outcome.found.map(\.status) == [.good, .good, .good])
    }

    /// Below version 209 no message ever has a checksum.
    @Test func oldestPeers() {
        let outcome = feed.agreed(
            framed("version", filler(42), hasChecksum: false) + framed("addr", filler(61), hasChecksum: false)
                + framed("getblocks", filler(69), hasChecksum: false) + framed("inv", filler(37), hasChecksum: false))
        #expect(outcome.found.map(\.command) == ["version", "addr", "getblocks", "inv"])
        #expect(outcome.found.map(\.header) == [20, 20, 20, 20])
        #expect(outcome.skipped == 0)
    }

    @Test func badChecksumOfVersionIsNoOldHeader() {
        let outcome = feed.agreed(framed("version", filler(86), checksum: 9) + framed("verack") + inv)
        #expect(outcome.found.map(\.header) == [24, 24, 24])
        #expect(outcome.found.map(\.status) == [.bad, .good, .good])
    }

    @Test func oldHeaderOutOfStep() {
        let outcome = DripFeed(network: Network(magic: 0xf9be_b4d9), synchronised: false).agreed(
            filler(30) + oldVersion + framed("verack", hasChecksum: false) + inv)
        #expect(outcome.found.map(\.command) == ["version", "verack", "inv"])
        #expect(outcome.found.map(\.header) == [20, 20, 24])
        #expect(outcome.skipped == 30)
    }

    /// Without its last four bytes a message is as long as one with a short header would be.
    @Test(arguments: ["version", "verack", "inv"] as [String])
    func fourBytesShort(_ command: String) {
        let payload = command.description == "verack" ? [] : filler(86, from: 200)
        let cut = Array(framed(command, payload).dropLast(4))
        for before in [[], framed("version", filler(90)), oldVersion + framed("verack", hasChecksum: false) + inv] {
            let outcome = feed.agreed(before + cut)
            #expect(outcome.found.last?.header == 24)
            #expect(outcome.found.last?.isCut == true)
        }
    }

    // MARK: Long messages

    private func whole(_ count: Int) -> DripFeed.Outcome {
        let stream = framed("block", [UInt8](repeating: 3, count: count)) + ping
        let outcome = feed.feed(stream, .whole)
        #expect(feed.feed(stream, .random(seed: 5)) == outcome)
        return outcome
    }

    @Test(arguments: [4_000_000, 4_000_001])
    func limitOfToday(_ count: Int) {
        let outcome = whole(count)
        #expect(outcome.found.map(\.payload) == [count, 8])
        #expect(outcome.found.map(\.status) == [.good, .good])
    }

    @Test func limitOfOldTimes() {
        let stream = framed("block", [UInt8](repeating: 3, count: 33_554_432), checksum: 0x1d3c_0f55) + ping
        let outcome = feed.feed(stream, .whole)
        #expect(outcome.found.map(\.payload) == [33_554_432, 8])
    }

    @Test(arguments: [33_554_433, UInt32.max])
    func moreThanWasEverLegal(_ claimed: UInt32) {
        let stream = ping + framed("tx", filler(50), length: claimed) + inv
        let outcome = feed.agreed(stream)
        #expect(outcome.found.map(\.command) == ["ping", "tx", "inv"])
        #expect(outcome.found.map(\.claimed) == [8, claimed, 37])
        #expect(outcome.found.map(\.payload) == [8, 0, 37])
        #expect(outcome.found.map(\.status) == [.good, .unverified, .good])
        #expect(outcome.skipped == 50)
    }

    /// A message whose length is too high by some bytes or messages: those are worth more than it.
    @Test(arguments: [1, 20, 24, 32, 40, 62, 100, 500])
    func lengthThatSwallowsWhatFollows(_ excess: Int) {
        let wrong = framed("tx", filler(50), length: UInt32(50 + excess))
        let stream = ping + wrong + inv + ping + framed("pong", filler(8)) + inv
        let outcome = feed.agreed(stream)
        #expect(outcome.found.map(\.command).prefix(2) == ["ping", "tx"])
        #expect(outcome.found.map(\.command).suffix(2) == ["pong", "inv"])
        // Where no whole message lies inside the claim the first one behind is found again by its magic.
        if excess >= 61 {
            #expect(outcome.found.map(\.command) == ["ping", "tx", "inv", "ping", "pong", "inv"])
            #expect(outcome.found.dropFirst().first?.payload == 50)
            #expect(outcome.skipped == 0)
        }
        #expect(outcome.found.map { $0.header + $0.payload }.reduce(outcome.skipped, +) == stream.count)
    }

    /// Where another header stands at the claimed end the length is right and the payload damaged, whatever is in it:
    /// nobody can smuggle in messages that the receiver never saw.
    @Test func messageInsideADamagedOne() {
        let outcome = feed.agreed(ping + framed("tx", filler(20) + inv + filler(9), checksum: 5) + ping)
        #expect(outcome.found.map(\.command) == ["ping", "tx", "ping"])
        #expect(outcome.found.map(\.payload) == [8, 90, 8])
        #expect(outcome.found.map(\.status) == [.good, .bad, .good])
        let last = feed.agreed(ping + framed("tx", filler(20) + inv + filler(9), checksum: 5))
        #expect(last.found.map(\.payload) == [8, 90])
    }

    /// The capture ends within a message, or has lost the rest of it, and the message carries a whole other one.
    @Test(arguments: [0, 40])
    func messageInsideACutOne(behind: Int) {
        let cut = framed("block", filler(100) + inv + filler(200), length: 100_000)
        let end = feed.agreed(ping + cut)
        #expect(end.found.map(\.command) == ["ping", "block"])
        #expect(end.found.map(\.payload) == [8, cut.count - 24])
        var drip = feed
        drip.gaps = [cut.count]
        #expect(drip.agreed(cut + filler(behind)).found.map(\.command) == ["block"])
    }

    @Test func lengthThatIsTooLow() {
        let stream = ping + framed("tx", filler(50), length: 30) + inv
        let outcome = feed.agreed(stream)
        #expect(outcome.found.map(\.command) == ["ping", "tx", "inv"])
        #expect(outcome.found.map(\.status) == [.good, .bad, .good])
        #expect(outcome.skipped == 20)
    }

    @Test func gapBehindAWrongLength() {
        var drip = feed
        let wrong = framed("tx", filler(50), length: 1000)
        drip.gaps = [wrong.count + 93]
        let outcome = drip.agreed(wrong + inv + ping + inv)
        #expect(outcome.found.map(\.command) == ["tx", "inv", "ping", "inv"])
        #expect(outcome.skipped == 0)
    }
}
