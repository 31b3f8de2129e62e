import BitcoinP2P
import Fields

/// What a message says that its conversation remembers, or by which the message is judged.
enum Statement {
    /// Of a `version`.
    case claims(Conduct.Claims)
    /// Asks for something of a kind of block filter.
    case filterRequest(type: UInt64)
    /// A block has that many transactions.
    case block(Hash256, transactions: UInt64)
    /// Announces transactions, or asks for them.
    case transactions
    /// Asks for transactions of a block, of which the last is at a place.
    case missing(Hash256, last: UInt64)
}
