/// The transactions of one block, as far as what is computed over all of them needs them.
struct BlockBody {
    private(set) var txids: ContiguousArray<Hash256> = []
    private(set) var wtxids: ContiguousArray<Hash256> = []
    private(set) var size = 0
    private(set) var strippedSize = 0
    /// At least one has a witness.
    private(set) var hasWitness = false
    /// Where the first one begins.
    private(set) var first: Int?

    init(expecting count: Int) {
        let likely = min(max(0, count), Int(Limits.transactionsInBlock))
        txids.reserveCapacity(likely)
        wtxids.reserveCapacity(likely)
    }

    mutating func append(_ transaction: Transaction.Summary) {
        guard let txid = transaction.txid, let wtxid = transaction.wtxid else { return }
        txids.append(txid)
        wtxids.append(wtxid)
        size &+= transaction.parts.size
        strippedSize &+= transaction.parts.strippedSize
        if transaction.parts.hasWitnessForm { hasWitness = true }
        if first == nil { first = transaction.parts.start }
    }

    /// What the header commits to. Takes the txids.
    mutating func merkleRoot(isMutated: inout Bool) -> Hash256 {
        MerkleTree.root(&txids, isMutated: &isMutated)
    }

    /// What the coinbase commits to with the item `reserved` of its witness. Takes the wtxids.
    mutating func witnessCommitment(_ reserved: RawSpan) -> Hash256 {
        // The coinbase cannot commit to itself.
        if !wtxids.isEmpty { wtxids[0] = .zero }
        var isMutated = false
        let root = MerkleTree.root(&wtxids, isMutated: &isMutated)
        var hasher = DoubleSHA256()
        hasher.update(root.bytes)
        hasher.update(reserved)
        return hasher.finalize()
    }
}
