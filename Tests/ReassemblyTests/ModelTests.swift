import Reassembly
import Support
import Testing

/// Random streams cut into random segments, against what a Linux reader reads.
@Suite struct ModelTests {
    /// One direction of the model.
    struct Side {
        var sequence: UInt32
        var content: [UInt8]
        var reader = LinuxReader()
        var segments: [(range: Range<Int>, captured: Int, corrupt: Bool)] = []
        var end = 0

        init(_ generator: inout SeededGenerator) {
            let length = Int.random(in: 1...12_000, using: &generator)
            // A third of them wraps.
            let isWrapping = generator.chance(33)
            sequence =
                isWrapping
                ? 0 &- UInt32.random(in: 0..<12_000, using: &generator)
                : UInt32.random(in: 0...UInt32.max, using: &generator)
            content = generator.bytes(length)
        }

        mutating func cut(_ generator: inout SeededGenerator, losing loss: Int, corrupting: Bool) {
            for _ in 0..<2 {
                var start = 0
                while start < content.count {
                    let end = min(start + Int.random(in: 1...800, using: &generator), content.count)
                    if !generator.chance(loss) {
                        segments.append((start..<end, end - start, corrupting && generator.chance(10)))
                    }
                    start = end
                }
            }
            for _ in 0..<Int.random(in: 0...10, using: &generator) {
                let start = Int.random(in: 0..<content.count, using: &generator)
                segments.append((start..<min(start + 500, content.count), 0, false))
                segments[segments.count - 1].captured = segments[segments.count - 1].range.count
            }
        }
    }

    func run(seed: UInt64, loss: Int, corrupting: Bool, shuffled: Bool, appetite: Recorder.Appetite) throws {
        var generator = SeededGenerator(seed: seed)
        var sides = [Side(&generator), Side(&generator)]
        for index in 0..<2 { sides[index].cut(&generator, losing: loss, corrupting: corrupting) }
        var harness = Harness()
        harness.sink.appetite = appetite
        harness.sink.generator = generator
        harness.send(.forward, sides[0].sequence &- 1, flags: .syn)
        harness.send(.backward, sides[1].sequence &- 1, ack: sides[0].sequence, flags: .syn)

        var plan: [(side: Int, segment: Int)] = []
        for side in 0..<2 { plan += sides[side].segments.indices.map { (side, $0) } }
        if shuffled {
            plan.shuffle(using: &generator)
        } else {
            // Only near ones change places.
            for index in plan.indices.dropLast() where generator.chance(30) {
                plan.swapAt(index, min(index + Int.random(in: 1...5, using: &generator), plan.count - 1))
            }
        }
        for step in plan {
            let (range, _, corrupt) = sides[step.side].segments[step.segment]
            var payload = Array(sides[step.side].content[range])
            if corrupt { payload[Int.random(in: 0..<payload.count, using: &generator)] ^= 0x55 }
            let sequence = sides[step.side].sequence &+ UInt32(range.lowerBound)
            harness.send(step.side == 0 ? .forward : .backward, sequence, payload)
            sides[step.side].reader.receive(range.lowerBound, payload, frame: harness.frame)
            sides[step.side].end = max(sides[step.side].end, range.upperBound)
        }
        harness.finish()
        var problems = harness.sink.violations
        if harness.unaccounted != 0 { problems.append("\(harness.unaccounted) bytes not accounted for") }
        for side in sides.indices {
            sides[side].reader.finish()
            problems += check(sides[side], harness.sink[0, side == 0 ? .forward : .backward])
        }
        try #require(problems.isEmpty, "seed \(seed): \(problems.prefix(3))")
    }

    /// Says what is wrong.
    func check(_ side: Side, _ record: Record?) -> [String] {
        guard let record else { return side.end == 0 ? [] : ["not told of"] }
        var problems: [String] = []
        var frame = [UInt64](repeating: 0, count: side.end)
        var missing: [Range<UInt64>] = []
        var position = 0
        for piece in side.reader.read {
            if piece.start > position { missing.append(UInt64(position)..<UInt64(piece.start)) }
            for offset in piece.start..<piece.end { frame[offset] = piece.frame }
            position = piece.end
        }
        if record.data != side.reader.bytes { problems.append("other bytes") }
        if record.missing != missing { problems.append("missing \(record.missing), not \(missing)") }
        if record.position != UInt64(side.end) { problems.append("ends at \(record.position), not \(side.end)") }
        if record.closed != .endOfInput { problems.append("closed") }
        var highest = [UInt64](repeating: 0, count: side.end + 1)
        for offset in 0..<side.end { highest[offset + 1] = max(highest[offset], frame[offset]) }
        for message in record.messages {
            let frames = Set(message.range.map { frame[Int($0)] })
            if message.frames != frames.sorted() { problems.append("frames of \(message.range)") }
            if message.completion != highest[Int(message.range.upperBound)] {
                problems.append("completion of \(message.range)")
            }
        }
        return problems
    }

    @Test(arguments: 0..<8) func consumingAll(_ group: UInt64) throws {
        for seed in group * 10..<group * 10 + 10 {
            try run(seed: seed, loss: 0, corrupting: false, shuffled: seed % 2 == 0, appetite: .all)
        }
    }

    @Test(arguments: 10..<18) func consumingAtRandomWithLosses(_ group: UInt64) throws {
        for seed in group * 10..<group * 10 + 10 {
            try run(seed: seed, loss: 30, corrupting: false, shuffled: seed % 2 == 0, appetite: .random)
        }
    }

    @Test(arguments: 20..<28) func messagesWithConflicts(_ group: UInt64) throws {
        for seed in group * 10..<group * 10 + 10 {
            try run(seed: seed, loss: 25, corrupting: true, shuffled: seed % 2 == 0, appetite: .messages(700))
        }
    }

    @Test(arguments: 30..<34) func consumingNothing(_ group: UInt64) throws {
        for seed in group * 10..<group * 10 + 10 {
            try run(seed: seed, loss: 25, corrupting: true, shuffled: true, appetite: .nothing(minimum: 1 << 30))
        }
    }

    /// Segments cut by a snap length: what was never captured is missing, what is delivered is right.
    @Test(arguments: 40..<60) func cutSegments(_ group: UInt64) throws {
        for seed in group * 10..<group * 10 + 10 {
            var generator = SeededGenerator(seed: seed)
            var side = Side(&generator)
            side.cut(&generator, losing: 20, corrupting: false)
            if generator.chance(50) { side.segments.shuffle(using: &generator) }
            var harness = Harness()
            harness.sink.appetite = .random
            harness.send(.forward, side.sequence &- 1, flags: .syn)
            var wasCaptured = [Bool](repeating: false, count: side.content.count)
            for (range, _, _) in side.segments {
                let captured = Int.random(in: 0...range.count, using: &generator)
                harness.send(
                    .forward, side.sequence &+ UInt32(range.lowerBound),
                    Array(side.content[range.lowerBound..<range.lowerBound + captured]), wire: range.count)
                for offset in range.lowerBound..<range.lowerBound + captured { wasCaptured[offset] = true }
            }
            harness.finish()
            var problems = harness.sink.violations
            if harness.unaccounted != 0 { problems.append("\(harness.unaccounted) bytes not accounted for") }
            if let record = harness.sink[0] {
                var covered = 0
                for piece in record.pieces {
                    let told = record.data[covered..<covered + piece.count]
                    if told != side.content[Int(piece.lowerBound)..<Int(piece.upperBound)] { problems.append("bytes") }
                    covered += piece.count
                }
                for range in record.missing { covered += range.count }
                if covered != Int(record.position) || record.start != 0 { problems.append("not all covered") }
                let isToldMissing = { (offset: Int) in record.missing.contains { $0.contains(UInt64(offset)) } }
                for offset in 0..<Int(record.position) where !wasCaptured[offset] && !isToldMissing(offset) {
                    problems.append("\(offset) is not told missing")
                }
            }
            try #require(problems.isEmpty, "seed \(seed): \(problems.prefix(3))")
        }
    }
}
