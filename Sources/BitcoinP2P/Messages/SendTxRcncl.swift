import Fields

/// `sendtxrcncl` (BIP 330): offers to reconcile sets of transactions. Only between `version` and `verack`.
struct SendTxRcncl: Payload {
    let versionTooLow = Remark(
        "bitcoin.sendtxrcncl.version.too_low", .error, .protocol,
        breaks: Rule("txreconciliation protocol violation", .disconnect, of: "sendtxrcncl"),
        "The lowest version is 1: receivers disconnect")

    let message = Field(
        "bitcoin.sendtxrcncl", "Sendtxrcncl message", .group,
        "offers to reconcile transactions instead of flooding them")
    let version = Field(
        "bitcoin.sendtxrcncl.version", "Version", .unsigned(bits: 32), "the newest reconciliation protocol spoken: 1")
    let salt = Field(
        "bitcoin.sendtxrcncl.salt", "Salt", .hexadecimal(bits: 64),
        "a random number; both sides' salts make the short ids of this connection")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let number = try c.integer(version, UInt32.self)
        if number < 1 { c.annotate(versionTooLow) }
        if c.sink.wantsInfo {
            c.sink.info.append(" version ")
            c.sink.info.append(decimal: UInt64(number))
        }
        let random = try c.integer(salt, UInt64.self)
        if c.sink.wantsInfo {
            c.sink.info.append(" salt ")
            c.sink.info.append(hexadecimal: random, digits: 16)
        }
    }
}
