/// Why no message was built of some values, for people.
public struct BuildProblem: Sendable, Hashable, CustomStringConvertible {
    /// The field's name.
    public let field: String
    /// Where among the others: `item[3]`; empty at the top.
    public let place: String
    /// What is wrong, or what was given and what was needed.
    public let reason: String
    /// The value was given, and does not follow from the message.
    public let isOutdated: Bool
    /// The message built has no such field.
    public let isLost: Bool

    package init(field: String, place: String, reason: String, isOutdated: Bool = false, isLost: Bool = false) {
        self.field = field
        self.place = place
        self.reason = reason
        self.isOutdated = isOutdated
        self.isLost = isLost
    }

    public var description: String { field + (place.isEmpty ? "" : " at \(place)") + ": \(reason)" }
}

extension BuildProblem {
    /// Why nothing takes a value of that name, where the message may have fields of the `known` ones.
    package static func reason(unknown name: String, among known: [String]) -> String {
        LeftValues.reason(unknown: name, among: known)
    }
}

/// All that was wrong with the values of a message.
public struct BuildError: Error, Sendable, CustomStringConvertible {
    public let problems: [BuildProblem]
    /// Fields that were not given, and that follow from nothing, with the places where they are missing.
    public let missing: [BuildProblem]

    public init(_ problems: [BuildProblem], missing: [BuildProblem] = []) {
        self.problems = problems
        self.missing = missing
    }

    /// One line each; all missing fields are in one.
    public var description: String {
        var lines = problems.prefix(100).map(\.description)
        if problems.count > 100 { lines.append("and more of the same") }
        if !missing.isEmpty {
            let names = missing.map { $0.place.isEmpty ? $0.field : "\($0.field) at \($0.place)" }
            let rest = names.count > 50 ? " and \(names.count - 50) more" : ""
            lines.append("missing: " + names.prefix(50).joined(separator: ", ") + rest)
        }
        return lines.joined(separator: "\n")
    }
}
