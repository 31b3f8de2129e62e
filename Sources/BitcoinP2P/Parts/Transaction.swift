import Fields

/// A transaction, legacy or with witness, wherever it stands (protocol.md section 7.1, BIP 144).
///
/// Core's rule tells the two apart: an input count of zero followed by a byte that is not zero is no count but marker
/// and flag.
struct Transaction: Sendable {
    let witnessFlagUnknown = Remark(
        "bitcoin.tx.flag.unknown", .error, .malformed,
        "Flag bits other than 0x01 are undefined: receivers reject the transaction")
    let emptyWitness = Remark(
        "bitcoin.tx.witness.empty", .error, .malformed,
        "The transaction says it has a witness, but every stack is empty: receivers reject it")
    let amountOutOfRange = Remark(
        "bitcoin.amount.out_of_range", .error, .protocol, "No amount may be negative or more than 21 million bitcoin")
    let prevoutNull = Remark(
        "bitcoin.prevout.null", .error, .protocol, "Only a coinbase, which has one input, may spend no output")
    let coinbaseLengthWrong = Remark(
        "bitcoin.coinbase.length_wrong", .error, .protocol,
        "The signature script of a coinbase must have 2 to 100 bytes")

    let message = Field("bitcoin.tx", "Tx message", .group, "a transaction: spends outputs and makes new ones")
    let version = Field(
        "bitcoin.tx.version", "Transaction version", .unsigned(bits: 32),
        "which rules apply: 2 allows relative lock times (BIP 68), 3 asks for the relay policy of BIP 431")
    let flag = Field(
        "bitcoin.tx.flag", "Flag", .bytes, "00 where a count would stand and 01: every input has a witness (BIP 144)")
    let inputCount = Field("bitcoin.tx.input_count", "Input Count", .count, "how many inputs follow")
    let input = Field(
        "bitcoin.tx.in", "Transaction input", .group, "an output that is spent, and the right to do so",
        structure: "tx_in")
    let prevOutput = Field(
        "bitcoin.tx.in.prev_output", "Previous output", .group, "which output is spent",
        structure: "outpoint")
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
    let output = Field(
        "bitcoin.tx.out", "Transaction output", .group, "an amount, and the condition to spend it",
        structure: "tx_out")
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
    let totalOut = Field(
        "bitcoin.tx.total_out", "Total out", .amount, "all outputs together; what the inputs have more is the fee")
    let identity: TransactionIdentity
    /// What a transaction must be hashed or summed for.
    let computed: FieldSet
    let times: TransactionTimes
    let inputScript: InputScript
    let outputScript: OutputScript
    let witnessParts: WitnessParts
    /// What says what its parts mean.
    private let explaining: FieldSet

    private static let shared = FieldSet.declared(by: Transaction.init)

    /// One for all messages that hold transactions: it has many fields.
    static var standard: Transaction {
        shared.1.declareAgain()
        return shared.0
    }

    private init() {
        // In the order of the catalog, which lists and the manual follow.
        let (parts, explaining) = FieldSet.declared {
            (TransactionTimes(), InputScript(), OutputScript(), WitnessParts())
        }
        (times, inputScript, outputScript, witnessParts) = parts
        self.explaining = explaining
        let (identity, fields) = FieldSet.declared(by: TransactionIdentity.init)
        self.identity = identity
        computed = fields.union([totalOut])
    }

    /// What the summary line says of a transaction.
    struct Summary {
        var inputs: Int
        var outputs: Int
        var virtualSize: Int
        /// What all outputs have together; nil where that is no amount.
        var totalOut: Int64?
        /// Nil where nobody needs it.
        var txid: Hash256?
        var wtxid: Hash256?
        var parts: TransactionParts
    }

    /// Reads `count` transactions, an entry each.
    func list(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ count: Int, _ network: Network
    ) throws(Stop) {
        try c.list(of: message, count, minimum: 10) { (c, _) throws(Stop) in
            _ = try layoutInlined(&c, network, hashing: c.wantsAny(of: computed))
        }
    }

    /// Reads one transaction.
    ///
    /// - Parameters:
    ///   - network: Whose addresses outputs are shown with.
    ///   - hashing: Whether it is hashed and summed: only then a tree gets the generated fields.
    ///   - names: Those that the caller needs, also where no field shows them.
    ///   - payloadHash: The double SHA-256 of all the bytes from here to the cursor's end, where it is known already.
    @discardableResult
    func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ network: Network, hashing: Bool,
        needing names: TransactionNames.Needed = [], payloadHash: Hash256? = nil
    ) throws(Stop) -> Summary {
        try layoutInlined(&c, network, hashing: hashing, needing: names, payloadHash: payloadHash)
    }

    // Inlined, so that a skim of many transactions computes no summary.
    @inline(__always)
    private func layoutInlined(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ network: Network, hashing: Bool,
        needing names: TransactionNames.Needed = [], payloadHash: Hash256? = nil
    ) throws(Stop) -> Summary {
        let start = c.offset
        let number = try c.integer(version, UInt32.self)
        var flags: UInt8 = 0
        if c.comes(flag, whereRead: c.peek() == 0 && c.peek(1) ?? 0 != 0) || c.comes(witness, whereRead: false) {
            let range = try c.bytes(flag, 2, constant: 0x0100)
            flags = c.load(littleEndian: UInt8.self, at: range.lowerBound &+ 1) ?? 0
            if flags & ~1 != 0 { c.annotate(witnessFlagUnknown) }
        }
        let body = c.offset
        let hasWitness = flags & 1 != 0
        let isExplained = c.explains(explaining)
        var outline = TransactionOutline(version: number, hasWitness: hasWitness)
        if isExplained { outline.look(c.bytes, inputsAt: body) }
        let (inputs, sequences) = try layoutInputs(&c, outline, network, isExplained: isExplained)
        let (outputs, total) = try layoutOutputs(&c, outline, network, isExplained: isExplained, summing: hashing)
        let bodyEnd = c.offset
        if hasWitness { try layoutWitnesses(&c, &outline, inputs, isExplained: isExplained) }
        let tail = c.offset
        let lock = try c.integer(lockTime, UInt32.self)

        if isExplained {
            times.layout(&c, lockTime: lock, sequences)
            if !outline.isCoinbase { c.generate(times.replaceable, sequences.isReplaceable ? 1 : 0) }
        }
        if c.keepsFields, let total {
            c.generate(totalOut, UInt64(bitPattern: total))
            if total > Limits.money { c.annotate(amountOutOfRange) }
        }
        let parts = TransactionParts(start: start, body: body..<bodyEnd, tail: tail, end: c.offset)
        let whole = c.left == 0 ? payloadHash : nil
        let found = hashing ? identity.layout(&c, parts, whole, needing: names) : TransactionNames()
        return Summary(
            inputs: inputs, outputs: outputs, virtualSize: parts.virtualSize, totalOut: total, txid: found.txid,
            wtxid: found.wtxid, parts: parts)
    }

    @inline(__always)
    private func layoutInputs(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ outline: TransactionOutline, _ network: Network,
        isExplained: Bool
    ) throws(Stop) -> (count: Int, sequences: TransactionTimes.Sequences) {
        let count = try c.compactSize(inputCount, of: input, limit: Limits.size)
        var sequences = TransactionTimes.Sequences()
        var witnesses = outline.witnesses
        try c.list(of: input, count, minimum: 41) { (c, _) throws(Stop) in
            let mark = c.mark
            let outpoint = c.offset..<c.offset &+ 36
            try c.group(prevOutput) { (c) throws(Stop) in
                try c.bytes(prevHash, 32)
                try c.integer(prevIndex, UInt32.self)
                if isExplained, count > 1, InputType.isNull(outpoint, c.bytes) { c.annotate(prevoutNull) }
            }
            let length = try c.compactSize(sigScriptLength, bytesOf: sigScript, limit: Limits.size)
            let script = try c.bytes(sigScript, length)
            var type = InputType.unknown
            if isExplained {
                if outline.isCoinbase {
                    type = .coinbase
                    if !(2...100).contains(length) { c.annotate(coinbaseLengthWrong) }
                } else {
                    type = InputType(script, outline.nextStack(&witnesses, c.bytes), of: c.bytes)
                }
                inputScript.layout(&c, script, type, network)
            }
            let sequence = try c.integer(self.sequence, UInt32.self)
            guard isExplained else { return }
            sequences.add(sequence)
            times.layout(&c, sequence: sequence, version: outline.version, isCoinbase: outline.isCoinbase)
            c.generate(inputScript.type, type.rawValue)
            inputScript.heading(&c, mark, outpoint, type)
        }
        return (count, sequences)
    }

    @inline(__always)
    private func layoutOutputs(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ outline: TransactionOutline, _ network: Network,
        isExplained: Bool, summing: Bool
    ) throws(Stop) -> (count: Int, total: Int64?) {
        let count = try c.compactSize(outputCount, of: output, limit: Limits.size)
        // Of amounts that are none the sum is nothing either; others cannot overflow it unnoticed.
        var total: Int64 = 0
        var isAmount = summing
        try c.list(of: output, count, minimum: 9) { (c, index) throws(Stop) in
            let mark = c.mark
            let amount = try c.integer(value, Int64.self)
            if summing {
                if amount < 0 || amount > Limits.money {
                    c.annotate(amountOutOfRange)
                    isAmount = false
                }
                let (sum, overflow) = total.addingReportingOverflow(amount)
                if overflow { isAmount = false }
                total = sum
            }
            let length = try c.compactSize(scriptLength, bytesOf: self.script, limit: Limits.size)
            let script = try c.bytes(script, length)
            guard isExplained else { return }
            outputScript.layout(
                &c, OutputScript.Output(mark: mark, amount: amount, script: script, of: c.bytes), network,
                isCommitment: outline.isCoinbase && outline.commitment == index)
        }
        return (count, isAmount ? total : nil)
    }

    /// One stack an input, without a count of the stacks. Uses up the outline.
    @inline(__always)
    private func layoutWitnesses(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ outline: inout TransactionOutline, _ inputs: Int,
        isExplained: Bool
    ) throws(Stop) {
        var isEmpty = true
        try c.list(of: witness, inputs, minimum: 1) { (c, _) throws(Stop) in
            let mark = c.mark
            let look = isExplained ? outline.nextWitness(c.bytes) : nil
            if let look, look.stack.count > 0 { c.head(mark) { $0.append(InputType.name(look.type)) } }
            let count = try c.compactSize(componentCount, of: component, limit: Limits.size)
            if count > 0 { isEmpty = false }
            try c.list(of: component, count, minimum: 1) { (c, index) throws(Stop) in
                let mark = c.mark
                let length = try c.compactSize(componentLength, bytesOf: componentData, limit: Limits.size)
                let data = try c.bytes(componentData, length)
                guard let look else { return }
                let role = WitnessParts.role(index, of: look.stack, look.type)
                witnessParts.layout(&c, mark, data, role, look.stack)
            }
        }
        if isEmpty { c.annotate(emptyWitness) }
    }
}
