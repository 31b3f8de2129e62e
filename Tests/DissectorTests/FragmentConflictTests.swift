import Dissector
import Fields
import Reassembly
import Support
import Testing

/// Packets in fragments of which copies differ.
@Suite struct FragmentConflictTests {
    private let version = framed("version", [UInt8](repeating: 0, count: 86))
    private let ping = framed("ping", filler(8))
    private let forged = framed("ping", [UInt8](repeating: 0xfa, count: 8))

    /// A version, then what `body` does.
    private func talk(_ body: (inout Talk) -> Void) throws -> Findings {
        var talk = Talk()
        talk.send(.client, version)
        body(&talk)
        talk.settle()
        talk.send(.client, ping)
        talk.settle()
        return try dissect(talk.packets)
    }

    /// Replaces the last frame by two fragments of it: 24 bytes and the others.
    private func fragment(_ talk: inout Talk) -> [Packet] {
        guard let packet = talk.packets.popLast() else { return [] }
        return [0..<24, 24..<packet.bytes.count - 34].map { range in
            var piece = packet
            piece.bytes = Array(
                packet.bytes[..<34] + packet.bytes[34...].dropFirst(range.lowerBound).prefix(range.count))
            piece.originalLength = piece.bytes.count
            let length = 20 + range.count
            piece.bytes.replaceSubrange(16..<18, with: [UInt8(length >> 8), UInt8(length & 255)])
            piece.bytes.replaceSubrange(
                18..<22, with: [0, 9, range.lowerBound == 0 ? 0x20 : 0, UInt8(range.lowerBound / 8)])
            return piece
        }
    }

    /// The fragments of a segment with these bytes.
    private func pieces(_ talk: inout Talk, _ bytes: [UInt8]) -> [Packet] {
        talk.packet(.client, bytes, at: talk.client.sent)
        return fragment(&talk)
    }

    @Test func lateFragment() throws {
        let result = try talk { talk in
            let evil = pieces(&talk, forged)
            let right = pieces(&talk, ping)
            talk.packets += evil + [right[1]]
            talk.client.sent += 32
        }
        #expect(result.gaps.map(\.info) == ["[fragments differ]"])
        // Three of the handshake, the version, two of the packet.
        let conflict = try #require(result.gaps.first)
        #expect(conflict.frame == 7 && conflict.stream == 0 && conflict.length == 28 && conflict.hasProblem)
        #expect(conflict.from == "192.0.2.1:50000" && conflict.to == "198.51.100.7:8333")
        #expect(conflict.notes == ["bitcoin.fragments.differ"])
        #expect(result.commands == ["version", "ping", "ping"] && result.counts.messages == 3)
        #expect(!result.records.contains { $0.notes.contains("bitcoin.fragments.differ") })
    }

    @Test func repeatedFragment() throws {
        let result = try talk { talk in
            let right = pieces(&talk, ping)
            talk.packets += right + right
            talk.client.sent += 32
        }
        #expect(result.gaps.isEmpty && result.commands == ["version", "ping", "ping"])
    }

    /// The message is not complete yet: it is remarked on, too.
    @Test func lateFragmentOfAMessage() throws {
        let long = framed("zzzz", filler(200))
        let result = try talk { talk in
            let first = Array(long.prefix(100))
            let evil = pieces(&talk, first)
            var other = evil[1]
            other.bytes[60] ^= 1
            talk.packets += evil + [other]
            talk.client.sent += 100
            talk.send(.client, Array(long.dropFirst(100)))
        }
        #expect(result.gaps.map(\.info) == ["[fragments differ]"])
        let message = try #require(result.records.first { $0.command == "zzzz" })
        #expect(message.notes.contains("bitcoin.fragments.differ") && message.info.hasSuffix("[fragments differ]"))
    }

    /// The receiver drops such a packet; where nobody acknowledges it, its bytes are not used.
    @Test func withinThePacket() throws {
        let result = try talk { talk in
            let evil = pieces(&talk, forged)
            let right = pieces(&talk, ping)
            talk.packets += [evil[1], right[1], right[0]]
            talk.packet(.client, ping, at: talk.client.sent)
            talk.client.sent += 32
        }
        #expect(result.gaps.map(\.info) == ["[fragments differ]"])
        #expect(result.gaps.map(\.frame) == [7] && result.gaps.map(\.length) == [32])
        #expect(result.counts.bytes.unused[.fragments] == 32)
        #expect(
            result.records.filter { $0.command == "ping" }.map { Array($0.bytes.suffix(8)) } == [filler(8), filler(8)])
    }

    /// Of a stream that is not Bitcoin's nothing is told.
    @Test func ofAnotherProtocol() throws {
        var talk = Talk(8080)
        talk.send(.client, Array("GET / HTTP/1.1\r\n".utf8))
        let first = pieces(&talk, filler(40))
        var late = first[1]
        late.bytes[50] ^= 1
        talk.packets += first + [late]
        talk.client.sent += 40
        talk.settle()
        #expect(try dissect(talk.packets).all.isEmpty)
    }
}
