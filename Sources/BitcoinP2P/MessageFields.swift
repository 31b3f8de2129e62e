import Fields

/// Fields of messages that are looked at outside of their layouts.
public struct MessageFields: Sendable {
    /// Made when it is first looked at: a run that prints nothing needs none.
    static let standard = MessageFields()

    /// The entries of an inventory: what each is, and its hash.
    public struct Vectors: Sendable {
        public let type: Field
        public let hash: Field

        init(_ inventory: Inventory) {
            type = inventory.type
            hash = inventory.hash
        }
    }

    /// A filter type and the hash up to which, or of which, something of it is.
    public struct FilterName: Sendable {
        public let type: Field
        public let hash: Field
    }

    /// Values that have their lengths before them.
    public struct Sized: Sendable {
        public let lengths: [Field]
        public let values: [Field]
    }

    /// Texts, and the data for bloom filters: Wireshark has a name for all of a kind.
    public let texts: Sized
    public let filterData: Sized
    /// Of `version`.
    public let version: Field
    public let services: Field
    public let timestamp: Field
    public let userAgent: Field
    public let startHeight: Field
    public let relay: Field
    /// Of both addresses of `version`, the receiver's first.
    public let addressText: Field
    public let addressPort: Field
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
    public let pingNonce: PingNonce
    public let pongNonce: PingNonce
    public let announced: Vectors
    public let wanted: Vectors
    public let notFound: Vectors
    /// Of `getheaders`.
    public let locatorHash: Field
    public let hashStop: Field
    public let getHeadersVersion: Field
    /// Of `headers`.
    public let headersVersion: Field
    public let headerCount: Field
    public let previousBlock: Field
    public let headerHash: Field
    public let merkleBlockHash: Field
    public let compactBlockHash: Field
    /// Of `getblocktxn`, and of `blocktxn`.
    public let missingOfBlock: Field
    public let missingBlockHash: Field
    public let getCFilters: FilterName
    public let cFilter: FilterName
    public let getCFHeaders: FilterName
    public let cfHeaders: FilterName
    public let getCFCheckpt: FilterName
    public let cfCheckpt: FilterName
    /// How many addresses `addr` has, and `addrv2`.
    public let addressCount: Field
    public let addressV2Count: Field
    /// Of `version`: by which a node notices that it called itself.
    public let versionNonce: Field
    /// How many transactions the block of a `cmpctblock` has, and that of a `block`.
    public let compactBlockCount: Field
    public let blockCount: Field
    /// Of `getblocktxn`: which transactions of the block are asked for, and how many.
    public let missingPosition: Field
    public let missingCount: Field
    /// When the header of a `block` and of a `cmpctblock` says that it was made.
    public let blockTime: Field
    public let compactBlockTime: Field
    /// Of `cmpctblock`: the halves of the key, the short ids, and how many transactions are sent along.
    public let compactKey: (Field, Field)
    public let shortID: Field
    public let prefilledCount: Field
    /// Where in the block a transaction belongs that a `cmpctblock` brings along.
    public let prefilledPosition: Field
    public let compactBlock: Field
    /// Of a `block`.
    public let witnessCommitmentStatus: Field
    /// What earlier messages tell of the transactions of `cmpctblock` and `blocktxn`.
    public let earlierTransactions: Set<Field>
    /// What only earlier messages tell, of any type.
    public let ofEarlier: FieldSet
    /// Of `version`: what the sender says of itself as an address, and its services once more.
    public let versionSender: Field
    /// Of `sendcmpct`.
    public let compactAnnounce: Field
    public let compactVersion: Field
    /// What is computed to find whether `headers`, `block` and `cmpctblock` break a rule.
    public let ruleChecks: FieldSet

    /// Types of messages are declared again: a field is the same wherever it is declared.
    init() {
        let version = Version()
        self.version = version.version
        services = version.services
        timestamp = version.timestamp
        userAgent = version.userAgent
        let (rejected, reason) = (Reject().rejected, Reject().reason)
        texts = Sized(
            lengths: [version.userAgentLength, rejected.length, reason.length],
            values: [version.userAgent, rejected.value, reason.value])
        let (load, add) = (FilterLoad(), FilterAdd())
        filterData = Sized(lengths: [load.length, add.length], values: [load.filter, add.data])
        startHeight = version.startHeight
        relay = version.relay
        addressText = version.address.text
        addressPort = version.address.port
        let transaction = Transaction.standard
        self.transaction = transaction.message
        txid = transaction.identity.txid
        wtxid = transaction.identity.wtxid
        transactionSize = transaction.identity.size
        let block = Block()
        self.block = block.message
        blockHash = block.header.hash
        blockSize = block.checks.size
        blockRefutations = block.refutations
        pingNonce = Ping().nonce
        pongNonce = Pong().nonce
        announced = Vectors(Inv().inventory)
        wanted = Vectors(GetData().inventory)
        notFound = Vectors(NotFound().inventory)
        let getHeaders = GetHeaders()
        locatorHash = getHeaders.locator.hashStart
        hashStop = getHeaders.locator.hashStop
        getHeadersVersion = getHeaders.locator.version
        let headers = Headers()
        headersVersion = headers.header.version
        headerCount = headers.count
        previousBlock = headers.header.prevBlock
        headerHash = headers.header.hash
        merkleBlockHash = MerkleBlock().header.hash
        let compactBlock = CompactBlock()
        compactBlockHash = compactBlock.header.hash
        compactBlockTime = compactBlock.header.timestamp
        compactKey = (compactBlock.k0, compactBlock.k1)
        shortID = compactBlock.shortID
        prefilledCount = compactBlock.prefilledCount
        prefilledPosition = compactBlock.index.absolute
        self.compactBlock = compactBlock.message
        witnessCommitmentStatus = block.checks.commitmentStatus
        let blockTxn = BlockTxn()
        earlierTransactions = [
            compactBlock.shortIDTransaction, compactBlock.shortIDSeenIn, blockTxn.shortID, blockTxn.seenIn,
        ]
        ofEarlier = FieldSet(earlierTransactions).union(AnnouncementFields().all)
        compactBlockCount = compactBlock.total
        blockTime = block.header.timestamp
        missingOfBlock = GetBlockTxn().blockHash
        missingBlockHash = BlockTxn().blockHash
        let getCFilters = GetCFilters().range
        self.getCFilters = FilterName(type: getCFilters.type.type, hash: getCFilters.stopHash)
        let cFilter = CFilter()
        self.cFilter = FilterName(type: cFilter.type.type, hash: cFilter.blockHash)
        let getCFHeaders = GetCFHeaders().range
        self.getCFHeaders = FilterName(type: getCFHeaders.type.type, hash: getCFHeaders.stopHash)
        let cfHeaders = CFHeaders()
        self.cfHeaders = FilterName(type: cfHeaders.type.type, hash: cfHeaders.stopHash)
        let getCFCheckpt = GetCFCheckpt()
        self.getCFCheckpt = FilterName(type: getCFCheckpt.type.type, hash: getCFCheckpt.stopHash)
        let cfCheckpt = CFCheckpt()
        self.cfCheckpt = FilterName(type: cfCheckpt.type.type, hash: cfCheckpt.stopHash)
        addressCount = Addr().count
        addressV2Count = AddrV2().count
        versionNonce = version.nonce
        blockCount = block.count
        missingPosition = GetBlockTxn().index.absolute
        versionSender = version.addrMe
        let sendCompact = SendCmpct()
        compactAnnounce = sendCompact.announce
        compactVersion = sendCompact.version
        ruleChecks = FieldSet([
            headers.header.work.status, block.header.work.status, block.checks.rootStatus,
            compactBlock.header.work.status,
        ])
        missingCount = GetBlockTxn().count
    }
}
