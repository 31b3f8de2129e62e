import Fields

/// `sendcmpct` (BIP 152): offers compact blocks of a version, and says whether to send them unasked.
struct SendCmpct: Payload {
    let message = Field("bitcoin.sendcmpct", "Sendcmpct message", .group, "offers to speak compact blocks")
    let announce = Field(
        "bitcoin.sendcmpct.announce", "Announce", .boolean,
        "whether new blocks are to be sent as cmpctblock at once (high bandwidth), or announced first")
    let version = Field(
        "bitcoin.sendcmpct.version", "Version", .unsigned(bits: 64),
        "1: short ids of txids; 2: of wtxids, with witnesses")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let unasked = try c.integer(announce, UInt8.self)
        let number = try c.integer(version, UInt64.self)
        guard c.sink.wantsInfo else { return }
        c.sink.info.append(" version ")
        c.sink.info.append(decimal: number)
        c.sink.info.append(unasked == 0 ? " low-bandwidth" : " high-bandwidth")
    }
}
