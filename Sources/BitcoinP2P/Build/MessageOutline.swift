import Fields

/// The fields that can be given where a message is built, by the layout that reads it: each with its groups before it, as
/// `item/hash`. What follows from others, such as counts, is left out.
public struct MessageOutline: Sendable {
    public struct Entry: Sendable {
        public let path: String
        public let field: Field
    }

    /// In the order of the wire, those of a complete message first.
    public let entries: [Entry]

    /// Groups within groups, at most.
    private static let depth = 8

    public init(of type: MessageType, network: Network) {
        let requests = [BuildSink.Outline.needed, .optional].flatMap { Self.requests(of: type, network, $0) }
        // A payload that stands alone need not be named.
        let own = type.message.declaration.name
        var fields: [(groups: [String], field: Field)] = []
        for request in requests {
            let groups = request.groups.first == own ? Array(request.groups.dropFirst()) : request.groups
            if !request.follows, request.field != trailingData { fields.append((groups, request.field)) }
            if let counted = request.counted, !counted.isHeading { fields.append((groups, counted)) }
        }
        var siblings: [[String]: Set<String>] = [:]
        for (groups, field) in fields { siblings[groups, default: []].insert(field.declaration.name) }
        var seen: Set<String> = []
        entries = fields.compactMap { groups, field in
            let name = Self.shortest(field.declaration.name, among: siblings[groups] ?? [])
            let path = (groups.map { Self.shortest($0, among: []) } + [name]).joined(separator: "/")
            return seen.insert(path).inserted ? Entry(path: path, field: field) : nil
        }
    }

    /// What the layout asks for where each list has one entry.
    private static func requests(
        of type: MessageType, _ network: Network, _ outline: BuildSink.Outline
    ) -> [BuildSink.Request] {
        let memory = BuildMemory(capacity: MessageFramer.lengthLimit)
        var lists: [[String]] = []
        var requests: [BuildSink.Request] = []
        for _ in 0..<depth {
            var values = BuildValues()
            add(lists, to: &values)
            var sink = BuildSink(values, fill: .nothing, into: memory, outline: outline)
            _ = type.build(memory, MessageContext(network: network, time: 0), from: &sink)
            requests = sink.requests
            let known = lists.count
            for request in requests {
                guard let entry = request.counted, entry.isHeading else { continue }
                let path = request.groups + [entry.declaration.name]
                if !lists.contains(path) { lists.append(path) }
            }
            if lists.count == known { break }
        }
        return requests
    }

    /// Adds groups within groups, each once.
    private static func add(_ paths: [[String]], to values: inout BuildValues) {
        var seen: Set<String> = []
        for name in paths.compactMap(\.first) where seen.insert(name).inserted {
            values.group(.written(name)) { group in
                add(paths.filter { $0.first == name }.map { Array($0.dropFirst()) }, to: &group)
            }
        }
    }

    /// The end of a name that no other one of the same group has.
    private static func shortest(_ name: String, among others: Set<String>) -> String {
        let words = name.split(separator: ".")
        for count in 1..<max(2, words.count) {
            let end = words.suffix(count).joined(separator: ".")
            if !others.contains(where: { $0 != name && ($0 == end || $0.hasSuffix("." + end)) }) { return end }
        }
        return name
    }
}
