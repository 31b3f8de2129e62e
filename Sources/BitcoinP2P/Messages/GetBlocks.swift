import Fields

/// `getblocks`: asks for an `inv` of up to 500 blocks that follow the newest one both sides know.
struct GetBlocks: Payload {
    let message = Field("bitcoin.getblocks", "Getblocks message", .group, "asks which blocks follow those it names")
    let locator = BlockLocator("bitcoin.getblocks")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try locator.layout(&c)
    }
}
