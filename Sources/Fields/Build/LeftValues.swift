/// The values of a message that no field took, beside what was computed of the message.
struct LeftValues {
    /// What no part of the message is.
    private(set) var unknown: [BuildProblem] = []
    /// What follows from the message, and differs.
    private(set) var outdated: [BuildProblem] = []

    private let source: BuildValues
    private let isUsed: [Bool]
    private let asked: Set<Field>
    private let others: FieldSet
    private let known: [String]
    private var text = ValueText()

    /// More are only counted: a hostile input has millions.
    private static let limit = 100

    init(_ source: BuildValues, isUsed: [Bool], asked: Set<Field>, others: FieldSet, known: [String]) {
        self.source = source
        self.isUsed = isUsed
        self.asked = asked
        self.others = others
        self.known = known
    }

    /// The nodes of one group, found by the names of values.
    private struct Members {
        private let nodes: [Int]
        private let byField: [Field: [Int]]
        private var byName: [String: [Int]] = [:]

        init(_ nodes: [Int], _ tree: borrowing Tree) {
            self.nodes = nodes
            var byField: [Field: [Int]] = [:]
            for index in nodes { byField[tree.nodes[index].field, default: []].append(index) }
            self.byField = byField
        }

        /// The node that the value `number` of that name is: a group, or none.
        mutating func find(_ name: BuildValues.Name, isGroup: Bool, _ number: Int, _ tree: borrowing Tree) -> Int? {
            let all: [Int]
            switch name {
            case .field(let field): all = byField[field] ?? []
            case .written(let text):
                let key = isGroup ? text + "/" : text
                if byName[key] == nil {
                    var found: [Int] = []
                    for index in nodes
                    where tree.nodes[index].field.isHeading == isGroup && name.names(tree.nodes[index].field) {
                        found.append(index)
                    }
                    byName[key] = found
                }
                all = byName[key] ?? []
            }
            return number < all.count ? all[number] : nil
        }
    }

    /// Compares the values of one group, whose nodes are `nodes`.
    mutating func compare(
        _ values: Range<Int>, _ nodes: [Int], _ tree: borrowing Tree, _ message: RawSpan, place: String
    ) {
        var members = Members(nodes, tree)
        var taken: [BuildValues.Name: Int] = [:]
        var index = values.lowerBound
        while index < values.upperBound, unknown.count < Self.limit {
            let value = source.values[index]
            let number = taken[value.name, default: 0]
            taken[value.name] = number + 1
            compare(index, number, &members, tree, message, place)
            index = value.end
        }
    }

    private mutating func compare(
        _ index: Int, _ number: Int, _ members: inout Members, _ tree: borrowing Tree, _ message: RawSpan,
        _ place: String
    ) {
        let value = source.values[index]
        if case .field(let field) = value.name, others.contains(field) { return }
        if value.isGroup {
            guard let node = members.find(value.name, isGroup: true, number, tree) else {
                return note(unknown: value, number, place)
            }
            let name = value.name.text.split(separator: ".").last.map(String.init) ?? value.name.text
            let entry = tree.nodes[node].flags.contains(.listEntry) ? "[\(tree.nodes[node].value)]" : ""
            return compare(
                index + 1..<value.end,
                BuildComparison.members(node + 1..<max(node + 1, Int(tree.nodes[node].end)), tree), tree, message,
                place: place.isEmpty ? name + entry : "\(place)/\(name)\(entry)")
        }
        if isUsed[index] { return }
        // Null: there is no value.
        if case .nothing = value.content, value.wire == nil { return }
        if let companion = Companion(value.name) {
            guard let node = members.find(.field(companion.field), isGroup: false, number, tree) else {
                return note(unknown: value, number, place)
            }
            // One word is enough where the value itself differs.
            let isSaid = outdated.last?.field == companion.field.declaration.name && outdated.last?.place == place
            if !isSaid, !companion.isRight(of: tree.nodes[node], source, value) {
                note(outdated: value, companion.text(of: tree.nodes[node]), place)
            }
            return
        }
        guard let node = members.find(value.name, isGroup: false, number, tree) else {
            return note(unknown: value, number, place)
        }
        let found = tree.nodes[node]
        let bytes = tree.bytes(of: found, in: message)
        let isComputed = !found.flags.isDisjoint(with: [.generated, .partOfParent])
        guard !isComputed || !isRight(value, found, bytes) else { return }
        // A field of the wire took another value of its name.
        guard isComputed else { return note(unknown: value, max(1, number), place) }
        var shown = TextBuffer()
        text.append(found, found.field.declaration.kind, bytes, .plain, limit: 32, to: &shown)
        note(outdated: value, shown.isEmpty ? "an empty one" : shown.string, place)
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
            let given = Array(source.bytes[range])
            switch try? ValueLiteral.read(given, kind) {
            case .number(let number): return number == node.value
            case .bytes(let own):
                let plain = kind == .paddedText ? bytes.withoutPadding : bytes
                return plain.withUnsafeBytes { $0.elementsEqual(own) }
            case nil:
                var shown = TextBuffer()
                text.append(node, kind, bytes, .plain, to: &shown)
                return shown.bytes == given || Self.isSameNumber(shown.string, String(decoding: given, as: UTF8.self))
            }
        }
    }

    /// Whether both are one number, as programs that read and write JSON leave zeros out.
    static func isSameNumber(_ left: String, _ right: String) -> Bool {
        guard let left = Double(left), let right = Double(right) else { return false }
        return left == right
    }

    // MARK: Problems

    private mutating func note(unknown value: BuildValues.Value, _ number: Int, _ place: String) {
        func add(_ reason: String) {
            unknown.append(BuildProblem(field: value.name.text, place: place, reason: reason))
        }
        switch value.name {
        case .field(let field) where asked.contains(field): add("given more often than the message has it")
        // What such a message may have was computed of what it was before.
        case .field(let field) where !value.isChanged && known.contains(field.declaration.name):
            outdated.append(
                BuildProblem(
                    field: value.name.text, place: place, reason: "was given, but the message built has none",
                    isOutdated: true, isLost: true))
        default:
            if number > 0 { return add("given \(number + 1) times, which is more often than the message has it") }
            add(Self.reason(unknown: value.name.text, among: known))
        }
    }

    /// Why nothing takes a value of that name.
    static func reason(unknown name: String, among known: [String]) -> String {
        if known.contains(where: { BuildValues.Name.names(name, $0) }) {
            return "nothing in this message took it here; a field of a group is named with it: group/field"
        }
        // Who writes the end of a name means the end of one.
        let isEnd = !name.contains(".")
        let names = isEnd ? Set(known.map { String($0.split(separator: ".").last ?? "") }).sorted() : known
        return "nothing in this message is called so.\(NearestNames.suggestion(for: name, among: names))"
    }

    private mutating func note(outdated value: BuildValues.Value, _ computed: String, _ place: String) {
        let given: String
        switch value.content {
        case .text(let range): given = String(decoding: source.bytes[range].prefix(80), as: UTF8.self)
        case .bytes(let range):
            let first = Array(source.bytes[range].prefix(32))
            var digits = TextBuffer()
            digits.append(hexadecimal: first.span.bytes)
            given = digits.string
        case .number(let number): given = String(number)
        case .group, .nothing: given = "nothing"
        }
        let problem = BuildProblem(
            field: value.name.text, place: place,
            reason: "\(given) was given, but the message built has \(computed)", isOutdated: true)
        // What somebody changed on purpose is no leftover of the message before.
        if value.isChanged { unknown.append(problem) } else { outdated.append(problem) }
    }
}
