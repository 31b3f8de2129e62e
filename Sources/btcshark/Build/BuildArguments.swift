import ArgumentParser
import BitcoinP2P
import Fields

/// The `field=value` words of `build`: groups by `/`, `:=` before bytes as they stand on the wire.
struct BuildArguments {
    private enum Item {
        case text(String)
        case wire([UInt8])
        case group(Group)
    }

    /// The members of a group, in their order.
    private final class Group {
        var members: [(name: String, item: Item)] = []
        /// How many members each name has.
        var counts: [String: Int] = [:]
        var groups: [String: [Group]] = [:]

        func append(_ name: String, _ item: Item) {
            members.append((name, item))
            counts[name, default: 0] += 1
            if case .group(let group) = item { groups[name, default: []].append(group) }
        }

        func add(to values: inout BuildValues) {
            for (name, item) in members {
                switch item {
                case .text(let text): values.add(.written(name), text: text.utf8)
                case .wire(let bytes): values.add(.written(name), wire: bytes)
                case .group(let group): values.group(.written(name)) { group.add(to: &$0) }
                }
            }
        }
    }

    private let top = Group()
    /// The same, each for itself: what is to be changed of a message that is there.
    private(set) var changes: [BuildChange] = []

    /// - Parameter changing: The words are for messages that are there, and need not be in order.
    init(_ words: [String], changing: Bool) throws {
        for word in words { try add(word, changing) }
    }

    /// The values in a form that messages are built of.
    var values: BuildValues {
        var values = BuildValues()
        top.add(to: &values)
        return values
    }

    // MARK: Words

    private mutating func add(_ word: String, _ changing: Bool) throws {
        guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
            throw ValidationError("'\(word)': field=value is needed, or field:=hex.")
        }
        var path = word[..<equals]
        var value = String(word[word.index(after: equals)...])
        var item = Item.text(value)
        if path.last == ":" {
            path = path.dropLast()
            guard case .bytes(let bytes)? = try? ValueLiteral.read(Array(value.utf8), .bytes) else {
                throw ValidationError("'\(word)': after := pairs of hexadecimal digits are needed.")
            }
            item = .wire(bytes)
        }
        if case .text = item, let number = try Self.services(value, of: path, word) {
            value = number
            item = .text(number)
        }
        let steps = try path.split(separator: "/", omittingEmptySubsequences: false).map { try Self.step($0, of: word) }
        if !changing { try Self.insert(steps[...], item, into: top, of: word) }
        switch item {
        case .wire(let bytes): changes.append(BuildChange(steps, wire: bytes))
        default: changes.append(BuildChange(steps, text: value))
        }
    }

    /// The number of services that are given by their names; nil where they are not, or the field is another one.
    private static func services(_ value: String, of path: Substring, _ word: String) throws -> String? {
        let name = path.split(separator: "/").last.map { String($0.prefix { $0 != "[" }) } ?? ""
        guard ServiceNames.areMeant(by: name), let first = value.first, !"0123456789+-".contains(first) else {
            return nil
        }
        guard let number = ServiceNames.value(of: value) else {
            let hint = NearestNames.suggestion(for: value, among: ServiceNames.all)
            throw ValidationError(
                "'\(word)': it is neither a number nor names of services, as NODE_NETWORK,NODE_WITNESS or nw.\(hint)")
        }
        return String(number)
    }

    private static func step(_ text: Substring, of word: String) throws -> BuildChange.Step {
        let bracket = text.firstIndex(of: "[")
        let name = String(bracket.map { text[..<$0] } ?? text)
        let index = bracket.flatMap { Int(text[text.index(after: $0)...].dropLast()) }
        guard !name.isEmpty, bracket == nil || text.last == "]" && index ?? -1 >= 0 else {
            throw ValidationError("'\(word)': '\(text)' names no field: name, or name[0] for the first of a list.")
        }
        return BuildChange.Step(name, index: index)
    }

    private static func insert(
        _ path: ArraySlice<BuildChange.Step>, _ item: Item, into group: Group, of word: String
    ) throws {
        guard let step = path.first else { return }
        let rest = path.dropFirst()
        let there = rest.isEmpty ? group.counts[step.name] ?? 0 : group.groups[step.name]?.count ?? 0
        if let index = step.index, index > there || rest.isEmpty && index < there {
            throw ValidationError(
                "'\(word)': \(step.name)[\(index)] is not the next one, which is \(step.name)[\(there)].")
        }
        if rest.isEmpty { return group.append(step.name, item) }
        let groups = group.groups[step.name] ?? []
        let inner = step.index.map { $0 < there ? groups[$0] : nil } ?? groups.last
        // What is given again begins the next entry, unless it is said which one is meant.
        if let inner, step.index != nil || !has(inner, rest) { return try insert(rest, item, into: inner, of: word) }
        let next = Group()
        group.append(step.name, .group(next))
        try insert(rest, item, into: next, of: word)
    }

    /// Whether the group has that very field already.
    private static func has(_ group: Group, _ path: ArraySlice<BuildChange.Step>) -> Bool {
        guard path.count == 1, let step = path.first else { return false }
        return group.counts[step.name] ?? 0 > 0
    }
}
