import Fields

/// `reject` (BIP 61, since 70002; Core sent it until 0.19): says why a message was not accepted.
struct Reject: Payload {
    let message = Field("bitcoin.reject", "Reject message", .group, "says why a message was not accepted")
    let rejected = VarBytes(
        "bitcoin.reject.message", "Message rejected", .text, limit: 12, "the command of the message that was rejected")
    let code = Field(
        "bitcoin.reject.ccode", "CCode", .enumeration(Self.codes, bits: 8, hexadecimal: true),
        "why: 0x01 to 0x0f syntax, 0x10 to 0x1f rules of the protocol, 0x40 to 0x4f the node's own policy")
    let reason = VarBytes("bitcoin.reject.reason", "Reason", .text, limit: 111, "why, in words for a log")
    let data = Field(
        "bitcoin.reject.data", "Data", .hash, "the txid of a tx, the hash of a block; absent for other messages")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let command = try rejected.layout(&c)
        if c.sink.wantsInfo {
            let name = c.bytes.extracting(command.prefix(12))
            c.sink.info.append(" ")
            c.sink.info.append(wire: name)
        }
        let value = try c.integer(code, UInt8.self)
        if c.sink.wantsInfo {
            c.sink.info.append(" ")
            if let name = Self.codes.name(of: UInt64(value)) {
                c.sink.info.append(name)
            } else {
                c.sink.info.append("0x")
                c.sink.info.append(hexadecimal: UInt64(value), digits: 2)
            }
        }
        c.info(quoting: try reason.layout(&c))
        guard c.goesOn(with: [data]) else { return }
        c.info(" ", hash: try c.bytes(data, 32))
    }

    static let codes = ValueNames(
        (0x01, "REJECT_MALFORMED", "it could not be read"),
        (0x10, "REJECT_INVALID", "a transaction or block that breaks the rules"),
        (0x11, "REJECT_OBSOLETE", "a version or block of rules that are no longer accepted"),
        (0x12, "REJECT_DUPLICATE", "a second version message, or a transaction that spends what is spent"),
        (0x40, "REJECT_NONSTANDARD", "a transaction of a form that the node does not relay"),
        (0x41, "REJECT_DUST", "a transaction with an output too small to be worth spending"),
        (0x42, "REJECT_INSUFFICIENTFEE", "a transaction that pays too little"),
        (0x43, "REJECT_CHECKPOINT", "a block that contradicts a checkpoint; a fork on Bitcoin Unlimited"))
}
