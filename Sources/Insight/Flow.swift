import Reassembly

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
