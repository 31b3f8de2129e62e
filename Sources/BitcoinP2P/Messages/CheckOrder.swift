import Fields

/// `checkorder` (Satoshi client until v0.8): asks a node for a script to pay to, by its IP address.
struct CheckOrder: Payload {
    let message = Field(
        "bitcoin.checkorder", "Checkorder message", .group, "asks a node, found by its IP address, where to pay to")
    let hashReply = Field(
        "bitcoin.checkorder.hash_reply", "Reply hash", .hash, "a random number that the reply must repeat")
    let order = WalletTransaction("bitcoin.checkorder")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        c.info(" ", hash: try c.bytes(hashReply, 32))
        try order.layout(&c, context.network)
    }
}

/// `submitorder` (Satoshi client until v0.3.24): pays to the script that `checkorder` got.
struct SubmitOrder: Payload {
    let message = Field(
        "bitcoin.submitorder", "Submitorder message", .group, "hands over the payment that checkorder announced")
    let hashReply = Field(
        "bitcoin.submitorder.hash_reply", "Reply hash", .hash, "a random number that the reply must repeat")
    let order = WalletTransaction("bitcoin.submitorder")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        c.info(" ", hash: try c.bytes(hashReply, 32))
        try order.layout(&c, context.network)
    }
}

/// `reply` (Satoshi client until v0.8): answers `checkorder` and `submitorder`.
struct Reply: Payload {
    let message = Field("bitcoin.reply", "Reply message", .group, "answers checkorder or submitorder")
    let hashReply = Field(
        "bitcoin.reply.hash_reply", "Reply hash", .hash, "the random number of the message that this answers")
    let status = Field("bitcoin.reply.status", "Status", .enumeration(Self.names, bits: 32), "whether it was accepted")
    let script = VarBytes(
        "bitcoin.reply.script", "Script", .bytes,
        "where to pay to, in answer to checkorder; empty where payments are refused")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        c.info(" ", hash: try c.bytes(hashReply, 32))
        let code = try c.integer(status, UInt32.self)
        if c.sink.wantsInfo {
            c.sink.info.append(" ")
            if let name = Self.names.name(of: UInt64(code)) {
                c.sink.info.append(name)
            } else {
                c.sink.info.append("status ")
                c.sink.info.append(decimal: UInt64(code))
            }
        }
        if c.goesOn(with: [script.length, script.value]) { try script.layout(&c) }
    }

    static let names = ValueNames(
        (0, "OK", "accepted"),
        (1, "REJECTED", "the payment was not accepted"),
        (2, "DISABLED", "the node takes no payments by IP address"))
}
