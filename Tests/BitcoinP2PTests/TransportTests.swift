import BitcoinP2P
import Support
import Testing

/// What a direction's first bytes say of its transport (protocol.md section 11.2).
@Suite struct TransportTests {
    private typealias Verdict = TransportDetector.Verdict

    private func verdict(_ bytes: [UInt8], isStart: Bool = true, isLast: Bool = false) -> Verdict {
        TransportDetector.verdict(bytes.span.bytes, isStart: isStart, isLast: isLast)
    }

    /// 200 bytes as a v2 key and its garbage look.
    private func random(_ seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    @Test func messagesOfEveryNetwork() {
        for network in Network.known {
            let stream = framed("inv", filler(10), magic: network.magic)
            #expect(verdict(stream) == .v1)
            #expect(verdict(stream, isStart: false) == .v1)
        }
    }

    @Test func unknownMagicNeedsVersion() {
        let version = framed("version", filler(86), magic: 0x7ec6_53a5)
        #expect(verdict(version) == .v1)
        #expect(verdict(framed("inv", filler(86, from: 128), magic: 0x7ec6_53a5)) != .v1)
    }

    @Test func oneByteAfterTheOther() {
        let stream = framed("version", filler(86))
        for count in 0..<20 { #expect(verdict(Array(stream[..<count])) == .undecided) }
        for count in 20...stream.count { #expect(verdict(Array(stream[..<count])) == .v1) }
        let encrypted = random(1)
        for count in 0..<64 { #expect(verdict(Array(encrypted[..<count])) == .undecided) }
        for count in 64...200 { #expect(verdict(Array(encrypted[..<count])) == .v2) }
    }

    @Test func randomBytesAreNeverRead() throws {
        for seed in 0..<2000 { try #require(verdict(random(UInt64(seed))) == .v2) }
    }

    @Test func shortEncryptedStreams() {
        let encrypted = random(2)
        for count in 4...64 { #expect(verdict(Array(encrypted[..<count]), isLast: true) == .v2) }
        for count in 0..<4 { #expect(verdict(Array(encrypted[..<count]), isLast: true) == .other) }
    }

    /// Whoever tries what answers at a port sends no keys.
    @Test func otherProtocols() {
        let probes = ["HELP\r\n", "\r\n\r\n", "QUIT\r\n", "GET / HTTP/1.0\r\n\r\n", "AAAAAAAAAAAA"].map {
            Array($0.utf8)
        }
        for probe in probes { #expect(verdict(probe, isLast: true) == .other, "\(probe)") }
        let zeros = [UInt8](repeating: 0, count: 200)
        let cookie =
            [3, 0, 0, 0x2f, 0x2a, 0xe0, 0, 0, 0, 0, 0] + Array("Cookie: mstshash=Administr\r\n".utf8) + [1, 0, 8, 0]
        // A message whose magic is damaged, and which is longer than a key.
        let damaged = framed("version", [0x7f, 0x11, 1, 0] + [UInt8](repeating: 0, count: 82), magic: 0xffff_ffff)
        for bytes in [zeros, cookie, Array(damaged[1...])] {
            #expect(verdict(bytes, isLast: true) == .unclear, "\(bytes)")
        }
    }

    /// A snap length, or a segment lost early on, leaves less than a header: that is no reason to call it encrypted.
    @Test func beginningOfAHeader() {
        for stream in [framed("version", filler(86)), framed("inv", filler(37), magic: 0xfabf_b5da)] {
            for count in 1..<20 { #expect(verdict(Array(stream[..<count]), isLast: true) == .v1, "\(count) bytes") }
        }
        let custom = framed("version", filler(86), magic: 0x7ec6_53a5)
        for count in 11..<20 { #expect(verdict(Array(custom[..<count]), isLast: true) == .v1, "\(count) bytes") }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: 192.0.2.1:8333\r\nUser-Agent: curl/8.0\r\nAccept: */*\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\nand some more of the same thing, as long as a key\r\n",
        "{\"id\": 1, \"method\": \"mining.subscribe\", \"params\": [\"a miner at the wrong port\"]}\n",
    ])
    func text(_ text: String) {
        #expect(verdict(Array(text.utf8)) == .other)
        #expect(verdict(Array(text.utf8.prefix(20)), isLast: true) == .other)
    }

    @Test func streamCaughtInTheMiddle() {
        let encrypted = random(3)
        #expect(verdict(Array(encrypted[..<23]), isStart: false) == .undecided)
        #expect(verdict(Array(encrypted[..<23]), isStart: false, isLast: true) == .v1Later)
        #expect(verdict(Array(encrypted[..<24]), isStart: false) == .v1Later)
    }

    @Test func behindAProxysGreeting() {
        let name = Array("seed.example.invalid".utf8)
        let greeting: [UInt8] = [5, 1, 0] + [5, 1, 0, 3, UInt8(name.count)] + name + [0x20, 0x8d]
        #expect(verdict(greeting + framed("version", filler(86))) == .v1Later)
        let answer: [UInt8] = [5, 0] + [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        #expect(verdict(answer + framed("version", filler(86))) == .v1Later)
        #expect(verdict([5, 2, 0, 2] + greeting.dropFirst(3) + framed("version", filler(86))) == .v1Later)
    }

    @Test func headerMustBeSound() {
        #expect(verdict(framed("inv", filler(100), length: 33_554_433)) == .v1, "absurd, but no other transport")
        #expect(verdict(framed("inv", filler(100), length: 33_554_433), isStart: false) != .v1)
        #expect(verdict(framed("", filler(100))) != .v1)
        #expect(verdict(framed("in\u{7f}", filler(100))) != .v1)
        #expect(verdict(framed("anything", filler(100), length: 33_554_432)) == .v1)
    }
}
