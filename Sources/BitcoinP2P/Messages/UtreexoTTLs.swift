import Fields

/// `uttls` (BIP 183): how long the outputs of some blocks will live, so that those soon spent need not be proven.
///
/// Its entries are those of utreexod, two numbers of four bytes; the draft has two CompactSizes.
struct UTTLs: Payload {
    let message = Field("bitcoin.uttls", "Uttls message", .group, "how long the outputs of some blocks will live")
    let count = Field("bitcoin.uttls.ttls_length", "Number of blocks", .count, "how many blocks follow")
    let block = Field("bitcoin.uttls.ttls", "Block", .group, "the outputs of one block")
    let height = Field(
        "bitcoin.uttls.ttls.block_height", "Block height", .unsigned(bits: 32), "the height of the block")
    let infoCount = Field(
        "bitcoin.uttls.ttls.infos_length", "Number of outputs", .count, "how many outputs of the block follow")
    let info = Field("bitcoin.uttls.ttls.infos", "Time to live", .group, "one output")
    let ttl = Field(
        "bitcoin.uttls.ttls.infos.ttl", "TTL", .unsigned(bits: 32),
        "how many outputs are made until it is spent; 0 for never")
    let deathPosition = Field(
        "bitcoin.uttls.ttls.infos.death_position", "Death position", .unsigned(bits: 32),
        "where in the forest it is when it is spent")
    let proofHashes = HashList(
        "bitcoin.uttls.proof_hashes", "Proof hash", .bytes, many: "proof hashes",
        "proves that these are the values built into the program")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let blocks = try c.compactSize(count, of: block, limit: Limits.size)
        c.info(blocks, "block", "blocks")
        try c.list(of: block, blocks, minimum: 5) { (c, _) throws(Stop) in
            try c.integer(height, UInt32.self)
            let outputs = try c.compactSize(infoCount, of: info, limit: Limits.size)
            try c.list(of: info, outputs, stride: 8) { (c, _) throws(Stop) in
                try c.integer(ttl, UInt32.self)
                try c.integer(deathPosition, UInt32.self)
            }
        }
        let hashes = try proofHashes.layout(&c)
        c.info(hashes, "hash", "hashes")
    }
}

/// `getuttls` (BIP 183): asks for the lives of outputs from a height on.
struct GetUTTLs: Payload {
    let message = Field("bitcoin.getuttls", "Getuttls message", .group, "asks how long outputs will live")
    let version = Field(
        "bitcoin.getuttls.version", "Version", .unsigned(bits: 32), "which accumulator to prove against: its height")
    let startHeight = Field(
        "bitcoin.getuttls.start_height", "Start height", .unsigned(bits: 32), "the first block asked about")
    let exponent = Field(
        "bitcoin.getuttls.max_receive_exponent", "Maximal exponent", .unsigned(bits: 8),
        "at most two to this power of blocks are wanted")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try c.integer(version, UInt32.self)
        let height = try c.integer(startHeight, UInt32.self)
        if c.sink.wantsInfo {
            c.sink.info.append(" from height ")
            c.sink.info.append(decimal: UInt64(height))
        }
        let power = try c.integer(exponent, UInt8.self)
        guard c.sink.wantsInfo else { return }
        c.sink.info.append(" at most 2^")
        c.sink.info.append(decimal: UInt64(power))
    }
}
