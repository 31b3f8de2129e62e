import Fields

/// `dandeliontx` (BIP 156, closed; of its reference code): a transaction on its stem, passed to one peer at a time so that
/// nobody sees where it began.
struct DandelionTx: Payload {
    let message = Field(
        "bitcoin.dandeliontx", "Dandeliontx message", .group, "a transaction on its way to where it will be announced")
    let transaction = Transaction.standard

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try c.group(transaction.message) { (c) throws(Stop) in
            let summary = try transaction.layout(
                &c, context.network, hashing: c.wantsAny(of: transaction.computed) || c.sink.wantsInfo,
                needing: c.sink.wantsInfo ? .txid : [], payloadHash: context.payloadHash)
            c.info(" ", hash: summary.txid)
        }
    }
}
