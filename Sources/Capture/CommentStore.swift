/// The comments of frames, in little more memory than their text: equal ones, as programs write them, are kept once.
struct CommentStore {
    /// Comments that there was no room for.
    private(set) var leftOut: UInt64 = 0

    private let limit: Int
    /// The comments of a frame after those of another, each with its length before it, in two bytes.
    private var bytes: [UInt8] = []
    /// Where the comments of a frame end.
    private var ends: [UInt32] = []
    /// Of the first ``knownLimit`` frames with other comments, by their hash.
    private var known: [Int: UInt32] = [:]

    private static let knownLimit = 65_536

    /// - Parameter limit: The most bytes that are kept, with two for each comment; less than 2³².
    init(limit: Int) { self.limit = limit }

    /// The place of a frame's comments, from 1; 0 where there is no room.
    mutating func place(of comments: [[UInt8]]) -> UInt32 {
        var text: [UInt8] = []
        for comment in comments {
            // An option of a block is no longer.
            let comment = comment.prefix(Int(UInt16.max))
            text.append(UInt8(truncatingIfNeeded: comment.count))
            text.append(UInt8(truncatingIfNeeded: comment.count >> 8))
            text += comment
        }
        let hash = text.hashValue
        if let place = known[hash], range(place).map({ bytes[$0].elementsEqual(text) }) == true { return place }
        guard text.count <= limit - bytes.count, let end = UInt32(exactly: bytes.count + text.count) else {
            leftOut &+= UInt64(comments.count)
            return 0
        }
        bytes += text
        ends.append(end)
        let place = UInt32(clamping: ends.count)
        if known.count < Self.knownLimit { known[hash] = place }
        return place
    }

    /// The comments at a place.
    subscript(place: UInt32) -> [[UInt8]] {
        guard let range = range(place) else { return [] }
        var rest = bytes[range]
        var comments: [[UInt8]] = []
        while let low = rest.popFirst(), let high = rest.popFirst() {
            let count = Int(low) | Int(high) << 8
            comments.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return comments
    }

    /// Has room again; what was left out stays counted.
    mutating func forgetAll() {
        guard !ends.isEmpty else { return }
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        known.removeAll(keepingCapacity: true)
    }

    private func range(_ place: UInt32) -> Range<Int>? {
        let index = Int(place) - 1
        guard ends.indices.contains(index) else { return nil }
        return (index > 0 ? Int(ends[index - 1]) : 0)..<Int(ends[index])
    }
}
