import Dissection

/// A transaction, legacy or with witness, wherever it stands (protocol.md section 7.1, BIP 144).
///
/// Core's rule tells the two apart: an input count of zero followed by a byte that is not zero is no count but marker
/// and flag.
struct Transaction: Sendable {
    let message = Field("bitcoin.tx", "Tx message", .group, "a transaction: spends outputs and makes new ones")
    let version = Field(
        "bitcoin.tx.version", "Transaction version", .unsigned(bits: 32),
        "which rules apply: 2 allows relative lock times (BIP 68), 3 asks for the relay policy of BIP 431")
    let flag = Field(
        "bitcoin.tx.flag", "Flag", .bytes, "00 where a count would stand and 01: every input has a witness (BIP 144)")
    let inputCount = Field("bitcoin.tx.input_count", "Input Count", .count, "how many inputs follow")
    let input = Field("bitcoin.tx.in", "Transaction input", .group, "an output that is spent, and the right to do so")
    let prevOutput = Field("bitcoin.tx.in.prev_output", "Previous output", .group, "which output is spent")
    let prevHash = Field(
        "bitcoin.tx.in.prev_output.hash", "Hash", .hash, "the txid that made the output; all zero in a coinbase")
    let prevIndex = Field(
        "bitcoin.tx.in.prev_output.index", "Index", .unsigned(bits: 32),
        "which output of that transaction, from 0; 4294967295 in a coinbase")
    let sigScriptLength = Field(
        "bitcoin.tx.in.script_length", "Script Length", .count, "how many bytes the signature script has")
    let sigScript = Field(
        "bitcoin.tx.in.sig_script", "Signature script", .bytes,
        "what satisfies the output's script; empty where the witness does")
    let sequence = Field(
        "bitcoin.tx.in.seq", "Sequence", .unsigned(bits: 32),
        "final, replaceable (BIP 125), or a relative lock time (BIP 68)")
    let outputCount = Field("bitcoin.tx.output_count", "Output Count", .count, "how many outputs follow")
    let output = Field("bitcoin.tx.out", "Transaction output", .group, "an amount, and the condition to spend it")
    let value = Field("bitcoin.tx.out.value", "Value", .amount, "the amount, in satoshi on the wire")
    let scriptLength = Field(
        "bitcoin.tx.out.script_length", "Script Length", .count, "how many bytes the output's script has")
    let script = Field("bitcoin.tx.out.script", "Script", .bytes, "the condition that who spends this output must meet")
    let witness = Field(
        "bitcoin.tx.witness", "Transaction witness", .group, "the witness stack of one input, in the inputs' order")
    let componentCount = Field(
        "bitcoin.tx.witness.component_count", "Number of components", .count,
        "how many items this stack has; 0 for an input without witness")
    let component = Field(
        "bitcoin.tx.witness.component", "Witness component", .group, "one item: a signature, a key, a script …")
    let componentLength = Field(
        "bitcoin.tx.witness.component.length", "Length", .count, "how many bytes this item has")
    let componentData = Field("bitcoin.tx.witness.component.data", "Data", .bytes, "the item itself")
    let lockTime = Field(
        "bitcoin.tx.lock_time", "Block lock time or block ID", .unsigned(bits: 32),
        "not valid up to this height, or this Unix time from 500,000,000 on; 0 for none")
    let identity = TransactionIdentity()

    /// What the summary line says of a transaction.
    struct Summary {
        var inputs: Int
        var outputs: Int
        var virtualSize: Int
        /// Nil where nobody asked for it.
        var txid: Hash256?
        /// Nil where no tree is made.
        var wtxid: Hash256?
        var parts: TransactionParts
    }

    /// So many transactions, an entry each.
    func list(_ c: inout Cursor<some FieldSink & ~Copyable>, _ count: Int) throws(Stop) {
        try c.list(of: message, count, minimum: 10) { (c, _) throws(Stop) in
            _ = try layout(&c, hashing: c.mode == .tree)
        }
    }

    /// Reads one transaction.
    ///
    /// - Parameters:
    ///   - hashing: Whether the txid is computed; only then a tree gets the generated fields.
    ///   - payloadHash: The double SHA-256 of all the bytes from here to the cursor's end, where it is known already.
    @discardableResult
    func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, hashing: Bool, payloadHash: Hash256? = nil
    ) throws(Stop) -> Summary {
        let start = c.offset
        try c.integer(version, UInt32.self)
        var flags: UInt8 = 0
        if c.peek() == 0, let next = c.peek(1), next != 0 {
            flags = next
            try c.bytes(flag, 2)
            if flags & ~1 != 0 { c.annotate(.witnessFlagUnknown) }
        }
        let body = c.offset
        let inputs = try layoutInputs(&c)
        let outputs = try layoutOutputs(&c)
        let bodyEnd = c.offset
        if flags & 1 != 0 { try layoutWitnesses(&c, inputs) }
        let tail = c.offset
        try c.integer(lockTime, UInt32.self)

        let parts = TransactionParts(start: start, body: body..<bodyEnd, tail: tail, end: c.offset)
        let whole = c.left == 0 ? payloadHash : nil
        let names = hashing ? identity.layout(&c, parts, whole) : nil
        return Summary(
            inputs: inputs, outputs: outputs, virtualSize: parts.virtualSize, txid: names?.txid, wtxid: names?.wtxid,
            parts: parts)
    }

    private func layoutInputs(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> Int {
        let count = try c.compactSize(inputCount, limit: Limits.size)
        try c.list(of: input, count, minimum: 41) { (c, _) throws(Stop) in
            try c.group(prevOutput) { (c) throws(Stop) in
                try c.bytes(prevHash, 32)
                try c.integer(prevIndex, UInt32.self)
            }
            let length = try c.compactSize(sigScriptLength, limit: Limits.size)
            try c.bytes(sigScript, length)
            try c.integer(sequence, UInt32.self)
        }
        return count
    }

    private func layoutOutputs(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) -> Int {
        let count = try c.compactSize(outputCount, limit: Limits.size)
        try c.list(of: output, count, minimum: 9) { (c, _) throws(Stop) in
            try c.integer(value, Int64.self)
            let length = try c.compactSize(scriptLength, limit: Limits.size)
            try c.bytes(script, length)
        }
        return count
    }

    /// One stack an input, without a count of the stacks.
    private func layoutWitnesses(_ c: inout Cursor<some FieldSink & ~Copyable>, _ inputs: Int) throws(Stop) {
        var isEmpty = true
        try c.list(of: witness, inputs, minimum: 1) { (c, _) throws(Stop) in
            let count = try c.compactSize(componentCount, limit: Limits.size)
            if count > 0 { isEmpty = false }
            try c.list(of: component, count, minimum: 1) { (c, _) throws(Stop) in
                let length = try c.compactSize(componentLength, limit: Limits.size)
                try c.bytes(componentData, length)
            }
        }
        if isEmpty { c.annotate(.emptyWitness) }
    }
}
