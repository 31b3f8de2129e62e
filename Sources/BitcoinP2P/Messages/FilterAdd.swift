import Fields

/// `filteradd` (BIP 37): one more item for the bloom filter, at most 520 bytes.
struct FilterAdd: Payload {
    let message = Field("bitcoin.filteradd", "Filteradd message", .group, "adds one item to the bloom filter")
    let length = Field(
        "bitcoin.filteradd.data.length", "Data length", .count, "how many bytes the item has, at most 520")
    let data = Field(
        "bitcoin.filteradd.data", "Data", .bytes, "what to match: a key, its hash, a txid or an outpoint")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let size = try c.compactSize(length, limit: 520)
        c.info(size, "byte", "bytes")
        try c.bytes(data, size)
    }
}
