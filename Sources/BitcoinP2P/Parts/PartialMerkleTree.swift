import Fields

/// The part of a merkle tree that proves some transactions to be in it (BIP 37, protocol.md section 10.2).
struct PartialMerkleTree {
    /// How many transactions the block has.
    private let transactions: Int
    // Where hashes and flags are in the message.
    private let hashes: Range<Int>
    private let flags: Range<Int>
    private var hashesUsed = 0
    private var bitsUsed = 0
    /// Names and positions of the transactions that it proves, in their order.
    private(set) var matches: [(txid: Hash256, position: Int)] = []

    /// Nil for sizes that Core refuses. `hashes` and `flags` lie in the message.
    init?(transactions: UInt32, hashes: Range<Int>, flags: Range<Int>) {
        guard transactions > 0, UInt64(transactions) <= Limits.transactionsInBlock,
            hashes.count / 32 <= Int(transactions), hashes.count / 32 <= flags.count * 8
        else { return nil }
        self.transactions = Int(transactions)
        self.hashes = hashes
        self.flags = flags
    }

    /// The root of the tree; nil where hashes and flags do not make one.
    mutating func walk(_ bytes: RawSpan) -> Hash256? {
        var height = 0
        while width(height) > 1 { height += 1 }
        guard let root = subtree(bytes, height, 0), hashesUsed == hashes.count / 32,
            (bitsUsed + 7) / 8 == flags.count
        else { return nil }
        return root
    }

    /// How many nodes a row has: that of the transactions is row 0.
    private func width(_ height: Int) -> Int { (transactions + (1 << height) - 1) >> height }

    /// A node of the tree, itself at most 15 rows high: the number of transactions is limited.
    private mutating func subtree(_ bytes: RawSpan, _ height: Int, _ position: Int) -> Hash256? {
        guard bitsUsed / 8 < flags.count else { return nil }
        let byte = bytes.unsafeLoad(fromUncheckedByteOffset: flags.lowerBound + bitsUsed / 8, as: UInt8.self)
        let leadsToMatch = byte >> UInt8(bitsUsed % 8) & 1 == 1
        bitsUsed += 1
        guard leadsToMatch, height > 0 else {
            guard hashesUsed < hashes.count / 32,
                let hash = Hash256(bytes, at: hashes.lowerBound + hashesUsed * 32)
            else { return nil }
            hashesUsed += 1
            if leadsToMatch { matches.append((hash, position)) }
            return hash
        }
        guard let left = subtree(bytes, height - 1, position * 2) else { return nil }
        guard position * 2 + 1 < width(height - 1) else { return MerkleTree.node(left, left) }
        // Two equal halves would prove a transaction at a place where it is not (CVE-2012-2459).
        guard let right = subtree(bytes, height - 1, position * 2 + 1), right != left else { return nil }
        return MerkleTree.node(left, right)
    }
}
