import BitcoinP2P
import Fields
import Reassembly

// Who announces transactions, asks for them, and sends them.
extension Relations {
    static func index(_ place: Int32, _ side: Direction) -> SideIndex { place &* 2 &+ (side == .forward ? 0 : 1) }

    /// What is known of the node by now, for what is forgotten before the end.
    private var likelyNodeSides: NodeSides {
        NodeSides(
            states,
            node
                ?? NodeFinder(
                    connections: states.states.filter(\.hasMessages).map {
                        (End($0.ends.forward), End($0.ends.backward))
                    },
                    localAddresses: []
                ).find())
    }

    /// Takes what the message at hand says of transactions. Whether it answers a request is known by then.
    mutating func tellTransactions(
        _ fact: MessageFact, _ bytes: RawSpan, from start: Int, _ entry: RelationReader.Entry, at place: Int32
    ) {
        switch entry.role {
        case .inventory(let vectors):
            read(fact, bytes, from: start, entry)
            announceTransactions(vectors, fact, bytes, at: place)
        case .getdata:
            read(fact, bytes, from: start, entry)
            let announcer = Self.index(place, fact.side.opposite)
            forEachVector(reader.fields.wanted, bytes) { relations, kind, name, _ in
                guard kind == .tx else { return }
                let announced = relations.transactions.ask(for: name, of: announcer, fact)
                guard relations.tellsEarlier else { return }
                relations.earlier.asked = relations.earlier.asked ?? announced
            }
        case .notfound:
            read(fact, bytes, from: start, entry)
            forEachVector(reader.fields.notFound, bytes) { relations, kind, _, _ in
                if kind == .tx { relations.transactions.miss(by: Self.index(place, fact.side)) }
            }
        case .tx:
            read(fact, bytes, from: start, entry)
            deliverTransaction(fact, bytes, at: place)
        default: break
        }
    }

    private mutating func announceTransactions(
        _ vectors: MessageFields.Vectors, _ fact: MessageFact, _ bytes: RawSpan, at place: Int32
    ) {
        let side = Self.index(place, fact.side)
        forEachVector(vectors, bytes) { relations, kind, name, index in
            guard kind == .tx else { return }
            relations.makeRoom(for: name, fact)
            let first = relations.transactions.announce(name, by: side, fact.complete)
            guard relations.tellsEarlier, let first else { return }
            let lag = fact.complete.time &- first.time
            relations.earlier.note(
                EarlierAnnouncement(
                    frame: first.frame, announcer: relations.end(of: first.side), lag: lag < 0 ? nil : lag), at: index)
        }
    }

    private mutating func makeRoom(for name: Hash256, _ fact: MessageFact) {
        if transactions.isFull(for: name) { transactions.turn(fact.complete.time, likelyNodeSides) }
    }

    private mutating func deliverTransaction(_ fact: MessageFact, _ bytes: RawSpan, at place: Int32) {
        let fields = reader.fields
        guard let txid = reader.first(fields.txid).flatMap({ Hash256(reader.bytes($0, in: bytes), at: 0) }) else {
            return
        }
        let wtxid = reader.first(fields.wtxid).flatMap { Hash256(reader.bytes($0, in: bytes), at: 0) } ?? txid
        let isRequested = requests.related.contains { $0.kind == .tx }
        let sides = (Self.index(place, fact.side), Self.index(place, fact.side.opposite))
        makeRoom(for: txid, fact)
        let told = transactions.deliver(txid, wtxid, from: sides.0, to: sides.1, fact, isRequested: isRequested)
        guard tellsEarlier else { return }
        earlier.announcedIn = told.own
        earlier.first = told.first.map {
            EarlierAnnouncement(frame: $0.frame, announcer: end(of: $0.side), lag: nil)
        }
    }

    /// `address:port` of a side.
    func end(of side: SideIndex) -> [UInt8] {
        let state = states[side / 2]
        return side & 1 == 0 ? state.ends.forward : state.ends.backward
    }
}
