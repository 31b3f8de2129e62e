import Fields

/// `ping`: are you there? Since BIP 31 (after version 60000) with a nonce that `pong` returns; empty before.
struct Ping: Payload {
    let message = Field("bitcoin.ping", "Ping message", .group, "asks for a pong; keeps the connection alive")
    let nonce = PingNonce("bitcoin.ping.nonce", "a random number that the pong must repeat")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        guard c.goesOn(with: [nonce.nonce]) else { return }
        try nonce.layout(&c)
    }
}

/// `pong` (BIP 31): answers a `ping` with its nonce.
struct Pong: Payload {
    let message = Field("bitcoin.pong", "Pong message", .group, "answers a ping")
    let nonce = PingNonce("bitcoin.pong.nonce", "the number of the ping that this answers")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        try nonce.layout(&c)
    }
}
