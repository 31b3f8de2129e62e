/// Compares a message that was built with the values that were told, so that none of them is lost in silence.
public struct BuildComparison {
    private let source: BuildValues
    private let isUsed: [Bool]
    private let written: [BuildSink.Written]
    private let known: [String]

    /// - Parameters:
    ///   - isUsed: For each value whether a field took it.
    ///   - written: The fields that were written, in the order of their bytes in the message.
    ///   - known: The names of the fields that such a message may have.
    public init(_ source: BuildValues, isUsed: [Bool], written: [BuildSink.Written], known: [String]) {
        self.known = known
        self.source = source
        self.isUsed = isUsed
        self.written = written
    }

    /// Where whoever reads the message finds other fields than those that were written.
    public func misread(_ tree: borrowing Tree) -> [BuildProblem] {
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
                ? "read where nothing was told" : "told, but whoever reads the message finds there \(read)")
    }

    /// What no field took, and does not follow from the message either.
    ///
    /// - Parameter others: Fields that follow from other messages: nothing can be said of them.
    public func differing(
        from tree: borrowing Tree, _ message: RawSpan, leavingOut others: FieldSet
    ) -> (unknown: [BuildProblem], outdated: [BuildProblem]) {
        var walk = Walk(source: source, isUsed: isUsed, others: others, known: known)
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
    private static func members(_ range: Range<Int>, _ tree: borrowing Tree) -> [Int] {
        var members: [Int] = []
        var index = range.lowerBound
        while index < range.upperBound {
            members.append(index)
            index = tree.nodes[index].field.isHeading ? max(index + 1, Int(tree.nodes[index].end)) : index + 1
        }
        return members
    }

    private struct Walk {
        let source: BuildValues
        let isUsed: [Bool]
        let others: FieldSet
        let known: [String]
        var unknown: [BuildProblem] = []
        var outdated: [BuildProblem] = []
        private var text = ValueText()

        init(source: BuildValues, isUsed: [Bool], others: FieldSet, known: [String]) {
            self.known = known
            self.source = source
            self.isUsed = isUsed
            self.others = others
        }

        /// Compares the values of one group, `members` being the nodes of that group.
        mutating func compare(
            _ values: Range<Int>, _ members: [Int], _ tree: borrowing Tree, _ message: RawSpan, place: String
        ) {
            var nodes: [Field: [Int]] = [:]
            for index in members { nodes[tree.nodes[index].field, default: []].append(index) }
            var taken: [BuildValues.Name: Int] = [:]
            var index = values.lowerBound
            while index < values.upperBound {
                let value = source.values[index]
                let number = taken[value.name, default: 0]
                taken[value.name] = number + 1
                compare(index, number, nodes, members, tree, message, place)
                index = value.end
            }
        }

        private mutating func compare(
            _ index: Int, _ number: Int, _ nodes: [Field: [Int]], _ members: [Int], _ tree: borrowing Tree,
            _ message: RawSpan, _ place: String
        ) {
            let value = source.values[index]
            if case .field(let field) = value.name, others.contains(field) { return }
            if case .group = value.content {
                guard let node = find(value.name, isGroup: value.isGroup, number, nodes, members, tree) else {
                    return note(unknown: value, number, place)
                }
                let name = value.name.text.split(separator: ".").last.map(String.init) ?? value.name.text
                let entry = tree.nodes[node].flags.contains(.listEntry) ? "[\(tree.nodes[node].value)]" : ""
                return compare(
                    index + 1..<value.end, BuildComparison.members(node + 1..<Int(tree.nodes[node].end), tree), tree,
                    message, place: place.isEmpty ? name + entry : "\(place)/\(name)\(entry)")
            }
            if isUsed[index] { return }
            // Null: there is no value.
            if case .nothing = value.content, value.wire == nil { return }
            if let companion = Companion(value.name) {
                guard let node = find(.field(companion.field), isGroup: false, number, nodes, members, tree) else {
                    return note(unknown: value, number, place)
                }
                // One word is enough where the value itself differs.
                let isSaid = outdated.last?.field == companion.field.declaration.name && outdated.last?.place == place
                if !isSaid, !companion.isRight(of: tree.nodes[node], source, value) {
                    note(outdated: value, tree.nodes[node], companion.text(of: tree.nodes[node]), place)
                }
                return
            }
            guard let node = find(value.name, isGroup: value.isGroup, number, nodes, members, tree) else {
                return note(unknown: value, number, place)
            }
            let found = tree.nodes[node]
            let bytes = tree.bytes(of: found, in: message)
            guard !isRight(value, found, bytes) else { return }
            var shown = TextBuffer()
            text.append(found, found.field.declaration.kind, bytes, .plain, limit: 32, to: &shown)
            note(outdated: value, found, shown.string, place)
        }

        /// The node that the value `number` of its name in its group is.
        private func find(
            _ name: BuildValues.Name, isGroup: Bool, _ number: Int, _ nodes: [Field: [Int]], _ members: [Int],
            _ tree: borrowing Tree
        ) -> Int? {
            if case .field(let field) = name {
                let all = nodes[field] ?? []
                return number < all.count ? all[number] : nil
            }
            var left = number
            for index in members
            where tree.nodes[index].field.isHeading == isGroup && name.names(tree.nodes[index].field) {
                if left == 0 { return index }
                left -= 1
            }
            return nil
        }

        /// Whether the value is what was computed.
        private mutating func isRight(_ value: BuildValues.Value, _ node: Node, _ bytes: RawSpan) -> Bool {
            let kind = node.field.declaration.kind
            switch value.content {
            case .group: return false
            case .nothing: return true
            case .number(let number): return number == node.value
            case .bytes(let range): return bytes.withUnsafeBytes { $0.elementsEqual(source.bytes[range]) }
            case .text(let range):
                let told = Array(source.bytes[range])
                switch try? ValueLiteral.read(told, kind) {
                case .number(let number): return number == node.value
                case .bytes(let own):
                    let plain = kind == .paddedText ? bytes.withoutPadding : bytes
                    return plain.withUnsafeBytes { $0.elementsEqual(own) }
                case nil:
                    var shown = TextBuffer()
                    text.append(node, kind, bytes, .plain, to: &shown)
                    return shown.bytes == told
                }
            }
        }

        private mutating func note(unknown value: BuildValues.Value, _ number: Int, _ place: String) {
            // What such a message may have was computed of what it was before.
            if !value.isChanged, case .field(let field) = value.name, known.contains(field.declaration.name) {
                outdated.append(
                    BuildProblem(
                        field: value.name.text, place: place, reason: "told, but the message built has none",
                        isOutdated: true))
                return
            }
            if number > 0 {
                unknown.append(
                    BuildProblem(
                        field: value.name.text, place: place,
                        reason: "told \(number + 1) times, which is more often than the message has it"))
                return
            }
            // Who writes the end of a name means the end of one.
            let isEnd = !value.name.text.contains(".")
            let names = isEnd ? Set(known.map { String($0.split(separator: ".").last ?? "") }).sorted() : known
            let hint = NearestNames.suggestion(for: value.name.text, among: names)
            unknown.append(
                BuildProblem(field: value.name.text, place: place, reason: "nothing in this message took it.\(hint)"))
        }

        private mutating func note(
            outdated value: BuildValues.Value, _ node: Node, _ computed: String, _ place: String
        ) {
            var told = TextBuffer()
            switch value.content {
            case .text(let range):
                let first = Array(source.bytes[range].prefix(80))
                told.append(wire: first.span.bytes)
            case .bytes(let range):
                let first = Array(source.bytes[range].prefix(32))
                told.append(hexadecimal: first.span.bytes)
            case .number(let number): told.append(decimal: number)
            case .group, .nothing: break
            }
            outdated.append(
                BuildProblem(
                    field: value.name.text, place: place,
                    reason: "\(told.string) was told, but the message built has \(computed)", isOutdated: true))
        }
    }
}

/// What stands beside a value in JSON and says it in other words: `NAME.name` of an enumeration, `NAME.epoch` of a time.
private struct Companion {
    let field: Field
    private let isName: Bool

    init?(_ name: BuildValues.Name) {
        guard case .written(let text) = name else { return nil }
        for suffix in [".name", ".epoch"] where text.hasSuffix(suffix) {
            guard let field = Catalog.field(named: String(text.dropLast(suffix.count))) else { continue }
            self.field = field
            isName = suffix == ".name"
            return
        }
        return nil
    }

    func text(of node: Node) -> String {
        switch field.declaration.kind {
        case .enumeration(let names, _, _) where isName: return names.name(of: node.value) ?? ""
        case .nanoseconds:
            var text = TextBuffer()
            TimeText.append(nanoseconds: Int64(bitPattern: node.value), decimals: 9, to: &text)
            return text.string
        default: return String(Int64(bitPattern: node.value))
        }
    }

    func isRight(of node: Node, _ source: BuildValues, _ value: BuildValues.Value) -> Bool {
        guard case .text(let range) = value.content else { return true }
        return String(decoding: source.bytes[range], as: UTF8.self) == text(of: node)
    }
}

extension Field {
    /// Whether it has no value of its own.
    var isHeading: Bool {
        switch declaration.kind {
        case .group, .layer: true
        default: false
        }
    }
}

extension BuildSink.Written {
    /// The same where the bytes begin `count` later.
    public func moved(by count: Int) -> Self {
        Self(field: field, range: range.lowerBound + count..<range.upperBound + count)
    }
}
