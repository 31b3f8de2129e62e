import Layers
import Testing

/// Fragments that come after their datagram was complete.
@Suite struct LateFragmentTests {
    typealias B = Build
    static let second = FragmentTests.second
    static let pieces = FragmentTests.pieces(B.tcp(FragmentTests.data), size: 1000)

    /// The datagram in frames 1 to 4.
    private func complete(_ parser: inout PacketParser, time: Int64 = 0) {
        for (index, piece) in Self.pieces.enumerated() {
            let parsed = parser.parse(piece, 101, time: time, number: UInt64(index + 1))
            #expect(parsed.outcome == (index == 3 ? .tcp : .fragment))
            #expect(parser.conflict == nil)
        }
    }

    private func forged(_ index: Int, place: Int) -> [UInt8] {
        var forged = Self.pieces[index]
        forged[20 + place] ^= 1
        return forged
    }

    @Test func repetitions() {
        var parser = PacketParser()
        complete(&parser)
        for piece in Self.pieces + [Self.pieces[2]] + FragmentTests.pieces(B.tcp(FragmentTests.data), size: 1160) {
            #expect(parser.parse(piece, 101, time: 30 * Self.second).outcome == .fragment)
            #expect(parser.conflict == nil && parser.defragmenter.count == 0)
        }
        // Later the same identification is of another datagram.
        complete(&parser, time: 31 * Self.second)
    }

    @Test(arguments: [0, 1, 3])
    func otherBytes(_ index: Int) {
        let length = index == 3 ? 20 : 1000
        for place in [0, length / 2, length - 1] {
            var parser = PacketParser()
            complete(&parser)
            let late = forged(index, place: place)
            #expect(parser.parse(late, 101, time: Self.second, number: 5).outcome == .fragment)
            #expect(parser.conflict == FragmentConflict(frame: 4, length: length))
            // It may begin another datagram.
            #expect(parser.defragmenter.count == 1)
            // One is enough, and a frame without a conflict tells of none.
            #expect(parser.parse(late, 101, time: Self.second, number: 6).outcome == .fragment)
            #expect(parser.conflict == nil)
        }
    }

    @Test func clock() {
        for (time, expected): (Int64, Bool) in [
            (Self.second, true), (-Self.second, true), (Self.second + 1, false), (-Self.second - 1, false),
            (.max, false), (.min, false),
        ] {
            var parser = PacketParser()
            complete(&parser)
            #expect(parser.parse(forged(1, place: 7), 101, time: time).outcome == .fragment)
            #expect((parser.conflict != nil) == expected, "\(time)")
            #expect(parser.defragmenter.count == 1)
        }
    }

    /// Another datagram with the same identification is handed on whole, in any order of its fragments.
    @Test func anotherDatagram() {
        var other = FragmentTests.data.map { $0 ^ 0xff }
        // A part that is the same.
        other.replaceSubrange(980..<1980, with: FragmentTests.data[980..<1980])
        for order in [[0, 1, 2, 3], [3, 1, 2, 0], [2, 1, 0, 3]] {
            var parser = PacketParser()
            complete(&parser)
            let pieces = FragmentTests.pieces(B.tcp(other, sequence: 9), size: 1000)
            var last: Parsed?
            for index in order { last = parser.parse(pieces[index], 101, time: 5 * Self.second) }
            #expect(last?.outcome == .tcp && last?.payload == other)
            #expect(last?.packet?.fragmentsDiffer == false)
        }
    }

    /// What cannot be compared is no repetition.
    @Test func snapLength() {
        var parser = PacketParser()
        for (index, piece) in Self.pieces.enumerated() {
            let captured = Array(piece.prefix(index == 1 ? 120 : 2000))
            _ = parser.parse(captured, 101, original: piece.count, number: UInt64(index + 1))
        }
        // 100 bytes of the second are known.
        let second = Self.pieces[1]
        #expect(parser.parse(Array(second.prefix(120)), 101, original: second.count).outcome == .fragment)
        #expect(parser.defragmenter.count == 0)
        var forged = second
        forged[119] ^= 1
        _ = parser.parse(forged, 101)
        #expect(parser.conflict == FragmentConflict(frame: 4, length: 1000))
        #expect(parser.defragmenter.count == 1)
    }

    /// With another end it does not fit, whatever its bytes are.
    @Test func anotherEnd() {
        for (offset, more) in [(3008, true), (3024, false), (3008, false), (1000, false)] {
            var parser = PacketParser()
            complete(&parser)
            let bytes = offset == 1000 ? Array(Self.pieces[1][20..<36]) : [UInt8](repeating: 9, count: 16)
            let late = B.ipv4(bytes, id: 77, offset: offset, more: more)
            #expect(parser.parse(late, 101, time: 0).outcome == .fragment)
            #expect(parser.conflict == FragmentConflict(frame: 4, length: 16), "\(offset)")
            #expect(parser.defragmenter.count == 1)
        }
    }

    @Test func bounds() {
        var parser = PacketParser(datagrams: 10, bytes: 20_000)
        for id in 0..<5000 {
            for piece in FragmentTests.pieces(B.tcp(FragmentTests.data), size: 1600, id: id) {
                _ = parser.parse(piece, 101, time: Int64(id))
            }
            let defragmenter = (parser.defragmenter.completedCount, parser.defragmenter.completedByteCount)
            #expect(defragmenter.0 <= 10 && defragmenter.1 <= 20_000)
            #expect(defragmenter.0 > 0)
        }
        // Incomplete ones come first.
        for id in 10_000..<10_010 {
            _ = parser.parse(FragmentTests.pieces(FragmentTests.data, size: 1600, id: id)[0], 101)
        }
        #expect(parser.defragmenter.count == 10 && parser.defragmenter.completedCount == 0)
        #expect(parser.defragmenter.completedByteCount == 0)
        // One key again and again, beside one that stays.
        var many = PacketParser()
        for id in [5, 6] + [Int](repeating: 7, count: 5000) {
            let data = (0..<200).map { _ in UInt8.random(in: 0...255) }
            for piece in FragmentTests.pieces(B.tcp(data), size: 160, id: id) { _ = many.parse(piece, 101) }
        }
        #expect(many.defragmenter.completedCount == 3 && many.defragmenter.completedByteCount < 3000)
        // All are forgotten with time.
        let late = FragmentTests.pieces(B.tcp(FragmentTests.data), size: 1600, id: 99)
        for piece in late { _ = many.parse(piece, 101, time: 31 * Self.second) }
        #expect(many.defragmenter.completedCount == 1)
    }
}
