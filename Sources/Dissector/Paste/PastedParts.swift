/// Bytes that are read from a text, and which of them stand alone there: on a line, in a literal, in one of several dumps.
///
/// Together the parts are all the bytes, in their order. Where a byte is split between two lines, or there are too many, all
/// are one part.
struct PastedParts {
    private(set) var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var isOne = false

    /// More bytes are refused: a few lines of a dump can stand for any number.
    static let byteLimit = 64 << 20
    /// More parts are one.
    static let partLimit = 1_000_000

    mutating func append(_ byte: UInt8) { bytes.append(byte) }
    mutating func append(_ more: some Collection<UInt8>) { bytes.append(contentsOf: more) }

    /// The next byte begins another part.
    mutating func endPart() {
        guard !isOne, bytes.count > ends.last ?? 0 else { return }
        if ends.count >= Self.partLimit { return join() }
        ends.append(bytes.count)
    }

    /// All bytes are one part, whatever was and will be said of them.
    mutating func join() {
        isOne = true
        ends = []
    }

    /// The parts, none of them empty.
    var ranges: [Range<Int>] {
        if isOne || ends.isEmpty { return bytes.isEmpty ? [] : [0..<bytes.count] }
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(ends.count + 1)
        var start = 0
        for end in ends {
            ranges.append(start..<end)
            start = end
        }
        if start < bytes.count { ranges.append(start..<bytes.count) }
        return ranges
    }
}
