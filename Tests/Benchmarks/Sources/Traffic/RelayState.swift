/// What a node and its peers speak of: the latest transactions and blocks.
struct RelayState {
    /// So many transactions are remembered; who asks for an older one is told that there is none.
    static let transactionLimit = 8192
    private static let blockLimit = 16
    /// So many announcements has a block before there is the next one.
    private static let announcementLimit = 20

    private var transactions: [RelayedTransaction] = []
    private(set) var transactionCount = 0
    private var blocks: [RelayedBlock] = []
    private(set) var blockCount = 0
    private var announcements = 0

    /// By connection: up to which transaction the node has announced them; the last block that was announced.
    var announced: [Int]
    var announcedBlock: [Int]
    /// By connection: the peer was asked for addresses.
    var hasAskedForAddresses: [Bool]

    init(connections: Int) {
        announced = Array(repeating: 0, count: connections)
        announcedBlock = Array(repeating: -1, count: connections)
        hasAskedForAddresses = Array(repeating: false, count: connections)
    }

    // MARK: Transactions

    /// The oldest that is remembered.
    var firstTransaction: Int { max(0, transactionCount - Self.transactionLimit) }

    /// Takes a new transaction; answers its number.
    mutating func add(_ transaction: RelayedTransaction) -> Int {
        if transactions.count < Self.transactionLimit {
            transactions.append(transaction)
        } else {
            transactions[transactionCount % Self.transactionLimit] = transaction
        }
        transactionCount += 1
        return transactionCount - 1
    }

    /// Nil where it is forgotten.
    func transaction(_ number: Int) -> RelayedTransaction? {
        (firstTransaction..<transactionCount).contains(number) ? transactions[number % Self.transactionLimit] : nil
    }

    // MARK: Blocks

    func block(_ number: Int) -> RelayedBlock? {
        let first = blockCount - blocks.count
        return (first..<blockCount).contains(number) ? blocks[number - first] : nil
    }

    /// The number of the block that is announced at the time.
    mutating func blockToAnnounce(_ maker: inout MessageMaker) -> Int {
        if blocks.isEmpty || announcements >= Self.announcementLimit {
            let count = min(maker.random.within(500...4000), transactionCount - firstTransaction)
            let chosen = (transactionCount - count..<transactionCount).compactMap { transaction($0) }
            if blocks.count == Self.blockLimit { blocks.removeFirst() }
            blocks.append(maker.relayedBlock(of: chosen))
            blockCount += 1
            announcements = 0
        }
        announcements += 1
        return blockCount - 1
    }
}
