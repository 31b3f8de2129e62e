import Layers
import Support
import Testing

/// The same as ``Defragmenter`` says it does, byte by byte and without a thought of speed.
private struct NaiveDatagram {
    var bytes: [UInt8?] = []
    var seen: [Bool] = []
    var total: Int?

    enum Result: Equatable { case kept, rejected, complete([UInt8], Int) }

    mutating func insert(offset: Int, length: Int, hasMore: Bool, _ payload: [UInt8]) -> Result {
        let end = offset + length
        if length <= 0 || end > 65_535 || hasMore && length % 8 != 0 { return .rejected }
        if let total, hasMore ? end > total : end != total { return .rejected }
        if total == nil, !hasMore, end < seen.count { return .rejected }
        if !hasMore { total = end }
        while seen.count < end {
            seen.append(false)
            bytes.append(nil)
        }
        for index in 0..<length {
            seen[offset + index] = true
            if index < payload.count, bytes[offset + index] == nil { bytes[offset + index] = payload[index] }
        }
        guard let total, seen.count == total, seen.allSatisfy({ $0 }) else { return .kept }
        return .complete(bytes.prefix { $0 != nil }.compactMap { $0 }, total)
    }
}

@Suite struct FragmentModelTests {
    @Test func sameAsTheModel() throws {
        var random = SeededGenerator(seed: 2)
        var counts = [0, 0, 0]
        for round in 0..<4000 {
            var defragmenter = Defragmenter()
            var model = NaiveDatagram()
            // The model knows one datagram: the next has another number.
            var number: UInt32 = 0
            let length = Int.random(in: 9...400, using: &random)
            let cut = round % 3 == 0
            for step in 0..<60 {
                var offset = Int.random(in: 0...length / 8, using: &random) * 8
                var end = min(length, offset + Int.random(in: 1...12, using: &random) * 8)
                // Now and then one that does not fit.
                if Int.random(in: 0..<40, using: &random) == 0 { end += Int.random(in: -3...17, using: &random) }
                if step % 2 == 1 { offset = step * 8 % (length + 7) / 8 * 8 }
                end = max(end, offset)
                let hasMore = Int.random(in: 0..<40, using: &random) == 0 ? Bool.random(using: &random) : end < length
                let captured = cut ? Int.random(in: 0...end - offset, using: &random) : end - offset
                let payload = (0..<captured).map { _ in UInt8.random(in: 0...255, using: &random) }
                let key = Fragment.Key(
                    source: IPAddress(v4: 1), destination: IPAddress(v4: 2), identification: number, protocol: 6,
                    isIPv6: false)
                let fragment = Fragment(
                    key: key, first: .tcp, offset: offset, hasMore: hasMore, wireLength: end - offset)
                let expected = model.insert(offset: offset, length: end - offset, hasMore: hasMore, payload)
                let result = defragmenter.insert(fragment, payload.span.bytes, time: 0)
                switch (result, expected) {
                case (.kept, .kept): counts[0] += 1
                case (.rejected, .rejected): counts[1] += 1
                case (.complete(let datagram), .complete(let bytes, let total)):
                    counts[2] += 1
                    try #require(datagram.bytes == bytes)
                    try #require(datagram.wireLength == total)
                    model = NaiveDatagram()
                    number += 1
                default:
                    Issue.record("round \(round), step \(step): \(result), not \(expected)")
                    return
                }
            }
        }
        // The test must have met all three cases often.
        #expect(counts.allSatisfy { $0 > 1000 }, "\(counts)")
    }
}
