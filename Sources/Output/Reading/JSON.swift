/// A JSON value with what is needed to take it at its word: the digits of numbers, and the order of keys.
public indirect enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    /// Its digits, as they were written.
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])

    public struct Member: Sendable, Equatable {
        public let key: String
        public let value: JSON
    }

    /// The value of the first member of that name; nil where there is none, or this is no object.
    public subscript(_ key: String) -> JSON? { members.first { $0.key == key }?.value }

    /// The elements of an array; what is none is its own only element.
    public var elements: [JSON] {
        if case .array(let elements) = self { elements } else { [self] }
    }

    public var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    /// A string's contents.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }
}
