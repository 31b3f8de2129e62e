import Fields

/// `cfcheckpt` (BIP 157): the filter headers at heights 1000, 2000, 3000 … up to the block asked for.
struct CFCheckpt: Payload {
    let message = Field("bitcoin.cfcheckpt", "Cfcheckpt message", .group, "every thousandth filter header")
    let type = FilterType("bitcoin.cfcheckpt")
    let stopHash = Field("bitcoin.cfcheckpt.stop_hash", "Stop hash", .hash, "the block up to which they were wanted")
    let count = Field(
        "bitcoin.cfcheckpt.filter_headers_length", "Number of filter headers", .count,
        "how many follow: one for each full thousand of the block's height")
    let header = Field(
        "bitcoin.cfcheckpt.filter_headers", "Filter header", .hash,
        "the double SHA-256 of a filter's hash and the header before it")
    let height = Field(
        "bitcoin.cfcheckpt.height", "Block height", .unsigned(bits: 64),
        "the height of the block whose filter header this is: 1000 for the first")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try type.layout(&c)
        let stop = try c.bytes(stopHash, 32)
        let headers = try c.compactSize(count, of: header, limit: Limits.size)
        c.info(headers, "header", "headers")
        c.info(" to ", hash: stop)
        try c.values(headers, stride: 32) { (c, index) throws(Stop) in
            try c.bytes(header, 32)
            // One for each 32 bytes there are.
            c.generate(height, UInt64(index &+ 1) &* 1000)
        }
    }
}
