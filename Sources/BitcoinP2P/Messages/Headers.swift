import Fields

/// `headers` (since 31800): up to 2000 block headers, each followed by a count of transactions that is always 0, so that
/// an entry has 81 bytes.
struct Headers: Payload {
    let limits = LimitRemarks()

    let message = Field("bitcoin.headers", "Headers message", .group, "block headers, each building on the one before")
    let count = Field("bitcoin.headers.count", "Count", .count, "how many headers follow, at most 2000")
    let entry = Field("bitcoin.headers.header", "Header", .group, "one block's header", structure: "block_header")
    let header = BlockHeader("bitcoin.headers")
    let transactions = Field(
        "bitcoin.headers.txn_count", "Number of transactions", .count, "always 0: no transactions follow")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let headers = try c.compactSize(count, of: entry, limit: 2000, over: limits.headers)
        if c.sink.wantsInfo, headers != 1 {
            c.sink.info.append(" ")
            c.sink.info.append(count: headers)
        }
        var previous: Hash256?
        try c.list(of: entry, headers, minimum: 81) { (c, index) throws(Stop) in
            let isEnd = c.sink.wantsInfo && (index == 0 || index == headers - 1)
            let hash = try header.layout(
                &c, context, hashing: isEnd || c.wantsAny(of: header.computed), after: previous)
            previous = c.keepsFields ? hash : nil
            if isEnd { c.info(headers == 1 ? " " : index == 0 ? " from " : " to ", hash: hash) }
            try c.compactSize(transactions, constant: 0, limit: Limits.size)
        }
    }
}
