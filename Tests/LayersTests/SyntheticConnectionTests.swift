import Layers
import Testing

@Suite struct SyntheticConnectionTests {
    private struct Seen: Equatable {
        var sequence: UInt32
        var acknowledgment: UInt32
        var flags: TCPFlags
        var bytes: [UInt8]
    }

    private let four = SyntheticConnection.End(IPAddress(v4: 0xc000_0201), port: 50_000)
    private let six = SyntheticConnection.End(IPAddress(high: 0x2001_0db8 << 32, low: 1), port: 8333)

    /// Parses packets, all of which have right checksums.
    private func parse(_ packets: [[UInt8]]) throws -> [Seen] {
        var parser = PacketParser()
        var seen: [Seen] = []
        for packet in packets {
            // Raw IP.
            let outcome = parser.parse(packet.span.bytes, originalLength: packet.count, linkType: 12, time: 0) {
                packet, _, payload in
                #expect(!packet.isChecksumWrong && !packet.isHeaderWrong)
                seen.append(
                    Seen(
                        sequence: packet.sequence, acknowledgment: packet.acknowledgment, flags: packet.flags,
                        bytes: payload.withUnsafeBytes { Array($0) }))
            }
            try #require(outcome == .tcp)
        }
        return seen
    }

    @Test(arguments: [false, true]) func fromBeginningToEnd(_ isSix: Bool) throws {
        let other = isSix ? six : SyntheticConnection.End(IPAddress(v4: 0xc000_0202), port: 8333)
        let one = isSix ? SyntheticConnection.End(IPAddress(high: 0x2001_0db8 << 32, low: 2), port: 50_000) : four
        var connection = SyntheticConnection(from: one, to: other)
        let bytes = (0..<3001).map { UInt8(truncatingIfNeeded: $0) }
        let seen = try parse(
            connection.open() + connection.send(bytes, .fromInitiator) + connection.send([7], .fromResponder)
                + connection.end(.fromInitiator) + connection.end(.fromResponder))
        #expect(seen.flatMap(\.bytes) == bytes + [7])
        #expect(seen.map(\.bytes.count).max() == SyntheticConnection.segmentLimit)
        let starts = (seen[0].sequence &+ 1, seen[1].sequence &+ 1)
        #expect(seen[0].flags == .syn && seen[1].flags == [.syn, .ack] && seen[2].flags == .ack)
        #expect(seen[1].acknowledgment == starts.0 && seen[2].acknowledgment == starts.1)
        // Three segments, their acknowledgement, one segment, its acknowledgement, and two for each end.
        #expect(seen.count == 3 + 4 + 2 + 4)
        #expect(seen[6].acknowledgment == starts.0 &+ 3001)
        #expect(seen[9].flags == [.fin, .ack] && seen[9].sequence == starts.0 &+ 3001)
        #expect(seen[10].acknowledgment == starts.0 &+ 3002)
        #expect(seen[11].flags == [.fin, .ack] && seen[11].sequence == starts.1 &+ 1)
        #expect(seen[12].acknowledgment == starts.1 &+ 2)
    }

    /// No more is under way than the window offered has room for.
    @Test func theWindowIsKept() throws {
        var connection = SyntheticConnection(from: four, to: four)
        _ = connection.open()
        let packets = connection.send([UInt8](repeating: 1, count: 1_000_000), .fromResponder)
        var underWay = 0
        for (packet, seen) in zip(packets, try parse(packets)) {
            #expect(SyntheticConnection.carriesBytes(packet) == !seen.bytes.isEmpty)
            underWay = seen.bytes.isEmpty ? 0 : underWay + seen.bytes.count
            #expect(underWay <= 0xffff)
        }
        #expect(underWay == 0)
    }

    /// Connections of the same ends begin at other numbers.
    @Test func numbers() throws {
        var starts: Set<UInt32> = []
        for number in 0..<1000 as Range<UInt32> {
            var connection = SyntheticConnection(from: four, to: four, number: number)
            starts.insert(try parse(connection.open())[0].sequence)
        }
        #expect(starts.count == 1000)
    }
}
