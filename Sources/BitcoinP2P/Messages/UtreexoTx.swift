import Fields

/// `utreexotx` (BIP 183): a transaction with the proof that what it spends is unspent.
///
/// The fields stand as in utreexod; the draft has the transaction first. Each output index is shifted left by one, and its
/// lowest bit says that the output is not confirmed, so the transaction's bytes here do not hash to its txid.
struct UtreexoTx: Payload {
    let message = Field(
        "bitcoin.utreexotx", "Utreexotx message", .group, "a transaction, and a proof that what it spends is unspent")
    let targets = UtreexoTargets("bitcoin.utreexotx")
    let proofHashes = HashList(
        "bitcoin.utreexotx.proof_hashes", "Proof hash", .bytes, many: "proof hashes", "a node of the forest")
    let transaction = Transaction.standard
    let index = Field(
        "bitcoin.utreexotx.index", "Output index", .unsigned(bits: 32),
        "which output an input spends: half of the index in the transaction above", repeats: true)
    let unconfirmed = Field(
        "bitcoin.utreexotx.unconfirmed", "Unconfirmed", .boolean,
        "whether that output is not mined yet, so that no leaf stands for it: the index above is odd", repeats: true)
    let leaf = CompactLeaf("bitcoin.utreexotx.leafdatas")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let positions = try targets.layout(&c)
        try proofHashes.layout(&c)
        let start = c.offset
        try c.group(transaction.message) { (c) throws(Stop) in
            let summary = try transaction.layout(&c, context.network, hashing: false)
            guard c.sink.wantsInfo else { return }
            c.sink.info.append(" ")
            c.sink.info.append(decimal: summary.inputs)
            c.sink.info.append(" in ")
            c.sink.info.append(decimal: summary.outputs)
            c.sink.info.append(" out")
        }
        c.info(positions, "target", "targets")
        let leaves = try layoutIndexes(&c, from: start)
        try leaf.list(&c, leaves)
    }

    /// Shows what each index of the transaction at `start` stands for, and answers how many inputs are confirmed.
    private func layoutIndexes(_ c: inout Cursor<some FieldSink & ~Copyable>, from start: Int) throws(Stop) -> Int {
        // A skim over the bytes that the transaction's layout has just read: of its fields only the index counts.
        var probe = Cursor(c.bytes.extracting(0..<c.offset), from: start, SkimSink(wantsInfo: false))
        try probe.bytes(index, 4)
        if probe.peek() == 0, let flag = probe.peek(1), flag != 0 { try probe.bytes(index, 2) }
        var left = try probe.compactSize(number: index)
        var confirmed = 0
        while left > 0 {
            try probe.bytes(index, 32)
            let shifted = try probe.integer(index, UInt32.self)
            let script = Int(clamping: try probe.compactSize(number: index))
            try probe.bytes(index, script)
            try probe.bytes(index, 4)
            c.generate(index, UInt64(shifted >> 1))
            c.generate(unconfirmed, UInt64(shifted & 1))
            if shifted & 1 == 0 { confirmed += 1 }
            left -= 1
        }
        return confirmed
    }
}
