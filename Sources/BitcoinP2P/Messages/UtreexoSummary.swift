import Fields

/// `usummary` (BIP 183): where in the forest stands what a block spends, so that a node knows which proofs it lacks.
struct USummary: Payload {
    let message = Field("bitcoin.usummary", "Usummary message", .group, "which positions of the forest a block spends")
    let blockHash = Field("bitcoin.usummary.blockhash", "Block hash", .hash, "the block that is summed up")
    let additions = Field("bitcoin.usummary.num_adds", "Number of additions", .count, "how many leaves the block adds")
    let targets = UtreexoTargets("bitcoin.usummary")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        c.info(" ", hash: try c.bytes(blockHash, 32))
        try c.compactSize(number: additions)
        let positions = try targets.layout(&c)
        c.info(positions, "target", "targets")
    }
}

/// `uroot` (BIP 183): the state of the forest after a block.
struct URoot: Payload {
    let message = Field("bitcoin.uroot", "Uroot message", .group, "the roots of the forest after a block")
    let leaves = Field("bitcoin.uroot.numleaves", "Number of leaves", .count, "how many leaves were ever added")
    let target = Field(
        "bitcoin.uroot.target", "Target", .count, "where these roots stand in the tree over the roots of all blocks")
    let blockHash = Field("bitcoin.uroot.blockhash", "Block hash", .hash, "the block after which it is the state")
    let roots = HashList(
        "bitcoin.uroot.roots", "Root", .bytes, many: "roots", limit: 63, "the root of a tree of the forest")
    let proofHashes = HashList(
        "bitcoin.uroot.proof_hashes", "Proof hash", .bytes, many: "proof hashes",
        "proves that these are the roots built into the program")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try c.compactSize(number: leaves)
        try c.compactSize(number: target)
        c.info(" ", hash: try c.bytes(blockHash, 32))
        let trees = try roots.layout(&c)
        c.info(trees, "root", "roots")
        try proofHashes.layout(&c)
    }
}

/// `geturoot` (BIP 183): asks for the state of the forest after a block.
struct GetURoot: Payload {
    let message = Field(
        "bitcoin.geturoot", "Geturoot message", .group, "asks for the roots of the forest after a block")
    let blockHash = Field("bitcoin.geturoot.blockhash", "Block hash", .hash, "the block after which they are wanted")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        c.info(" ", hash: try c.bytes(blockHash, 32))
    }
}
