import Fields

// Sharing of the set of unspent outputs (BIP 452 draft, text version 0.5.0), offered with `feature`.

/// `getutxotree` (BIP 452): asks for the hashes of the chunks of a set.
struct GetUTXOTree: Payload {
    let message = Field(
        "bitcoin.getutxotree", "Getutxotree message", .group, "asks how a snapshot of unspent outputs is made up")
    let blockHash = Field("bitcoin.getutxotree.block_hash", "Block hash", .hash, "the block the snapshot is of")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        c.info(" ", hash: try c.bytes(blockHash, 32))
    }
}

/// `utxotree` (BIP 452): how long a set is, and the hash of each chunk.
struct UTXOTree: Payload {
    let message = Field("bitcoin.utxotree", "Utxotree message", .group, "the hashes of a snapshot's chunks")
    let blockHash = Field("bitcoin.utxotree.block_hash", "Block hash", .hash, "the block the snapshot is of")
    let version = Field("bitcoin.utxotree.version", "Version", .unsigned(bits: 16), "the format of the snapshot")
    let dataLength = Field(
        "bitcoin.utxotree.data_length", "Data length", .unsigned(bits: 64),
        "how many bytes the snapshot has; it is sent in chunks of 3,900,000")
    let count = Field(
        "bitcoin.utxotree.num_chunks", "Number of chunks", .count, "how many hashes follow; only in drafts before 0.4.0"
    )
    let chunkHash = Field("bitcoin.utxotree.chunk_hashes", "Chunk hash", .hash, "the hash of a chunk, in their order")

    /// How many bytes all chunks but the last have.
    private static var chunkSize: UInt64 { 3_900_000 }

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        c.info(" ", hash: try c.bytes(blockHash, 32))
        try c.integer(version, UInt16.self)
        let length = try c.integer(dataLength, UInt64.self)
        let (full, last) = length.quotientAndRemainder(dividingBy: Self.chunkSize)
        let chunks = Int(clamping: full + (last == 0 ? 0 : 1))
        c.info(chunks, "chunk", "chunks")
        if c.comes(count, whereRead: hasCount(c.left, chunks, c.peek())) {
            _ = try c.compactSize(count, of: chunkHash, limit: Limits.size)
        }
        try c.values(chunks, stride: 32) { (c, _) throws(Stop) in try c.bytes(chunkHash, 32) }
    }

    /// Whether a count comes before the hashes, as in old drafts: there are bytes to spare, and it is the right one.
    private func hasCount(_ left: Int, _ chunks: Int, _ first: UInt8?) -> Bool {
        let (hashes, overflow) = chunks.multipliedReportingOverflow(by: 32)
        guard !overflow, let first, left > hashes else { return false }
        return chunks < 0xfd ? Int(first) == chunks : first == 0xfd && left >= hashes + 3
    }
}

/// `getutxoset` (BIP 452): asks for a chunk of a set.
struct GetUTXOSet: Payload {
    let message = Field(
        "bitcoin.getutxoset", "Getutxoset message", .group, "asks for a chunk of a snapshot of unspent outputs")
    let blockHash = Field("bitcoin.getutxoset.block_hash", "Block hash", .hash, "the block the snapshot is of")
    let chunkIndex = Field(
        "bitcoin.getutxoset.chunk_index", "Chunk index", .unsigned(bits: 32), "which chunk is wanted, from 0")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        c.info(" ", hash: try c.bytes(blockHash, 32))
        let index = try c.integer(chunkIndex, UInt32.self)
        guard c.sink.wantsInfo else { return }
        c.sink.info.append(" chunk ")
        c.sink.info.append(decimal: UInt64(index))
    }
}

/// `utxoset` (BIP 452): a chunk of a set. The draft does not say whether a length comes before the data.
struct UTXOSet: Payload {
    let message = Field("bitcoin.utxoset", "Utxoset message", .group, "a chunk of a snapshot of unspent outputs")
    let blockHash = Field("bitcoin.utxoset.block_hash", "Block hash", .hash, "the block the snapshot is of")
    let chunkIndex = Field("bitcoin.utxoset.chunk_index", "Chunk index", .unsigned(bits: 32), "which chunk, from 0")
    let data = Field(
        "bitcoin.utxoset.data", "Data", .bytes, "3,900,000 bytes of the snapshot, fewer in the last chunk")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        c.info(" ", hash: try c.bytes(blockHash, 32))
        let index = try c.integer(chunkIndex, UInt32.self)
        if c.sink.wantsInfo {
            c.sink.info.append(" chunk ")
            c.sink.info.append(decimal: UInt64(index))
            c.sink.info.append(" ")
            c.sink.info.append(byteCount: c.left)
        }
        if !c.rest(data).isEmpty { c.annotate(.common.layoutUnsettled) }
    }
}
