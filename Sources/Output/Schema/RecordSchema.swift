import Fields

/// What a record of `-T ndjson` may have: the published schema, from the declarations of fields and ``RecordPlaces``.
public struct RecordSchema: Sendable {
    /// The first number is raised where a key gets another type or place, the second where keys are added.
    public static let version = "1.0"

    /// The type of a value, or of each element of an array. All but objects may be null.
    enum ValueType: Equatable {
        case boolean
        /// Of as many bits.
        case unsigned(bits: Int)
        case signed(bits: Int)
        /// A number with nine decimals.
        case seconds
        case text
        /// One of ``RecordSchema/objects``.
        case object(String)
    }

    struct Member: Equatable {
        let key: String
        let type: ValueType
        let isList: Bool
        let meaning: String
    }

    struct Object {
        let name: String
        let meaning: String
        let members: [Member]
    }

    /// Parents before children; the first is the record, which has no name, the last a remark.
    let objects: [Object]
    private let index: [String: Int]

    /// - Parameter declarations: Of all fields of records.
    public init(_ declarations: [FieldDeclaration]) {
        self.init(declarations, .standard)
    }

    init(_ declarations: [FieldDeclaration], _ places: RecordPlaces) {
        let known = Dictionary(declarations.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var objects: [Object] = []
        var index: [String: Int] = [:]
        var waiting = [""]
        while !waiting.isEmpty {
            let name = waiting.removeFirst()
            guard index[name] == nil else { continue }
            let declaration = known[name]
            var members: [Member] = []
            for place in places.members[name] ?? [] {
                guard let field = known[place.name] else { continue }
                members += Self.members(of: field, isList: place.isList)
                if field.kind == .group || field.kind == .layer { waiting.append(field.name) }
            }
            if declaration?.kind == .layer { members.append(Self.remarks) }
            index[name] = objects.count
            objects.append(Object(name: name, meaning: declaration?.meaning ?? "", members: members))
        }
        index[Self.remark.name] = objects.count
        self.objects = objects + [Self.remark]
        self.index = index
    }

    func object(_ name: String) -> Object? { index[name].map { objects[$0] } }

    /// The keys of one field.
    static func members(of field: FieldDeclaration, isList: Bool) -> [Member] {
        func member(_ suffix: String, _ type: ValueType, _ meaning: String) -> Member {
            Member(key: field.name + suffix, type: type, isList: isList, meaning: meaning)
        }
        let own = member("", type(of: field), field.meaning)
        switch field.kind {
        case .enumeration: return [own, member(".name", .text, "the name of the value, where it has one")]
        case .seconds: return [own, member(".epoch", .signed(bits: 64), "the same in seconds since 1970")]
        case .nanoseconds: return [own, member(".epoch", .seconds, "the same in seconds since 1970")]
        default: return [own]
        }
    }

    /// As ``JSONValue`` writes it.
    private static func type(of field: FieldDeclaration) -> ValueType {
        switch field.kind {
        case .group, .layer: .object(field.name)
        case .boolean, .flag: .boolean
        case .unsigned(let bits), .hexadecimal(let bits), .enumeration(_, let bits, _): .unsigned(bits: bits)
        case .count: .unsigned(bits: 64)
        // They are counted, and no peer says them.
        case .frameNumber: .unsigned(bits: 63)
        case .signed(let bits): .signed(bits: bits)
        case .amount: .signed(bits: 64)
        case .duration: .seconds
        case .hash, .bytes, .text, .paddedText, .decimal, .seconds, .nanoseconds, .ipv4, .ipv6, .ethernet: .text
        }
    }

    /// What any layer may have: what is remarked on its fields.
    private static let remarks = Member(
        key: "_ws.expert", type: .object(remark.name), isList: true, meaning: remark.meaning)

    private static let remark = Object(
        name: "remark", meaning: "what is remarked on a field",
        members: [
            ("name", "the remark's name, as -G expert lists it"), ("severity", "how bad it is"),
            ("group", "what sort of remark it is"), ("message", "the remark itself"),
            ("field", "the field that it is about"),
        ].map { Member(key: $0.0, type: .text, isList: false, meaning: $0.1) })
}
