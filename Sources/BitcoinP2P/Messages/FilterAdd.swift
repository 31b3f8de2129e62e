import Fields

/// `filteradd` (BIP 37): one more item for the bloom filter, at most 520 bytes.
struct FilterAdd: Payload {
    let tooLong = Remark(
        "bitcoin.filteradd.over_limit", .error, .malformed, breaks: Rule("bad filteradd message", .misbehaving),
        "More than the {n} bytes that receivers accept: they disconnect")

    let message = Field("bitcoin.filteradd", "Filteradd message", .group, "adds one item to the bloom filter")
    let length = Field(
        "bitcoin.filteradd.data.length", "Data length", .count, "how many bytes the item has, at most 520")
    let data = Field(
        "bitcoin.filteradd.data", "Data", .bytes, "what to match: a key, its hash, a txid or an outpoint")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let size = try c.compactSize(length, bytesOf: data, limit: 520, over: tooLong)
        c.info(size, "byte", "bytes")
        try c.bytes(data, size)
    }
}
