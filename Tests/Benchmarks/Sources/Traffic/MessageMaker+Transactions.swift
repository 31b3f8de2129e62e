/// A transaction that several messages speak of.
struct RelayedTransaction {
    let bytes: [UInt8]
    let txid: Hash
    let wtxid: Hash
}

/// The ids of a transaction that was appended.
struct MadeTransaction {
    var txid: Hash
    var wtxid: Hash
}

extension Hash {
    /// The txid of the transaction from `start` to `end` whose witness begins at `witness`: all but marker, flag and
    /// witness.
    static func txid(_ bytes: borrowing Bytes, _ start: Int, witness: Int, _ end: Int) -> Hash {
        double(bytes, start..<start + 4, start + 6..<witness, end - 4..<end)
    }
}

extension MessageMaker {
    /// What a transaction spends.
    enum Spend {
        /// P2WPKH: signature and public key in the witness.
        case witnessKeyHash
        /// P2TR by key: one Schnorr signature in the witness.
        case taproot
        /// P2PKH: signature and public key in the script; no witness.
        case legacy
    }

    mutating func transactionMessage(_ transaction: RelayedTransaction, into out: inout Bytes) {
        message(.tx, into: &out) { _, out in out.append(transaction.bytes) }
    }

    /// A transaction that goes from node to node.
    mutating func relayedTransaction() -> RelayedTransaction {
        var bytes = Bytes()
        let made = hashedTransaction(into: &bytes)
        return RelayedTransaction(bytes: bytes.storage, txid: made.txid, wtxid: made.wtxid)
    }

    /// Appends a transaction and hashes it, for a block.
    mutating func hashedTransaction(into out: inout Bytes) -> MadeTransaction {
        let start = out.count
        let witness = transaction(into: &out)
        let whole = Hash.double(out, start..<out.count)
        guard let witness else { return MadeTransaction(txid: whole, wtxid: whole) }
        return MadeTransaction(txid: Hash.txid(out, start, witness: witness, out.count), wtxid: whole)
    }

    /// One of one to four inputs and outputs. Returns where the witness begins, or nil for a legacy transaction.
    private mutating func transaction(into out: inout Bytes) -> Int? {
        let spend: Spend
        switch random.below(100) {
        case ..<57: spend = .witnessKeyHash
        case ..<88: spend = .taproot
        default: spend = .legacy
        }
        return transaction(spend, inputs: random.within(1...4), outputs: random.within(1...4), into: &out)
    }

    @discardableResult
    mutating func transaction(_ spend: Spend, inputs: Int, outputs: Int, into out: inout Bytes) -> Int? {
        out.append(UInt32(2))
        if spend != .legacy { out.append([0, 1]) }
        out.append(compactSize: inputs)
        for _ in 0..<inputs {
            out.append(random: 32, &random)
            out.append(UInt32(random.below(4)))
            if spend == .legacy { appendLegacyScript(into: &out) } else { out.append(byte: 0) }
            out.append(UInt32(0xffff_fffd))
        }
        out.append(compactSize: outputs)
        for _ in 0..<outputs {
            out.append(UInt64(random.within(546...500_000_000)))
            appendOutputScript(into: &out)
        }
        let witness = out.count
        switch spend {
        case .legacy: break
        case .witnessKeyHash:
            for _ in 0..<inputs {
                out.append(byte: 2)
                appendSignature(into: &out)
                appendPublicKey(into: &out)
            }
        case .taproot:
            for _ in 0..<inputs {
                out.append([1, 64])
                out.append(random: 64, &random)
            }
        }
        out.append(random.chance(percent: 70) ? 0 : UInt32(chain.height))
        return spend == .legacy ? nil : witness
    }

    /// A push of a signature and one of a compressed key, behind the script's length.
    private mutating func appendLegacyScript(into out: inout Bytes) {
        let start = out.count
        out.append(byte: 0)
        appendSignature(into: &out)
        appendPublicKey(into: &out)
        out.replace(at: start, with: UInt8(out.count - start - 1))
    }

    /// Length, then a DER signature with low S and the byte for ALL.
    private mutating func appendSignature(into out: inout Bytes) {
        let pad = random.chance(percent: 50)
        let content: UInt8 = pad ? 0x45 : 0x44
        out.append([content + 3, 0x30, content, 2, pad ? 33 : 32])
        if pad { out.append(byte: 0) }
        appendInteger(highBit: pad, into: &out)
        out.append([2, 32])
        appendInteger(highBit: false, into: &out)
        out.append(byte: 1)
    }

    /// 32 bytes, the first of which is such that DER wants a zero before it, or does not.
    private mutating func appendInteger(highBit: Bool, into out: inout Bytes) {
        out.append(byte: UInt8(random.within(1...0x7f)) | (highBit ? 0x80 : 0))
        out.append(random: 31, &random)
    }

    /// Length, then a compressed public key.
    private mutating func appendPublicKey(into out: inout Bytes) {
        out.append([33, UInt8(random.within(2...3))])
        out.append(random: 32, &random)
    }

    /// Length, then one of the usual scripts.
    private mutating func appendOutputScript(into out: inout Bytes) {
        switch random.below(100) {
        case ..<50:
            out.append([22, 0x00, 20])
            out.append(random: 20, &random)
        case ..<75:
            out.append([34, 0x51, 32])
            out.append(random: 32, &random)
        case ..<88:
            out.append([25, 0x76, 0xa9, 20])
            out.append(random: 20, &random)
            out.append([0x88, 0xac])
        case ..<95:
            out.append([23, 0xa9, 20])
            out.append(random: 20, &random)
            out.append(byte: 0x87)
        default:
            out.append([34, 0x00, 32])
            out.append(random: 32, &random)
        }
    }
}
