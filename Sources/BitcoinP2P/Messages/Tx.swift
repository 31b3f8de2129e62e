import Fields

/// `tx`: one transaction, with its witness if the peer asked for that (BIP 144).
struct Tx: Payload {
    let transaction = Transaction.standard
    var message: Field { transaction.message }

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let summary = try transaction.layout(
            &c, context.network, hashing: c.wantsAny(of: transaction.computed) || c.sink.wantsInfo,
            needing: c.sink.wantsInfo ? .txid : [], payloadHash: context.payloadHash)
        guard c.sink.wantsInfo else { return }
        c.info(" ", hash: summary.txid)
        c.sink.info.append(" ")
        c.sink.info.append(decimal: summary.inputs)
        c.sink.info.append(" in ")
        c.sink.info.append(decimal: summary.outputs)
        c.sink.info.append(" out ")
        c.sink.info.append(decimal: summary.virtualSize)
        c.sink.info.append(" vB")
        guard let total = summary.totalOut, summary.outputs > 0 else { return }
        c.sink.info.append(" ")
        c.sink.info.append(bitcoin: total, trimmed: true)
    }
}
