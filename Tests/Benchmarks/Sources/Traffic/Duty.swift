/// What a side has yet to say, since the other has said something. Transactions are numbered as they were made, blocks
/// as well.
enum Duty {
    case pong(UInt64)
    /// To ask for transactions that were announced.
    case request([Int])
    /// To send transactions that were asked for, or to say that they are gone.
    case transactions([Asked])
    /// To ask for transactions of a compact block, by their places.
    case completeBlock(Int, [Int])
    case blockTransactions(Int, [Int])
    case headers([[UInt8]])
    case addresses(Int)
}

/// A duty, and how many bytes the other side will have sent when it has said what gives rise to it.
struct OwedDuty {
    let duty: Duty
    let dueAt: Int
}

/// A transaction that a side was asked for.
struct Asked {
    let number: Int
    let wtxid: Hash
}
