import Insight

/// Which way is up. While records come it is not known which side is the node, so all ways that may be asked for are
/// counted: from the initiator, and for each address and each end that may be the node's, from it.
///
/// Every connection has the node at an end, so it is one of the addresses or ends of the first connection.
struct Directions {
    static let count = 5

    /// For each way, whether what a side sends goes up, if that is known.
    struct Ups {
        private var known: UInt8 = 0
        private var up: UInt8 = 0

        /// Nil where the connection is not the node's or, of the way of the initiator, nobody knows who that is.
        subscript(way: Int) -> Bool? {
            get { known >> way & 1 == 0 ? nil : up >> way & 1 == 1 }
            set {
                let bit = UInt8(1) << way
                known = newValue == nil ? known & ~bit : known | bit
                up = newValue == true ? up | bit : up & ~bit
            }
        }

        /// Up from who spoke first, where nobody knows who opened the connection.
        var drawn: Ups {
            var ups = self
            if ups[0] == nil { ups[0] = true }
            return ups
        }
    }

    private var candidates: [Node]
    private let isNamed: Bool

    /// - Parameter node: Where it was named.
    init(node: Node?) {
        candidates = node.map { [$0] } ?? []
        isNamed = node != nil
    }

    /// Takes the ends of the next connection.
    ///
    /// - Parameter isDirected: It is known that the initiator is.
    /// - Returns: What the side sends that counts as the initiator.
    mutating func open(initiator: [UInt8], responder: [UInt8], isDirected: Bool) -> Ups {
        if !isNamed, candidates.isEmpty { candidates = Node.candidates(initiator, responder) }
        var ups = Ups()
        if isDirected { ups[0] = true }
        for (place, candidate) in candidates.prefix(Self.count - 1).enumerated() {
            ups[place + 1] = candidate.isInitiator(initiator, responder)
        }
        return ups
    }

    /// The way that a node makes; that of the initiator where there is none, or an unexpected one.
    func way(of node: Node?) -> Int {
        guard let node else { return 0 }
        return candidates.firstIndex { $0.names == node.names }.map { $0 + 1 } ?? 0
    }
}
