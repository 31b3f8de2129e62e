import Fields

/// `blocktxn` (BIP 152): the transactions that `getblocktxn` asked for, in its order.
struct BlockTxn: Payload {
    let message = Field(
        "bitcoin.blocktxn", "Blocktxn message", .group, "the transactions of a block that getblocktxn asked for")
    let blockHash = Field("bitcoin.blocktxn.blockhash", "Block hash", .hash, "the block they are in")
    let count = Field(
        "bitcoin.blocktxn.transactions_length", "Number of transactions", .count, "how many transactions follow")
    let transaction = Transaction.standard
    let shortID = Field(
        "bitcoin.blocktxn.short_id", "Short id", .hexadecimal(bits: 48),
        "the short id that the transaction has in the compact block which this fills")
    let seenIn = Field(
        "bitcoin.blocktxn.seen_in", "Seen In", .frameNumber,
        "the frame in which the transaction was seen first, if it was seen before")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        c.info(" ", hash: try c.bytes(blockHash, 32))
        let transactions = try c.compactSize(count, of: transaction.message, limit: Limits.compactBlockPositions)
        if c.sink.wantsInfo {
            c.sink.info.append(" ")
            c.sink.info.append(count: transactions)
            c.sink.info.append(" tx")
        }
        try c.list(of: transaction.message, transactions, minimum: 10) { (c, index) throws(Stop) in
            let isHashed = c.wants(shortID) || c.wantsAny(of: transaction.computed)
            let summary = try transaction.layout(
                &c, context.network, hashing: isHashed, needing: c.wants(shortID) ? .wtxid : [])
            // As it was sent: without witness under version 1.
            if let key = context.earlier.shortIDKey, let name = summary.wtxid { c.generate(shortID, key.shortID(name)) }
            if let seen = context.earlier.transaction(at: index) { c.generate(seenIn, seen.frame) }
        }
    }
}
