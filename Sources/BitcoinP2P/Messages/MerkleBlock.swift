import Fields

/// `merkleblock` (BIP 37): a header, and as much of the merkle tree as proves which transactions match the filter.
struct MerkleBlock: Payload {
    let partialTreeWrong = Remark(
        "bitcoin.merkleblock.tree.wrong", .error, .malformed, isComputed: true,
        "Hashes and flags do not make a partial merkle tree of this many transactions")
    let merkleRoot = MerkleRoot()

    let message = Field(
        "bitcoin.merkleblock", "Merkleblock message", .group, "proves which transactions of a block match the filter")
    let header = BlockHeader("bitcoin.merkleblock")
    let count = Field(
        "bitcoin.merkleblock.num_transactions", "Number of transactions", .unsigned(bits: 32),
        "how many the block has: the width of the tree")
    let hashCount = Field("bitcoin.merkleblock.hashes.count", "Count", .count, "how many hashes follow")
    let hash = Field(
        "bitcoin.merkleblock.hashes.hash", "Hash", .hash, "a node of the tree, or a txid, in depth-first order")
    let flagsLength = Field("bitcoin.merkleblock.flags.count", "Size", .count, "how many bytes of flags follow")
    let flags = Field(
        "bitcoin.merkleblock.flags.data", "Data", .bytes,
        "one bit a node visited, lowest first: whether a match lies below it")
    let rootStatus = Field(
        "bitcoin.merkleblock.root.status", "Merkle root status", .enumeration(Self.rootNames, bits: 8),
        "whether hashes and flags make the header's merkle root")
    let rootCalculated = Field(
        "bitcoin.merkleblock.root.calculated", "Calculated merkle root", .hash,
        "the merkle root that hashes and flags make")
    let match = Field(
        "bitcoin.merkleblock.match", "Matched transaction", .hash,
        "the txid of a transaction that matches the filter; it follows as tx", repeats: true)
    let position = Field(
        "bitcoin.merkleblock.match.position", "Position", .unsigned(bits: 64),
        "which transaction of the block the match is, from 0", repeats: true)

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let start = c.offset
        try header.layout(&c, context)
        let transactions = try c.integer(count, UInt32.self)
        if UInt64(transactions) > Limits.transactionsInBlock {
            c.annotate(.common.countOverLimit, Limits.transactionsInBlock)
        }
        let hashes = try c.compactSize(hashCount, of: hash, limit: UInt64(transactions))
        if c.sink.wantsInfo {
            c.sink.info.append(" ")
            c.sink.info.append(decimal: UInt64(transactions))
            c.sink.info.append(" tx ")
            c.sink.info.append(hashes, "hash", "hashes")
        }
        let first = c.offset
        try c.values(hashes, stride: 32) { (c, _) throws(Stop) in try c.bytes(hash, 32) }
        let tree = first..<c.offset
        let length = try c.compactSize(flagsLength, bytesOf: flags, limit: Limits.size)
        let bits = try c.bytes(flags, length)
        if c.keepsFields {
            check(
                &c, Hash256(c.bytes, at: start + 36),
                PartialMerkleTree(transactions: transactions, hashes: tree, flags: bits))
        }
    }

    /// Walks the tree, compares its root with the one `committed` to, and lists what it proves.
    private func check(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ committed: Hash256?, _ tree: PartialMerkleTree?
    ) {
        var tree = tree
        guard let root = tree?.walk(c.bytes) else {
            c.generate(rootStatus, 0)
            return c.annotate(partialTreeWrong)
        }
        c.generate(rootStatus, root == committed ? 1 : 0)
        if root != committed {
            c.annotate(merkleRoot.wrong)
            c.generate(rootCalculated, root.bytes)
        }
        for proved in tree?.matches ?? [] {
            c.generate(match, proved.txid.bytes)
            c.generate(position, UInt64(proved.position))
        }
    }

    private static let rootNames = ValueNames(
        (0, "Bad", "nothing is proved"), (1, "Good", "the matches are in the block"))
}
