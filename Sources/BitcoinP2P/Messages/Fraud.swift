import Fields

/// `getfraud` (BIP 180, closed): asks why the peer does not follow the chain with the most work.
struct GetFraud: Payload {
    let message = Field(
        "bitcoin.getfraud", "Getfraud message", .group, "asks which block of a chain the peer holds invalid, and why")
    let version = Field(
        "bitcoin.getfraud.version", "Protocol version", .unsigned(bits: 32),
        "the sender's protocol version; receivers ignore it")
    let locator = HashList(
        "bitcoin.getfraud.locator", "Locator hash", many: "locator hashes", limit: 101, "a block of that chain")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try c.integer(version, UInt32.self)
        let hashes = try locator.layout(&c)
        c.info(hashes, "hash", "hashes")
    }
}

/// `fraud` (BIP 180, closed): answers `getfraud`; empty where none of the blocks is known.
struct Fraud: Payload {
    let message = Field(
        "bitcoin.fraud", "Fraud message", .group, "which block is invalid, and a proof of it; empty where none is known"
    )
    let hash = Field(
        "bitcoin.fraud.hash", "Block hash", .hash,
        "the newest block of the locator that was checked, or the invalid one")
    let code = Field(
        "bitcoin.fraud.code", "Type code", .enumeration(Self.codes, bits: 64),
        "what is said of the block; a CompactSize")
    let depth = Field(
        "bitcoin.fraud.tx_depth", "Transaction depth", .count, "the height of the merkle tree, rounded up")
    let stripped = SizeProof("bitcoin.fraud.stripped", "stripped-size proof", "size without witnesses")
    let full = SizeProof("bitcoin.fraud.full", "full-size proof", "size with witnesses")
    let proof = Field("bitcoin.fraud.proof", "Proof", .bytes, "a proof of a type that is not known here")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        guard c.goesOn(with: [hash, code]) else {
            if c.sink.wantsInfo { c.sink.info.append(" none of the blocks is known") }
            return
        }
        c.info(" ", hash: try c.bytes(hash, 32))
        let type = try c.compactSize(number: code)
        if c.sink.wantsInfo {
            c.sink.info.append(" ")
            if let name = Self.codes.name(of: type) {
                c.sink.info.append(name)
            } else {
                c.sink.info.append("type ")
                c.sink.info.append(decimal: type)
            }
        }
        if type == 2 {
            try c.compactSize(number: depth)
            try stripped.layout(&c)
            try full.layout(&c)
        } else if type > 2, !c.rest(proof).isEmpty {
            c.annotate(.common.layoutUnsettled)
        }
    }

    static let codes = ValueNames(
        (0, "VALID", "the block is valid"),
        (1, "NO_PROOF", "no proof can be given"),
        (2, "SIZE_EXCEEDED", "the block is too large or too heavy: a proof follows"))
}

/// The least that a block can measure: parts of its merkle tree, of which some are transactions of a proven size.
struct SizeProof: Sendable {
    let count: Field
    let component: Field
    let depth: Field
    let midstate: Field
    let size: Field
    let chunkLength: Field
    let chunk: Field
    let link: Field

    init(_ prefix: String, _ title: String, _ what: String) {
        count = Field(
            "\(prefix)_length", "Components of the \(title)", .count, "how many parts of the block's \(what) follow")
        component = Field(prefix, "Size component", .group, "a part of the block's \(what)")
        depth = Field(
            "\(prefix).depth", "Component depth", .count,
            "0: the size of one transaction; else the height of the tree below this link, plus 1")
        midstate = Field(
            "\(prefix).midstate", "SHA-256 midstate", .bytes,
            "the state of SHA-256 before the last chunk of the transaction")
        size = Field("\(prefix).tx_size", "Transaction size", .count, "how many bytes the transaction has")
        chunkLength = Field("\(prefix).chunk.length", "Last chunk length", .unsigned(bits: 8), "0 to 55 bytes")
        chunk = Field("\(prefix).chunk", "Last chunk", .bytes, "the end of the transaction, which SHA-256 reads last")
        link = Field("\(prefix).link", "Merkle link", .hash, "a node of the merkle tree")
    }

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>) throws(Stop) {
        let components = try c.compactSize(count, of: component, limit: Limits.size)
        try c.list(of: component, components, minimum: 33) { (c, _) throws(Stop) in
            guard try c.compactSize(number: depth) == 0 else {
                try c.bytes(link, 32)
                return
            }
            try c.bytes(midstate, 32)
            try c.compactSize(number: size)
            let length = try c.byte(chunkLength, bytesOf: chunk)
            if length > 55 { c.annotate(.common.lengthOverLimit, 55) }
            try c.bytes(chunk, length)
        }
    }
}
