import BitcoinP2P
import Fields
import Insight

/// Puts whole blocks together from compact ones: from transactions that `tx` messages had before, those that were sent along,
/// and those that `blocktxn` brings. Only what the header and the coinbase commit to is a block.
struct BlockRebuilder {
    /// A compact block, as far as its transactions are known.
    private struct Draft {
        let stream: UInt64
        let hash: Hash256
        let key: ShortIDKey
        /// The header, and transactions in any order.
        var bytes: [UInt8]
        /// Where in these the transactions are, in the order of the block; nil: not known.
        var transactions: [Range<Int>?]
        /// The places of those that are not known, by their short ids.
        var missing: [UInt64: Int] = [:]

        mutating func add(_ span: RawSpan) { span.withUnsafeBytes { bytes += $0 } }

        mutating func add(_ span: RawSpan, at place: Int) {
            let start = bytes.count
            add(span)
            transactions[place] = start..<bytes.count
        }
    }

    /// What is larger is no block.
    private static let mostBytes = 4_000_000
    /// Blocks that wait for transactions, and the bytes of all of them.
    private static let mostDrafts = 16
    private static let mostDraftBytes = 16 << 20

    private let fields = MessageTypes.standard.fields
    private let block = MessageTypes.standard[Command("block")]
    private var seen: SeenTransactions
    private var arena: TransactionArena
    private var allowance = HashAllowance()
    private var drafts: [Draft] = []

    /// - Parameters:
    ///   - transactions: How many are remembered.
    ///   - capacity: And how many bytes of them.
    init(transactions: Int = SeenTransactions.limit, capacity: Int = 64 << 20) {
        seen = SeenTransactions(limit: transactions)
        arena = TransactionArena(capacity: capacity)
    }

    /// What must be read of messages.
    var wanted: Set<Field> {
        [
            fields.compactBlock, fields.compactBlockHash, fields.compactKey.0, fields.compactKey.1, fields.shortID,
            fields.prefilledPosition, fields.missingBlockHash,
        ]
    }

    // MARK: Messages

    /// Bytes of a message that pay for the work on others.
    mutating func earn(_ bytes: Int) { allowance.earn(bytes) }

    /// A `tx` message has come.
    mutating func see(_ txid: Hash256, _ wtxid: Hash256, _ bytes: RawSpan) {
        let names = SeenTransactions.Transaction(txid: txid, wtxid: wtxid, frame: 0)
        if let place = seen.add(names) { arena.keep(bytes, at: place) }
    }

    /// A `cmpctblock` has come.
    ///
    /// - Returns: The block, where all its transactions are known.
    mutating func receive(_ tree: borrowing Tree, _ bytes: RawSpan, stream: UInt64) -> [UInt8]? {
        guard let draft = draft(tree, bytes, stream) else { return nil }
        if draft.missing.isEmpty { return proved(draft) }
        drafts.removeAll { $0.stream == stream && $0.hash == draft.hash }
        drafts.append(draft)
        trim()
        return nil
    }

    /// The oldest drafts go where there are too many, or they have too many bytes.
    private mutating func trim() {
        var size = drafts.reduce(0) { $0 + $1.bytes.count }
        while drafts.count > Self.mostDrafts || size > Self.mostDraftBytes { size -= drafts.removeFirst().bytes.count }
    }

    /// A `blocktxn` has come.
    ///
    /// - Returns: The block that it completes.
    mutating func fill(_ tree: borrowing Tree, _ bytes: RawSpan, stream: UInt64) -> [UInt8]? {
        guard let node = tree.nodes.first(where: { $0.field == fields.missingBlockHash }),
            let hash = Hash256(tree.bytes(of: node, in: bytes), at: 0)
        else { return nil }
        // One at most: a later one of the same block takes the place of an earlier one.
        guard let index = drafts.firstIndex(where: { $0.stream == stream && $0.hash == hash }) else { return nil }
        let pieces = pieces(of: tree, bytes)
        guard allowance.spend(pieces.count) else { return nil }
        for piece in pieces {
            guard let place = drafts[index].missing.removeValue(forKey: drafts[index].key.shortID(piece.wtxid))
            else { continue }
            guard drafts[index].bytes.count + piece.range.count <= Self.mostBytes else {
                drafts.remove(at: index)
                return nil
            }
            drafts[index].add(bytes.extracting(piece.range), at: place)
        }
        if drafts[index].missing.isEmpty { return proved(drafts.remove(at: index)) }
        trim()
        return nil
    }

    // MARK: Reading

    private struct Piece {
        /// Where in the block it belongs; nil in a `blocktxn`.
        var place: Int?
        let range: Range<Int>
        let wtxid: Hash256
    }

    /// The transactions of a message.
    private func pieces(of tree: borrowing Tree, _ bytes: RawSpan) -> [Piece] {
        var pieces: [Piece] = []
        var place: Int?
        var start: Int?
        var wtxid: Hash256?
        for index in tree.nodes.indices {
            let node = tree.nodes[index]
            switch node.field {
            case fields.prefilledPosition: place = Int(clamping: node.value)
            case fields.transaction: start = Int(node.start)
            case fields.wtxid: wtxid = Hash256(tree.bytes(of: node, in: bytes), at: 0)
            case fields.transactionSize:
                guard let begin = start, let name = wtxid, node.value > 0, begin <= bytes.byteCount,
                    node.value <= UInt64(bytes.byteCount - begin)
                else { continue }
                pieces.append(Piece(place: place, range: begin..<begin + Int(node.value), wtxid: name))
                (place, start, wtxid) = (nil, nil, nil)
            default: break
            }
        }
        return pieces
    }

    private mutating func draft(_ tree: borrowing Tree, _ bytes: RawSpan, _ stream: UInt64) -> Draft? {
        var ids: ContiguousArray<UInt64> = []
        var (k0, k1): (UInt64?, UInt64?)
        var start: Int?
        var hash: Hash256?
        for index in tree.nodes.indices {
            let node = tree.nodes[index]
            switch node.field {
            case fields.compactBlock: start = Int(node.start)
            case fields.compactBlockHash: hash = Hash256(tree.bytes(of: node, in: bytes), at: 0)
            case fields.compactKey.0: k0 = node.value
            case fields.compactKey.1: k1 = node.value
            case fields.shortID: ids.append(node.value)
            default: break
            }
        }
        // Where two are the same, receivers ask for the whole block.
        guard let start, let hash, let k0, let k1, start <= bytes.byteCount - 80, Set(ids).count == ids.count else {
            return nil
        }
        let pieces = pieces(of: tree, bytes)
        let count = ids.count + pieces.count
        var draft = Draft(
            stream: stream, hash: hash, key: ShortIDKey(k0: k0, k1: k1), bytes: [],
            transactions: Array(repeating: nil, count: count))
        draft.add(bytes.extracting(start..<start + 80))
        for piece in pieces {
            guard let place = piece.place, place < count, draft.transactions[place] == nil else { return nil }
            draft.add(bytes.extracting(piece.range), at: place)
        }
        return fill(&draft, ids) ? draft : nil
    }

    /// Fills in the transactions that were seen.
    ///
    /// - Returns: Whether this can become a block.
    private mutating func fill(_ draft: inout Draft, _ ids: ContiguousArray<UInt64>) -> Bool {
        guard !ids.isEmpty else { return true }
        var table = ShortIDs(ids)
        if seen.count > 0 {
            guard seen.resolve(&table, draft.key, byTxid: false, &allowance) else { return false }
            if !ids.contains(where: { table.place(of: $0) != nil }) {
                // As peers of version 1 have them.
                table = ShortIDs(ids)
                guard seen.resolve(&table, draft.key, byTxid: true, &allowance) else { return false }
            }
        }
        var place = 0
        for id in ids {
            while place < draft.transactions.count, draft.transactions[place] != nil { place += 1 }
            guard place < draft.transactions.count, draft.bytes.count <= Self.mostBytes else { return false }
            let start = draft.bytes.count
            // Copying costs, too.
            if let known = table.place(of: id), allowance.spend(arena.count(known) / 16),
                arena.append(known, to: &draft.bytes)
            {
                draft.transactions[place] = start..<draft.bytes.count
            } else {
                draft.missing[id] = place
            }
            place += 1
        }
        return draft.bytes.count <= Self.mostBytes
    }

    // MARK: Proof

    /// The bytes of the block, where the header commits to these transactions, and the coinbase to their witnesses.
    private mutating func proved(_ draft: Draft) -> [UInt8]? {
        // All of it is hashed, which costs as much as some short ids.
        guard draft.bytes.count <= Self.mostBytes, allowance.spend(draft.bytes.count / 4), let block else { return nil }
        var bytes: [UInt8] = Array(draft.bytes.prefix(80))
        bytes.reserveCapacity(draft.bytes.count + 9)
        bytes.append(compactSize: draft.transactions.count)
        for transaction in draft.transactions {
            guard let transaction else { return nil }
            bytes += draft.bytes[transaction]
        }
        var pick = PickSink(
            TreeSink(Tree(), wantsInfo: false),
            wanted: FieldSet([fields.blockHash, fields.blockSize, fields.witnessCommitmentStatus]),
            remarks: fields.blockRefutations)
        let outcome = block.pick(bytes.span.bytes, from: 0, MessageContext(network: .known[0], time: 0), into: &pick)
        let sink = pick.finish()
        let tree = sink.tree
        guard outcome == .complete, tree.annotations.isEmpty,
            tree.nodes.contains(where: { $0.field == fields.blockSize && $0.value == UInt64(bytes.count) }),
            // What was sent without witnesses is proven only in part.
            tree.nodes.allSatisfy({ $0.field != fields.witnessCommitmentStatus || $0.value == 1 })
        else { return nil }
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func append(compactSize value: Int) {
        let width = value < 0xfd ? 1 : value <= 0xffff ? 2 : 4
        if width > 1 { append(width == 2 ? 0xfd : 0xfe) }
        for index in 0..<width { append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }
}
