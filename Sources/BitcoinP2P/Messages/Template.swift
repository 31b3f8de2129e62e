import Fields

/// `template` (BIP 153 draft): the block that the sender would mine next, as `cmpctblock` writes blocks; what is missing is
/// asked for with `getblocktxn`. The header need not be mined, and the transactions may weigh twice as much as a block.
struct Template: Payload {
    let message = Field(
        "bitcoin.template", "Template message", .group, "the block the sender would mine next, as short ids")
    let header = BlockHeader("bitcoin.template", isMined: false)
    let nonce = Field(
        "bitcoin.template.shortid_nonce", "Short id nonce", .hexadecimal(bits: 64),
        "a random number that, with the header, makes the key of the short ids")
    let shortIDCount = Field(
        "bitcoin.template.shortids_length", "Number of short ids", .count, "how many short ids follow")
    let shortID = Field(
        "bitcoin.template.shortids", "Short id", .hexadecimal(bits: 48),
        "the low six bytes of SipHash-2-4 over a wtxid, in the order of the template")
    let prefilledCount = Field(
        "bitcoin.template.prefilledtxn_length", "Number of prefilled transactions", .count,
        "how many transactions are sent along")
    let prefilled = Field(
        "bitcoin.template.prefilledtxn", "Prefilled transaction", .group, "a transaction sent along, and its place")
    let index = DifferentialIndex("bitcoin.template.prefilledtxn.index")
    let transaction = Transaction.standard

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try header.layout(&c, context)
        try c.integer(nonce, UInt64.self)
        let ids = try c.compactSize(shortIDCount, of: shortID, limit: Limits.compactBlockPositions)
        c.info(ids, "short id", "short ids")
        try c.values(ids, stride: 6) { (c, _) throws(Stop) in try c.integer(shortID, bytes: 6) }
        let count = try c.compactSize(prefilledCount, of: prefilled, limit: Limits.compactBlockPositions)
        if c.sink.wantsInfo {
            c.sink.info.append(" ")
            c.sink.info.append(count: count)
            c.sink.info.append(" prefilled")
        }
        var next: UInt64 = 0
        try c.list(of: prefilled, count, minimum: 11) { (c, _) throws(Stop) in
            try index.layout(&c, &next)
            try c.group(transaction.message) { (c) throws(Stop) in
                _ = try transaction.layout(&c, context.network, hashing: c.wantsAny(of: transaction.computed))
            }
        }
    }
}
