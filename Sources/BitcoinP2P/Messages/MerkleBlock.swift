import Dissection

/// `merkleblock` (BIP 37): a header, and as much of the merkle tree as proves which transactions match the filter.
struct MerkleBlock: Payload {
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

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try header.layout(&c)
        let transactions = try c.integer(count, UInt32.self)
        if UInt64(transactions) > Limits.transactionsInBlock {
            c.annotate(.countOverLimit, Limits.transactionsInBlock)
        }
        let hashes = try c.compactSize(hashCount, limit: UInt64(transactions))
        if c.sink.wantsInfo {
            c.sink.info.append(" ")
            c.sink.info.append(decimal: UInt64(transactions))
            c.sink.info.append(" tx ")
            c.sink.info.append(hashes, "hash", "hashes")
        }
        try c.values(hashes, stride: 32) { (c, _) throws(Stop) in try c.bytes(hash, 32) }
        let length = try c.compactSize(flagsLength, limit: Limits.size)
        try c.bytes(flags, length)
    }
}
