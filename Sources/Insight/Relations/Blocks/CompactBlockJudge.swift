import BitcoinP2P
import Reassembly

/// What became of a compact block.
enum CompactBlockResult: CaseIterable {
    case redundant
    case blockRequested
    case transactionsRequested
    case transactionsNotAnswered
    case requestedElsewhere
    case open
    case unclear
    case reconstructed

    var name: StaticString {
        switch self {
        case .redundant: "redundant"
        case .blockRequested: "block requested"
        case .transactionsRequested: "transactions requested"
        case .transactionsNotAnswered: "transactions requested, not answered"
        case .requestedElsewhere: "requested elsewhere"
        case .open: "open"
        case .unclear: "unclear"
        case .reconstructed: "reconstructed"
        }
    }

    /// For the manual.
    var meaning: StaticString {
        switch self {
        case .redundant: "the receiver had all of the block before"
        case .blockRequested: "the receiver asked for the whole block then"
        case .transactionsRequested: "the receiver asked for transactions by getblocktxn, and was answered"
        case .transactionsNotAnswered: "the same without an answer"
        case .requestedElsewhere: "the node, which received it, asked another peer for the block or for parts of it"
        case .open: "the receiver said nothing more"
        case .unclear: "bytes of the receiver are missing that may hold a request"
        case .reconstructed: "none of these: the receiver knew all of its transactions"
        }
    }
}

/// Judges what became of compact blocks, when it is known which side is the node.
struct CompactBlockJudge {
    /// Since which message each side has all of a block; the node's sides are one.
    private struct Holders {
        var node = UInt64.max
        var sides: [ConnectionSide: UInt64] = [:]
        /// Sides of the node that asked for it.
        var asking: Set<ConnectionSide> = []

        mutating func note(_ side: ConnectionSide, since order: UInt64, isNode: Bool) {
            if isNode { node = min(node, order) } else { sides[side] = min(sides[side] ?? .max, order) }
        }
    }

    private var holders: [Hash256: Holders] = [:]
    private let sides: ViewSides

    init(_ view: View) {
        sides = ViewSides(view)
        let book = view.blocks
        for compact in book.compactBlocks where holders[compact.hash] == nil {
            holders[compact.hash] = Holders()
        }
        for hash in Array(holders.keys) {
            guard let block = book.block(hash) else { continue }
            var found = Holders()
            book.forEachPart(of: block) { part in
                let isNode = sides.isNode(part.side)
                if part.hadOrder < .max { found.note(part.side, since: part.hadOrder, isNode: isNode) }
                if part.hasAsked, isNode { found.asking.insert(part.side) }
            }
            book.forEachDelivery(of: block) { delivery in
                let receiver = delivery.side.opposite
                found.note(receiver, since: delivery.order, isNode: sides.isNode(receiver))
            }
            holders[hash] = found
        }
        for compact in book.compactBlocks {
            // Who asks another peer for what it lacks has not got all of it.
            guard let body = WholeBlock(compact), body.order > compact.place.order || !isAskedElsewhere(compact) else {
                continue
            }
            let receiver = compact.side.opposite
            holders[compact.hash]?.note(receiver, since: body.order, isNode: sides.isNode(receiver))
        }
    }

    private func isAskedElsewhere(_ compact: CompactBlockFact) -> Bool {
        guard sides.isNode(compact.side.opposite), let asking = holders[compact.hash]?.asking else { return false }
        return asking.contains { $0.connection != compact.side.connection }
    }

    func judge(_ compact: CompactBlockFact, _ view: View) -> CompactBlocksQuestion.Compact {
        let receiver = compact.side.opposite
        return CompactBlocksQuestion.Compact(
            fact: compact, from: sides.end(compact.side), to: sides.end(receiver),
            measures: sides.connection(receiver).flatMap { view.measures(askedBy: receiver.side, in: $0) },
            blockLength: view.blocks.block(compact.hash)?.length, result: result(of: compact),
            start: view.capture.start, decimals: view.decimals)
    }

    private func result(of compact: CompactBlockFact) -> CompactBlockResult {
        let receiver = compact.side.opposite
        let held = holders[compact.hash]
        let since = sides.isNode(receiver) ? held?.node : held?.sides[receiver]
        if let since, since < compact.place.order { return .redundant }
        if compact.isBlockAsked { return .blockRequested }
        if let request = compact.request {
            return request.answer == nil ? .transactionsNotAnswered : .transactionsRequested
        }
        if isAskedElsewhere(compact) { return .requestedElsewhere }
        guard let connection = sides.connection(receiver), let state = connection.state else { return .open }
        let spoken = state[receiver.side]
        let isMissing =
            !compact.isReceiverHeard || spoken.endsInHole || spoken.lastHole > compact.place.complete.frame
            || connection.facts?.mayHaveSpoken(receiver.side) == true
        if isMissing { return .unclear }
        return spoken.lastBeginning <= compact.place.complete.frame ? .open : .reconstructed
    }
}
