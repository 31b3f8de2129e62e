import Fields

/// `getheaders` (since 31800): asks for up to 2000 headers that follow the newest block both sides know; with no hash in
/// the locator, for the header of the stopping hash alone.
struct GetHeaders: Payload {
    let message = Field(
        "bitcoin.getheaders", "Getheaders message", .group, "asks for the headers that follow the blocks it names")
    let locator = BlockLocator("bitcoin.getheaders")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try locator.layout(&c)
    }
}
