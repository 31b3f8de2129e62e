import Fields

/// `blocktxn` (BIP 152): the transactions that `getblocktxn` asked for, in its order.
struct BlockTxn: Payload {
    let message = Field(
        "bitcoin.blocktxn", "Blocktxn message", .group, "the transactions of a block that getblocktxn asked for")
    let blockHash = Field("bitcoin.blocktxn.blockhash", "Block hash", .hash, "the block they are in")
    let count = Field(
        "bitcoin.blocktxn.transactions_length", "Number of transactions", .count, "how many transactions follow")
    let transaction = Transaction.standard

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        c.info(" ", hash: try c.bytes(blockHash, 32))
        let transactions = try c.compactSize(count, limit: Limits.compactBlockPositions)
        if c.sink.wantsInfo {
            c.sink.info.append(" ")
            c.sink.info.append(count: transactions)
            c.sink.info.append(" tx")
        }
        try transaction.list(&c, transactions, context.network)
    }
}
