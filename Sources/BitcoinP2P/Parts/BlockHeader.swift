import Fields

/// The 80 bytes that are hashed to a block's name (protocol.md section 9).
struct BlockHeader: Sendable {
    let headerNotConnected = Remark(
        "bitcoin.header.not_connected", .warning, .sequence,
        breaks: Rule("non-continuous headers sequence", .misbehaving, of: "headers"),
        "This is not the hash of the header before it: receivers reject the message")

    static let byteCount = 80
    /// Where the bits begin.
    static let bitsOffset = 72

    let version: Field
    let versionText: Field
    let prevBlock: Field
    let merkleRoot: Field
    let timestamp: Field
    let bits: Field
    let nonce: Field
    let hash: Field
    let work: ProofOfWork
    /// What the header must be hashed for.
    let computed: FieldSet
    private let isMined: Bool

    /// - Parameter isMined: False for a proposal, whose hash need not meet its target.
    init(_ prefix: String, isMined: Bool = true) {
        self.isMined = isMined
        version = Field(
            "\(prefix).version", "Block version", .unsigned(bits: 32),
            "the rules the miner is ready for: one bit each when the top three bits are 001 (BIP 9)")
        versionText = Field(
            "\(prefix).version.text", "In words", .text, "what the number says: the rules of a BIP, or bits that signal"
        )
        prevBlock = Field("\(prefix).prev_block", "Previous block", .hash, "the hash of the block this one builds on")
        merkleRoot = Field(
            "\(prefix).merkle_root", "Merkle root", .hash, "one hash that commits to every transaction of the block")
        timestamp = Field(
            "\(prefix).timestamp", "Block timestamp", .seconds,
            "when the miner says it was made, within two hours or so")
        bits = Field(
            "\(prefix).bits", "Bits", .hexadecimal(bits: 32),
            "the target the hash must not exceed: one byte exponent, three bytes mantissa")
        nonce = Field(
            "\(prefix).nonce", "Nonce", .hexadecimal(bits: 32), "what miners change until the hash meets the target")
        hash = Field("\(prefix).hash", "Block hash", .hash, "the double SHA-256 of these 80 bytes: the block's name")
        let (work, fields) = FieldSet.declared { ProofOfWork(prefix) }
        self.work = work
        computed = fields.union([hash])
    }

    /// Reads the header, and answers its hash where `hashing` asks for it.
    ///
    /// - Parameter previous: The hash of the header before it, where one follows the other.
    @discardableResult
    func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext, hashing: Bool,
        after previous: Hash256? = nil
    ) throws(Stop) -> Hash256? {
        let start = c.offset
        let number = try c.integer(version, UInt32.self)
        var text = TextBuffer()
        if c.keepsFields {
            BlockVersion.append(number, to: &text)
            c.parts { c in c.generate(versionText, text) }
        }
        let parent = try c.bytes(prevBlock, 32)
        if let previous, Hash256(c.bytes, at: parent.lowerBound) != previous { c.annotate(headerNotConnected) }
        try c.bytes(merkleRoot, 32)
        try c.integer(timestamp, UInt32.self)
        let compact = try c.integer(bits, UInt32.self)
        let target = c.keepsFields ? work.layout(&c, bits: compact, on: context.network, &text) : nil
        try c.integer(nonce, UInt32.self)
        guard hashing else { return nil }
        let digest = DoubleSHA256.hash(c.bytes.extracting(start..<c.offset))
        c.generate(hash, digest.bytes)
        if c.keepsFields, isMined { work.layout(&c, hash: digest, target) }
        return digest
    }

    /// Reads the header of the block that a message is about, and begins the summary line with its hash.
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let digest = try layout(&c, context, hashing: c.wantsAny(of: computed) || c.sink.wantsInfo)
        c.info(" ", hash: digest)
    }
}
