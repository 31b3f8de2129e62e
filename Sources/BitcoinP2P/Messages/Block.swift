import Fields

/// `block`: a header and all its transactions, with witnesses if the peer asked for them (BIP 144).
///
/// The first client also sent the header alone, to peers that do not serve blocks: 80 bytes are a whole message.
struct Block: Payload {
    let message = Field("bitcoin.block", "Block message", .group, "a block: a header and all its transactions")
    let header = BlockHeader("bitcoin.block")
    let count = Field(
        "bitcoin.block.num_transactions", "Number of transactions", .count, "how many follow; the first is the coinbase"
    )
    let transaction: Transaction
    let checks: BlockChecks
    /// What is computed of all transactions.
    private let checked: FieldSet

    init() {
        transaction = Transaction.standard
        (checks, checked) = FieldSet.declared(by: BlockChecks.init)
    }

    /// What refutes that the bytes are the block that the header names, or that it has work.
    var refutations: Set<Remark> {
        [
            checks.merkleRoot.wrong, checks.merkleTreeMutated, checks.witnessCommitmentWrong, header.work.targetInvalid,
            header.work.proofOfWorkWrong,
        ]
    }

    func heading(ofBytes count: Int) -> StaticString? {
        count == BlockHeader.byteCount ? "Block header without transactions" : nil
    }

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let start = c.offset
        let size = c.left
        try header.layout(&c, context)
        guard c.goesOn(with: [count, transaction.message]) else {
            if c.sink.wantsInfo { c.sink.info.append(" header only") }
            return
        }
        let transactions = try c.compactSize(count, of: transaction.message, limit: Limits.transactionsInBlock)
        if c.sink.wantsInfo {
            c.sink.info.append(" ")
            c.sink.info.append(count: transactions)
            c.sink.info.append(" tx ")
            c.sink.info.append(byteCount: size)
        }
        guard c.explains(checked) else { return try transaction.list(&c, transactions, context.network) }
        let frame = c.offset - start
        var body = BlockBody(expecting: transactions)
        try c.list(of: transaction.message, transactions, minimum: 10) { (c, _) throws(Stop) in
            body.append(
                try transaction.layout(&c, context.network, hashing: true, needing: [.txid, .wtxid]))
        }
        checks.layout(&c, from: start, frame: frame, body, transaction)
    }
}
