import Reassembly

/// Which sides of connections are the node's.
struct NodeSides {
    private var areNode: ContiguousArray<Bool> = []

    /// - Parameter node: Nil where it is not known: then no side is.
    init(_ states: ConversationStates, _ node: Node?) {
        guard let node else { return }
        areNode = ContiguousArray(repeating: false, count: states.count &* 2)
        for (place, state) in states.states.enumerated() {
            guard let side = node.side(End(state.ends.forward), End(state.ends.backward)) else { continue }
            areNode[place &* 2 &+ (side == .forward ? 0 : 1)] = true
        }
    }

    subscript(side: SideIndex) -> Bool { Int(side) < areNode.count && areNode[Int(side)] }
}
