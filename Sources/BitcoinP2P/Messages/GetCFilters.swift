import Fields

/// `getcfilters` (BIP 157): asks for the compact filters of up to 1000 blocks.
struct GetCFilters: Payload {
    let message = Field("bitcoin.getcfilters", "Getcfilters message", .group, "asks for the filters of some blocks")
    let range = FilterRange("bitcoin.getcfilters")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try range.layout(&c)
    }
}
