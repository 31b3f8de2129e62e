import Support
import Testing

@testable import Reassembly

@Suite struct OriginTests {
    private func origin(_ frame: UInt64) -> Origin { Origin(frame: frame, time: Int64(frame) * 10) }

    private func pieces(_ provenance: Provenance, _ range: Range<UInt64>) -> [String] {
        var found: [String] = []
        provenance.pieces(in: range) { found.append("\($0) by \($1)") }
        return found
    }

    @Test func none() {
        let provenance = Provenance(maximumEntries: 8)
        #expect(provenance.origin(at: 5).frame == 0)
        #expect(!provenance.isReordered(0..<10))
        #expect(pieces(provenance, 0..<10) == [])
    }

    @Test func one() {
        var provenance = Provenance(maximumEntries: 8)
        provenance.append(10..<20, origin(3))
        #expect(provenance.origin(at: 10) == origin(3))
        #expect(provenance.origin(at: 19) == origin(3))
        #expect(provenance.origin(at: 20).frame == 0)
        #expect(!provenance.isReordered(10..<20))
        #expect(pieces(provenance, 5..<15) == ["10..<15 by 3"])
        #expect(pieces(provenance, 12..<30) == ["12..<20 by 3"])
        #expect(pieces(provenance, 20..<30) == [])
        #expect(pieces(provenance, 12..<12) == [])
    }

    @Test func several() {
        var provenance = Provenance(maximumEntries: 8)
        provenance.append(0..<10, origin(1))
        provenance.append(10..<20, origin(5))
        provenance.append(20..<30, origin(2))
        // A hole.
        provenance.append(40..<50, origin(6))
        #expect([0, 9, 10, 25, 35, 49].map { provenance.origin(at: $0).frame } == [1, 1, 5, 2, 6, 6])
        #expect(pieces(provenance, 5..<45) == ["5..<10 by 1", "10..<20 by 5", "20..<30 by 2", "40..<45 by 6"])
        #expect(!provenance.isReordered(0..<20))
        #expect(provenance.isReordered(0..<21))
        #expect(provenance.isReordered(20..<30))
        #expect(!provenance.isReordered(30..<50))
        provenance.prune(before: 20)
        #expect(provenance.isReordered(20..<30))
        #expect(pieces(provenance, 0..<25) == ["20..<25 by 2"])
        // What came last in the stream came before something that is forgotten.
        provenance.append(50..<60, origin(4))
        provenance.prune(before: 50)
        #expect(provenance.isReordered(50..<60))
        #expect(provenance.origin(at: 50) == origin(4))
    }

    /// Beside a list of all bytes.
    @Test(arguments: 0..<100 as Range<UInt64>) func model(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var provenance = Provenance(maximumEntries: 1_000)
        var frames: [UInt64?] = []
        for _ in 0..<40 {
            frames += [UInt64?](
                repeating: nil, count: generator.chance(20) ? Int.random(in: 1...5, using: &generator) : 0)
            let start = UInt64(frames.count)
            let frame = UInt64.random(in: 1...100, using: &generator)
            frames += [UInt64?](repeating: frame, count: Int.random(in: 1...9, using: &generator))
            provenance.append(start..<UInt64(frames.count), origin(frame))
        }
        var reached: [UInt64] = []
        for frame in frames { reached.append(max(reached.last ?? 0, frame ?? 0)) }
        for _ in 0..<50 {
            let start = Int.random(in: 0..<frames.count, using: &generator)
            let end = Int.random(in: start...frames.count, using: &generator)
            #expect(provenance.origin(at: UInt64(start)).frame == frames[start...].first { $0 != nil } ?? 0)
            let isReordered = (start..<end).contains { place in frames[place].map { $0 < reached[place] } ?? false }
            #expect(provenance.isReordered(UInt64(start)..<UInt64(end)) == isReordered)
            var found = [UInt64?](repeating: nil, count: end - start)
            provenance.pieces(in: UInt64(start)..<UInt64(end)) { piece, frame in
                for place in piece {
                    #expect(found[Int(place) - start] == nil)
                    found[Int(place) - start] = frame
                }
            }
            #expect(found == Array(frames[start..<end]))
        }
    }
}
