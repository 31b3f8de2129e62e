import BitcoinP2P
import Fields
import Reassembly

/// Which rules the sides of connections have broken, by what was remarked on their messages.
struct Violations {
    /// One side breaks one rule.
    struct Row {
        let connection: UInt64
        let side: Direction
        /// In the words of Core's debug log.
        let words: String
        let rule: Rule
        var count: UInt64 = 1
        /// The frame that completed the first such message.
        let firstFrame: UInt64
    }

    private struct Key: Hashable {
        let connection: UInt64
        let isForward: Bool
        /// Into ``texts``.
        let text: Int
    }

    /// Of which remark the rule is, and on which command it is remarked, where its words depend on that.
    private struct Naming: Hashable {
        let remark: Remark
        let command: Command?
    }

    /// Rows that are kept.
    static let limit = 1_000

    private(set) var rows: ContiguousArray<Row> = []
    private var places: [Key: Int] = [:]
    /// Broken rules without a row.
    private(set) var others: UInt64 = 0
    /// When the first of these was broken, in which frame.
    private(set) var firstOther: Origin?
    /// The words of the rules that were broken so far: as many as there are rules and commands that Core knows.
    private var texts: [String] = []
    private var names: [Naming: Int?] = [:]

    /// Takes a message with what was remarked on it.
    ///
    /// - Parameter broken: Several may be of one rule, which counts once.
    mutating func add(_ broken: [Remark], _ fact: MessageFact) {
        var counted: [Int] = []
        for remark in broken {
            guard let rule = remark.declaration.rule, let text = text(of: remark, rule, fact.command),
                !counted.contains(text)
            else { continue }
            counted.append(text)
            add(rule, text, fact)
        }
    }

    private mutating func add(_ rule: Rule, _ text: Int, _ fact: MessageFact) {
        let key = Key(connection: fact.connection, isForward: fact.side == .forward, text: text)
        if let place = places[key] {
            rows[place].count &+= 1
        } else if rows.count < Self.limit {
            places[key] = rows.count
            rows.append(
                Row(
                    connection: fact.connection, side: fact.side, words: texts[text], rule: rule,
                    firstFrame: fact.complete.frame))
        } else {
            // Whether the connection turns out to be whole is not remembered: then nothing is proven.
            if !rule.needsWhole { others &+= 1 }
            firstOther = firstOther ?? fact.complete
        }
    }

    /// Where the words of a rule are; nil where it is not of such messages.
    private mutating func text(of remark: Remark, _ rule: Rule, _ command: Command) -> Int? {
        let name = Naming(remark: remark, command: rule.isOfAnyCommand ? nil : command)
        if let known = names[name] { return known }
        // A command that Core does not know has no rule of its own; and peers may make up any.
        guard rule.isOfAnyCommand || MessageTypes.standard[command]?.standing == .current else { return nil }
        let place = rule.text(command.name).map { words in
            if let place = texts.firstIndex(of: words) { return place }
            texts.append(words)
            return texts.count - 1
        }
        names[name] = .some(place)
        return place
    }
}
