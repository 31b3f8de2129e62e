import Fields

/// `getdata`: asks for transactions and blocks by what `inv` announced, or otherwise known (at most 50,000).
struct GetData: Payload {
    let message = Field("bitcoin.getdata", "Getdata message", .group, "asks for transactions or blocks")
    let inventory = Inventory("bitcoin.getdata", over: LimitRemarks().entries)

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try inventory.layout(&c, context.earlier)
    }
}
