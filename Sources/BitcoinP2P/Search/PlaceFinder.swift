import Fields

/// Says in which fields of a message matches of bytes stand.
struct PlaceFinder {
    /// Bytes of the message that were looked for.
    struct Match {
        let range: Range<Int>
        /// Only a field of just these bytes counts.
        let isField: Bool
        /// Which field; any where nil.
        let field: Field?
        /// What is said of it after the field.
        let relation: StaticString?
    }

    private var matches: [Match]
    /// The deepest node around each match.
    private var owners: [Int]
    private let payload: Int

    /// - Parameter payload: Where the payload begins.
    init(_ matches: [Match], payload: Int) {
        self.matches = matches.sorted { $0.range.lowerBound < $1.range.lowerBound }
        owners = Array(repeating: -1, count: matches.count)
        self.payload = payload
    }

    /// Finds the node of each match. A node is looked at with the matches within it, so that many nodes and many matches
    /// cost no more than the tree is deep.
    mutating func find(in tree: borrowing Tree) {
        guard !matches.isEmpty else { return }
        for index in tree.nodes.indices {
            let node = tree.nodes[index]
            guard node.length > 0, node.flags.isDisjoint(with: [.generated, .partOfParent]) else { continue }
            var at = firstMatch(from: node.range.lowerBound)
            while at < matches.count, matches[at].range.lowerBound < node.range.upperBound {
                let match = matches[at]
                let isIn =
                    match.isField
                    ? match.range == node.range && (match.field == nil || match.field == node.field)
                        && !node.flags.contains(.truncated)
                    : match.range.upperBound <= node.range.upperBound
                if isIn { owners[at] = index }
                at += 1
            }
        }
    }

    private func firstMatch(from start: Int) -> Int {
        var (low, high) = (0, matches.count)
        while low < high {
            let middle = (low + high) / 2
            if matches[middle].range.lowerBound < start { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Writes the places in the order of the tree.
    ///
    /// - Parameter isSought: Of a computed node: what is said of it after the field, where it is what is looked for.
    mutating func write(
        _ tree: borrowing Tree, to places: inout Places,
        isSought: (Node, borrowing Tree) -> StaticString??
    ) {
        // By node: matches overlap, and computed nodes are among them.
        let order = matches.indices.filter { owners[$0] >= 0 }.sorted { owners[$0] < owners[$1] }
        var next = 0
        /// The groups around a node.
        var groups: [Int] = []
        var counted = Counted()
        for index in tree.nodes.indices {
            let node = tree.nodes[index]
            while let last = groups.last, Int(tree.nodes[last].end) <= index { groups.removeLast() }
            while next < order.count, owners[order[next]] == index {
                let relation = matches[order[next]].relation
                places.add { Self.append(index, in: groups, tree, relation, &counted, to: &$0) }
                next += 1
            }
            if node.flags.contains(.generated), let relation = isSought(node, tree) {
                places.add { Self.append(index, in: groups, tree, relation, &counted, to: &$0) }
            }
            if Int(node.end) > index + 1 { groups.append(index) }
        }
        // What no tree shows: the layout is not known, or the tree is full.
        for match in matches.indices where owners[match] < 0 && (!matches[match].isField || tree.isFull) {
            let (range, relation) = (matches[match].range, matches[match].relation)
            places.add {
                $0.append("Byte ")
                $0.append(decimal: range.lowerBound - payload)
                $0.append(" of the payload")
                Self.append(relation, to: &$0)
            }
        }
    }

    /// `Transaction input 2 › Previous output › Hash`, without the heading of the whole message.
    private static func append(
        _ index: Int, in groups: [Int], _ tree: borrowing Tree, _ relation: StaticString?, _ counted: inout Counted,
        to text: inout TextBuffer
    ) {
        for group in groups.dropFirst() {
            var ofGroup = Counted()
            append(labelOf: group, in: groups, tree, &ofGroup, to: &text)
            text.append(" › ")
        }
        append(labelOf: index, in: groups, tree, &counted, to: &text)
        append(relation, to: &text)
    }

    private static func append(
        labelOf index: Int, in groups: [Int], _ tree: borrowing Tree, _ counted: inout Counted,
        to text: inout TextBuffer
    ) {
        let node = tree.nodes[index]
        text.append(node.field.declaration.label)
        if node.flags.contains(.listEntry) {
            text.append(" ")
            text.append(decimal: node.value)
        } else if let parent = groups.last, parent < index {
            // Of values without headings the place among them, from 0 as entries have it.
            let before = counted.count(before: index, under: parent, tree)
            guard before > 0 || node.flags.contains(.listed) && !isWithinEntry(groups, tree) else { return }
            text.append(" ")
            text.append(decimal: before)
        }
    }

    /// How many values of a field stand before one: of one after the other each is counted once.
    private struct Counted {
        private var parent = -1
        private var last = -1
        private var before = 0

        mutating func count(before index: Int, under parent: Int, _ tree: borrowing Tree) -> Int {
            let node = tree.nodes[index]
            let isFurther =
                parent == self.parent && last < index && tree.nodes[last].fieldID == node.fieldID
                && tree.nodes[last].depth == node.depth
            if !isFurther { (last, before) = (parent + 1, 0) }
            for other in last..<index
            where tree.nodes[other].fieldID == node.fieldID && tree.nodes[other].depth == node.depth { before += 1 }
            (self.parent, last) = (parent, index)
            return before
        }
    }

    /// Parts of the first value of a list say that they are of a list, too.
    private static func isWithinEntry(_ groups: [Int], _ tree: borrowing Tree) -> Bool {
        groups.contains { tree.nodes[$0].flags.contains(.listed) }
    }

    private static func append(_ relation: StaticString?, to text: inout TextBuffer) {
        guard let relation else { return }
        text.append(" (")
        text.append(relation)
        text.append(")")
    }
}
