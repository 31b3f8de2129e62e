import Support
import Testing

@testable import Reassembly

@Suite struct SequenceNumberTests {
    @Test func distanceWrapsAround() {
        #expect(SequenceNumber(0xffff_fff0).distance(to: SequenceNumber(0x10)) == 0x20)
        #expect(SequenceNumber(0x10).distance(to: SequenceNumber(0xffff_fff0)) == -0x20)
        #expect(SequenceNumber(7).distance(to: SequenceNumber(7)) == 0)
        #expect(SequenceNumber(0).distance(to: SequenceNumber(0x8000_0000)) == -0x8000_0000)
        #expect(SequenceNumber(0).distance(to: SequenceNumber(0x7fff_ffff)) == 0x7fff_ffff)
    }

    @Test func advancingWrapsAround() {
        #expect(SequenceNumber(0xffff_ffff).advanced(by: 2) == SequenceNumber(1))
        #expect(SequenceNumber(1).advanced(by: -2) == SequenceNumber(0xffff_ffff))
        #expect(SequenceNumber(5).at(0x1_0000_0002) == SequenceNumber(7))
        #expect(SequenceNumber(0xffff_ffff).precedes(SequenceNumber(0)))
    }
}

@Suite struct HoleMapTests {
    @Test func unitesNeighbours() {
        var map = HoleMap()
        map.insert(10..<20)
        map.insert(30..<40)
        #expect(map.description == "10..<20 30..<40")
        #expect(map.insert(20..<25) == 0..<1)
        #expect(map.insert(29..<30) == 1..<2)
        #expect(map.description == "10..<25 29..<40")
        #expect(map.insert(24..<30) == 0..<2)
        #expect(map.description == "10..<40")
        #expect(map.insert(0..<5) == 0..<0)
        #expect(map.insert(0..<100) == 0..<2)
        #expect(map.description == "0..<100")
        #expect(map.insert(50..<50).isEmpty)
        #expect(map.count == 1)
    }

    @Test func forgetsWhatLiesBefore() {
        var map = HoleMap()
        for start in stride(from: UInt64(0), to: 100, by: 10) { map.insert(start..<start + 5) }
        map.removeAll(before: 32)
        #expect(map.first == 32..<35)
        map.removeAll(before: 36)
        #expect(map.first == 40..<45)
        map.removeAll(before: 1000)
        #expect(map.isEmpty)
    }

    /// The invariant, against a set of numbers.
    @Test func equalsAModel() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            var map = HoleMap()
            var model = Set<UInt64>()
            for _ in 0..<40 {
                let start = UInt64.random(in: 0..<200, using: &generator)
                let range = start..<start + UInt64.random(in: 0..<20, using: &generator)
                map.insert(range)
                model.formUnion(range)
                if generator.chance(10) {
                    map.removeAll(before: start)
                    model = model.filter { $0 >= start }
                }
            }
            try #require(Set(map.runs.flatMap { Array($0) }) == model)
            for (one, other) in zip(map.runs, map.runs.dropFirst()) { try #require(one.upperBound < other.lowerBound) }
            try #require(map.runs.allSatisfy { !$0.isEmpty })
        }
    }
}

@Suite struct StoreTests {
    /// Random segments, in and out: the counts are those of the segments held, and nobody's bytes are lost.
    @Test func countsWhatItHolds() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            var store = OutOfOrderStore()
            var (inserted, dropped, taken) = (0, 0, 0)
            var lowest: UInt64 = 0
            for frame in UInt64(1)...60 {
                let start = lowest + UInt64.random(in: 0..<400, using: &generator)
                let bytes = generator.bytes(Int.random(in: 1..<30, using: &generator))
                var insertion = Insertion()
                store.insert(
                    HeldSegment(start: start, bytes.span.bytes, Origin(frame: frame, time: 0), since: 0), fixed: 0,
                    &insertion)
                inserted += bytes.count
                dropped += insertion.dropped
                try #require(insertion.differing <= insertion.dropped)
                try #require(insertion.conflicts.allSatisfy { $0.range.count == $0.loser.count && !$0.range.isEmpty })
                if generator.chance(20), let first = store.takeFirst() {
                    taken += first.bytes.count
                    lowest = first.start + 1
                }
                try #require(store.byteCount == inserted - dropped - taken)
                try #require(store.footprint == store.byteCount + store.count * HeldSegment.overhead)
            }
            var last: Range<UInt64>?
            while let range = store.first, let held = store.takeFirst() {
                try #require(held.range == range && held.bytes.count == range.count)
                if let last { try #require(last.lowerBound < range.lowerBound && last.upperBound < range.upperBound) }
                last = range
            }
            try #require(store.isEmpty && store.count == 0 && store.footprint == 0 && store.byteCount == 0)
        }
    }

    @Test func differenceIsExact() {
        let left = text("0123456789abcdef")
        var right = left
        #expect(difference(left.span.bytes, right.span.bytes) == nil)
        right[9] = 0
        #expect(difference(left.span.bytes, right.span.bytes) == 9..<10)
        right[2] = 0
        #expect(difference(left.span.bytes, right.span.bytes) == 2..<10)
    }

    @Test func bigBuffersAreGivenBackAndUsedAgain() {
        var spares = SpareBuffers(maximumBytes: 1 << 20)
        var buffer = StreamBuffer()
        let chunk = [UInt8](repeating: 1, count: 1000)
        for _ in 0..<300 { buffer.append(chunk.span.bytes, spares: &spares) }
        #expect(buffer.count == 300_000 && buffer.capacity < 700_000)
        buffer.consume(299_999, spares: &spares)
        #expect(buffer.count == 1)
        buffer.consume(5, spares: &spares)
        #expect(buffer.isEmpty && buffer.capacity == 0 && spares.footprint >= 300_000)
        let kept = spares.footprint
        for _ in 0..<5 { buffer.append(chunk.span.bytes, spares: &spares) }
        #expect(buffer.capacity <= kept)
    }
}

@Suite struct ProvenanceTests {
    func frame(_ number: UInt64) -> Origin { Origin(frame: number, time: Int64(number) * 10) }

    @Test func framesInOrderOfNumber() {
        var provenance = Provenance(maximumEntries: 100)
        provenance.append(0..<10, frame(5))
        provenance.append(10..<20, frame(9))
        provenance.append(20..<30, frame(6))
        provenance.append(30..<40, frame(6))
        provenance.append(50..<60, frame(7))
        #expect(provenance.count == 4)
        #expect(provenance.origins(of: 0..<60).map(\.frame) == [5, 6, 7, 9])
        #expect(provenance.origins(of: 9..<11).map(\.frame) == [5, 9])
        #expect(provenance.origins(of: 25..<35).map(\.frame) == [6])
        #expect(provenance.origins(of: 40..<50).isEmpty)
        #expect(provenance.origins(of: 12..<12).isEmpty)
        #expect(provenance.completion(at: 10) == frame(5))
        #expect(provenance.completion(at: 11) == frame(9))
        #expect(provenance.completion(at: 30) == frame(9))
        #expect(provenance.completion(at: 45) == frame(9))
        #expect(provenance.completion(at: 0) == Origin(frame: 0, time: 0))
        provenance.prune(before: 30)
        #expect(provenance.origins(of: 0..<60).map(\.frame) == [6, 7])
        #expect(provenance.completion(at: 35) == frame(9))
        provenance.prune(before: 60)
        #expect(provenance.completion(at: 60) == frame(9))
        provenance.append(60..<61, frame(8))
        #expect(provenance.completion(at: 61) == frame(9))
    }

    @Test func staysBounded() {
        var provenance = Provenance(maximumEntries: 64)
        for index in UInt64(0)..<10_000 { provenance.append(index..<index + 1, frame(index + 1)) }
        #expect(provenance.count <= 128)
        #expect(provenance.origins(of: 0..<10_000).count > 20)
        #expect(provenance.completion(at: 10_000) == frame(10_000))
        #expect(provenance.completion(at: 1).frame >= 1)
    }
}

@Suite struct CaptureClockTests {
    @Test func oneNonsenseTimeIsIgnored() {
        var clock = CaptureClock()
        clock.advance(to: 1000 * second)
        clock.advance(to: 1001 * second)
        #expect(clock.now == second)
        for nonsense in [Int64.max, .min, 0, 99_999_999 * second] {
            clock.advance(to: nonsense)
            #expect(clock.now == second)
            clock.advance(to: 1001 * second)
        }
        clock.advance(to: 1000 * second + second / 2)
        #expect(clock.now == second)
        clock.advance(to: 1002 * second)
        #expect(clock.now == 2 * second)
    }

    /// A step moves the clock by a second at most, and a leap only when it is confirmed, by what passed since it came.
    @Test func longPausesAreShort() {
        var clock = CaptureClock()
        clock.advance(to: 0)
        clock.advance(to: 3600 * second)
        #expect(clock.now == 0)
        clock.advance(to: 3600 * second + second / 2)
        #expect(clock.now == second / 2)
        clock.advance(to: 3650 * second)
        #expect(clock.now == second / 2 + second)
        // Each comes after a leap: the first has waited for long.
        clock.advance(to: 8000 * second)
        clock.advance(to: 12000 * second)
        #expect(clock.now == second / 2 + 2 * second)
        // A second capture file that begins earlier.
        clock.advance(to: 5 * second)
        clock.advance(to: 6 * second)
        clock.advance(to: 7 * second)
        #expect(clock.now == second / 2 + 3 * second)
    }

    @Test func neverOverflows() throws {
        var clock = CaptureClock()
        var generator = SeededGenerator(seed: 3)
        var before: Int64 = 0
        for _ in 0..<10_000 {
            clock.advance(to: Int64(bitPattern: generator.next()))
            try #require(clock.now >= before && clock.now <= 1 << 62)
            before = clock.now
        }
    }
}

@Suite struct DeadlineQueueTests {
    @Test func equalsAModel() throws {
        var generator = SeededGenerator(seed: 5)
        var queue = DeadlineQueue()
        var model: [Int: Int64] = [:]
        for _ in 0..<5000 {
            let item = Int.random(in: 0..<50, using: &generator)
            let deadline = generator.chance(30) ? nil : Int64.random(in: 0..<1000, using: &generator)
            queue.set(item, deadline)
            model[item] = deadline
            try #require(queue.earliest == model.values.min() ?? .max)
            if let first = queue.first {
                try #require(model[first] == queue.earliest)
            } else {
                try #require(model.isEmpty)
            }
        }
    }
}

@Suite struct FlowIndexTests {
    @Test func equalsAModel() throws {
        var generator = SeededGenerator(seed: 9)
        var table = ConnectionTable()
        var model: [FlowKey: UInt64] = [:]
        for number in UInt64(0)..<20_000 {
            let address = UInt32.random(in: 0..<3000, using: &generator)
            let key = FlowKey(Endpoint(ipv4: address, port: 1), serverEnd)
            let found = table.find(key)
            try #require(found.map { table.connections[$0].number } == model[key])
            if let found {
                table.remove(found)
                model[key] = nil
            } else {
                _ = table.insert(Connection(key: key, number: number), now: 0)
                model[key] = number
            }
            try #require(table.count == model.count)
        }
    }

    @Test func bothDirectionsHaveOneKey() {
        #expect(FlowKey(clientEnd, serverEnd) == FlowKey(serverEnd, clientEnd))
        #expect(FlowKey(clientEnd, serverEnd).hashValue == FlowKey(serverEnd, clientEnd).hashValue)
        let mapped = Endpoint(family: .ipv6, high: 0, low: clientEnd.low, port: clientEnd.port)
        #expect(mapped != clientEnd)
        #expect(FlowKey(mapped, serverEnd) != FlowKey(clientEnd, serverEnd))
    }

    @Test func aQuietConnectionCostsLessThan250Bytes() {
        // Two places of eight bytes in the index, at worst four while it has just grown.
        #expect(MemoryLayout<Connection>.stride + 32 < 250)
    }
}
