import Fields

/// `feature` (BIP 434): says that the sender speaks an extension of the protocol, known by its name. Only between
/// `version` and `verack`.
struct Feature: Payload {
    let message = Field("bitcoin.feature", "Feature message", .group, "offers an extension of the protocol by its name")
    let id = VarBytes(
        "bitcoin.feature.featureid", "Feature id", .text, limit: 80,
        "the extension's name, 4 to 80 printable characters")
    let data = VarBytes(
        "bitcoin.feature.featuredata", "Feature data", .bytes, limit: 512,
        "what the extension says further; may be empty")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let name = try id.layout(&c)
        if c.sink.wantsInfo, !name.isEmpty {
            let shown = c.bytes.extracting(name.prefix(80))
            c.sink.info.append(" ")
            c.sink.info.append(wire: shown)
        }
        let extra = try data.layout(&c)
        if !extra.isEmpty { c.info(extra.count, "byte", "bytes") }
    }
}
