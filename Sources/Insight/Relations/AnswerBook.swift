/// What became of each request, by the message that asked: a first reading of the files fills it, so that a second one can
/// say it where the request stands.
public final class AnswerBook: @unchecked Sendable {
    /// What became of one thing that a message asked for, or one more answer to it.
    public struct Entry: Sendable, Equatable {
        /// The number of the asking message.
        public var message: UInt64
        /// The frame that completed the answer; 0 where there is none.
        public var frame: UInt64
        /// Which of the things that the message asked for.
        var place: UInt32
        /// Nil of a further answer.
        public var outcome: RequestOutcome?
    }

    /// How many are kept, of 24 bytes each; of later ones nothing is known.
    static let limit = 4_000_000

    private var entries: ContiguousArray<Entry> = []
    private var isSorted = true
    /// There were more than are kept.
    public private(set) var isFull = false

    public init() {}

    func add(_ entry: Entry) {
        guard entries.count < Self.limit else {
            isFull = true
            return
        }
        entries.append(entry)
        isSorted = false
    }

    /// All of a message, in the order in which it asked.
    subscript(message: UInt64) -> ArraySlice<Entry> {
        if !isSorted {
            entries.sort { ($0.message, $0.place, $0.frame) < ($1.message, $1.place, $1.frame) }
            isSorted = true
        }
        let start = place(of: message)
        var end = start
        while end < entries.count, entries[end].message == message { end += 1 }
        return ArraySlice(entries[start..<end])
    }

    private func place(of message: UInt64) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].message < message { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
