import Fields

/// Fields of messages that are looked at outside of their layouts.
public struct MessageFields: Sendable {
    /// Of `version`.
    public let version: Field
    public let services: Field
    public let userAgent: Field
    /// Of a transaction, wherever it stands.
    public let transaction: Field
    public let txid: Field
    public let wtxid: Field
    public let transactionSize: Field
    /// Of `block`.
    public let block: Field
    public let blockHash: Field
    public let blockSize: Field
    /// What refutes that the bytes of a `block` are the block that its header names, or that it has work.
    public let blockRefutations: Set<Remark>

    /// Of `headers` and `getheaders`.
    public let headersVersion: Field
    public let getHeadersVersion: Field
    public let pingNonce: PingNonce
    public let pongNonce: PingNonce

    init(
        _ version: Version, _ transaction: Transaction, _ block: Block, _ headers: Headers, _ getHeaders: GetHeaders,
        _ ping: Ping, _ pong: Pong
    ) {
        self.version = version.version
        services = version.services
        userAgent = version.userAgent
        self.transaction = transaction.message
        txid = transaction.identity.txid
        wtxid = transaction.identity.wtxid
        transactionSize = transaction.identity.size
        self.block = block.message
        blockHash = block.header.hash
        blockSize = block.checks.size
        blockRefutations = block.refutations
        headersVersion = headers.header.version
        getHeadersVersion = getHeaders.locator.version
        pingNonce = ping.nonce
        pongNonce = pong.nonce
    }
}
