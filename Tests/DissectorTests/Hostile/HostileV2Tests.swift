import Foundation
import Support
import Testing

/// v2 connections made to cost much. Their key is known: without it nothing but their length is looked at.
@Suite(.serialized) struct HostileV2Tests {
    /// - Parameter body: Is given the attacker's side, after the handshake if it is to have one.
    private func expectLinear(
        _ name: String, count: (debug: Int, full: Int), memory: Int, handshake: Bool = true,
        _ location: SourceLocation = #_sourceLocation, _ body: (inout Flood, inout V2Side, Int) throws -> Void
    ) throws {
        let pair = V2Pair(seed: 7)
        let folder = try Folder()
        let keys = folder("keys")
        try (pair.line + "\n").write(toFile: keys, atomically: true, encoding: .utf8)
        try Trial.expectLinear(
            name, count: count, memory: memory, [["--keylog", keys], ["--keylog", keys, "-V"]], location
        ) { flood, count in
            var side = pair.initiator
            flood.open()
            if handshake { flood.stream(try side.handshake(garbage: filler(100))) }
            try body(&flood, &side, count)
        }
    }

    /// A key, and then bytes in which no terminator ever comes.
    @Test func garbageWithoutTerminator() throws {
        let garbage = filler(1448)
        try expectLinear("garbage", count: (16_000, 60_000), memory: 64, handshake: false) { flood, side, count in
            flood.stream(side.key)
            for _ in 0..<count { flood.stream(garbage) }
        }
    }

    /// The same a byte a segment, as far as a terminator is looked for.
    @Test func garbageByteByByte() throws {
        try expectLinear("garbage bytes", count: (16_000, 400_000), memory: 64, handshake: false) {
            flood, side, count in
            flood.stream(side.key)
            flood.stream(filler(count), size: 1)
        }
    }

    @Test func decoysForEver() throws {
        try expectLinear("decoys", count: (8_000, 400_000), memory: 64) { flood, side, count in
            for _ in 0..<count { flood.stream(try side.packet([1, 2, 3], isDecoy: true)) }
        }
    }

    /// The handshake's packet never comes, only decoys before it.
    @Test func decoysInsteadOfTheVersion() throws {
        try expectLinear("handshake", count: (8_000, 400_000), memory: 64, handshake: false) { flood, side, count in
            flood.stream(try side.handshake(garbage: [], isDecoy: true))
            for _ in 0..<count { flood.stream(try side.packet([], isDecoy: true)) }
        }
    }

    /// A packet of up to 2²⁴ - 1 bytes that does not authenticate, waited for, then searched through.
    @Test func longPacket() throws {
        let junk = filler(1448)
        try expectLinear("long packet", count: (6_000, 23_000), memory: 120) { flood, side, count in
            flood.stream(try side.claim(min(count * 730, 0xff_ffff)))
            for _ in 0..<count { flood.stream(junk) }
        }
    }

    /// The longest packet there can be never ends, or ends and is none.
    @Test(arguments: [11_000, 12_000])
    func longestPacket(_ segments: Int) throws {
        let folder = try Folder()
        var pair = V2Pair(seed: 7)
        try (pair.line + "\n").write(toFile: folder("keys"), atomically: true, encoding: .utf8)
        let capture = try Flood.write(to: folder("longest.pcap")) { flood in
            flood.open()
            flood.stream(try pair.initiator.handshake(garbage: []))
            flood.stream(try pair.initiator.claim(0xff_ffff))
            for _ in 0..<segments { flood.stream(filler(1448)) }
        }
        let trial = try Trial(capture, ["--keylog", folder("keys"), "-V"], memory: 160)
        #expect(trial.status == 0, "\(trial.errors.suffix(300))")
    }

    /// Behind a packet that is damaged the next one is sought at the beginning of each segment.
    @Test func nothingThatAuthenticates() throws {
        try expectLinear("search", count: (4_000, 60_000), memory: 64) { flood, side, count in
            flood.stream(try side.claim(9) + filler(27))
            for index in 0..<count { flood.stream(filler(29, from: index)) }
        }
    }

    /// The same behind a gap so large that a thousand packets fit in it: each that could be next is long by its length,
    /// which means nothing, and may be anywhere in what follows.
    @Test func longPacketsInVain() throws {
        let junk = filler(1448)
        try expectLinear("long packets", count: (2_600, 2_600), memory: 64) { flood, side, count in
            flood.stream(try side.packet([], isDecoy: true))
            let place: UInt32 = 100_000
            for index in 0..<UInt32(count) {
                flood.segment(from: Flood.attacker, sequence: place + index * 1448, flags: 0x18, junk)
                if index < 2 {
                    flood.segment(
                        from: Flood.victim, to: Flood.attacker, sequence: 1, acknowledgement: place + 1448,
                        after: 300_000)
                }
            }
        }
    }

    /// The same with gaps, so that each search begins anew.
    @Test func gapsAllTheTime() throws {
        try expectLinear("gaps", count: (1_000, 20_000), memory: 64) { flood, side, count in
            for index in 0..<count {
                let packet = try side.message(18, filler(8))
                let place = UInt32(10_000 + index * 3000)
                flood.segment(from: Flood.attacker, sequence: place, packet)
                flood.segment(
                    from: Flood.victim, to: Flood.attacker, sequence: 1, acknowledgement: place &+ 2000, after: 300_000)
            }
        }
    }
}
