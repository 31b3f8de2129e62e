import BitcoinP2P
import Reassembly
import Records

/// What is known when questions are answered: at the end, or in the middle of a live capture.
struct View {
    let capture: CaptureFacts
    /// Of packets; else the messages came without.
    let hasPackets: Bool
    let messages: MessageCounts
    /// Those of Bitcoin's, by number.
    let connections: [ConnectionView]
    /// Those with facts that are none of Bitcoin's.
    let otherConnections: [ConnectionView]
    let node: Node?
    /// From when on figures are partial, in nanoseconds since the first frame; nil: they are whole.
    let completeUntil: Int64?
    /// What has no row.
    let others: (messages: UInt64, bytes: UInt64)
    /// Of what is put together for an answer, and gone after it.
    let budget: SampleBudget

    var decimals: Int { capture.timeDecimals }
}

/// How many messages came, and how.
struct MessageCounts {
    var whole: UInt64 = 0
    var cut: UInt64 = 0
    var good: UInt64 = 0
    var bad: UInt64 = 0
    var absent: UInt64 = 0
    /// Of v2, whose packets authenticate.
    var authenticated: UInt64 = 0

    mutating func add(_ fact: MessageFact) {
        if fact.isCut { cut &+= 1 } else { whole &+= 1 }
        if fact.transport == .v2 {
            if !fact.isCut { authenticated &+= 1 }
            return
        }
        switch fact.status {
        case .good: good &+= 1
        case .bad: bad &+= 1
        case .notPresent: absent &+= 1
        case .unverified: break
        }
    }
}

/// A connection of Bitcoin's: what its packets tell, and what its messages do.
struct ConnectionView {
    /// Nil where the messages came without packets, or there were too many connections.
    let facts: ConnectionFacts?
    /// Nil of one without a message.
    let state: ConversationState?
    let number: UInt64
    /// The ends of the forward side and of the backward one.
    let ends: (forward: [UInt8], backward: [UInt8])
    /// The node's side; nil where it is at none, or not known.
    var nodeSide: Direction?
    /// Of the requests of either side.
    let tallies: (forward: [RequestTally?], backward: [RequestTally?])

    /// The side that opened it; nil where nobody knows.
    var initiator: Direction? {
        if facts?.isFromSYN == true { return .forward }
        return state?.initiator
    }

    /// The one that counts as the initiator where nobody knows.
    var first: Direction { initiator ?? .forward }

    func end(_ side: Direction) -> [UInt8] { side == .forward ? ends.forward : ends.backward }

    func tally(_ kind: RequestKind, of side: Direction) -> RequestTally? {
        let tallies = side == .forward ? tallies.forward : tallies.backward
        return tallies.isEmpty ? nil : tallies[Int(kind.rawValue)]
    }

    var isOpaque: Bool { state?.hasMessages != true }

    var transport: StaticString {
        if isOpaque { return "v2_encrypted" }
        return state?.transport == .v2 ? "v2" : "v1"
    }
}

/// Who sent something, as far as the node is known.
enum Flow: String, Comparable {
    case fromInitiator = "from_initiator"
    case fromResponder = "from_responder"
    case other
    case received
    case sent
    case unknown

    static func < (left: Flow, right: Flow) -> Bool { left.rawValue < right.rawValue }

    var name: StaticString {
        switch self {
        case .fromInitiator: "from_initiator"
        case .fromResponder: "from_responder"
        case .other: "other"
        case .received: "received"
        case .sent: "sent"
        case .unknown: "unknown"
        }
    }

    /// As a table shows it.
    var words: StaticString {
        switch self {
        case .fromInitiator: "from initiator"
        case .fromResponder: "from responder"
        case .other: "other"
        case .received: "received"
        case .sent: "sent"
        case .unknown: "unknown"
        }
    }
}

extension View {
    /// What a side of a connection sends.
    func flow(of side: Direction, in connection: ConnectionView) -> Flow {
        if node != nil {
            guard let own = connection.nodeSide else { return .other }
            return side == own ? .sent : .received
        }
        guard let initiator = connection.initiator else { return .unknown }
        return side == initiator ? .fromInitiator : .fromResponder
    }

    /// Whom the time between a side's question and its answer measures: the one that answers.
    func measures(askedBy side: Direction, in connection: ConnectionView) -> StaticString? {
        guard node != nil, let own = connection.nodeSide else { return nil }
        return side == own ? "peer" : "node"
    }
}
