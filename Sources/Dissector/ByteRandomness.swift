/// Whether bytes can be told from random ones: encrypted ones cannot.
///
/// Pearson's chi-squared test, of halves of bytes and, where there are enough, of whole ones.
struct ByteRandomness {
    /// How many bytes decide it.
    static let limit = 4_096
    private static let least = 256
    /// From here on each byte is expected five times.
    private static let leastForBytes = 1_280

    private var counts = ContiguousArray<UInt16>(repeating: 0, count: 256)
    private var total = 0

    var isDone: Bool { total >= Self.limit }

    mutating func add(_ bytes: RawSpan) {
        for index in 0..<min(bytes.byteCount, Self.limit - total) {
            counts[Int(bytes.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self))] &+= 1
        }
        total += min(bytes.byteCount, Self.limit - total)
    }

    /// Nil of too few bytes.
    var looksRandom: Bool? {
        guard total >= Self.least else { return nil }
        var halves = [Int](repeating: 0, count: 16)
        for (byte, count) in counts.enumerated() {
            halves[byte & 15] += Int(count)
            halves[byte >> 4] += Int(count)
        }
        // Five standard deviations: one in a million random streams is not taken for one.
        guard Self.squares(halves, of: 2 * total) < 15 + 5 * 5.5 else { return false }
        return total < Self.leastForBytes || Self.squares(counts.map(Int.init), of: total) < 255 + 5 * 22.6
    }

    private static func squares(_ counts: [Int], of total: Int) -> Double {
        let expected = Double(total) / Double(counts.count)
        return counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    }
}
