/// Why no message was built of some values, for people.
public struct BuildProblem: Sendable, Hashable, CustomStringConvertible {
    /// The field's name.
    public let field: String
    /// Where among the others: `item[3]`; empty at the top.
    public let place: String
    /// What is wrong, or what was given and what was needed.
    public let reason: String
    /// The value was told, and does not follow from the message.
    public var isOutdated = false

    public var description: String { field + (place.isEmpty ? "" : " at \(place)") + ": \(reason)" }
}

/// All that was wrong with the values of a message.
public struct BuildError: Error, Sendable, CustomStringConvertible {
    public let problems: [BuildProblem]
    /// Fields that nobody told, and that follow from nothing, with the places where they are missing.
    public let missing: [BuildProblem]

    public init(_ problems: [BuildProblem], missing: [BuildProblem] = []) {
        self.problems = problems
        self.missing = missing
    }

    /// One line each; all missing fields are in one.
    public var description: String {
        var lines = problems.map(\.description)
        if !missing.isEmpty {
            let names = missing.map { $0.place.isEmpty ? $0.field : "\($0.field) at \($0.place)" }
            lines.append("missing: " + names.joined(separator: ", "))
        }
        return lines.joined(separator: "\n")
    }
}
