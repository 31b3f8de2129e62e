import Fields

/// Where the parts of a transaction stand that count differently for its names and its weight.
struct TransactionParts {
    var start: Int
    /// Inputs and outputs with their counts.
    var body: Range<Int>
    /// Where the lock time begins.
    var tail: Int
    var end: Int

    var size: Int { end &- start }
    /// Version, body and lock time.
    var strippedSize: Int { 4 &+ body.count &+ 4 }
    var weight: Int { 3 &* strippedSize &+ size }
    var virtualSize: Int { (weight &+ 3) / 4 }
    var hasWitnessForm: Bool { size != strippedSize }
}

/// The two names of a transaction, as far as they were computed.
struct TransactionNames {
    var txid: Hash256?
    var wtxid: Hash256?

    /// Those that are computed though no field shows them.
    struct Needed: OptionSet {
        let rawValue: UInt8
        static let txid = Needed(rawValue: 1)
        static let wtxid = Needed(rawValue: 2)
    }
}

/// What is computed of a transaction: its names, and what it counts against the limit of a block
/// (protocol.md section 7.1).
struct TransactionIdentity: Sendable {
    let txid = Field(
        "bitcoin.tx.txid", "Transaction ID", .hash, "the name by which inputs refer to it: the hash without witnesses")
    let wtxid = Field(
        "bitcoin.tx.wtxid", "Witness transaction ID", .hash,
        "the hash with witnesses; equal to the txid where there are none")
    let size = Field("bitcoin.tx.size", "Size", .unsigned(bits: 64), "how many bytes it has")
    let strippedSize = Field(
        "bitcoin.tx.stripped_size", "Stripped size", .unsigned(bits: 64),
        "how many bytes it has without marker, flag and witnesses")
    let weight = Field(
        "bitcoin.tx.weight", "Weight", .unsigned(bits: 64),
        "three times the stripped size plus the size; a block may have 4,000,000 (BIP 141)")
    let vsize = Field(
        "bitcoin.tx.vsize", "Virtual size", .unsigned(bits: 64),
        "a quarter of the weight, rounded up: fee rates are computed from it")

    /// Computes the names that are needed or shown, and what else is shown.
    ///
    /// - Parameter whole: The hash of all the bytes where it is known already.
    func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ parts: TransactionParts, _ whole: Hash256?,
        needing needed: TransactionNames.Needed
    ) -> TransactionNames {
        let bytes = c.bytes
        var names = TransactionNames()
        let needsTxid = needed.contains(.txid) || c.wants(txid)
        if needed.contains(.wtxid) || c.wants(wtxid) || needsTxid && !parts.hasWitnessForm {
            names.wtxid = whole ?? DoubleSHA256.hash(bytes.extracting(parts.start..<parts.end))
        }
        if !parts.hasWitnessForm {
            names.txid = names.wtxid
        } else if needsTxid {
            var hasher = DoubleSHA256()
            hasher.update(bytes.extracting(parts.start..<parts.start + 4))
            hasher.update(bytes.extracting(parts.body))
            hasher.update(bytes.extracting(parts.tail..<parts.end))
            names.txid = hasher.finalize()
        }
        guard c.keepsFields else { return names }
        if let name = names.txid { c.generate(txid, name.bytes) }
        if let name = names.wtxid { c.generate(wtxid, name.bytes) }
        c.generate(size, UInt64(parts.size))
        c.generate(strippedSize, UInt64(parts.strippedSize))
        c.generate(weight, UInt64(parts.weight))
        c.generate(vsize, UInt64(parts.virtualSize))
        return names
    }
}
