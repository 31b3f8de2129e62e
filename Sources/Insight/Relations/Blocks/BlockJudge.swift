import BitcoinP2P
import Reassembly

/// Judges how blocks came, when it is known which side is the node: what that announces or sends itself is left out.
struct BlockJudge {
    private(set) var announced: [BlocksQuestion.Announced] = []
    private(set) var sync: [BlocksQuestion.Sync] = []

    /// How many blocks the node itself announced, and how often it sent one: they have no row.
    private(set) var byNode = (announced: UInt64(0), sent: UInt64(0))

    private var tallies: [ConnectionSide: SyncTally] = [:]

    init(_ view: View) {
        let (sides, bodies) = (ViewSides(view), WholeBlocks(view.blocks))
        for block in view.blocks.knownBlocks where !block.isDropped { judge(block, bodies[block.hash], sides, view) }
        for (side, tally) in view.blocks.sync {
            if sides.isNode(side) {
                byNode.sent &+= tally.blocks
            } else {
                tallies[side, default: SyncTally()].add(tally)
            }
        }
        for body in bodies.others {
            if sides.isNode(body.side) { byNode.sent &+= 1 } else { count(body) }
        }
        announced.sort {
            ($0.first.announced.frame, $0.first.side.connection) != ($1.first.announced.frame, $1.first.side.connection)
                ? ($0.first.announced.frame, $0.first.side.connection)
                    < ($1.first.announced.frame, $1.first.side.connection) : $0.hash.isShownBefore($1.hash)
        }
        for connection in view.connections {
            for side in [connection.first, connection.first.opposite] {
                guard let tally = tallies[ConnectionSide(connection.number, side)] else { continue }
                sync.append(
                    BlocksQuestion.Sync(
                        stream: connection.number, from: connection.end(side), to: connection.end(side.opposite),
                        measures: view.measures(askedBy: side.opposite, in: connection), tally: tally,
                        start: view.capture.start, decimals: view.decimals))
            }
        }
    }

    private mutating func count(_ body: WholeBlock) {
        tallies[body.side, default: SyncTally()].add(bytes: body.bytes, from: body.start, to: body.complete.time)
    }

    private mutating func judge(_ block: BlockBook.Block, _ bodies: [WholeBlock], _ sides: ViewSides, _ view: View) {
        var announcing: [BlockPart] = []
        var isNodes = false
        view.blocks.forEachPart(of: block) { part in
            guard part.form != nil else { return }
            if sides.isNode(part.side) { isNodes = true } else { announcing.append(part) }
        }
        if isNodes { byNode.announced &+= 1 }
        byNode.sent &+= UInt64(bodies.count { sides.isNode($0.side) })
        announcing.sort { $0.announcedOrder < $1.announcedOrder }
        let announcedOrder = announcing.first?.announcedOrder ?? .max
        var hasCome = block.isCounted
        for body in bodies where body.order < announcedOrder && !sides.isNode(body.side) {
            hasCome = true
            count(body)
        }
        guard !hasCome, let first = announcing.first, let form = first.form else { return }
        var lags = Samples()
        for part in announcing.dropFirst() {
            let lag = part.announced.time &- first.announced.time
            // Where the clock ran back, nobody knows.
            if lag >= 0 { lags.add(lag, view.budget) }
        }
        let body = bodies.first { !sides.isNode($0.side) }
        announced.append(
            BlocksQuestion.Announced(
                hash: block.hash, first: first, form: form, firstBy: sides.end(first.side),
                announcers: UInt64(announcing.count), lags: lags, body: body, bodyBy: body.map { sides.end($0.side) },
                start: view.capture.start, decimals: view.decimals))
    }
}

/// The sides of connections by what questions ask of them.
struct ViewSides {
    private let connections: [UInt64: ConnectionView]

    init(_ view: View) {
        connections = Dictionary(view.connections.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func connection(_ side: ConnectionSide) -> ConnectionView? { connections[side.connection] }
    func isNode(_ side: ConnectionSide) -> Bool { connection(side)?.nodeSide == side.side }
    /// `address:port`.
    func end(_ side: ConnectionSide) -> [UInt8] { connection(side)?.end(side.side) ?? [] }
}

extension Hash256 {
    /// Whether it stands before another as both are shown, the last byte first.
    func isShownBefore(_ other: Hash256) -> Bool {
        let (own, theirs) = (bytes, other.bytes)
        for index in (0..<32).reversed() {
            let pair = (
                own.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self),
                theirs.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
            )
            if pair.0 != pair.1 { return pair.0 < pair.1 }
        }
        return false
    }
}
