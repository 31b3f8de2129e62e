/// A rule of the protocol that a message breaks on which a certain ``Remark`` is made: both are declared at once, so whatever
/// is counted as broken is also remarked on the message, and the other way round.
public struct Rule: Sendable, Equatable {
    /// What Bitcoin Core 28.1 does with the sender of such a message, or with the message.
    public enum Reaction: String, Sendable, CaseIterable {
        case misbehaving
        case disconnect
        case ignored

        /// For the manual.
        public var meaning: String {
            switch self {
            case .misbehaving: "it counts the message against the peer, and disconnects and discourages it"
            case .disconnect: "it disconnects"
            case .ignored: "it drops the message"
            }
        }
    }

    /// A command, and the word that stands for it in the rule.
    public struct Subject: Sendable, Equatable, ExpressibleByStringLiteral {
        public let command: String
        public let word: String

        public init(_ command: String, called word: String) {
            self.command = command
            self.word = word
        }

        public init(stringLiteral command: String) { self.init(command, called: command) }
    }

    private let words: String
    public let reaction: Reaction
    /// The commands that it is of; of all where there are none.
    private let subjects: [Subject]
    /// Only a connection of which nothing is missing shows that it is broken.
    public let needsWhole: Bool
    /// It is about the message's place among the others, whatever its payload says.
    public let isOfPlace: Bool
    /// Receivers look no further: of a message that breaks it no other rule of its payload is said to be broken.
    public let isFoundFirst: Bool

    /// Declares a rule.
    ///
    /// - Parameters:
    ///   - words: Those of Core's debug log, so that both can be searched; `{command}` stands for the message's command.
    ///   - subjects: The commands that it is of: a remark may be made on others, too.
    public init(
        _ words: String, _ reaction: Reaction, of subjects: Subject..., needsWhole: Bool = false,
        isOfPlace: Bool = false, isFoundFirst: Bool = false
    ) {
        self.words = words
        self.reaction = reaction
        self.subjects = subjects
        self.needsWhole = needsWhole
        self.isOfPlace = isOfPlace
        self.isFoundFirst = isFoundFirst
    }

    /// Whether its words are the same whatever the command is.
    public var isOfAnyCommand: Bool { subjects.isEmpty && !words.contains(Self.place) }

    /// The rule in words for a message; nil where it is not of such messages.
    public func text(_ command: String) -> String? {
        if subjects.isEmpty { return text(word: command) }
        return subjects.first { $0.command == command }.map { text(word: $0.word) }
    }

    /// The rule with all the words that its commands have.
    public var summary: String {
        text(word: subjects.isEmpty ? "COMMAND" : subjects.map(\.word).joined(separator: "|"))
    }

    private static let place = "{command}"

    private func text(word: String) -> String {
        guard let place = words.firstRange(of: Self.place) else { return words }
        return words[..<place.lowerBound] + word + words[place.upperBound...]
    }
}
