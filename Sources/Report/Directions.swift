import Insight

/// Which way is up. While records come it is not known which side is the node, so all ways that may be asked for are
/// counted: from the initiator, and for each of the two ends that may be the node's, from it.
///
/// Every connection has the node at an end, so it is one of the ends of the first connection.
struct Directions {
    static let count = 3

    /// For each way, whether what the side sends goes up; nil where the connection is not the node's.
    typealias Ups = (Bool?, Bool?, Bool?)

    private var candidates: [Node]
    private let isNamed: Bool

    /// - Parameter node: Where it was named.
    init(node: Node?) {
        candidates = node.map { [$0] } ?? []
        isNamed = node != nil
    }

    /// Takes the ends of the next connection.
    ///
    /// - Returns: What the side sends that counts as the initiator.
    mutating func open(initiator: [UInt8], responder: [UInt8]) -> Ups {
        if !isNamed, candidates.isEmpty { candidates = Node.candidates(initiator, responder) }
        func up(_ place: Int) -> Bool? {
            place < candidates.count ? candidates[place].isInitiator(initiator, responder) : nil
        }
        return (true, up(0), up(1))
    }

    /// The way that a node makes; that of the initiator where there is none, or an unexpected one.
    func way(of node: Node?) -> Int {
        guard let node else { return 0 }
        return candidates.firstIndex { $0.names == node.names }.map { $0 + 1 } ?? 0
    }

    static func up(_ ups: Ups, _ way: Int) -> Bool? { way == 0 ? ups.0 : way == 1 ? ups.1 : ups.2 }
}
