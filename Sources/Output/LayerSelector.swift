import Fields

/// Makes of a tree one that has only the chosen layers.
final class LayerSelector {
    private enum Choice { case none, fields, all }

    /// What was made last.
    private(set) var tree = Tree()
    /// The place in it of the node at which the message itself begins.
    private(set) var start = 0
    // For each field what is shown of a layer of that name, and whether what is under it is, where it is no layer.
    private let layers: [Choice]
    private let isNamed: [Bool]
    // For each node of the source how many before it stay.
    private var places: ContiguousArray<UInt32> = []

    init(_ choice: LayerChoice) {
        let names = Catalog.declarations.map(\.name)
        layers = names.map { choice.complete.contains($0) ? .all : choice.layers.contains($0) ? .fields : .none }
        isNamed = names.map { choice.layers.contains($0) }
    }

    /// Makes ``tree``.
    ///
    /// - Parameter protocolNode: Where the message itself begins in `source`.
    func select(_ source: borrowing Tree, from protocolNode: Int) {
        tree.removeAll()
        places.removeAll(keepingCapacity: true)
        // Up to where nothing stays, and up to where all does.
        var hiddenEnd = 0
        var completeEnd = 0
        for index in source.nodes.indices {
            places.append(UInt32(truncatingIfNeeded: tree.nodes.count))
            let node = source.nodes[index]
            if index < hiddenEnd { continue }
            if index >= completeEnd {
                let field = Int(node.fieldID)
                if node.depth == 0 {
                    switch field < layers.count ? layers[field] : .none {
                    case .none:
                        hiddenEnd = Int(node.end)
                        continue
                    case .all: completeEnd = Int(node.end)
                    case .fields: break
                    }
                } else if !isNamed[field] {
                    hiddenEnd = Int(node.end)
                }
            }
            tree.nodes.append(node)
        }
        places.append(UInt32(truncatingIfNeeded: tree.nodes.count))
        for index in tree.nodes.indices { tree.nodes[index].end = places[Int(tree.nodes[index].end)] }
        start = Int(places[min(protocolNode, places.count - 1)])
        tree.generated.append(contentsOf: source.generated)
        for var annotation in source.annotations where stays(Int(annotation.node)) {
            annotation.node = places[Int(annotation.node)]
            tree.annotations.append(annotation)
        }
        for var heading in source.headings where stays(Int(heading.node)) {
            heading.node = places[Int(heading.node)]
            tree.headings.append(heading)
        }
    }

    private func stays(_ node: Int) -> Bool { node + 1 < places.count && places[node + 1] > places[node] }
}
