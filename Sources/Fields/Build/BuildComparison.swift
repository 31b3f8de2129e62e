/// Compares a message that was built with the values that were given, so that none of them is lost in silence.
package struct BuildComparison {
    private let source: BuildValues
    private let isUsed: [Bool]
    private let written: [BuildSink.Written]
    private let asked: Set<Field>
    private let known: [String]

    /// - Parameters:
    ///   - isUsed: For each value whether a field took it.
    ///   - written: The fields that were written, in the order of their bytes in the message.
    ///   - asked: The fields that were asked for, and the groups that were opened.
    ///   - known: The names of the fields that such a message may have.
    package init(
        _ source: BuildValues, isUsed: [Bool], written: [BuildSink.Written], asked: Set<Field>, known: [String]
    ) {
        self.asked = asked
        self.known = known
        self.source = source
        self.isUsed = isUsed
        self.written = written
    }

    /// Where readers of the message find other fields than those that were written.
    package func misread(_ tree: borrowing Tree) -> [BuildProblem] {
        var place = 0
        for index in 0..<tree.nodes.count {
            let node = tree.nodes[index]
            guard node.flags.isDisjoint(with: [.generated, .partOfParent]), !node.field.isHeading else { continue }
            guard place < written.count else { return [Self.misread(nil, node)] }
            let made = written[place]
            guard made.field == node.field, made.range == node.range else { return [Self.misread(made, node)] }
            place += 1
        }
        guard place < written.count else { return [] }
        return [Self.misread(written[place], nil)]
    }

    private static func misread(_ made: BuildSink.Written?, _ node: Node?) -> BuildProblem {
        let read = node.map { "\($0.field.declaration.name), \($0.length) bytes" } ?? "nothing"
        let offset = made?.range.lowerBound ?? node.map { Int($0.start) } ?? 0
        let field = made?.field ?? node?.field
        return BuildProblem(
            field: field?.declaration.name ?? "", place: "byte \(offset)",
            reason: made == nil
                ? "read where nothing was given" : "given, but a reader finds there \(read)")
    }

    /// What no field took, and does not follow from the message either.
    ///
    /// - Parameter others: Fields that follow from other messages: nothing can be said of them.
    package func differing(
        from tree: borrowing Tree, _ message: RawSpan, leavingOut others: FieldSet
    ) -> (unknown: [BuildProblem], outdated: [BuildProblem]) {
        var walk = LeftValues(source, isUsed: isUsed, asked: asked, others: others, known: known)
        walk.compare(0..<source.values.count, topMembers(tree), tree, message, place: "")
        return (walk.unknown, walk.outdated)
    }

    /// The nodes at the top, and those under the headings there: values of a payload need not be in its group.
    private func topMembers(_ tree: borrowing Tree) -> [Int] {
        var members: [Int] = []
        for index in Self.members(0..<tree.nodes.count, tree) {
            members.append(index)
            let field = tree.nodes[index].field
            guard field.isHeading else { continue }
            members += Self.members(index + 1..<Int(tree.nodes[index].end), tree)
        }
        return members
    }

    /// The nodes of `range` that are not within a group or layer among them.
    static func members(_ range: Range<Int>, _ tree: borrowing Tree) -> [Int] {
        var members: [Int] = []
        var index = range.lowerBound
        while index < range.upperBound {
            members.append(index)
            index = tree.nodes[index].field.isHeading ? max(index + 1, Int(tree.nodes[index].end)) : index + 1
        }
        return members
    }
}

extension Field {
    /// Whether it has no value of its own.
    package var isHeading: Bool {
        switch declaration.kind {
        case .group, .layer: true
        default: false
        }
    }
}

extension BuildSink.Written {
    /// The same where the bytes begin `count` later.
    package func moved(by count: Int) -> Self {
        Self(field: field, range: range.lowerBound + count..<range.upperBound + count)
    }
}
