import Dissection

/// `cfilter` (BIP 157): the compact filter of one block, by which a wallet sees whether the block may concern it.
struct CFilter: Payload {
    let message = Field("bitcoin.cfilter", "Cfilter message", .group, "the compact filter of one block")
    let type = FilterType("bitcoin.cfilter")
    let blockHash = Field("bitcoin.cfilter.block_hash", "Block hash", .hash, "the block that the filter is of")
    let length = Field(
        "bitcoin.cfilter.num_filter_bytes", "Filter length", .count, "how many bytes the filter has")
    let filter = Field(
        "bitcoin.cfilter.filter_bytes", "Filter", .bytes,
        "the number of elements, then their hashes sorted and Golomb-Rice coded (BIP 158)")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try type.layout(&c)
        c.info(" ", hash: try c.bytes(blockHash, 32))
        let size = try c.compactSize(length, limit: Limits.size)
        if c.sink.wantsInfo {
            c.sink.info.append(" ")
            c.sink.info.append(byteCount: size)
        }
        try c.bytes(filter, size)
    }
}
