import Fields

/// `cfheaders` (BIP 157): the filter hashes of up to 2000 blocks, and the header they are chained to.
struct CFHeaders: Payload {
    let message = Field("bitcoin.cfheaders", "Cfheaders message", .group, "filter hashes of successive blocks")
    let type = FilterType("bitcoin.cfheaders")
    let stopHash = Field("bitcoin.cfheaders.stop_hash", "Stop hash", .hash, "the block of the last filter hash")
    let previous = Field(
        "bitcoin.cfheaders.previous_filter_header", "Previous filter header", .hash,
        "the filter header of the block before the first; zero before genesis")
    let count = Field(
        "bitcoin.cfheaders.filter_hashes_length", "Number of filter hashes", .count, "how many follow, at most 2000")
    let hash = Field(
        "bitcoin.cfheaders.filter_hashes", "Filter hash", .hash,
        "the double SHA-256 of a filter; with the header before it, it makes the next header")
    let header = Field(
        "bitcoin.cfheaders.header", "Filter header", .hash,
        "the double SHA-256 of this filter hash and the filter header before it: what cfcheckpt has")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try type.layout(&c)
        let stop = try c.bytes(stopHash, 32)
        let before = try c.bytes(previous, 32)
        let hashes = try c.compactSize(count, of: hash, limit: 2000)
        c.info(hashes, "hash", "hashes")
        c.info(" to ", hash: stop)
        var chain = Hash256(c.bytes, at: before.lowerBound)
        try c.values(hashes, stride: 32) { (c, _) throws(Stop) in
            let range = try c.bytes(hash, 32)
            guard c.keepsFields, let last = chain, let own = Hash256(c.bytes, at: range.lowerBound) else { return }
            let next = MerkleTree.node(own, last)
            c.generate(header, next.bytes)
            chain = next
        }
    }
}
