import Fields

/// Fields of messages that others look at than their layouts.
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

    init(_ version: Version, _ transaction: Transaction, _ block: Block) {
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
    }
}
