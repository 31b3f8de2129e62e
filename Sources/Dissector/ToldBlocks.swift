import BitcoinP2P
import Reassembly

/// How many transactions the newest blocks have, by the words of those who sent them: only against their own words somebody
/// is judged who asks them for more.
struct ToldBlocks {
    private enum Teller: Hashable {
        case node(Endpoint)
        /// A side of a connection, where it is not known what it is called.
        case side(Direction, of: UInt64)
    }

    private struct Key: Hashable {
        let block: Hash256
        let teller: Teller
    }

    private var counts: RecentTable<Key, UInt64>

    init(limit: Int) { counts = RecentTable(limit: limit) }

    var count: Int { counts.count }

    /// The sender says how many transactions a block has. Who has said several numbers is taken by the highest.
    mutating func note(_ block: Hash256, _ count: UInt64, from sender: StreamSender, number: UInt64) {
        let teller = sender.ends?.source.map { Teller.node($0) } ?? .side(sender.side, of: number)
        let key = Key(block: block, teller: teller)
        counts.set(max(count, counts[key] ?? 0), for: key)
    }

    /// What the receiver has said of a block.
    func count(of block: Hash256, byReceiverOf sender: StreamSender, number: UInt64) -> UInt64? {
        let teller = sender.ends?.destination.map { Teller.node($0) } ?? .side(sender.side.opposite, of: number)
        return counts[Key(block: block, teller: teller)]
    }
}
