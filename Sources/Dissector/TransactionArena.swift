import BitcoinP2P
import Insight

/// The bytes of transactions that were seen, in a ring: the oldest go.
struct TransactionArena {
    /// Where the bytes of one are, counted from the first byte that was ever kept.
    private struct Piece {
        var start = 0
        var count = 0
    }

    private let capacity: Int
    private var bytes: ContiguousArray<UInt8> = []
    /// How many bytes were ever kept, or left free at the end of the ring.
    private var written = 0
    /// By the places of the transactions.
    private var pieces: ContiguousArray<Piece> = []

    init(capacity: Int) { self.capacity = max(1, capacity) }

    /// Keeps the bytes of the transaction that is at a place now.
    mutating func keep(_ transaction: RawSpan, at place: Int) {
        while pieces.count <= place { pieces.append(Piece()) }
        let count = transaction.byteCount
        guard count > 0, count <= capacity else {
            pieces[place] = Piece()
            return
        }
        // Each lies in one piece.
        if written % capacity + count > capacity { written += capacity - written % capacity }
        let start = written % capacity
        if bytes.count < start + count {
            bytes.append(contentsOf: repeatElement(0, count: start + count - bytes.count))
        }
        bytes.withUnsafeMutableBytes { all in
            transaction.withUnsafeBytes { all[start..<start + count].copyBytes(from: $0) }
        }
        pieces[place] = Piece(start: written, count: count)
        written += count
    }

    /// How many bytes the transaction at a place had when it was kept.
    func count(_ place: Int) -> Int { place < pieces.count ? pieces[place].count : 0 }

    /// Appends the bytes of the transaction at a place; false where they are gone.
    func append(_ place: Int, to block: inout [UInt8]) -> Bool {
        guard place < pieces.count, pieces[place].count > 0, pieces[place].start + capacity >= written else {
            return false
        }
        let start = pieces[place].start % capacity
        block += bytes[start..<start + pieces[place].count]
        return true
    }
}
