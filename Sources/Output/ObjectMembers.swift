import Fields
import Records

/// Brings together what belongs to one key of a JSON object.
///
/// An object has each key once, while a tree may repeat a field, also with others between. Before an object is written
/// its members are linked: each to the next one with the same key. Then one walk over the members writes each key where
/// it first occurs, following the links for its values. Both walks pass every node of the object once.
struct ObjectMembers {
    /// Which nodes below an object's own become members of it rather than of an object within.
    enum Depth {
        /// Its children.
        case children
        /// Also what is under a child that has a value of its own.
        case partsOfValues
        /// All but what is under a layer.
        case descendants
    }

    private let depth: Depth
    private let isHeading: [Bool]
    private let isLayer: [Bool]
    // For each field the number of its key: fields whose names differ may share one.
    private let keys: [UInt16]
    // For each node the next one of its key, 0 where there is none; the highest bit says that it is one itself.
    private var links: ContiguousArray<UInt32> = []
    // For each key the last member that had it, and the object in which that was.
    private var last: [UInt32]
    private var object: [UInt32]
    private var number: UInt32 = 0

    private static let isFollower: UInt32 = 1 << 31

    init(_ declarations: [FieldDeclaration], depth: Depth, keys: [UInt16]? = nil) {
        self.depth = depth
        isHeading = declarations.map { $0.kind == .group || $0.kind == .layer }
        isLayer = declarations.map { $0.kind == .layer }
        self.keys = keys ?? declarations.indices.map { UInt16(clamping: $0) }
        last = Array(repeating: 0, count: declarations.count)
        object = Array(repeating: 0, count: declarations.count)
    }

    /// Forgets the tree before.
    mutating func begin(_ tree: borrowing Tree) {
        links.removeAll(keepingCapacity: true)
        links.append(contentsOf: repeatElement(0, count: tree.nodes.count))
        // What is left of objects before is then older than any number to come.
        if number > .max / 2 {
            number = 0
            for key in object.indices { object[key] = 0 }
        }
    }

    /// Links the members of the object whose nodes are in `range`.
    mutating func link(_ range: Range<Int>, _ tree: borrowing Tree) {
        number &+= 1
        var index = range.lowerBound
        while index < range.upperBound {
            let field = Int(tree.nodes[index].fieldID)
            guard field < keys.count else {
                // Declared after the writer was made: it has no key.
                links[index] = Self.isFollower
                index = Int(tree.nodes[index].end)
                continue
            }
            let key = Int(keys[field])
            if object[key] == number {
                links[Int(last[key])] |= UInt32(truncatingIfNeeded: index)
                links[index] = Self.isFollower
            }
            object[key] = number
            last[key] = UInt32(truncatingIfNeeded: index)
            index = following(index, tree)
        }
    }

    /// The member after `index`, or the end of its object.
    private func following(_ index: Int, _ tree: borrowing Tree) -> Int {
        let node = tree.nodes[index]
        let field = Int(node.fieldID)
        guard field < keys.count else { return Int(node.end) }
        let isWithin =
            switch depth {
            case .children: false
            case .partsOfValues: !isHeading[field]
            case .descendants: !isLayer[field]
            }
        return isWithin ? index + 1 : Int(node.end)
    }

    /// The first member of the next key: the next from `place` on, which is after it then. nil at the object's end.
    func nextKey(_ place: inout Int, to end: Int, _ tree: borrowing Tree) -> Int? {
        while place < end {
            let index = place
            place = following(index, tree)
            if links[index] & Self.isFollower == 0 { return index }
        }
        return nil
    }

    /// The next member of the same key.
    func next(_ index: Int) -> Int? {
        let next = links[index] & ~Self.isFollower
        return next == 0 ? nil : Int(next)
    }
}
