import Fields

/// `getutxos` (BIP 64, closed; Bitcoin XT): asks which of some outputs are unspent.
struct GetUTXOs: Payload {
    let message = Field("bitcoin.getutxos", "Getutxos message", .group, "asks which of some outputs are unspent")
    let checkMempool = Field(
        "bitcoin.getutxos.check_mempool", "Check mempool", .boolean,
        "whether transactions that are not mined count: the outputs they make, and those they spend")
    let count = Field("bitcoin.getutxos.outpoints_length", "Number of outpoints", .count, "how many outpoints follow")
    let outpoint = Outpoint("bitcoin.getutxos.outpoints", "Outpoint", "an output asked about")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try c.integer(checkMempool, UInt8.self)
        let outpoints = try c.compactSize(count, of: outpoint.group, limit: Limits.size)
        c.info(outpoints, "outpoint", "outpoints")
        if outpoints == 1 { outpoint.appendInfo(&c, " ", at: c.offset) }
        try outpoint.list(&c, outpoints)
    }
}

/// `utxos` (BIP 64, closed; Bitcoin XT): answers `getutxos`. Nothing proves that it is true.
struct UTXOs: Payload {
    let message = Field("bitcoin.utxos", "Utxos message", .group, "those of the outputs asked about that are unspent")
    let chainHeight = Field(
        "bitcoin.utxos.chain_height", "Chain height", .unsigned(bits: 32),
        "the height of the chain when it was looked up")
    let chainTip = Field(
        "bitcoin.utxos.chain_tip", "Chain tip hash", .hash, "the newest block when it was looked up")
    let bitmap = VarBytes(
        "bitcoin.utxos.hit_bitmap", "Hit bitmap", .bytes,
        "one bit for each outpoint asked about, set where it is unspent")
    let count = Field(
        "bitcoin.utxos.results_length", "Number of results", .count, "how many outputs follow: one for each bit set")
    let result = Field("bitcoin.utxos.results", "Result", .group, "an unspent output")
    let version = Field(
        "bitcoin.utxos.results.tx_version", "Transaction version", .unsigned(bits: 32),
        "the version of the transaction that made the output")
    let height = Field(
        "bitcoin.utxos.results.height", "Height", .unsigned(bits: 32),
        "the height of the block that made the output; 2147483647 where none has yet")
    let isInMempool = Field(
        "bitcoin.utxos.results.in_mempool", "In mempool", .boolean, "whether its transaction is not mined yet")
    let value = Field("bitcoin.utxos.results.value", "Value", .amount, "the amount, in satoshi on the wire")
    let script = VarBytes(
        "bitcoin.utxos.results.script", "Script", .bytes, "the condition that who spends this output must meet")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let tip = try c.integer(chainHeight, UInt32.self)
        if c.sink.wantsInfo {
            c.sink.info.append(" at height ")
            c.sink.info.append(decimal: UInt64(tip))
        }
        try c.bytes(chainTip, 32)
        try bitmap.layout(&c)
        let results = try c.compactSize(count, of: result, limit: Limits.size)
        c.info(results, "result", "results")
        try c.list(of: result, results, minimum: 17) { (c, _) throws(Stop) in
            try c.integer(version, UInt32.self)
            let block = try c.integer(height, UInt32.self)
            c.generate(isInMempool, block == 0x7fff_ffff ? 1 : 0)
            try c.integer(value, Int64.self)
            try script.layout(&c)
        }
    }
}
