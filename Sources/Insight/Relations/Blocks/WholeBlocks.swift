import BitcoinP2P
import Reassembly

/// How all of a block came.
enum BlockPath {
    case block
    /// - Parameters:
    ///   - isAsked: It was asked for.
    ///   - isFilled: With transactions that were asked for.
    case compactBlock(isAsked: Bool, isFilled: Bool)

    var name: StaticString {
        switch self {
        case .block: "block"
        case .compactBlock(isAsked: false, isFilled: false): "cmpctblock high-bandwidth"
        case .compactBlock(isAsked: true, isFilled: false): "cmpctblock low-bandwidth"
        case .compactBlock(isAsked: false, isFilled: true): "cmpctblock high-bandwidth, blocktxn"
        case .compactBlock(isAsked: true, isFilled: true): "cmpctblock low-bandwidth, blocktxn"
        }
    }
}

/// A whole block, in one message or in the two that make it whole.
struct WholeBlock {
    let side: ConnectionSide
    let path: BlockPath
    /// Of the messages.
    let bytes: UInt64
    let transactions: UInt64
    let headerTime: UInt32
    /// When its first byte came.
    let start: Int64
    let complete: Origin
    /// Of the message that completed it.
    let order: UInt64

    fileprivate init(_ delivery: BlockDelivery) {
        side = delivery.side
        path = .block
        bytes = delivery.length
        transactions = UInt64(delivery.transactions)
        headerTime = delivery.headerTime
        start = delivery.first.time
        complete = delivery.complete
        order = delivery.order
    }

    /// Nil where it did not become whole, or by another way.
    init?(_ compact: CompactBlockFact) {
        guard compact.isReceiverHeard, !compact.isBlockAsked else { return nil }
        side = compact.side
        transactions = compact.shortIDs &+ compact.prefilled
        headerTime = compact.headerTime
        start = compact.place.first.time
        guard compact.request != nil else {
            path = .compactBlock(isAsked: compact.isAsked, isFilled: false)
            bytes = compact.length
            (complete, order) = (compact.place.complete, compact.place.order)
            return
        }
        guard let answer = compact.request?.answer, !answer.isBlock else { return nil }
        path = .compactBlock(isAsked: compact.isAsked, isFilled: true)
        bytes = compact.length &+ answer.length
        (complete, order) = (answer.complete, answer.order)
    }
}

/// All whole blocks that a capture has, by block and in the order in which they were complete.
struct WholeBlocks {
    private var ofBlock: [Hash256: [WholeBlock]] = [:]
    /// Of compact blocks whose block is forgotten.
    private(set) var others: [WholeBlock] = []

    init(_ book: BlockBook) {
        for block in book.knownBlocks {
            var bodies: [WholeBlock] = []
            book.forEachDelivery(of: block) { bodies.append(WholeBlock($0)) }
            if !bodies.isEmpty { ofBlock[block.hash] = bodies }
        }
        for compact in book.compactBlocks {
            guard let body = WholeBlock(compact) else { continue }
            if book.block(compact.hash) == nil {
                others.append(body)
            } else {
                ofBlock[compact.hash, default: []].append(body)
            }
        }
        ofBlock = ofBlock.mapValues { bodies in bodies.sorted { $0.order < $1.order } }
    }

    subscript(hash: Hash256) -> [WholeBlock] { ofBlock[hash] ?? [] }
}
