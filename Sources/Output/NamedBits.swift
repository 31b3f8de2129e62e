import Fields

/// The bits of integers that have names, found by the fields that are declared for them: those whose names differ in
/// their last part only are bits of the same integer.
struct NamedBits {
    struct Bit {
        let id: UInt16
        let mask: UInt64
    }

    /// Of each integer its bits, the least significant first.
    private var integers: [[Bit]] = []
    /// For each field the place in ``integers``; -1 where it is no bit.
    private var places: [Int]

    init(_ declarations: [FieldDeclaration]) {
        places = Array(repeating: -1, count: declarations.count)
        var known: [Substring: Int] = [:]
        for (index, declaration) in declarations.enumerated() {
            guard case .flag(let mask, _) = declaration.kind, let dot = declaration.name.lastIndex(of: ".") else {
                continue
            }
            let place = known[declaration.name[..<dot], default: integers.count]
            if place == integers.count { integers.append([]) }
            known[declaration.name[..<dot]] = place
            integers[place].append(Bit(id: UInt16(clamping: index), mask: mask))
            places[index] = place
        }
        for place in integers.indices { integers[place].sort { $0.mask < $1.mask } }
    }

    private func place(of id: UInt16) -> Int? {
        guard Int(id) < places.count, places[Int(id)] >= 0 else { return nil }
        return places[Int(id)]
    }

    /// Whether the field read just after `index`, under it, is a bit of it.
    func areUnder(_ index: Int, _ node: Node, _ tree: borrowing Tree) -> Bool {
        firstPlace(index, node, tree) != nil
    }

    /// All bits that the integer at `index` may have; none where the tree has no bits under it.
    func under(_ index: Int, _ node: Node, _ tree: borrowing Tree) -> [Bit] {
        firstPlace(index, node, tree).map { integers[$0] } ?? []
    }

    private func firstPlace(_ index: Int, _ node: Node, _ tree: borrowing Tree) -> Int? {
        // Bits come first under their integer.
        guard Int(node.end) > index + 1, index + 1 < tree.nodes.count, !node.flags.contains(.generated),
            tree.nodes[index + 1].flags.contains(.partOfParent)
        else { return nil }
        return place(of: tree.nodes[index + 1].fieldID)
    }

    /// Whether the bit at `index` is written with the integer above it.
    func isOfParent(_ index: Int, _ tree: borrowing Tree) -> Bool {
        let node = tree.nodes[index]
        guard let own = place(of: node.fieldID), node.flags.contains(.partOfParent) else { return false }
        var above = index - 1
        while above >= 0, tree.nodes[above].depth >= node.depth { above -= 1 }
        return above >= 0 && firstPlace(above, tree.nodes[above], tree) == own
    }

    /// The node of a bit under its integer.
    static func child(of id: UInt16, under index: Int, _ node: Node, _ tree: borrowing Tree) -> Int? {
        var child = index + 1
        let end = min(Int(node.end), tree.nodes.count)
        while child < end {
            if tree.nodes[child].fieldID == id { return child }
            child = max(child + 1, Int(tree.nodes[child].end))
        }
        return nil
    }
}
