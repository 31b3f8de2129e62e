import Fields

// Utreexo (BIP 183 draft): nodes that keep only the roots of a forest over all unspent outputs, and are sent proofs.
// Where the draft and utreexod disagree, the fields stand as in utreexod.

/// `uproof` (BIP 183): what it takes to validate a block without the set of unspent outputs.
struct UProof: Payload {
    let message = Field("bitcoin.uproof", "Uproof message", .group, "proves that what a block spends is unspent")
    let blockHash = Field("bitcoin.uproof.blockhash", "Block hash", .hash, "the block whose inputs are proven")
    let proofHashes = HashList(
        "bitcoin.uproof.proof_hashes", "Proof hash", .bytes, many: "proof hashes", "a node of the forest")
    let targets = UtreexoTargets("bitcoin.uproof")
    let leafCount = Field("bitcoin.uproof.leafdatas_length", "Number of leaves", .count, "how many leaves follow")
    let leaf = CompactLeaf("bitcoin.uproof.leafdatas")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        c.info(" ", hash: try c.bytes(blockHash, 32))
        let hashes = try proofHashes.layout(&c)
        c.info(hashes, "hash", "hashes")
        let positions = try targets.layout(&c)
        c.info(positions, "target", "targets")
        let leaves = try c.compactSize(leafCount, of: leaf.group, limit: Limits.size)
        c.info(leaves, "leaf", "leaves")
        try leaf.list(&c, leaves)
    }
}

/// `getuproof` (BIP 183): asks for the proof of a block, or part of it.
struct GetUProof: Payload {
    let message = Field("bitcoin.getuproof", "Getuproof message", .group, "asks for the utreexo proof of a block")
    let blockHash = Field("bitcoin.getuproof.blockhash", "Block hash", .hash, "the block whose inputs are to be proven")
    let flags = Field(
        "bitcoin.getuproof.flags", "Flags", .hexadecimal(bits: 8),
        "which parts are wanted completely; the draft has one boolean here: everything")
    let bits: [(field: Field, mask: UInt64)] = [
        (
            Field("bitcoin.getuproof.flags.targets", "Targets", .flag(mask: 1, bits: 8), "the targets are wanted"), 1
        ),
        (
            Field(
                "bitcoin.getuproof.flags.proof", "All proof hashes", .flag(mask: 2, bits: 8),
                "every proof hash is wanted, whatever the bitmap says"), 2
        ),
        (
            Field(
                "bitcoin.getuproof.flags.leaves", "All leaf data", .flag(mask: 4, bits: 8),
                "the data of every leaf is wanted, whatever the bitmap says"), 4
        ),
    ]
    let proofBitmap = VarBytes(
        "bitcoin.getuproof.proof_bitmap", "Proof bitmap", .bytes,
        "which proof hashes are wanted, lowest bit first in utreexod")
    let leafBitmap = VarBytes(
        "bitcoin.getuproof.leaf_bitmap", "Leaf bitmap", .bytes,
        "which leaf data is wanted, lowest bit first in utreexod")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        c.info(" ", hash: try c.bytes(blockHash, 32))
        let wanted = try c.integer(flags, UInt8.self)
        c.parts { c in c.flags(bits, of: UInt64(wanted), bytes: 1) }
        try proofBitmap.layout(&c)
        try leafBitmap.layout(&c)
    }
}
