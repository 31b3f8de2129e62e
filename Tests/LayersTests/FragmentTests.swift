import Layers
import Support
import Testing

@Suite struct FragmentTests {
    typealias B = Build
    static let second: Int64 = 1_000_000_000

    /// The datagram's payload in pieces of `size` bytes, in packets of IPv4 or IPv6.
    static func pieces(_ payload: [UInt8], size: Int, isSix: Bool = false, next: UInt8 = 6, id: Int = 77) -> [[UInt8]] {
        stride(from: 0, to: payload.count, by: size).map { start in
            let end = min(start + size, payload.count)
            let part = Array(payload[start..<end])
            if isSix {
                return B.ipv6(
                    B.option(next: 44)
                        + B.fragment(next: next, offset: start, more: end < payload.count, id: UInt32(id))
                        + part, next: 0)
            }
            return B.ipv4(part, protocol: next, id: id, offset: start, more: end < payload.count)
        }
    }

    static let data: [UInt8] = (0..<3000).map { UInt8($0 * 7 & 255) }

    @Test(arguments: [false, true])
    func anyOrder(_ isSix: Bool) throws {
        var random = SeededGenerator(seed: 1)
        for round in 0..<200 {
            let size = 8 * Int.random(in: 1...200, using: &random)
            var pieces = Self.pieces(B.tcp(Self.data), size: size, isSix: isSix, id: round)
            pieces.shuffle(using: &random)
            var parser = PacketParser()
            for (index, piece) in pieces.enumerated() {
                let parsed = parser.parse(B.ethernet(piece + [0xee, 0xee], type: isSix ? 0x86dd : 0x0800), 1)
                if index + 1 < pieces.count {
                    try #require(parsed.outcome == .fragment)
                    // A duplicate changes nothing.
                    if index % 3 == 0 { try #require(parser.parse(piece, 101).outcome == .fragment) }
                } else {
                    try #require(parsed.outcome == .tcp)
                    try #require(parsed.payload == Self.data)
                    try #require(parsed.packet?.wireLength == Self.data.count)
                    try #require(parsed.packet?.destination.isIPv4 == !isSix)
                }
            }
            try #require(parser.defragmenter.count == 0 && parser.defragmenter.byteCount == 0)
        }
    }

    @Test func extensionHeadersInTheDatagram() {
        var parser = PacketParser()
        let datagram = B.option(next: 60) + B.option(next: 6) + B.tcp(Self.data)
        var last: Parsed?
        for piece in Self.pieces(datagram, size: 1000, isSix: true, next: 60) { last = parser.parse(piece, 229) }
        #expect(last?.outcome == .tcp && last?.payload == Self.data)
    }

    @Test func tunnels() {
        // A tunnel whose outer packets are fragmented, and inside them fragments again.
        var parser = PacketParser()
        var outcomes: [PacketOutcome] = []
        var last: Parsed?
        for inner in Self.pieces(B.tcp(Self.data), size: 1600, id: 5) {
            for outer in Self.pieces(inner, size: 800, isSix: true, next: 4, id: Int(inner[6])) {
                last = parser.parse(outer, 101)
                if let last { outcomes.append(last.outcome) }
            }
        }
        #expect(outcomes == [.fragment, .fragment, .fragment, .fragment, .tcp])
        #expect(last?.payload == Self.data)
    }

    @Test func keysAreApart() {
        var parser = PacketParser()
        let other: [UInt8] = [203, 0, 113, 9]
        let first = Self.pieces(B.tcp(Self.data), size: 1600, id: 1)[0]
        let last = Array(B.tcp(Self.data)[1600...])
        #expect(parser.parse(first, 101).outcome == .fragment)
        let strangers = [
            B.ipv4(last, id: 2, offset: 1600), B.ipv4(last, id: 1, offset: 1600, source: other),
            B.ipv4(last, id: 1, offset: 1600, destination: other), B.ipv4(last, protocol: 4, id: 1, offset: 1600),
            B.ipv6(B.fragment(next: 6, offset: 1600, more: false, id: 1) + last, next: 44),
        ]
        for stranger in strangers { #expect(parser.parse(stranger, 101).outcome == .fragment) }
        #expect(parser.defragmenter.count == 6)
        #expect(parser.parse(B.ipv4(last, id: 1, offset: 1600), 101).outcome == .tcp)
    }

    @Test func firstCopyWins() {
        var parser = PacketParser()
        let datagram = B.tcp(Self.data)
        let pieces = Self.pieces(datagram, size: 1024)
        let forged = B.ipv4([UInt8](repeating: 0xff, count: 2048), id: 77, offset: 0, more: true)
        #expect(parser.parse(pieces[0], 101).outcome == .fragment)
        #expect(parser.parse(forged, 101).outcome == .fragment)
        let parsed = parser.parse(pieces[2], 101)
        #expect(parsed.outcome == .tcp)
        #expect(parsed.payload.prefix(1004) == Self.data.prefix(1004))
        #expect(parsed.payload[1004..<2028].allSatisfy { $0 == 0xff })
        #expect(parsed.payload[2028...] == Self.data[2028...])
    }

    @Test(arguments: [false, true])
    func copiesThatDiffer(_ isSix: Bool) throws {
        let datagram = B.tcp(Self.data)
        let pieces = Self.pieces(datagram, size: 1000, isSix: isSix)
        // Other pieces of the same, which overlap them.
        let others = Self.pieces(datagram, size: 1160, isSix: isSix)
        func parsed(_ packets: [[UInt8]]) throws -> Parsed {
            var parser = PacketParser()
            for packet in packets.dropLast() { #expect(parser.parse(packet, 101).outcome == .fragment) }
            let parsed = parser.parse(try #require(packets.last), 101)
            #expect(parsed.outcome == .tcp && parsed.payload.count == Self.data.count)
            // It is forgotten with its datagram, of which all has gone by later.
            for piece in pieces.dropLast() { _ = parser.parse(piece, 101, time: 31 * Self.second) }
            let again = parser.parse(try #require(pieces.last), 101, time: 31 * Self.second)
            #expect(again.packet?.fragmentsDiffer == false)
            return parsed
        }
        let same = try parsed([pieces[0], others[0], pieces[2], pieces[3], others[1]])
        #expect(same.packet?.fragmentsDiffer == false && same.payload == Self.data)
        for place in [0, 700, 1159] {
            var forged = others[0]
            forged[forged.count - 1160 + place] ^= 1
            for packets in [
                [pieces[1], forged, pieces[0], pieces[2], pieces[3]],
                [pieces[0], pieces[2], forged, pieces[1], pieces[3]],
                [forged, pieces[0], pieces[3], pieces[1], pieces[2]],
            ] {
                let packet = try #require(try parsed(packets).packet)
                #expect(packet.fragmentsDiffer, "byte \(place)")
                // Whose sum it would be is not known.
                #expect(!packet.isChecksumWrong)
            }
        }
    }

    /// Of a tunnel's packets, and of the datagram in them.
    @Test func copiesInATunnelThatDiffer() throws {
        let inner = Self.pieces(B.tcp(Self.data), size: 1600, id: 5)
        for number in 0..<2 {
            var parser = PacketParser()
            var last: Parsed?
            for (index, packet) in inner.enumerated() {
                var outer = Self.pieces(packet, size: 800, next: 4, id: index)
                if index == number {
                    var forged = outer[0]
                    forged[forged.count - 1] ^= 1
                    outer.insert(forged, at: 1)
                }
                for piece in outer { last = parser.parse(piece, 101) }
            }
            #expect(last?.packet?.fragmentsDiffer == true && last?.payload == Self.data)
        }
    }

    @Test func contradictions() {
        var parser = PacketParser()
        let eight = [UInt8](repeating: 0, count: 8)
        func outcome(_ part: [UInt8], _ offset: Int, _ more: Bool, id: Int) -> PacketOutcome {
            parser.parse(B.ipv4(part, id: id, offset: offset, more: more), 101).outcome
        }
        #expect(outcome([1, 2, 3], 8, true, id: 1) == .malformed)
        #expect(outcome([], 8, true, id: 1) == .malformed)
        #expect(outcome(eight + eight, 65_528, false, id: 1) == .malformed)
        #expect(parser.defragmenter.count == 0)
        // Two ends that disagree, and bytes behind the end.
        #expect(outcome(eight, 80, false, id: 1) == .fragment)
        #expect(outcome(eight, 88, false, id: 1) == .malformed)
        #expect(outcome(eight, 72, false, id: 1) == .malformed)
        #expect(outcome(eight, 88, true, id: 1) == .malformed)
        #expect(outcome(eight, 160, true, id: 2) == .fragment)
        #expect(outcome(eight, 80, false, id: 2) == .malformed)
        #expect(parser.defragmenter.count == 2)
        // A first fragment without a whole TCP header.
        #expect(outcome(eight, 0, true, id: 3) == .fragment)
        #expect(outcome(eight, 8, false, id: 3) == .malformed)
        #expect(parser.defragmenter.count == 2)
    }

    @Test func snapLength() throws {
        var parser = PacketParser()
        let pieces = Self.pieces(B.tcp(Self.data), size: 1000)
        for order in [[0, 1, 2, 3], [3, 1, 0, 2]] {
            var last: Parsed?
            for index in order {
                last = parser.parse(
                    Array(pieces[index].prefix(index == 1 ? 120 : 2000)), 101, original: pieces[index].count)
            }
            #expect(last?.outcome == .tcp)
            #expect(last?.packet?.wireLength == Self.data.count)
            #expect(last?.payload == Array(Self.data.prefix(1000 - 20 + 100)))
        }
        // All cut: the first fragment's bytes are all there is.
        var last: Parsed?
        for piece in pieces.reversed() { last = parser.parse(Array(piece.prefix(96)), 101, original: piece.count) }
        #expect(last?.payload == Array(Self.data.prefix(56)))
        #expect(last?.packet?.wireLength == Self.data.count)
        // Cut inside the TCP header; of another datagram, as nothing in it differs from the one before.
        for piece in Self.pieces(B.tcp(Self.data), size: 1000, id: 78) {
            last = parser.parse(Array(piece.prefix(39)), 101, original: piece.count)
        }
        #expect(last?.outcome == .malformed)
        #expect(parser.defragmenter.count == 0)
    }

    @Test func patience() {
        let pieces = Self.pieces(B.tcp(Self.data), size: 2000)
        for (start, later, expected): (Int64, Int64, PacketOutcome) in [
            (0, 30 * Self.second, .tcp), (0, 30 * Self.second + 1, .fragment), (0, -30 * Self.second, .tcp),
            (0, -31 * Self.second, .fragment), (.min, .min + 1, .tcp), (.min, .max, .fragment), (.max, .min, .fragment),
            (.max, .max, .tcp), (-5, .max, .fragment),
        ] {
            var parser = PacketParser()
            _ = parser.parse(pieces[0], 101, time: start)
            #expect(parser.parse(pieces[1], 101, time: later).outcome == expected, "\(start) \(later)")
            #expect(parser.defragmenter.dropped == (expected == .tcp ? 0 : 1))
        }
        // The clock starts at the first fragment and goes on for all datagrams.
        var parser = PacketParser()
        for id in 0..<100 {
            _ = parser.parse(Self.pieces(Self.data, size: 2000, id: id)[0], 101, time: Int64(id) * Self.second)
        }
        #expect(parser.defragmenter.count == 31)
        _ = parser.parse(Self.pieces(Self.data, size: 2000, id: 1000)[0], 101, time: 500 * Self.second)
        #expect(parser.defragmenter.count == 1)
        #expect(parser.defragmenter.dropped == 100)
    }

    @Test func bounds() {
        var parser = PacketParser(datagrams: 10, bytes: 1 << 20)
        for id in 0..<5000 {
            #expect(parser.parse(Self.pieces(Self.data, size: 2000, id: id)[0], 101).outcome == .fragment)
            #expect(parser.defragmenter.count == min(10, id + 1))
        }
        // The oldest went: the newest ten can still be completed, the one before cannot.
        for (id, expected): (Int, PacketOutcome) in [(4989, .fragment), (4991, .tcp), (4999, .tcp)] {
            #expect(parser.parse(Self.pieces(Self.data, size: 2000, id: id)[1], 101).outcome == expected)
        }
        // Few bytes at far offsets take room as well.
        var small = PacketParser(datagrams: 1000, bytes: 200_000)
        for id in 0..<100 {
            _ = small.parse(B.ipv4([UInt8](repeating: 1, count: 8), id: id, offset: 64_000, more: true), 101)
            #expect(small.defragmenter.byteCount <= 200_000)
        }
        #expect(small.defragmenter.count == 3)
        // Holes without end.
        var holes = PacketParser()
        var outcomes: Set<PacketOutcome> = []
        for index in 0..<4000 {
            outcomes.insert(
                holes.parse(B.ipv4([UInt8](repeating: 1, count: 8), offset: index * 16, more: true), 101).outcome)
        }
        #expect(outcomes == [.fragment, .malformed])
        #expect(holes.defragmenter.byteCount < 100_000)
    }

    @Test func completedDatagramsLeaveNothing() {
        // One datagram stays incomplete while many others come and go.
        var parser = PacketParser(datagrams: 4)
        let waiting = Self.pieces(B.tcp(Self.data), size: 2000, id: 60_000)
        _ = parser.parse(waiting[0], 101)
        for id in 0..<20_000 {
            let pieces = Self.pieces(B.tcp([1, 2, 3, 4, 5, 6, 7, 8]), size: 24, id: id)
            #expect(parser.parse(pieces[1], 101).outcome == .fragment)
            #expect(parser.parse(pieces[0], 101).outcome == .tcp)
            #expect(parser.defragmenter.count == 1)
        }
        #expect(parser.parse(waiting[1], 101).payload == Self.data)
        #expect(parser.defragmenter.byteCount == 0)
    }
}
