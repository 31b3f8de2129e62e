import Fields

/// A transaction as a wallet keeps it, which the first clients sent each other to pay to an IP address
/// (protocol.md section 6.13): the transaction, the proof of where it is, those it spends from, and notes.
///
/// The layout is that of v0.3.0; no capture is known. What does not fit it is shown as bytes.
struct WalletTransaction: Sendable {
    let transaction: MerkleTransaction
    let previousCount: Field
    let previous: MerkleTransaction
    let mapValue: TextPairs
    let orderForm: TextPairs
    let timeReceivedIsTxTime: Field
    let timeReceived: Field
    let fromMe: Field
    let spent: Field
    let other: Field

    init(_ prefix: String) {
        transaction = MerkleTransaction(prefix, "\(prefix).merkle_tx", "the payment, and where it is in the chain")
        previousCount = Field(
            "\(prefix).vtx_prev_length", "Number of earlier transactions", .count, "how many transactions follow")
        previous = MerkleTransaction(
            "\(prefix).vtx_prev", "\(prefix).vtx_prev", "a transaction that is not buried and that this one builds on")
        mapValue = TextPairs(
            "\(prefix).map_value", "Wallet note", many: "wallet notes", "a note of the sender's wallet")
        orderForm = TextPairs(
            "\(prefix).order_form", "Order form entry", many: "order form entries",
            "what the payer filled in, such as a message")
        timeReceivedIsTxTime = Field(
            "\(prefix).time_received_is_tx_time", "Time received is transaction time", .unsigned(bits: 32),
            "whether the time below is that of the transaction itself")
        timeReceived = Field(
            "\(prefix).time_received", "Time received", .seconds, "when the sender's wallet got the transaction")
        fromMe = Field("\(prefix).from_me", "From me", .boolean, "whether the sender's wallet made it")
        spent = Field("\(prefix).spent", "Spent", .boolean, "whether the sender's wallet has spent it")
        other = Field(
            "\(prefix).wtx", "Wallet transaction", .bytes, "a wallet transaction of another layout than that of v0.3.0")
    }

    /// Reads it field by field if it has the layout we know, else as bytes with a note.
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ network: Network) throws(Stop) {
        if c.comes(
            transaction.group, made: true, whereRead: fits(c.bytes.extracting(0..<c.end), from: c.offset, network))
        {
            try layoutFields(&c, network)
        } else {
            c.rest(other)
            c.annotate(.common.layoutUnsettled)
        }
    }

    private func fits(_ bytes: RawSpan, from start: Int, _ network: Network) -> Bool {
        var probe = Cursor(bytes, from: start, SkimSink(wantsInfo: false))
        do throws(Stop) { try layoutFields(&probe, network) } catch { return false }
        return true
    }

    private func layoutFields(_ c: inout Cursor<some FieldSink & ~Copyable>, _ network: Network) throws(Stop) {
        try transaction.layout(&c, network)
        let earlier = try c.compactSize(previousCount, of: previous.group, limit: Limits.size)
        try c.list(of: previous.group, earlier, minimum: MerkleTransaction.least) { (c, _) throws(Stop) in
            try previous.layoutFields(&c, network)
        }
        try mapValue.layout(&c)
        try orderForm.layout(&c)
        try c.integer(timeReceivedIsTxTime, UInt32.self)
        try c.integer(timeReceived, UInt32.self)
        try c.integer(fromMe, UInt8.self)
        try c.integer(spent, UInt8.self)
    }
}

/// A transaction with the path from it to the merkle root of its block.
struct MerkleTransaction: Sendable {
    let group: Field
    let transaction = Transaction.standard
    let hashBlock: Field
    let merkleBranch: HashList
    let index: Field

    /// Bytes that none has fewer of.
    static var least: Int { 10 + 32 + 1 + 4 }

    init(_ prefix: String, _ name: String, _ meaning: String) {
        group = Field(name, "Transaction and its place", .group, meaning)
        hashBlock = Field("\(prefix).hash_block", "Block hash", .hash, "the block it is in; all zero for none")
        merkleBranch = HashList(
            "\(prefix).merkle_branch", "Merkle branch", many: "branch hashes",
            "a hash beside the path from the transaction to the merkle root")
        index = Field("\(prefix).index", "Index", .signed(bits: 32), "its position in the block, from 0; -1 for none")
    }

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ network: Network) throws(Stop) {
        try c.group(group) { (c) throws(Stop) in try layoutFields(&c, network) }
    }

    func layoutFields(_ c: inout Cursor<some FieldSink & ~Copyable>, _ network: Network) throws(Stop) {
        try c.group(transaction.message) { (c) throws(Stop) in
            _ = try transaction.layout(&c, network, hashing: c.wantsAny(of: transaction.computed))
        }
        try c.bytes(hashBlock, 32)
        try merkleBranch.layout(&c)
        try c.integer(index, Int32.self)
    }
}

/// A count, and as many pairs of texts.
struct TextPairs: Sendable {
    let count: Field
    let entry: Field
    let key: VarBytes
    let value: VarBytes

    init(_ name: String, _ label: String, many: String, _ meaning: String) {
        count = Field("\(name)_length", "Number of \(many)", .count, "how many follow")
        entry = Field(name, label, .group, meaning)
        key = VarBytes("\(name).key", "Key", .text, "what the note is about")
        value = VarBytes("\(name).value", "Value", .text, "what it says")
    }

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) {
        let pairs = try c.compactSize(count, of: entry, limit: Limits.size)
        try c.list(of: entry, pairs, minimum: 2) { (c, _) throws(Stop) in
            try key.layout(&c)
            try value.layout(&c)
        }
    }
}
