import Fields

/// `inv`: announces transactions or blocks that the sender has (at most 50,000).
struct Inv: Payload {
    let message = Field("bitcoin.inv", "Inventory message", .group, "announces transactions or blocks the sender has")
    let inventory = Inventory("bitcoin.inv", over: LimitRemarks().entries, tellsAnnouncements: true)

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try inventory.layout(&c, context.earlier)
    }
}
