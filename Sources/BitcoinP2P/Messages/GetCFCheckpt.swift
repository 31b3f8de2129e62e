import Fields

/// `getcfcheckpt` (BIP 157): asks for the filter headers at every thousandth block up to one.
struct GetCFCheckpt: Payload {
    let message = Field(
        "bitcoin.getcfcheckpt", "Getcfcheckpt message", .group, "asks for every thousandth filter header")
    let type = FilterType("bitcoin.getcfcheckpt")
    let stopHash = Field("bitcoin.getcfcheckpt.stop_hash", "Stop hash", .hash, "the block up to which they are wanted")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try type.layout(&c)
        c.info(" to ", hash: try c.bytes(stopHash, 32))
    }
}
