import Fields

/// `ping`: are you there? Since BIP 31 (after version 60000) with a nonce that `pong` returns; empty before.
struct Ping: Payload {
    let message = Field("bitcoin.ping", "Ping message", .group, "asks for a pong; keeps the connection alive")
    let nonce = Field(
        "bitcoin.ping.nonce", "Random nonce", .hexadecimal(bits: 64), "a random number that the pong must repeat")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        guard c.left > 0 else { return }
        let value = try c.integer(nonce, UInt64.self)
        appendNonce(&c, value)
    }
}

/// `pong` (BIP 31): answers a `ping` with its nonce.
struct Pong: Payload {
    let message = Field("bitcoin.pong", "Pong message", .group, "answers a ping")
    let nonce = Field(
        "bitcoin.pong.nonce", "Random nonce", .hexadecimal(bits: 64), "the number of the ping that this answers")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let value = try c.integer(nonce, UInt64.self)
        appendNonce(&c, value)
    }
}

private func appendNonce(_ c: inout Cursor<some FieldSink & ~Copyable>, _ nonce: UInt64) {
    guard c.sink.wantsInfo else { return }
    c.sink.info.append(" ")
    c.sink.info.append(hexadecimal: nonce, digits: 16)
}
