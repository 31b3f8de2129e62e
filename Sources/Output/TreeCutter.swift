import Fields

/// Makes of a tree that is too large for its ``OutputBudget`` one that is not: of each list, also of those within
/// entries of others, only the first entries stay, as many as there is room for, of each alike. After them, and after a
/// computed text that is cut, stand ``CutFields``. All else of the message stays.
final class TreeCutter {
    /// What was made last.
    private(set) var tree = Tree()
    private let budget: OutputBudget
    private let fields = CutFields.standard
    // For each field its label and name, and whether it is a text.
    private let declarations: [FieldDeclaration]
    // Where the nodes of the new tree are open, the outermost first.
    private var open: [Int] = []

    init(_ budget: OutputBudget) {
        self.budget = budget
        declarations = Catalog.declarations
    }

    /// Whether the tree is too large, and another was made of it: ``tree``.
    ///
    /// - Parameters:
    ///   - start: The nodes before it stay as they are.
    ///   - byteCount: Of the message.
    func cuts(_ source: borrowing Tree, from start: Int, byteCount: Int) -> Bool {
        let room = budget.fields(of: byteCount)
        // The most that all may cost. Nearly no message gets further.
        let isSmall =
            source.nodes.count + source.annotations.count * 2 + source.generated.count / Self.bytesPerField <= room
        if isSmall, source.generated.count <= budget.text { return false }
        let limit = isSmall ? nil : entryLimit(source, start, room)
        // Where every list has room, a text may be too long.
        guard limit != nil || hasLongText(source, start) else { return false }
        copy(source, from: start, entries: limit ?? .max)
        return true
    }

    // MARK: Costs

    /// How many bytes of a text cost one more.
    private static let bytesPerField = 64

    private func cost(_ node: Node) -> Int {
        var cost = node.flags.contains(.annotated) ? 3 : 1
        if node.flags.contains(.generated) { cost += min(Int(node.length), budget.text) / Self.bytesPerField }
        return cost
    }

    private func isLongText(_ node: Node) -> Bool {
        node.flags.contains(.generated) && node.length > budget.text && Int(node.fieldID) < declarations.count
            && declarations[Int(node.fieldID)].kind == .text
    }

    private func hasLongText(_ source: borrowing Tree, _ start: Int) -> Bool {
        for index in start..<max(start, source.nodes.count) where isLongText(source.nodes[index]) { return true }
        return false
    }

    /// The most entries that every list may have; nil where all have room.
    private func entryLimit(_ source: borrowing Tree, _ start: Int, _ room: Int) -> Int? {
        if fits(source, start, entries: .max, room) { return nil }
        var (least, most) = (1, source.nodes.count)
        while least < most {
            let middle = (least + most + 1) / 2
            if fits(source, start, entries: middle, room) { least = middle } else { most = middle - 1 }
        }
        return least
    }

    private func fits(_ source: borrowing Tree, _ start: Int, entries limit: Int, _ room: Int) -> Bool {
        var left = room
        var index = start
        var runs = Runs()
        while index < source.nodes.count {
            if runs.isBeyond(source.nodes[index], limit) {
                // One line in its place.
                left -= 1
                index = Self.endOfRun(source, index)
                continue
            }
            left -= cost(source.nodes[index])
            if left < 0 { return false }
            index += 1
        }
        return true
    }

    // MARK: Lists

    /// Counts the entries of the lists within which a walk over the nodes is.
    ///
    /// A list begins with a node that says so; what has the same field beside it is another entry. Values without
    /// headings may have others between them, which belong to the value before.
    private struct Runs {
        private struct List {
            var field: UInt16 = .max
            var count = 0
            /// All since the list's beginning say that they are of it: they are of the first value.
            var isAtFirst = false
        }

        // Of each depth the list that began last, within the node before.
        private var lists: [List] = []

        /// Whether this node is an entry of a list after the first `limit` ones.
        mutating func isBeyond(_ node: Node, _ limit: Int) -> Bool {
            let depth = Int(node.depth)
            if lists.count > depth + 1 { lists.removeLast(lists.count - depth - 1) }
            while lists.count <= depth { lists.append(List()) }
            if lists[depth].count > 0, lists[depth].field == node.fieldID {
                lists[depth].count += 1
                lists[depth].isAtFirst = false
                return lists[depth].count > limit
            }
            let isEntry = !node.flags.isDisjoint(with: [.listEntry, .listed])
            if !isEntry {
                lists[depth].isAtFirst = false
            } else if !lists[depth].isAtFirst || node.flags.contains(.listEntry) {
                lists[depth] = List(field: node.fieldID, count: 1, isAtFirst: true)
            }
            return false
        }
    }

    /// More others than this are not between two values of a list.
    private static let mostBetween = 8

    /// The node after the last entry of the list of which `index` is one.
    private static func endOfRun(_ source: borrowing Tree, _ index: Int) -> Int {
        let first = source.nodes[index]
        var between = fieldsBefore(source, index)
        var waiting: [UInt16] = []
        var end = index
        var place = index
        while place < source.nodes.count, source.nodes[place].depth == first.depth {
            let node = source.nodes[place]
            // No end is before its node: see ``Tree``.
            place = max(place + 1, Int(node.end))
            if node.fieldID == first.fieldID {
                for field in waiting where !between.contains(field) { between.append(field) }
                waiting.removeAll(keepingCapacity: true)
                end = place
            } else {
                if node.flags.contains(.listEntry) || waiting.count == mostBetween { break }
                waiting.append(node.fieldID)
            }
        }
        // Those of the last value.
        while end < source.nodes.count, source.nodes[end].depth == first.depth,
            between.contains(source.nodes[end].fieldID)
        { end = max(end + 1, Int(source.nodes[end].end)) }
        return end
    }

    /// The fields that stand between the entry before `index` and it.
    private static func fieldsBefore(_ source: borrowing Tree, _ index: Int) -> [UInt16] {
        let first = source.nodes[index]
        var fields: [UInt16] = []
        var place = index - 1
        while place >= 0, fields.count < mostBetween, source.nodes[place].depth >= first.depth {
            let node = source.nodes[place]
            // Of groups what is in them is not between.
            if node.fieldID == first.fieldID || node.depth > first.depth { break }
            fields.append(node.fieldID)
            place -= 1
        }
        return fields
    }

    // MARK: Copying

    private func copy(_ source: borrowing Tree, from start: Int, entries limit: Int) {
        tree.removeAll()
        open.removeAll(keepingCapacity: true)
        var index = 0
        var runs = Runs()
        while index < source.nodes.count {
            let node = source.nodes[index]
            if index >= start, runs.isBeyond(node, limit) {
                let end = Self.endOfRun(source, index)
                appendCut(source, index..<end, after: limit)
                index = end
                continue
            }
            append(source, index, node, isCut: index >= start && isLongText(node))
            index += 1
        }
        for index in open { tree.nodes[index].end = UInt32(truncatingIfNeeded: tree.nodes.count) }
    }

    private func append(_ source: borrowing Tree, _ index: Int, _ node: Node, isCut: Bool) {
        var node = node
        let place = tree.nodes.count
        let total = node.length
        if node.flags.contains(.generated) {
            var bytes = source.generated[Self.clamped(node.range, source.generated.count)]
            if isCut { bytes = bytes.prefix(Self.characterEnd(bytes, upTo: budget.text)) }
            node.start = UInt32(truncatingIfNeeded: tree.generated.count)
            if isCut { node.length = UInt32(truncatingIfNeeded: bytes.count) }
            tree.generated.append(contentsOf: bytes)
        }
        append(node)
        if node.flags.contains(.annotated) {
            for annotation in source.annotations[source.annotations(of: index)] {
                var annotation = annotation
                annotation.node = UInt32(truncatingIfNeeded: place)
                tree.annotations.append(annotation)
            }
        }
        if node.flags.contains(.headed), let range = source.heading(of: index) {
            appendHeading(of: place, source.generated[Self.clamped(range, source.generated.count)])
        }
        if isCut {
            appendCut(node, shown: UInt64(node.length), total: UInt64(total), lost: 0, isText: true)
        }
    }

    /// In the place of the entries in `range`.
    private func appendCut(_ source: borrowing Tree, _ range: Range<Int>, after shown: Int) {
        let first = source.nodes[range.lowerBound]
        var more = 0
        var index = range.lowerBound
        while index < range.upperBound {
            if source.nodes[index].fieldID == first.fieldID { more += 1 }
            index = max(index + 1, Int(source.nodes[index].end))
        }
        let lost = source.annotations(in: range)
        let place = tree.nodes.count
        appendCut(first, shown: UInt64(shown), total: UInt64(shown + more), lost: lost.count, isText: false)
        guard place < tree.nodes.count else { return }
        appendRemarks(source, lost, to: place)
    }

    /// The remarks on what is left out, such as that the message ends too early: each once.
    private func appendRemarks(_ source: borrowing Tree, _ lost: Range<Int>, to node: Int) {
        let start = tree.annotations.count
        for place in lost {
            let annotation = source.annotations[place]
            let isKnown = tree.annotations[start...].contains { $0.remark == annotation.remark }
            // More kinds are in no list.
            if isKnown || tree.annotations.count - start == 16 { continue }
            tree.annotations.append(
                Annotation(
                    node: UInt32(truncatingIfNeeded: node), remark: annotation.remark, value: annotation.value))
            tree.nodes[node].flags.insert(.annotated)
        }
    }

    private func appendCut(_ node: Node, shown: UInt64, total: UInt64, lost: Int, isText: Bool) {
        guard Int(node.fieldID) < declarations.count else { return }
        let declaration = declarations[Int(node.fieldID)]
        let place = tree.nodes.count
        append(
            Node(
                value: 0, start: 0, length: 0, end: 0, field: fields.group, depth: node.depth,
                flags: [.generated, .headed]))
        let start = tree.generated.count
        tree.generated.append(contentsOf: declaration.name.utf8)
        append(
            Node(
                value: 0, start: UInt32(truncatingIfNeeded: start),
                length: UInt32(truncatingIfNeeded: tree.generated.count - start), end: 0, field: fields.field,
                depth: node.depth &+ 1, flags: .generated))
        for (field, value) in [(fields.shown, shown), (fields.total, total)] {
            append(
                Node(
                    value: value, start: 0, length: 0, end: 0, field: field, depth: node.depth &+ 1, flags: .generated))
        }
        var text = TextBuffer()
        text.append(decimal: Int(clamping: total - shown))
        text.append(" of ")
        text.append(decimal: Int(clamping: total))
        text.append(isText ? " bytes of " : " of ")
        text.append(declaration.label)
        if lost > 0 {
            text.append(", with ")
            text.append(decimal: lost)
            text.append(lost == 1 ? " remark" : " remarks")
        }
        text.append("; --full shows all")
        appendHeading(of: place, text.bytes[...])
    }

    private func append(_ node: Node) {
        while let last = open.last, tree.nodes[last].depth >= node.depth {
            tree.nodes[last].end = UInt32(truncatingIfNeeded: tree.nodes.count)
            open.removeLast()
        }
        open.append(tree.nodes.count)
        tree.nodes.append(node)
    }

    private func appendHeading(of node: Int, _ text: some Collection<UInt8>) {
        let start = tree.generated.count
        tree.generated.append(contentsOf: text)
        tree.headings.append(
            Tree.Heading(
                node: UInt32(truncatingIfNeeded: node), start: UInt32(truncatingIfNeeded: start),
                length: UInt32(truncatingIfNeeded: tree.generated.count - start)))
    }

    private static func clamped(_ range: Range<Int>, _ count: Int) -> Range<Int> { range.clamped(to: 0..<count) }

    /// Where the last character ends within the first `limit` bytes.
    private static func characterEnd(_ bytes: ArraySlice<UInt8>, upTo limit: Int) -> Int {
        guard bytes.count > limit else { return bytes.count }
        var end = limit
        // Bytes that continue a character, three at most.
        while end > max(0, limit - 3), bytes[bytes.startIndex + end] & 0xc0 == 0x80 { end -= 1 }
        return end
    }
}
