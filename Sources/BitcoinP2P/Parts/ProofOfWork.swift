import Fields

/// What a header's bits ask for, and whether its hash has it (protocol.md section 9).
struct ProofOfWork: Sendable {
    /// A target that no hash can meet breaks it, too; one that is too easy depends on the network, which may not be known.
    private static let rule = Rule(
        "{command} with invalid proof of work", .misbehaving, of: Rule.Subject("headers", called: "header"), "block",
        "cmpctblock")

    let targetInvalid = Remark(
        "bitcoin.target.invalid", .error, .malformed, isComputed: true, breaks: Self.rule,
        "No hash can meet this target: it is negative, zero or over 256 bits")
    let targetTooEasy = Remark(
        "bitcoin.target.too_easy", .error, .protocol,
        "The target is easier than the easiest of this network: receivers reject the header")
    let proofOfWorkWrong = Remark(
        "bitcoin.proof_of_work.wrong", .error, .protocol, breaks: Self.rule,
        "The hash is above the target, so no work is proved: receivers reject the header")

    let target: Field
    let difficulty: Field
    let status: Field

    init(_ prefix: String) {
        target = Field(
            "\(prefix).target", "Target", .hash, "the bits written out: the greatest hash that is good enough")
        difficulty = Field(
            "\(prefix).difficulty", "Difficulty", .decimal,
            "how many times as much work as for the first block this target asks for")
        status = Field(
            "\(prefix).pow.status", "Proof of work", .enumeration(Self.names, bits: 8),
            "whether the hash is no greater than the target, and the target one that the network allows")
    }

    /// What bits stand for, and whether the network allows it.
    struct Asked {
        let target: UInt256
        let isAllowed: Bool

        /// Nil where no hash can be good enough.
        ///
        /// - Parameter easiest: The greatest target that is allowed; nil where any is.
        init?(bits: UInt32, easiest: UInt256?) {
            guard let target = CompactTarget(bits)?.value else { return nil }
            self.target = target
            isAllowed = easiest.map { target <= $0 } ?? true
        }

        /// Whether the hash is good enough for the target.
        func isReached(by hash: Hash256) -> Bool { UInt256(hash) <= target }

        /// The same, for a target that is allowed.
        func isMet(by hash: Hash256) -> Bool { isAllowed && isReached(by: hash) }
    }

    /// Shows what `bits`, just read, stand for; nil where no hash can be good enough.
    func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, bits: UInt32, on network: Network, _ text: inout TextBuffer
    ) -> Asked? {
        guard let compact = CompactTarget(bits),
            let asked = Asked(bits: bits, easiest: network.easiestTarget?.value)
        else {
            c.annotate(targetInvalid)
            return nil
        }
        if !asked.isAllowed { c.annotate(targetTooEasy) }
        text.removeAll()
        compact.appendDifficulty(to: &text)
        // The number that is shown, so that a filter finds it by what it reads.
        let number = Double(text.string) ?? .nan
        c.parts { c in
            let bytes = asked.target.littleEndian
            c.generate(target, bytes.span.bytes)
            c.generate(difficulty, number, shownAs: text)
        }
        return asked
    }

    /// Shows whether `hash` meets what ``layout(_:bits:on:_:)`` answered.
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, hash: Hash256, _ asked: Asked?) {
        // A target that is no good was said to be so where it stands.
        guard let asked else { return c.generate(status, 0) }
        c.generate(status, asked.isMet(by: hash) ? 1 : 0)
        if !asked.isReached(by: hash) { c.annotate(proofOfWorkWrong) }
    }

    private static let names = ValueNames(
        (0, "Bad", "no work is proved"), (1, "Good", "it took as many attempts as the difficulty says, on average"))
}
