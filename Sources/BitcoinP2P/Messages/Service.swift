import Fields

/// A message to a service (BIP 36, closed): its command is an underscore and the service's name, so it has no row in the
/// registry but a rule.
struct Service: Payload {
    let message = Field("bitcoin.service", "Service message", .group, "a message to a service, which the command names")
    let subcommand = Field(
        "bitcoin.service.subcommand", "Subcommand", .paddedText,
        "what the service is to do: ASCII, padded with NUL to 12 bytes")
    let subpayload = Field("bitcoin.service.subpayload", "Subpayload", .bytes, "what only the service understands")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let range = try c.bytes(subcommand, Command.byteCount)
        if c.sink.wantsInfo, let name = Command(c.bytes, at: range.lowerBound) {
            c.sink.info.append(" ")
            name.append(to: &c.sink.info)
        }
        c.info(c.left, "byte", "bytes")
        c.rest(subpayload)
    }
}
