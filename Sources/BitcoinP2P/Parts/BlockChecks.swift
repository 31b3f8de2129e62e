import Fields

/// What is computed of a whole block: the two merkle trees, its sizes, height and reward (protocol.md section 9).
struct BlockChecks: Sendable {
    static let mutated = Rule("mutated block", .misbehaving, of: "block")

    let merkleRoot = MerkleRoot()
    let merkleTreeMutated = Remark(
        "bitcoin.merkle_tree.mutated", .error, .malformed, isComputed: true, breaks: Self.mutated,
        "Transactions are repeated so that the merkle root stays the same (CVE-2012-2459): receivers reject it")
    let witnessCommitmentWrong = Remark(
        "bitcoin.witness_commitment.wrong", .error, .checksum,
        "The coinbase does not commit to these witnesses: receivers reject the block")
    let weightOverLimit = Remark(
        "bitcoin.weight.over_limit", .error, .protocol,
        "More than the {n} weight units a block may have: receivers reject it")

    let rootStatus = Field(
        "bitcoin.block.merkle_root.status", "Merkle root status", .enumeration(Self.rootNames, bits: 8),
        "whether the header commits to exactly these transactions")
    let rootCalculated = Field(
        "bitcoin.block.merkle_root.calculated", "Calculated merkle root", .hash,
        "what the merkle root of these transactions would be")
    let commitmentStatus = Field(
        "bitcoin.block.witness_commitment.status", "Witness commitment status",
        .enumeration(Self.commitmentNames, bits: 8), "whether the coinbase commits to exactly these witnesses (BIP 141)"
    )
    let commitmentCalculated = Field(
        "bitcoin.block.witness_commitment.calculated", "Calculated witness commitment", .bytes,
        "what the commitment to these witnesses would be, as an output of the coinbase has it")
    let height = Field(
        "bitcoin.block.height", "Block height", .unsigned(bits: 64),
        "how many blocks came before it, as the coinbase says from block version 2 on (BIP 34)")
    let reward = Field(
        "bitcoin.block.coinbase.reward", "Block reward", .amount,
        "what the coinbase pays its miner: new coins and the fees of all the others")
    let size = Field("bitcoin.block.size", "Block size", .unsigned(bits: 64), "how many bytes the block has")
    let strippedSize = Field(
        "bitcoin.block.stripped_size", "Stripped block size", .unsigned(bits: 64),
        "how many bytes it has without witnesses; at most 1,000,000 fit the weight")
    let weight = Field(
        "bitcoin.block.weight", "Block weight", .unsigned(bits: 64),
        "three times the stripped size plus the size; at most 4,000,000 (BIP 141)")

    /// - Parameters:
    ///   - start: Where the header begins.
    ///   - frame: How many bytes the block has beside its transactions.
    func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, from start: Int, frame: Int, _ body: consuming BlockBody,
        _ transaction: Transaction
    ) {
        let bytes = c.bytes
        let coinbase = body.first.flatMap { BlockCoinbase(bytes, at: $0, transaction) }
        layoutRoot(&c, &body, Hash256(bytes, at: start + 36))
        layoutCommitment(&c, &body, coinbase)
        layoutSums(&c, frame, body, isPromised: c.load(littleEndian: Int32.self, at: start) ?? 0 >= 2, coinbase)
    }

    private func layoutSums(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ frame: Int, _ body: borrowing BlockBody, isPromised: Bool,
        _ coinbase: BlockCoinbase?
    ) {
        if let coinbase, coinbase.isCoinbase {
            if isPromised, let number = coinbase.height(c.bytes) { c.generate(height, number) }
            if let paid = coinbase.reward { c.generate(reward, UInt64(bitPattern: paid)) }
        }
        c.generate(size, UInt64(frame &+ body.size))
        c.generate(strippedSize, UInt64(frame &+ body.strippedSize))
        let units = UInt64(4 &* frame &+ 3 &* body.strippedSize &+ body.size)
        c.generate(weight, units)
        if units > Limits.blockWeight { c.annotate(weightOverLimit, Limits.blockWeight) }
    }

    private func layoutRoot(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ body: inout BlockBody, _ committed: Hash256?
    ) {
        var isMutated = false
        let root = body.merkleRoot(isMutated: &isMutated)
        c.generate(rootStatus, root == committed ? 1 : 0)
        if root != committed { c.annotate(merkleRoot.wrong) }
        if isMutated { c.annotate(merkleTreeMutated) }
        if root != committed { c.generate(rootCalculated, root.bytes) }
    }

    private func layoutCommitment(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ body: inout BlockBody, _ coinbase: BlockCoinbase?
    ) {
        let bytes = c.bytes
        guard let commitment = coinbase?.commitment else {
            // Nothing to commit to, or witnesses that nothing commits to.
            guard body.hasWitness else { return }
            c.generate(commitmentStatus, 0)
            return c.annotate(witnessCommitmentWrong)
        }
        // Peers that don't know witnesses get the same block without them.
        guard body.hasWitness else { return c.generate(commitmentStatus, 2) }
        guard let reserved = coinbase?.reserved else {
            c.generate(commitmentStatus, 0)
            return c.annotate(witnessCommitmentWrong)
        }
        let calculated = body.witnessCommitment(bytes.extracting(reserved))
        let isGood = calculated == Hash256(bytes, at: commitment.lowerBound)
        c.generate(commitmentStatus, isGood ? 1 : 0)
        if isGood { return }
        c.annotate(witnessCommitmentWrong)
        c.generate(commitmentCalculated, calculated.bytes)
    }

    private static let rootNames = ValueNames(
        (0, "Bad", "the header does not commit to these transactions"),
        (1, "Good", "the header commits to these transactions"))
    private static let commitmentNames = ValueNames(
        (0, "Bad", "the coinbase does not commit to these witnesses"),
        (1, "Good", "the coinbase commits to these witnesses"),
        (2, "Unverified", "the block was sent without its witnesses"))
}
