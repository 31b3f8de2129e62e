/// Bytes that are read from a text, and the parts that stand alone there: on a line, in a literal, in one of several
/// dumps. Together the parts are all the bytes, in their order; all are one part where a byte is split between two
/// lines, or there are too many.
struct PastedParts {
    private(set) var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var isOne = false

    /// More bytes are refused: a few lines of a dump can stand for any number.
    static let byteLimit = 64 << 20
    /// More parts are one.
    static let partLimit = 1_000_000

    mutating func append(_ byte: UInt8) { bytes.append(byte) }
    mutating func append(_ more: ArraySlice<UInt8>) { bytes.append(contentsOf: more) }

    /// Appends the same bytes again and again. The caller has looked at ``byteLimit``.
    mutating func append(_ more: ArraySlice<UInt8>, times: Int) {
        // In pieces of many, since there may be millions.
        let many = max(1, min(times, (1 << 16) / max(1, more.count)))
        var piece: [UInt8] = []
        for _ in 0..<many { piece.append(contentsOf: more) }
        for _ in 0..<times / many { bytes.append(contentsOf: piece) }
        bytes.append(contentsOf: piece.prefix(times % many * more.count))
    }

    /// Has the last bytes that number of times; the caller ends the part.
    ///
    /// - Parameter start: The index of the first of them, in the part that has no end yet.
    mutating func repeatBytes(from start: Int, times: Int) throws(PasteProblem) {
        guard times != 1, start <= bytes.count else { return }
        let piece = Array(bytes[start...])
        guard times <= (Self.byteLimit - min(start, Self.byteLimit)) / max(1, piece.count) else {
            throw PasteProblem("the text stands for more than \(Self.byteLimit >> 20) MiB")
        }
        bytes.removeLast(piece.count)
        if !piece.isEmpty { append(piece[...], times: times) }
    }

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
