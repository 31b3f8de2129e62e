import Dissection

/// `cmpctblock` (BIP 152): a block by its header and six bytes a transaction, for peers that have most of them already;
/// those they will not have, at least the coinbase, are sent along.
struct CompactBlock: Payload {
    let message = Field(
        "bitcoin.cmpctblock", "Cmpctblock message", .group, "a block as a header and short ids of its transactions")
    let header = BlockHeader("bitcoin.cmpctblock")
    let nonce = Field(
        "bitcoin.cmpctblock.shortid_nonce", "Short id nonce", .hexadecimal(bits: 64),
        "a random number that, with the header, makes the key of the short ids")
    let shortIDCount = Field(
        "bitcoin.cmpctblock.shortids_length", "Number of short ids", .count, "how many short ids follow")
    let shortID = Field(
        "bitcoin.cmpctblock.shortids", "Short id", .hexadecimal(bits: 48),
        "the low six bytes of SipHash-2-4 over a txid or wtxid, in the order of the block")
    let prefilledCount = Field(
        "bitcoin.cmpctblock.prefilledtxn_length", "Number of prefilled transactions", .count,
        "how many transactions are sent along")
    let prefilled = Field(
        "bitcoin.cmpctblock.prefilledtxn", "Prefilled transaction", .group, "a transaction sent along, and its place")
    let index = DifferentialIndex("bitcoin.cmpctblock.prefilledtxn.index")
    let transaction = Transaction()

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try header.layout(&c)
        try c.integer(nonce, UInt64.self)
        let ids = try c.compactSize(shortIDCount, limit: Limits.compactBlockPositions)
        c.info(ids, "short id", "short ids")
        try c.values(ids, stride: 6) { (c, _) throws(Stop) in try c.integer(shortID, bytes: 6) }
        let most = Limits.compactBlockPositions - min(UInt64(ids), Limits.compactBlockPositions)
        let count = try c.compactSize(prefilledCount, limit: most)
        if c.sink.wantsInfo {
            c.sink.info.append(" ")
            c.sink.info.append(decimal: count)
            c.sink.info.append(" prefilled")
        }
        var next: UInt64 = 0
        try c.list(of: prefilled, count, minimum: 11) { (c, _) throws(Stop) in
            try index.layout(&c, &next)
            try c.group(transaction.message) { (c) throws(Stop) in
                _ = try transaction.layout(&c, hashing: c.mode == .tree)
            }
        }
    }
}
