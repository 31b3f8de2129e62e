/// A set of frames, by number: one bit for each up to the highest.
public struct FrameSelection: Sendable {
    private var words: ContiguousArray<UInt64> = []
    public private(set) var count = 0

    public init() {}

    public mutating func insert(_ frame: UInt64) {
        let index = Int(clamping: frame / 64)
        // Grows by doubling, as arrays do.
        while index >= words.count { words.append(0) }
        let bit = 1 << (frame % 64) as UInt64
        guard words[index] & bit == 0 else { return }
        words[index] |= bit
        count += 1
    }

    public func contains(_ frame: UInt64) -> Bool {
        guard frame / 64 < UInt64(words.count) else { return false }
        return words[Int(frame / 64)] >> (frame % 64) & 1 != 0
    }

    /// The highest number; 0 where the set is empty.
    public var last: UInt64 {
        guard let index = words.lastIndex(where: { $0 != 0 }) else { return 0 }
        return UInt64(index) * 64 + UInt64(63 - words[index].leadingZeroBitCount)
    }
}
