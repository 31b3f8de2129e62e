import Fields

/// `cmpctblock` (BIP 152): a block by its header and six bytes a transaction, for peers that have most of them already;
/// those they will not have, at least the coinbase, are sent along.
struct CompactBlock: Payload {
    let indexTooHigh = Remark(
        "bitcoin.cmpctblock.index.out_of_range", .error, .malformed,
        breaks: Rule("invalid compact block", .misbehaving, of: "cmpctblock"),
        "The position is beyond {n}, the last that short ids and prefilled transactions before it leave: receivers disconnect"
    )

    let message = Field(
        "bitcoin.cmpctblock", "Cmpctblock message", .group, "a block as a header and short ids of its transactions")
    let header = BlockHeader("bitcoin.cmpctblock")
    let nonce = Field(
        "bitcoin.cmpctblock.shortid_nonce", "Short id nonce", .hexadecimal(bits: 64),
        "a random number that, with the header, makes the key of the short ids")
    let k0 = Field(
        "bitcoin.cmpctblock.k0", "Short id key k0", .hexadecimal(bits: 64),
        "the first half of the key: SHA-256 of header and nonce, bytes 0 to 7")
    let k1 = Field(
        "bitcoin.cmpctblock.k1", "Short id key k1", .hexadecimal(bits: 64),
        "the second half of the key: SHA-256 of header and nonce, bytes 8 to 15")
    let shortIDCount = Field(
        "bitcoin.cmpctblock.shortids_length", "Number of short ids", .count, "how many short ids follow")
    let shortID = Field(
        "bitcoin.cmpctblock.shortids", "Short id", .hexadecimal(bits: 48),
        "the low six bytes of SipHash-2-4 over a txid or wtxid, in the order of the block")
    let shortIDPosition = Field(
        "bitcoin.cmpctblock.shortids.position", "Position", .unsigned(bits: 64),
        "which transaction of the block the short id stands for, from 0")
    let shortIDTransaction = Field(
        "bitcoin.cmpctblock.shortids.wtxid", "Stands for", .hash,
        "the wtxid of the one transaction seen before that has this short id")
    let shortIDSeenIn = Field(
        "bitcoin.cmpctblock.shortids.seen_in", "Seen In", .frameNumber,
        "the frame in which that transaction was seen first")
    let prefilledCount = Field(
        "bitcoin.cmpctblock.prefilledtxn_length", "Number of prefilled transactions", .count,
        "how many transactions are sent along")
    let prefilled = Field(
        "bitcoin.cmpctblock.prefilledtxn", "Prefilled transaction", .group, "a transaction sent along, and its place")
    let index = DifferentialIndex("bitcoin.cmpctblock.prefilledtxn.index")
    let transaction = Transaction.standard
    let prefilledShortID = Field(
        "bitcoin.cmpctblock.prefilledtxn.shortid", "Short id", .hexadecimal(bits: 48),
        "the short id that the transaction would have had")
    let total = Field(
        "bitcoin.cmpctblock.num_transactions", "Number of transactions", .unsigned(bits: 64),
        "how many the block has: short ids and prefilled transactions")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let start = c.offset
        try header.layout(&c, context)
        try c.integer(nonce, UInt64.self)
        let key = c.keepsFields ? ShortIDKey(c.bytes.extracting(start..<c.offset)) : nil
        if let key {
            c.generate(k0, key.sipHash.k0)
            c.generate(k1, key.sipHash.k1)
        }
        let ids = try c.compactSize(shortIDCount, of: shortID, limit: Limits.compactBlockPositions)
        c.info(ids, "short id", "short ids")
        var positions = c.keepsFields ? CompactPositions(c.bytes, behind: ids, at: c.offset, self) : nil
        try c.values(ids, stride: 6) { (c, index) throws(Stop) in
            try c.integer(shortID, bytes: 6)
            if let place = positions?.take() { c.generate(shortIDPosition, place) }
            if let transaction = context.earlier.transaction(at: index) {
                c.generate(shortIDTransaction, transaction.wtxid.bytes)
                c.generate(shortIDSeenIn, transaction.frame)
            }
        }
        let most = Limits.compactBlockPositions - min(UInt64(ids), Limits.compactBlockPositions)
        let count = try c.compactSize(prefilledCount, of: prefilled, limit: most)
        if c.sink.wantsInfo {
            c.sink.info.append(" ")
            c.sink.info.append(count: count)
            c.sink.info.append(" prefilled")
        }
        var next: UInt64 = 0
        try c.list(of: prefilled, count, minimum: 11) { (c, place) throws(Stop) in
            let position = try index.layout(&c, &next)
            // There must be short ids enough for all places before it.
            let last = UInt64(clamping: ids) &+ UInt64(clamping: place)
            if position > last { c.annotate(indexTooHigh, last) }
            var name: Hash256?
            try c.group(transaction.message) { (c) throws(Stop) in
                let isHashed = c.wants(prefilledShortID) || c.wantsAny(of: transaction.computed)
                let summary = try transaction.layout(
                    &c, context.network, hashing: isHashed, needing: c.wants(prefilledShortID) ? .wtxid : [])
                // As it was sent: with witness under version 2, so that this is the wtxid; without under version 1.
                name = summary.wtxid
            }
            if let name, let key { c.generate(prefilledShortID, key.shortID(name)) }
        }
        if c.keepsFields { c.generate(total, UInt64(clamping: ids) + UInt64(clamping: count)) }
    }
}
