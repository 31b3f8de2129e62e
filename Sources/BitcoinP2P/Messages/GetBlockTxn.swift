import Fields

/// `getblocktxn` (BIP 152): asks for the transactions of a compact block that the receiver could not find.
struct GetBlockTxn: Payload {
    let message = Field(
        "bitcoin.getblocktxn", "Getblocktxn message", .group, "asks for the missing transactions of a compact block")
    let blockHash = Field("bitcoin.getblocktxn.blockhash", "Block hash", .hash, "the block they are in")
    let count = Field("bitcoin.getblocktxn.indexes_length", "Number of indexes", .count, "how many positions follow")
    let index = DifferentialIndex("bitcoin.getblocktxn.indexes")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        c.info(" ", hash: try c.bytes(blockHash, 32))
        let indexes = try c.compactSize(count, of: index.encoded, limit: Limits.compactBlockPositions)
        if c.sink.wantsInfo {
            c.sink.info.append(" ")
            c.sink.info.append(count: indexes)
            c.sink.info.append(" tx")
        }
        var next: UInt64 = 0
        try c.values(indexes, minimum: 1) { (c, _) throws(Stop) in try index.layout(&c, &next) }
    }
}
