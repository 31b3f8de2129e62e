import Fields

/// `getcfheaders` (BIP 157): asks for the filter hashes of up to 2000 blocks.
struct GetCFHeaders: Payload {
    let message = Field(
        "bitcoin.getcfheaders", "Getcfheaders message", .group, "asks for the filter headers of some blocks")
    let range = FilterRange("bitcoin.getcfheaders")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try range.layout(&c)
    }
}
