import BitcoinP2P

/// The newest transactions of `tx` messages, each once by its wtxid: what short ids of compact blocks may stand for.
///
/// Arrays are flat, and the oldest transactions go. Peers choose hashes: where one is found depends on a random seed.
package struct SeenTransactions: Sendable {
    package struct Transaction: Sendable {
        package let txid: Hash256
        package let wtxid: Hash256
        /// The frame that completed the first message with it.
        package let frame: UInt64

        package init(txid: Hash256, wtxid: Hash256, frame: UInt64) {
            self.txid = txid
            self.wtxid = wtxid
            self.frame = frame
        }
    }

    /// As many as Core's mempool of 300 MB has.
    package static let limit = 300_000
    private static let free: Int32 = -1

    private let limit: Int
    private var transactions: ContiguousArray<Transaction> = []
    /// Where the oldest is, once there are as many as may be.
    private var oldest = 0
    /// Places of transactions by their wtxids: linear probing, at most half full.
    private var slots: ContiguousArray<Int32> = []

    package init(limit: Int = Self.limit) { self.limit = max(1, limit) }

    package var count: Int { transactions.count }
    package subscript(place: Int) -> Transaction { transactions[place] }

    private var mask: Int { slots.count &- 1 }
    private func home(_ wtxid: Hash256) -> Int { wtxid.hashValue & mask }

    /// Where the transaction of a wtxid is.
    package func place(of wtxid: Hash256) -> Int? {
        guard !slots.isEmpty else { return nil }
        let place = slots[slot(of: wtxid)]
        return place == Self.free ? nil : Int(place)
    }

    /// The slot of a wtxid, or the free one where it would be.
    private func slot(of wtxid: Hash256) -> Int {
        var slot = home(wtxid)
        while slots[slot] != Self.free, transactions[Int(slots[slot])].wtxid != wtxid { slot = (slot &+ 1) & mask }
        return slot
    }

    /// Adds one.
    ///
    /// - Returns: Its place, which one that has gone may have had; nil where it was there already.
    @discardableResult
    package mutating func add(_ transaction: Transaction) -> Int? {
        if (transactions.count &+ 1) &* 2 > slots.count, transactions.count < limit { grow() }
        guard slots[slot(of: transaction.wtxid)] == Self.free else { return nil }
        let place: Int
        if transactions.count < limit {
            place = transactions.count
            transactions.append(transaction)
        } else {
            place = oldest
            oldest = oldest &+ 1 == limit ? 0 : oldest &+ 1
            release(slot(of: transactions[place].wtxid))
            transactions[place] = transaction
        }
        // Only now: what was released may have moved others.
        slots[slot(of: transaction.wtxid)] = Int32(truncatingIfNeeded: place)
        return place
    }

    /// Frees a slot, and moves what was displaced by it.
    private mutating func release(_ slot: Int) {
        var hole = slot
        var next = (hole &+ 1) & mask
        while slots[next] != Self.free {
            let distance = (next &- home(transactions[Int(slots[next])].wtxid)) & mask
            if distance >= (next &- hole) & mask {
                slots[hole] = slots[next]
                hole = next
            }
            next = (next &+ 1) & mask
        }
        slots[hole] = Self.free
    }

    private mutating func grow() {
        slots = ContiguousArray(repeating: Self.free, count: max(64, slots.count &* 2))
        for place in transactions.indices {
            var slot = home(transactions[place].wtxid)
            while slots[slot] != Self.free { slot = (slot &+ 1) & mask }
            slots[slot] = Int32(truncatingIfNeeded: place)
        }
    }

    // MARK: Short ids

    /// Finds which transactions the short ids of a compact block stand for, by a hash of each.
    ///
    /// - Parameter byTxid: The ids are of txids (version 1 of BIP 152).
    /// - Returns: Whether that much work was allowed.
    package func resolve(
        _ ids: inout ShortIDs, _ key: ShortIDKey, byTxid: Bool, _ allowance: inout HashAllowance
    ) -> Bool {
        guard allowance.spend(transactions.count) else { return false }
        for place in transactions.indices {
            let name = byTxid ? transactions[place].txid : transactions[place].wtxid
            ids.note(key.shortID(name), Int32(truncatingIfNeeded: place)) {
                // Both have this txid: they differ in witnesses alone.
                byTxid && transactions[Int($0)].txid == name
            }
        }
        return true
    }
}
