import Foundation
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
        try expectLinear("garbage", count: (2_000, 60_000), memory: 100, handshake: false) { flood, side, count in
            flood.stream(side.key)
            for _ in 0..<count { flood.stream(garbage) }
        }
    }

    /// The same a byte a segment, as far as a terminator is looked for.
    @Test func garbageByteByByte() throws {
        try expectLinear("garbage bytes", count: (16_000, 400_000), memory: 100, handshake: false) {
            flood, side, count in
            flood.stream(side.key)
            flood.stream(filler(count), size: 1)
        }
    }

    @Test func decoysForEver() throws {
        try expectLinear("decoys", count: (8_000, 400_000), memory: 100) { flood, side, count in
            for _ in 0..<count { flood.stream(try side.packet([1, 2, 3], isDecoy: true)) }
        }
    }

    /// The handshake's packet never comes, only decoys before it.
    @Test func decoysInsteadOfTheVersion() throws {
        try expectLinear("handshake", count: (8_000, 400_000), memory: 100, handshake: false) { flood, side, count in
            flood.stream(try side.handshake(garbage: [], isDecoy: true))
            for _ in 0..<count { flood.stream(try side.packet([], isDecoy: true)) }
        }
    }

    /// A packet of 2²⁴ - 1 bytes that never ends, or ends and does not authenticate, over and over.
    @Test func longestLength() throws {
        let junk = filler(1448)
        try expectLinear("longest", count: (2_000, 100_000), memory: 160) { flood, side, count in
            flood.stream(try side.claim(0xff_ffff))
            for _ in 0..<count { flood.stream(junk) }
        }
    }

    /// Behind a packet that is damaged the next one is sought at the beginning of each segment.
    @Test func nothingThatAuthenticates() throws {
        try expectLinear("search", count: (1_200, 60_000), memory: 160) { flood, side, count in
            flood.stream(filler(30))
            for index in 0..<count { flood.stream(filler(29, from: index)) }
        }
    }

    /// The same with gaps, so that each search begins anew.
    @Test func gapsAllTheTime() throws {
        try expectLinear("gaps", count: (400, 20_000), memory: 160) { flood, side, count in
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
