import Foundation

@testable import Output

/// Holds values against a JSON Schema, as far as that of this program goes; a key that it does not have is wrong, too.
final class SchemaCheck {
    private final class Rule {
        let reference: String?
        let types: Set<String>
        let minimum: Decimal?
        let maximum: Decimal?
        let properties: [String: Rule]
        let patterns: [(regex: Regex<AnyRegexOutput>, rule: Rule)]
        let items: Rule?

        init(_ json: JSON) throws {
            func number(_ key: String) -> Decimal? {
                if case .number(let digits) = json[key] { Decimal(string: digits) } else { nil }
            }
            reference = json["$ref"]?.string
            types = Set((json["type"]?.elements ?? []).compactMap(\.string))
            (minimum, maximum) = (number("minimum"), number("maximum"))
            properties = Dictionary(
                try (json["properties"]?.members ?? []).map { ($0.key, try Rule($0.value)) },
                uniquingKeysWith: { first, _ in first })
            patterns = try (json["patternProperties"]?.members ?? []).map { (try Regex($0.key), try Rule($0.value)) }
            items = try json["items"].map(Rule.init)
        }
    }

    private let root: Rule
    private let rules: [String: Rule]
    private var seen: Set<String> = []

    /// How many keys there were in all that was held against it.
    var keysSeen: Int { seen.count }

    init(_ schema: JSON) throws {
        root = try Rule(schema)
        rules = Dictionary(
            try Self.definitions(schema).map { ("#/$defs/\($0.name)", try Rule($0.value)) },
            uniquingKeysWith: { first, _ in first })
    }

    static func definitions(_ schema: JSON) -> [(name: String, value: JSON)] {
        (schema["$defs"]?.members ?? []).map { ($0.key, $0.value) }
    }

    func problems(of record: JSON) -> [String] {
        var problems: [String] = []
        check(record, root, "", &problems)
        return problems
    }

    private func check(_ value: JSON, _ rule: Rule, _ place: String, _ problems: inout [String]) {
        if let reference = rule.reference {
            guard let other = rules[reference] else { return problems.append("\(place): no \(reference)") }
            return check(value, other, place, &problems)
        }
        let type = Self.type(of: value)
        let isNumber = type == "integer" && rule.types.contains("number")
        guard rule.types.contains(type) || isNumber else {
            return problems.append("\(place): \(type), not \(rule.types.sorted())")
        }
        switch value {
        case .number(let digits):
            guard let number = Decimal(string: digits) else { return problems.append("\(place): \(digits)") }
            if let least = rule.minimum, number < least { problems.append("\(place): \(digits) < \(least)") }
            if let most = rule.maximum, number > most { problems.append("\(place): \(digits) > \(most)") }
        case .array(let elements):
            guard let items = rule.items else { return problems.append("\(place): an array of what?") }
            for element in elements { check(element, items, place, &problems) }
        case .object(let members):
            for member in members {
                seen.insert(member.key)
                let rule =
                    rule.properties[member.key]
                    ?? rule.patterns.first { member.key.wholeMatch(of: $0.regex) != nil }?.rule
                guard let rule else {
                    problems.append("\(place)/\(member.key): not in the schema")
                    continue
                }
                check(member.value, rule, "\(place)/\(member.key)", &problems)
            }
        case .null, .bool, .string: break
        }
    }

    private static func type(of value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .number(let digits): digits.contains(where: { ".eE".contains($0) }) ? "number" : "integer"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
