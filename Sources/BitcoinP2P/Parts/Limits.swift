/// Bounds that Bitcoin Core puts on what it deserialises (protocol.md section 2.1).
enum Limits {
    /// MAX_SIZE, 32 MiB: the most that any CompactSize may say where no tighter bound is known.
    static var size: UInt64 { 0x0200_0000 }
    /// MAX_BLOCK_WEIGHT / MIN_TRANSACTION_WEIGHT: no block has more transactions.
    static var transactionsInBlock: UInt64 { 16_666 }
    /// MAX_BLOCK_WEIGHT.
    static var blockWeight: UInt64 { 4_000_000 }
    /// MAX_MONEY, in satoshi.
    static var money: Int64 { 2_100_000_000_000_000 }
    /// MIN_PEER_PROTO_VERSION.
    static var oldestVersion: Int32 { 31_800 }
    /// Positions in a compact block fit 16 bits.
    static var compactBlockPositions: UInt64 { 65_535 }
}
