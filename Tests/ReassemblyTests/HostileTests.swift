import Support
import Testing

@testable import Reassembly

@Suite struct HostileTests {
    @Test func floodOfSYNs() {
        var harness = Harness { $0.connections = 50_000 }
        for index in UInt32(0)..<300_000 {
            harness.send(.forward, index, flags: .syn, client: Endpoint(ipv4: index, port: 7))
        }
        #expect(harness.assembler.statistics.open == 50_000)
        #expect(harness.assembler.statistics.connections == 300_000)
        #expect(harness.assembler.table.connections.count == 50_000)
        #expect(harness.assembler.bufferedBytes == 0)
    }

    @Test(arguments: ["even", "descending", "shuffled"]) func oneByteSegmentsOutOfOrder(_ order: String) {
        let count: UInt32 = 200_000
        var harness = Harness()
        harness.sink.keepsData = false
        harness.handshake()
        var generator = SeededGenerator(seed: 2)
        var offsets: [UInt32]
        switch order {
        case "even": offsets = (1..<count).map { $0 * 2 }
        case "descending": offsets = (1..<count).reversed()
        default: offsets = (1..<count).shuffled(using: &generator)
        }
        var highest = 0
        for offset in offsets {
            harness.send(.forward, 1000 &+ offset, [UInt8(truncatingIfNeeded: offset)])
            highest = max(highest, harness.assembler.bufferedBytes)
        }
        harness.send(.forward, 1000, [0])
        harness.finish()
        #expect(highest < 33 << 20)
        #expect(harness.sink.violations == [])
        let end = UInt64(offsets.max() ?? 0) + 1
        #expect(harness.sink[0]?.position == end)
        #expect(harness.statistics.missingBytes == (order == "even" ? UInt64(count) - 1 : 0))
        #expect(harness.unaccounted == 0)
    }

    @Test func oneByteSegmentsInOrderThatNobodyConsumes() {
        var harness = Harness { $0.provenancePerDirection = 1000 }
        harness.sink.appetite = .nothing(minimum: .max)
        harness.sink.keepsData = false
        harness.handshake()
        for offset in UInt32(0)..<200_000 { harness.send(.forward, 1000 + offset, [1]) }
        #expect(harness.assembler.bufferedBytes < 1 << 20)
    }

    /// Anything at all: nothing traps, and what the sink is told is in order and without holes of its own.
    @Test(arguments: 0..<8) func anything(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var harness = Harness {
            $0.connections = 20
            $0.bytesPerDirection = 5000
            $0.totalBytes = 60_000
            $0.provenancePerDirection = 16
            $0.spareBytes = 10_000
            $0.window = seed % 2 == 0 ? 10_000 : 1 << 40
        }
        harness.sink.appetite = .random
        harness.sink.keepsData = false
        harness.sink.generator = SeededGenerator(seed: seed &+ 99)
        harness.sink.wanted = { payload, _ in (payload.first ?? 0) % 3 != 0 }
        let content = generator.bytes(3000)
        var bases = (0..<60).map { _ in UInt32(truncatingIfNeeded: generator.next()) }
        var halves = 0
        for step in 0..<25_000 {
            // More pairs than connections in every second run, so that there is eviction.
            let pair = Int.random(in: 0..<(seed % 4 < 2 ? 12 : 30), using: &generator)
            let side = Int.random(in: 0..<2, using: &generator)
            let base = bases[pair * 2 + side]
            let sequence =
                generator.chance(2)
                ? UInt32(truncatingIfNeeded: generator.next())
                : base &+ UInt32(Int.random(in: 0..<3000, using: &generator)) &- 300
            let peer = bases[pair * 2 + 1 - side]
            let ack =
                generator.chance(5)
                ? UInt32(truncatingIfNeeded: generator.next())
                : peer &+ UInt32(Int.random(in: 0..<3000, using: &generator))
            let length = generator.chance(20) ? 0 : Int.random(in: 0..<600, using: &generator)
            let first = Int.random(in: 0..<2000, using: &generator)
            let payload = Array(content[first..<first + length])
            var flags: Segment.Flags = generator.chance(80) ? .ack : []
            let bit = Int.random(in: 0..<1000, using: &generator)
            if bit < 6 { flags.insert(.syn) }
            if bit > 990 { flags.insert(.fin) }
            if bit == 500 { flags.insert(.rst) }
            let wires = [length, length, length, length + 100, length / 2, Int.max, -5, Int(UInt32.max)]
            let wire = generator.chance(90) ? length : wires[Int.random(in: 0..<8, using: &generator)]
            bases[pair * 2 + side] = base &+ UInt32(Int.random(in: 0..<200, using: &generator))
            harness.time &+= Int64.random(in: -1_000_000..<50_000_000, using: &generator)
            if bit == 501 { harness.time = Int64(bitPattern: generator.next()) }
            let client = Endpoint(ipv4: UInt32(pair), port: pair == 3 ? 8333 : 1)
            harness.send(
                side == 0 ? .forward : .backward, sequence, payload, ack: flags.contains(.ack) ? ack : nil,
                flags: flags, isBare: !flags.contains(.ack), wire: wire, client: client)
            if step % 500 == 0 { halves += try checkBooks(harness.assembler) }
            if harness.assembler.bufferedBytes > 60_000 { harness.sink.violations.append("too much memory") }
            if harness.assembler.statistics.open > 20 { harness.sink.violations.append("too many connections") }
        }
        #expect(halves > 100)
        harness.finish()
        #expect(harness.sink.records.count > 50 && harness.sink.calls > 3000)
        #expect(harness.sink.violations == [])
        #expect(harness.sink.current.isEmpty)
        #expect(harness.sink.closes.count == harness.sink.records.count)
        #expect(harness.assembler.bufferedBytes == 0)
        #expect(harness.unaccounted == 0)
    }

    /// Checks the invariants of table, pool and streams. Returns how many of the last there are.
    func checkBooks(_ assembler: borrowing StreamAssembler) throws -> Int {
        var halves = 0
        var footprint = 0
        for slot in assembler.table.slots() {
            let connection = assembler.table.connections[slot]
            for direction in [Direction.forward, .backward] {
                let index = Int(connection[direction].half)
                guard index >= 0 else { continue }
                halves += 1
                let half = assembler.pool.halves[index]
                footprint += half.footprint
                try #require(half.accounted == half.footprint)
                try #require(half.stream.slot == slot && half.stream.direction == direction)
                if let first = half.store.first {
                    let isHeldUp = half.floatsUntil != nil || half.fin == half.next
                    try #require(first.lowerBound > half.next || isHeldUp)
                }
                if let first = half.absent.first {
                    try #require(first.lowerBound > half.next || half.floatsUntil != nil)
                }
                if let fin = half.fin { try #require(fin >= half.next) }
                let isQuiet =
                    half.store.isEmpty && half.absent.isEmpty && half.fin == nil && half.far.isEmpty
                    && half.suspects.isEmpty && half.urgent == nil && half.floatsUntil == nil
                try #require(!half.ordered || isQuiet)
            }
        }
        try #require(assembler.pool.footprint == footprint)
        try #require(assembler.table.slots().count == assembler.table.count)
        return halves
    }
}
