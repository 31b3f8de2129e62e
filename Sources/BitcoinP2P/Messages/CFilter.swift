import Fields

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
    let elements = Field(
        "bitcoin.cfilter.num_elements", "Number of elements", .count,
        "N, which the filter begins with: how many different scripts it is of")
    let hash = Field(
        "bitcoin.cfilter.filter_hash", "Filter hash", .hash,
        "the double SHA-256 of the filter, as cfheaders has it")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let isBasic = try type.layout(&c)
        c.info(" ", hash: try c.bytes(blockHash, 32))
        let size = try c.compactSize(length, bytesOf: filter, limit: Limits.size)
        if c.sink.wantsInfo {
            c.sink.info.append(" ")
            c.sink.info.append(byteCount: size)
        }
        let range = try c.bytes(filter, size)
        guard c.keepsFields else { return }
        let whole = c.bytes.extracting(range)
        if isBasic, let count = Self.elements(whole, elements) { c.generate(elements, count) }
        c.generate(hash, DoubleSHA256.hash(whole).bytes)
    }

    /// The CompactSize at the filter's beginning.
    private static func elements(_ filter: RawSpan, _ field: Field) -> UInt64? {
        var c = Cursor(filter, SkimSink(wantsInfo: false))
        do throws(Stop) { return try c.compactSize(number: field) } catch { return nil }
    }
}
