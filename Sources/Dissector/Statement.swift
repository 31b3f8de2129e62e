import Fields

/// What a message says that its conversation remembers, or by which the message is judged.
enum Statement {
    /// Of a `version`.
    case claims(Conduct.Claims)
    /// Asks for something of a kind of block filter.
    case filterRequest(type: UInt64)
    /// A block has that many transactions.
    case block(BlockName, transactions: UInt64)
    /// Announces transactions, or asks for them.
    case transactions
    /// Asks for transactions of a block, of which the last is at a place.
    case missing(BlockName, last: UInt64)
}

/// The hash of a block.
struct BlockName: Hashable {
    private let words: InlineArray<4, UInt64>

    /// - Parameter hash: 32 bytes; of fewer there is no name.
    init?(_ hash: RawSpan) {
        guard hash.byteCount == 32 else { return nil }
        words = InlineArray { hash.unsafeLoadUnaligned(fromUncheckedByteOffset: $0 &* 8, as: UInt64.self) }
    }

    static func == (left: BlockName, right: BlockName) -> Bool {
        left.words[0] == right.words[0] && left.words[1] == right.words[1] && left.words[2] == right.words[2]
            && left.words[3] == right.words[3]
    }

    /// Peers choose hashes; the hasher's seed is secret.
    func hash(into hasher: inout Hasher) { for index in 0..<4 { hasher.combine(words[index]) } }
}
