import Fields

/// A message whose command says all: no payload (protocol.md section 6.3). Bytes that follow all the same are trailing.
protocol EmptyPayload: Payload {}

extension EmptyPayload {
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {}
}

/// `verack`: the sender has read the `version` it was sent; negotiation ends with it.
struct Verack: EmptyPayload {
    let message = Field("bitcoin.verack", "Verack message", .group, "accepts the version it was sent: negotiation ends")
}

/// `wtxidrelay` (BIP 339): asks to announce transactions by wtxid. Only between `version` and `verack`.
struct WtxidRelay: EmptyPayload {
    let message = Field(
        "bitcoin.wtxidrelay", "Wtxidrelay message", .group, "asks for transactions to be announced by their wtxid")
}

/// `sendaddrv2` (BIP 155): asks for `addrv2` instead of `addr`. Only between `version` and `verack`.
struct SendAddrV2: EmptyPayload {
    let message = Field(
        "bitcoin.sendaddrv2", "Sendaddrv2 message", .group, "asks for addresses as addrv2, which knows Tor v3 and I2P")
}

/// `getaddr`: asks for addresses of other nodes; answered with `addr` or `addrv2`.
struct GetAddr: EmptyPayload {
    let message = Field("bitcoin.getaddr", "Getaddr message", .group, "asks for addresses of other nodes")
}

/// `mempool` (BIP 35): asks what transactions wait to be mined; answered with `inv`. Core wants NODE_BLOOM for it.
struct Mempool: EmptyPayload {
    let message = Field(
        "bitcoin.mempool", "Mempool message", .group, "asks for an inv of the transactions not yet mined")
}

/// `filterclear` (BIP 37): drops the bloom filter set by `filterload`; all transactions are announced again.
struct FilterClear: EmptyPayload {
    let message = Field(
        "bitcoin.filterclear", "Filterclear message", .group, "drops the bloom filter: announce every transaction again"
    )
}

/// `sendheaders` (BIP 130): asks for new blocks to be announced by `headers` rather than `inv`.
struct SendHeaders: EmptyPayload {
    let message = Field(
        "bitcoin.sendheaders", "Sendheaders message", .group, "asks for new blocks to be announced by their headers")
}

/// `disabletx` (BIP 338, closed): no transactions on this connection, ever. Only between `version` and `verack`, by a
/// sender whose `version` had relay off.
struct DisableTx: EmptyPayload {
    let message = Field(
        "bitcoin.disabletx", "Disabletx message", .group, "no transactions will be sent or wanted on this connection")
}

/// `reqsketchext` (BIP 330): a sketch could not be decoded; asks for its continuation.
struct ReqSketchExt: EmptyPayload {
    let message = Field(
        "bitcoin.reqsketchext", "Reqsketchext message", .group, "asks for more of a sketch that could not be decoded")
}

/// `sendtemplate` (BIP 153 draft): offers block templates. Only between `version` and `verack`.
struct SendTemplate: EmptyPayload {
    let message = Field(
        "bitcoin.sendtemplate", "Sendtemplate message", .group, "offers to share block templates")
}

/// `gettemplate` (BIP 153 draft): asks for the block that the peer would mine next; answered with `template`.
struct GetTemplate: EmptyPayload {
    let message = Field(
        "bitcoin.gettemplate", "Gettemplate message", .group, "asks for the block the peer would mine next")
}
