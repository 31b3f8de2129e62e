import Fields

/// `notfound`: what of a `getdata` the sender does not have, in its very words (since 70001; at most 50,000).
struct NotFound: Payload {
    let message = Field("bitcoin.notfound", "Notfound message", .group, "what was asked for and is not there")
    let inventory = Inventory("bitcoin.notfound")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try inventory.layout(&c, context.earlier)
    }
}
