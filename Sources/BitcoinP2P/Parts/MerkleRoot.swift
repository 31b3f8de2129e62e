import Fields

/// The merkle root of a header, compared with the one of the hashes that follow.
struct MerkleRoot: Sendable {
    let wrong = Remark(
        "bitcoin.merkle_root.wrong", .error, .checksum, breaks: BlockChecks.mutated,
        "The merkle root computed is not the header's: receivers reject the message")
}
