import ArgumentParser
import Fields

/// The `field=value` words of `build`: groups by `/`, `:=` before bytes as they stand on the wire.
struct BuildArguments {
    private indirect enum Item {
        case text(String)
        case wire([UInt8])
        case group([Member])
    }

    private struct Member {
        let name: String
        var item: Item
    }

    private var members: [Member] = []
    /// The same, each for itself: what is to be changed of a message that is there.
    private(set) var changes: [BuildChange] = []

    init(_ words: [String]) throws {
        for word in words { try add(word) }
    }

    /// The values in a form that messages are built of.
    var values: BuildValues {
        var values = BuildValues()
        Self.add(members, to: &values)
        return values
    }

    private static func add(_ members: [Member], to values: inout BuildValues) {
        for member in members {
            switch member.item {
            case .text(let text): values.add(.written(member.name), text: text.utf8)
            case .wire(let bytes): values.add(.written(member.name), wire: bytes)
            case .group(let inner): values.group(.written(member.name)) { add(inner, to: &$0) }
            }
        }
    }

    // MARK: Words

    private mutating func add(_ word: String) throws {
        guard let equals = word.firstIndex(of: "="), equals > word.startIndex else {
            throw ValidationError("'\(word)': field=value is needed, or field:=hex.")
        }
        var path = word[..<equals]
        let value = String(word[word.index(after: equals)...])
        var item = Item.text(value)
        if path.last == ":" {
            path = path.dropLast()
            let bytes = value.isEmpty ? [] : HexadecimalLiteral.bytes(Array(value.utf8))
            guard let bytes else { throw ValidationError("'\(word)': behind := hexadecimal digits are needed.") }
            item = .wire(bytes)
        }
        let steps = try path.split(separator: "/", omittingEmptySubsequences: false).map { try Self.step($0, of: word) }
        Self.insert(steps[...], item, into: &members)
        switch item {
        case .wire(let bytes): changes.append(BuildChange(steps, wire: bytes))
        default: changes.append(BuildChange(steps, text: value))
        }
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

    private static func insert(_ path: ArraySlice<BuildChange.Step>, _ item: Item, into members: inout [Member]) {
        guard let step = path.first else { return }
        let rest = path.dropFirst()
        if rest.isEmpty {
            members.append(Member(name: step.name, item: item))
            return
        }
        let places = members.indices.filter { index in
            if members[index].name == step.name, case .group = members[index].item { true } else { false }
        }
        let place = step.index.map { $0 < places.count ? places[$0] : nil } ?? places.last
        // What is given again begins the next entry, unless it is said which one is meant.
        if let place, case .group(var inner) = members[place].item, step.index != nil || !has(inner, rest) {
            insert(rest, item, into: &inner)
            members[place].item = .group(inner)
            return
        }
        var inner: [Member] = []
        insert(rest, item, into: &inner)
        members.append(Member(name: step.name, item: .group(inner)))
    }

    /// Whether the group has that very field already.
    private static func has(_ members: [Member], _ path: ArraySlice<BuildChange.Step>) -> Bool {
        guard path.count == 1, let step = path.first else { return false }
        return members.contains { $0.name == step.name }
    }
}
